#include "rows.h"

static AdwActionRow *
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle,
         GtkWidget *suffix) {
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (suffix, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), suffix);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), suffix);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (suffix),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, row, NULL, -1);
  adw_preferences_group_add (group, row);
  return ADW_ACTION_ROW (row);
}

GtkSpinButton *
sk_row_add_spin (AdwPreferencesGroup *group, const char *title, const char *subtitle,
                 double min, double max, double step, int digits) {
  GtkWidget *spin = gtk_spin_button_new_with_range (min, max, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), (guint) digits);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 7);
  add_row (group, title, subtitle, spin);
  return GTK_SPIN_BUTTON (spin);
}

GtkSwitch *
sk_row_add_switch (AdwPreferencesGroup *group, const char *title,
                   const char *subtitle) {
  GtkWidget *toggle = gtk_switch_new ();

  add_row (group, title, subtitle, toggle);
  return GTK_SWITCH (toggle);
}

AdwComboRow *
sk_row_add_combo (AdwPreferencesGroup *group, const char *title, const char *subtitle,
                  const char *const *names) {
  g_autoptr (GtkStringList) model = gtk_string_list_new (names);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  adw_preferences_group_add (group, row);
  return ADW_COMBO_ROW (row);
}

GtkLabel *
sk_row_add_value (AdwPreferencesGroup *group, const char *title) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  adw_action_row_set_activatable_widget (add_row (group, title, NULL, label), NULL);
  return GTK_LABEL (label);
}

GtkButton *
sk_row_add_file (AdwPreferencesGroup *group, const char *title, const char *icon,
                 const char *tooltip, AdwActionRow **row) {
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tooltip);
  *row = add_row (group, title, NULL, button);
  adw_action_row_set_subtitle_lines (*row, 2);
  return GTK_BUTTON (button);
}
