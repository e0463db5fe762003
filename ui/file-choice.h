#pragma once

#include <adwaita.h>

/* The desktop's own choosers, one call each. */

typedef enum {
  SK_FILES_WEIGHTS,
  SK_FILES_ARCHIVE, /* of a data set */
  SK_FILES_PICTURES, /* and weights */
  SK_FILES_FOLDER,
} SkFileKind;

/* @path: (transfer none): what was chosen; not called when nothing was */
typedef void (*SkFileFunc) (gpointer data, const char *path);

/**
 * sk_file_choice_open:
 * @widget: in the window that asks
 * @data: an object; nothing is called once it is gone
 *
 * SK_FILES_PICTURES allows several: @chosen is called for each.
 */
void
sk_file_choice_open (GtkWidget *widget, const char *title, SkFileKind kind,
                     SkFileFunc chosen, gpointer data);

/* @name: proposed */
void
sk_file_choice_save (GtkWidget *widget, const char *title, const char *name,
                     SkFileFunc chosen, gpointer data);
