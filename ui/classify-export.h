#pragma once

#include <gtk/gtk.h>

/**
 * sk_classify_export:
 * @list: of SkAnswerRows
 * @path: ends in .json: an array of what "skipscope classify --json" prints, and whose
 *   answer it is; else a table with commas
 *
 * What is in the list, in its order. Replaces @path in one moment.
 */
gboolean
sk_classify_export (GtkListBox *list, const char *path, GError **error);
