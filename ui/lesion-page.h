#pragma once

#include <adwaita.h>

#include "engine.h"

/* The lesion study: what the network gets wrong without each of its blocks, asked for by
 * one button, drawn while it is measured. */
#define SK_TYPE_LESION_PAGE (sk_lesion_page_get_type ())
G_DECLARE_FINAL_TYPE (SkLesionPage, sk_lesion_page, SK, LESION_PAGE, AdwBin)

GtkWidget *
sk_lesion_page_new (SkEngine *engine);

/* Signal "selected" (SkLesionPage *, int block): a bar was pressed. */
