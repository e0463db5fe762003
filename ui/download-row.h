#pragma once

#include <adwaita.h>

#include "offer.h"

/* Something that can be downloaded: what it is, whose, from where, and one button. */
#define SK_TYPE_DOWNLOAD_ROW (sk_download_row_get_type ())
G_DECLARE_FINAL_TYPE (SkDownloadRow, sk_download_row, SK, DOWNLOAD_ROW, AdwActionRow)

GtkWidget *
sk_download_row_new (void);

void
sk_download_row_show (SkDownloadRow *self, const SkOffer *offer);

/* Signals "fetch", "cancel" and "use" (SkDownloadRow *): the button that was pressed. */
