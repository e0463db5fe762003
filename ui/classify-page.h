#pragma once

#include <adwaita.h>

#include "engine.h"

/* Pictures that were dropped, pasted or opened, what the network makes of them, and why. */
#define SK_TYPE_CLASSIFY_PAGE (sk_classify_page_get_type ())
G_DECLARE_FINAL_TYPE (SkClassifyPage, sk_classify_page, SK, CLASSIFY_PAGE, AdwBin)

GtkWidget *
sk_classify_page_new (SkEngine *engine);

/* Asks about the picture at @path, or about every file in a folder and those below it; each
 * answer becomes a row. */
void
sk_classify_page_ask_path (SkClassifyPage *self, const char *path);

/* @bytes: a picture's file, from the clipboard or another program. */
void
sk_classify_page_ask_bytes (SkClassifyPage *self, GBytes *bytes);

/* Where there is no room for both, list and explanation stand one above the other. */
void
sk_classify_page_set_narrow (SkClassifyPage *self, gboolean narrow);
