#include "rows.h"

#include <glib/gi18n.h>
#include <string.h>

static GtkWidget *
row_new (const char *title, const char *subtitle, GtkWidget *suffix) {
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (suffix == NULL)
    return row;
  gtk_widget_set_valign (suffix, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), suffix);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), suffix);
  gtk_accessible_update_property (GTK_ACCESSIBLE (suffix),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return row;
}

/* 0.00100 reads as 0.001. */
static gboolean
output_cb (GtkSpinButton *spin) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double value = gtk_spin_button_get_value (spin);
  gsize n;

  g_snprintf (text, sizeof text, "%.*f", (int) gtk_spin_button_get_digits (spin),
              value);
  n = strlen (text);
  if (strpbrk (text, ".,") != NULL) {
    while (n > 0 && text[n - 1] == '0')
      text[--n] = '\0';
    if (n > 0 && (text[n - 1] == '.' || text[n - 1] == ','))
      text[n - 1] = '\0';
  }
  if (strcmp (text, gtk_editable_get_text (GTK_EDITABLE (spin))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

GtkWidget *
sk_row_spin_new (const char *title, const char *subtitle, double min, double max,
                 double step, int digits, GtkWidget **value) {
  GtkWidget *spin = gtk_spin_button_new_with_range (min, max, step);

  g_signal_connect (spin, "output", G_CALLBACK (output_cb), NULL);
  sk_rows_ignore_wheel (spin);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), (guint) digits);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 8);
  *value = spin;
  return row_new (title, subtitle, spin);
}

GtkWidget *
sk_row_switch_new (const char *title, const char *subtitle, GtkWidget **value) {
  *value = gtk_switch_new ();
  return row_new (title, subtitle, *value);
}

GtkWidget *
sk_row_combo_new (const char *title, const char *subtitle, const char *const *names) {
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);
  GtkWidget *row = adw_combo_row_new ();

  for (guint i = 0; names[i] != NULL; i++)
    gtk_string_list_append (model, _ (names[i]));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  return row;
}

GtkWidget *
sk_row_text_new (const char *title, const char *subtitle) {
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *plain = g_markup_escape_text (title, -1);
  g_autofree char *below = g_markup_escape_text (subtitle ? subtitle : "", -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), plain);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), below);
  return row;
}

GtkWidget *
sk_row_file_new (const char *title) {
  GtkWidget *row = row_new (title, NULL, NULL);

  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  return row;
}

GtkWidget *
sk_row_add_button (GtkWidget *row, const char *icon, const char *tooltip) {
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return button;
}

void
sk_rows_ignore_wheel (GtkWidget *value) {
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (value);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
      gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
  }
}

void
sk_rows_set_sensitive (GtkWidget *widget, gboolean sensitive) {
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (!sensitive && focus != NULL &&
      (focus == widget || gtk_widget_is_ancestor (focus, widget)))
    gtk_root_set_focus (root, NULL);
  gtk_widget_set_sensitive (widget, sensitive);
}

void
sk_rows_set_live (GtkWidget *widget, gboolean possible, gboolean live,
                  const char *tooltip) {
  sk_rows_set_sensitive (widget, possible && live);
  gtk_widget_set_tooltip_text (
      widget, live ? tooltip : _ ("Live only: this is the run as it was at this step"));
}
