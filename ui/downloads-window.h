#pragma once

#include <adwaita.h>

#include "engine.h"

/* What can be downloaded, with address and licence before anything is asked. */
#define SK_TYPE_DOWNLOADS_WINDOW (sk_downloads_window_get_type ())
G_DECLARE_FINAL_TYPE (SkDownloadsWindow, sk_downloads_window, SK, DOWNLOADS_WINDOW,
                      AdwWindow)

/* Shown above @parent until it is closed; downloads go on without it. */
GtkWidget *
sk_downloads_window_new (GtkWindow *parent, SkEngine *engine);

/* Signal "use" (SkDownloadsWindow *, const char *path): a file that is here is wanted. */
