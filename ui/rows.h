#pragma once

#include <adwaita.h>

/* Rows of a form, for widgets that libadwaita 1.2 has no row of. Each is added to
 * @group and returns the widget that holds the value. */

GtkSpinButton *
sk_row_add_spin (AdwPreferencesGroup *group, const char *title, const char *subtitle,
                 double min, double max, double step, int digits);

GtkSwitch *
sk_row_add_switch (AdwPreferencesGroup *group, const char *title, const char *subtitle);

/* @names: NULL-terminated */
AdwComboRow *
sk_row_add_combo (AdwPreferencesGroup *group, const char *title, const char *subtitle,
                  const char *const *names);

/* A row that only tells; returns the label at its end. */
GtkLabel *
sk_row_add_value (AdwPreferencesGroup *group, const char *title);

/* A row that names a file, with a button that opens a chooser; returns the button. The
 * row's subtitle is the file. */
GtkButton *
sk_row_add_file (AdwPreferencesGroup *group, const char *title, const char *icon,
                 const char *tooltip, AdwActionRow **row);
