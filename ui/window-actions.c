#include "window-private.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>
#include <string.h>

#define ZOOM_STEP 1.25

static void
demo_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  SkWindow *self = SK_WINDOW (widget);
  SkRecipe recipe;

  sk_recipe_init (&recipe);
  sk_recipe_apply_preset (&recipe, "demo", NULL);
  sk_recipe_form_show (sk_build_page_form (self->build), &recipe);
  sk_recipe_clear (&recipe);
  sk_build_page_start (self->build);
}

static void
start_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_build_page_start (SK_WINDOW (widget)->build);
}

/* One key for both: what it does is what the last snapshot says is possible. */
static void
pause_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  SkWindow *self = SK_WINDOW (widget);
  SkPhase phase = sk_engine_state (self->engine)->phase;

  sk_engine_send_verb (self->engine,
                       phase == SK_PHASE_PAUSED || phase == SK_PHASE_DIVERGED
                           ? SK_COMMAND_RESUME
                           : SK_COMMAND_PAUSE);
}

static void
step_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_engine_send_verb (SK_WINDOW (widget)->engine, SK_COMMAND_STEP);
}

static void
stop_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_engine_send_verb (SK_WINDOW (widget)->engine, SK_COMMAND_STOP);
}

static void
page_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_show_page (SK_WINDOW (widget), strchr (name, '.') + 1);
}

static void
open_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_choose_files (SK_WINDOW (widget));
}

static void
resume_run_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_choose_run (SK_WINDOW (widget));
}

static void
paste_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_paste (SK_WINDOW (widget));
}

static void
save_picture_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  static const char *const names[] = { "network", "curves", "gradients" };
  const char *which = g_variant_get_string (parameter, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], which) == 0)
      sk_window_choose_picture (SK_WINDOW (widget), (SkPicture) i);
}

static void
select_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_train_page_move_selection (SK_WINDOW (widget)->train,
                                g_variant_get_int32 (parameter));
}

static void
freeze_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_train_page_toggle_frozen (SK_WINDOW (widget)->train);
}

static void
zoom_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  int direction = g_variant_get_int32 (parameter);

  sk_train_page_zoom (SK_WINDOW (widget)->train, direction == 0  ? 0
                                                 : direction > 0 ? ZOOM_STEP
                                                                 : 1 / ZOOM_STEP);
}

static void
bind (GtkWidgetClass *class, guint key, GdkModifierType modifiers, const char *action,
      int parameter) {
  gtk_widget_class_add_binding_action (class, key, modifiers, action, "i", parameter);
}

void
sk_window_install_actions (GtkWidgetClass *class) {
  gtk_widget_class_install_action (class, "win.demo", NULL, demo_cb);
  gtk_widget_class_install_action (class, "win.start", NULL, start_cb);
  gtk_widget_class_install_action (class, "win.pause", NULL, pause_cb);
  gtk_widget_class_install_action (class, "win.step", NULL, step_cb);
  gtk_widget_class_install_action (class, "win.stop", NULL, stop_cb);
  gtk_widget_class_install_action (class, "win.build", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.train", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.classify", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.open", NULL, open_cb);
  gtk_widget_class_install_action (class, "win.resume-run", NULL, resume_run_cb);
  gtk_widget_class_install_action (class, "win.paste", NULL, paste_cb);
  gtk_widget_class_install_action (class, "win.save-picture", "s", save_picture_cb);
  gtk_widget_class_install_action (class, "win.select", "i", select_cb);
  gtk_widget_class_install_action (class, "win.freeze", NULL, freeze_cb);
  gtk_widget_class_install_action (class, "win.zoom", "i", zoom_cb);
  bind (class, GDK_KEY_bracketleft, 0, "win.select", -1);
  bind (class, GDK_KEY_bracketright, 0, "win.select", 1);
  bind (class, GDK_KEY_plus, GDK_CONTROL_MASK, "win.zoom", 1);
  bind (class, GDK_KEY_equal, GDK_CONTROL_MASK, "win.zoom", 1);
  bind (class, GDK_KEY_minus, GDK_CONTROL_MASK, "win.zoom", -1);
  bind (class, GDK_KEY_0, GDK_CONTROL_MASK, "win.zoom", 0);
}

void
sk_window_update_actions (SkWindow *self, const SkSnapshot *snapshot) {
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean busy = sk_engine_is_busy (self->engine);
  gboolean diverged = snapshot->phase == SK_PHASE_DIVERGED;
  gboolean paused = snapshot->phase == SK_PHASE_PAUSED || diverged;
  gboolean has_run = snapshot->run_serial > 0;

  gtk_widget_action_set_enabled (widget, "win.demo", !busy);
  gtk_widget_action_set_enabled (widget, "win.start",
                                 sk_build_page_is_ready (self->build));
  gtk_widget_action_set_enabled (widget, "win.pause",
                                 (busy || diverged) && !snapshot->pause_pending);
  gtk_widget_action_set_enabled (widget, "win.step",
                                 snapshot->phase == SK_PHASE_PAUSED);
  gtk_widget_action_set_enabled (widget, "win.stop", busy || diverged);
  gtk_widget_action_set_enabled (widget, "win.save-picture", has_run);
  gtk_widget_set_visible (self->start, !busy && !diverged);
  gtk_widget_set_visible (self->pause, busy || diverged);
  gtk_widget_set_visible (self->step, busy || diverged);
  gtk_widget_set_visible (self->stop, busy || diverged);
  gtk_button_set_icon_name (GTK_BUTTON (self->pause),
                            paused ? "media-playback-start-symbolic"
                                   : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->pause, paused ? _ ("Go on") : _ ("Pause"));
}
