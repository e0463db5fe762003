#include <string.h>

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "window-private.h"

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

/* Another run in place of this one, which is saved; put together but for the last word. */
static void
set_up_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  SkWindow *self = SK_WINDOW (widget);
  SkRecipe recipe;

  if (!sk_recipe_from_json (&recipe, g_variant_get_string (parameter, NULL), NULL))
    return;
  if (sk_engine_has_run (self->engine))
    sk_engine_send_verb (self->engine, SK_COMMAND_STOP);
  sk_build_page_prepare (self->build, &recipe);
  sk_recipe_clear (&recipe);
  sk_window_show_page (self, "build");
}

static void
race_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  SkWindow *self = SK_WINDOW (widget);
  gboolean depths = strcmp (g_variant_get_string (parameter, NULL), "depths") == 0;

  sk_lab_page_race (self->lab, depths ? SK_RACE_DEPTHS : SK_RACE_TWINS);
  sk_window_show_page (self, "lab");
}

static void
start_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  SkWindow *self = SK_WINDOW (widget);

  if (sk_window_shows (self, "transfer"))
    sk_transfer_page_start (self->transfer);
  else
    sk_build_page_start (self->build);
}

static void
transfer_from_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_transfer_from (SK_WINDOW (widget), g_variant_get_bytestring (parameter));
}

static gboolean
is_paused (SkWindow *self) {
  SkPhase phase = sk_engine_state (self->engine)->phase;

  return phase == SK_PHASE_PAUSED || phase == SK_PHASE_DIVERGED;
}

/* One key for both: what it does is what the last snapshot says is possible. */
static void
pause_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  SkWindow *self = SK_WINDOW (widget);

  sk_engine_send_verb (self->engine,
                       is_paused (self) ? SK_COMMAND_RESUME : SK_COMMAND_PAUSE);
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
new_run_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_show_page (SK_WINDOW (widget), "build");
}

static void
open_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_choose_files (SK_WINDOW (widget));
}

static void
view_run_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_choose_view (SK_WINDOW (widget));
}

static void
resume_run_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_choose_run (SK_WINDOW (widget));
}

static void
continue_run_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_continue_run (SK_WINDOW (widget), g_variant_get_bytestring (parameter));
}

static void
downloads_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_show_downloads (SK_WINDOW (widget));
}

static void
paste_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_paste (SK_WINDOW (widget));
}

static void
show_run_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_show_run_folder (SK_WINDOW (widget));
}

static void
save_picture_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  static const char *const names[] = { "network", "curves", "gradients", "time",
                                       "branches" };
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
scrub_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_train_page_scrub (SK_WINDOW (widget)->train, g_variant_get_int32 (parameter));
}

static void
freeze_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_train_page_toggle_frozen (SK_WINDOW (widget)->train);
}

static void
cut_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_train_page_toggle_skip (SK_WINDOW (widget)->train);
}

static void
skips_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_touches_toggle_skips (SK_WINDOW (widget)->touches, 0, -1);
}

static void
undo_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  sk_window_undo (SK_WINDOW (widget));
}

static void
zoom_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  int direction = g_variant_get_int32 (parameter);

  sk_train_page_zoom (SK_WINDOW (widget)->train, direction == 0  ? 0
                                                 : direction > 0 ? ZOOM_STEP
                                                                 : 1 / ZOOM_STEP);
}

static void
inspector_cb (GtkWidget *widget, const char *name, GVariant *parameter) {
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (SK_WINDOW (widget)->inspector_button);

  gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

void
sk_window_install_actions (GtkWidgetClass *class) {
  gtk_widget_class_install_action (class, "win.demo", NULL, demo_cb);
  gtk_widget_class_install_action (class, "win.set-up", "s", set_up_cb);
  gtk_widget_class_install_action (class, "win.race", "s", race_cb);
  gtk_widget_class_install_action (class, "win.start", NULL, start_cb);
  gtk_widget_class_install_action (class, "win.pause", NULL, pause_cb);
  gtk_widget_class_install_action (class, "win.step", NULL, step_cb);
  gtk_widget_class_install_action (class, "win.stop", NULL, stop_cb);
  gtk_widget_class_install_action (class, "win.build", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.transfer", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.transfer-from", "ay", transfer_from_cb);
  gtk_widget_class_install_action (class, "win.train", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.lab", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.classify", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.evaluate", NULL, page_cb);
  gtk_widget_class_install_action (class, "win.new-run", NULL, new_run_cb);
  gtk_widget_class_install_action (class, "win.open", NULL, open_cb);
  gtk_widget_class_install_action (class, "win.view-run", NULL, view_run_cb);
  gtk_widget_class_install_action (class, "win.resume-run", NULL, resume_run_cb);
  gtk_widget_class_install_action (class, "win.continue-run", "ay", continue_run_cb);
  gtk_widget_class_install_action (class, "win.show-run", NULL, show_run_cb);
  gtk_widget_class_install_action (class, "win.downloads", NULL, downloads_cb);
  gtk_widget_class_install_action (class, "win.paste", NULL, paste_cb);
  gtk_widget_class_install_action (class, "win.save-picture", "s", save_picture_cb);
  gtk_widget_class_install_action (class, "win.select", "i", select_cb);
  gtk_widget_class_install_action (class, "win.scrub", "i", scrub_cb);
  gtk_widget_class_install_action (class, "win.freeze", NULL, freeze_cb);
  gtk_widget_class_install_action (class, "win.cut", NULL, cut_cb);
  gtk_widget_class_install_action (class, "win.skips", NULL, skips_cb);
  gtk_widget_class_install_action (class, "win.undo", NULL, undo_cb);
  gtk_widget_class_install_action (class, "win.zoom", "i", zoom_cb);
  gtk_widget_class_install_action (class, "win.inspector", NULL, inspector_cb);
}

static void
bars_cb (GSimpleAction *action, GVariant *parameter, gpointer data) {
  static const char *const names[] = { "gradient-norm", "gradient-rms", "weight-norm",
                                       "update-ratio" };

  g_simple_action_set_state (action, parameter);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], g_variant_get_string (parameter, NULL)) == 0)
      sk_train_page_set_quantity (SK_WINDOW (data)->train, (SkLayerQuantity) i);
}

