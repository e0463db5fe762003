#pragma once

#include <adwaita.h>

/* Rows of a form, for values that libadwaita 1.2 has no row of. All (transfer floating);
 * @value: (out): the widget that holds the value. */

GtkWidget *
sk_row_spin_new (const char *title, const char *subtitle, double min, double max,
                 double step, int digits, GtkWidget **value);

GtkWidget *
sk_row_switch_new (const char *title, const char *subtitle, GtkWidget **value);

/* @names: translatable, NULL-terminated. Returns: an AdwComboRow */
GtkWidget *
sk_row_combo_new (const char *title, const char *subtitle, const char *const *names);

/* @title, @subtitle (nullable): names of files and folders, say: they are no markup. */
GtkWidget *
sk_row_text_new (const char *title, const char *subtitle);

/* A row that names a file in its subtitle. */
GtkWidget *
sk_row_file_new (const char *title);

/* Adds a flat button at the end of @row. */
GtkWidget *
sk_row_add_button (GtkWidget *row, const char *icon, const char *tooltip);

/* @value: a spin button or a scale, which otherwise takes the wheel that was meant for the
 * form around it, and changes what nobody wanted to change. */
void
sk_rows_ignore_wheel (GtkWidget *value);

/* As gtk_widget_set_sensitive(), for what may hold the focus: GTK 4.8 complains when an
 * entry loses it that way. */
void
sk_rows_set_sensitive (GtkWidget *widget, gboolean sensitive);

/* A control of the run: @possible: it has one that can be told; @live: it is the run as it
 * is now that is seen, not as it was. The tooltip (nullable) says otherwise why not. */
void
sk_rows_set_live (GtkWidget *widget, gboolean possible, gboolean live,
                  const char *tooltip);
