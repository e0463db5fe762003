#include "window-private.h"

#include <glib/gi18n.h>

static const char *
phase_name (const SkSnapshot *snapshot) {
  if (snapshot->pause_pending)
    return _ ("pausing…");
  switch (snapshot->phase) {
  case SK_PHASE_PREPARING:
    return _ ("preparing…");
  case SK_PHASE_PAUSED:
    return _ ("paused");
  case SK_PHASE_EVALUATING:
    return _ ("testing");
  case SK_PHASE_FINISHED:
    return _ ("finished");
  case SK_PHASE_STOPPED:
    return _ ("stopped");
  case SK_PHASE_DIVERGED:
    return _ ("diverged");
  case SK_PHASE_FAILED:
    return _ ("failed");
  default:
    return NULL;
  }
}

/* "2 min 05 s left" */
static char *
time_left (double seconds) {
  int whole = (int) (seconds + 0.5);

  if (seconds < 0)
    return NULL;
  if (whole < 60)
    return g_strdup_printf (_ ("%d s left"), whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%d min %02d s left"), whole / 60, whole % 60);
  return g_strdup_printf (_ ("%d h %02d min left"), whole / 3600, whole / 60 % 60);
}

static char *
describe_run (const SkSnapshot *snapshot) {
  GString *text = g_string_new (NULL);
  const char *phase = phase_name (snapshot);
  g_autofree char *left = time_left (snapshot->seconds_left);

  if (phase != NULL)
    g_string_append (text, phase);
  if (snapshot->n_epochs > 0)
    g_string_append_printf (text, _ ("%sepoch %d of %d"), text->len > 0 ? " · " : "",
                            snapshot->epoch, snapshot->n_epochs);
  if (snapshot->phase == SK_PHASE_RUNNING && snapshot->images_per_s > 0)
    g_string_append_printf (text, _ (" · %.0f images/s"), snapshot->images_per_s);
  if (snapshot->phase == SK_PHASE_RUNNING && left != NULL)
    g_string_append_printf (text, " · %s", left);
  if (snapshot->n_skipped > 0)
    g_string_append_printf (text,
                            ngettext (" · %d file skipped", " · %d files skipped",
                                      (gulong) snapshot->n_skipped),
                            snapshot->n_skipped);
  return g_string_free (text, FALSE);
}

void
sk_window_update_header (SkWindow *self, const SkSnapshot *snapshot) {
  g_autofree char *subtitle = NULL;
  g_autofree char *title = NULL;

  if (snapshot->run_serial == 0 || snapshot->plan == NULL) {
    adw_window_title_set_title (self->title, "Skipscope");
    adw_window_title_set_subtitle (self->title, "");
    return;
  }
  title = g_strdup_printf ("%s · %s", snapshot->plan->variant.title,
                           snapshot->summary.data_title ? snapshot->summary.data_title
                                                        : "");
  subtitle = describe_run (snapshot);
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, subtitle);
}

static GtkWidget *
verb_new (const char *icon, const char *tooltip, const char *action) {
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static GMenuModel *
menu_new (void) {
  GMenu *menu = g_menu_new (), *run = g_menu_new (), *save = g_menu_new ();
  GMenu *about = g_menu_new ();

  g_menu_append (run, _ ("_Open pictures or weights…"), "win.open");
  g_menu_append (run, _ ("_Resume a run…"), "win.resume-run");
  g_menu_append (save, _ ("Save the _network…"), "win.save-picture::network");
  g_menu_append (save, _ ("Save the _curves…"), "win.save-picture::curves");
  g_menu_append (save, _ ("Save the _gradients…"), "win.save-picture::gradients");
  g_menu_append (about, _ ("_Keyboard shortcuts"), "win.show-help-overlay");
  g_menu_append (about, _ ("_About Skipscope"), "app.about");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (run));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (save));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (about));
  g_object_unref (run);
  g_object_unref (save);
  g_object_unref (about);
  return G_MENU_MODEL (menu);
}

GtkWidget *
sk_window_build_header (SkWindow *self) {
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *title = adw_window_title_new ("Skipscope", "");
  GtkWidget *menu = gtk_menu_button_new ();
  g_autoptr (GMenuModel) model = menu_new ();

  self->title = ADW_WINDOW_TITLE (title);
  self->start = gtk_button_new_with_mnemonic (_ ("_Start"));
  gtk_widget_add_css_class (self->start, "suggested-action");
  gtk_widget_set_tooltip_text (self->start, _ ("Train what is set up"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->start), "win.start");
  self->pause = verb_new ("media-playback-pause-symbolic", _ ("Pause"), "win.pause");
  self->step =
      verb_new ("media-skip-forward-symbolic", _ ("Train one batch"), "win.step");
  self->stop =
      verb_new ("media-playback-stop-symbolic", _ ("Save and stop"), "win.stop");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (menu), "open-menu-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (menu), model);
  gtk_menu_button_set_primary (GTK_MENU_BUTTON (menu), TRUE);
  gtk_widget_set_tooltip_text (menu, _ ("Main menu"));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (bar), title);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->start);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->pause);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->step);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), self->stop);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), menu);
  return bar;
}