static void
curves_cb (GSimpleAction *action, GVariant *state, gpointer data) {
  SkTrainPage *train = SK_WINDOW (data)->train;
  const char *name = g_action_get_name (G_ACTION (action));
  gboolean on = g_variant_get_boolean (state);

  g_simple_action_set_state (action, state);
  if (strcmp (name, "log-loss") == 0)
    sk_train_page_set_log_loss (train, on);
  else if (strcmp (name, "in-steps") == 0)
    sk_train_page_set_in_steps (train, on);
  else
    sk_train_page_set_smooth (train, on);
}

/* Actions that have a state, which a class cannot install. */
void
sk_window_add_choices (SkWindow *self) {
  const GActionEntry choices[] = {
    { .name = "bars",
      .parameter_type = "s",
      .state = "'gradient-norm'",
      .change_state = bars_cb },
    { .name = "log-loss", .state = "false", .change_state = curves_cb },
    { .name = "in-steps", .state = "false", .change_state = curves_cb },
    { .name = "smooth", .state = "true", .change_state = curves_cb },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), choices, G_N_ELEMENTS (choices),
                                   self);
}

static void
add_key (GtkShortcutController *keys, const char *trigger, const char *action,
         GVariant *parameter) {
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                                            gtk_named_action_new (action));

  if (parameter != NULL)
    gtk_shortcut_set_arguments (shortcut, parameter);
  gtk_shortcut_controller_add_shortcut (keys, shortcut);
}

/* Keys without Control come here after whatever has the focus has seen them: a space in
 * an entry stays a space, and a focused button is pressed by it. */
void
sk_window_add_keys (SkWindow *self) {
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcutController *keys = GTK_SHORTCUT_CONTROLLER (controller);

  add_key (keys, "space", "win.pause", NULL);
  add_key (keys, "period", "win.step", NULL);
  add_key (keys, "f", "win.freeze", NULL);
  add_key (keys, "x", "win.cut", NULL);
  add_key (keys, "s", "win.skips", NULL);
  add_key (keys, "<Control>z", "win.undo", NULL);
  add_key (keys, "<Alt>comma", "win.scrub", g_variant_new_int32 (-1));
  add_key (keys, "<Alt>period", "win.scrub", g_variant_new_int32 (1));
  add_key (keys, "<Alt>End", "win.scrub", g_variant_new_int32 (0));
  add_key (keys, "bracketleft", "win.select", g_variant_new_int32 (-1));
  add_key (keys, "bracketright", "win.select", g_variant_new_int32 (1));
  add_key (keys, "<Control>plus", "win.zoom", g_variant_new_int32 (1));
  add_key (keys, "<Control>equal", "win.zoom", g_variant_new_int32 (1));
  add_key (keys, "<Control>KP_Add", "win.zoom", g_variant_new_int32 (1));
  add_key (keys, "<Control>minus", "win.zoom", g_variant_new_int32 (-1));
  add_key (keys, "<Control>KP_Subtract", "win.zoom", g_variant_new_int32 (-1));
  add_key (keys, "<Control>0", "win.zoom", g_variant_new_int32 (0));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
enable (SkWindow *self, const char *action, gboolean enabled) {
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, enabled);
}

void
sk_window_update_actions (SkWindow *self, const SkSnapshot *snapshot) {
  gboolean has_run = sk_engine_has_run (self->engine);
  gboolean computing = has_run && snapshot->phase != SK_PHASE_PREPARING;
  gboolean paused = is_paused (self);
  gboolean ended = snapshot->phase == SK_PHASE_FINISHED ||
                   snapshot->phase == SK_PHASE_STOPPED ||
                   snapshot->phase == SK_PHASE_FAILED;

  enable (self, "win.demo", !has_run);
  enable (self, "win.race", !has_run);
  enable (self, "win.start",
          sk_window_shows (self, "transfer")
              ? sk_transfer_page_is_ready (self->transfer)
              : sk_window_shows (self, "build") &&
                    sk_build_page_is_ready (self->build));
  enable (self, "win.resume-run", !has_run);
  enable (self, "win.view-run", !has_run);
  enable (self, "win.pause", computing && !snapshot->pause_pending);
  enable (self, "win.step", snapshot->phase == SK_PHASE_PAUSED);
  enable (self, "win.stop", has_run);
  enable (self, "win.cut", sk_touches_can_fade (self->touches));
  enable (self, "win.skips", sk_touches_can_fade (self->touches));
  enable (self, "win.undo", sk_touches_can_undo (self->touches));
  enable (self, "win.save-picture", self->trained);
  enable (self, "win.show-run", snapshot->run_dir != NULL);
  gtk_widget_set_visible (self->verbs, has_run);
  if (ended || has_run)
    gtk_widget_set_visible (self->new_run, ended);
  adw_button_content_set_icon_name (self->pause_content,
                                    paused ? "media-playback-start-symbolic"
                                           : "media-playback-pause-symbolic");
  adw_button_content_set_label (self->pause_content, self->narrow ? ""
                                                     : paused     ? _ ("Resume")
                                                                  : _ ("Pause"));
  gtk_widget_set_tooltip_text (self->pause, paused ? _ ("Resume Training (Space)")
                                                   : _ ("Pause Training (Space)"));
}
