#include "window-private.h"

#include <glib/gi18n.h>

#include "resources.h"
#include "welcome-page.h"

/* Below this width, in px, what stands side by side stands one above the other. */
#define NARROW 880
/* From these, in px, the header has room for the pages, and for their names beside them. */
#define HEADER_NARROW 1180
#define HEADER_WIDE 1380

G_DEFINE_FINAL_TYPE (SkWindow, sk_window, ADW_TYPE_APPLICATION_WINDOW)

void
sk_window_toast (SkWindow *self, const char *text) {
  g_autofree char *plain = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (plain));
}

void
sk_window_tell (SkWindow *self, const char *title, const char *text) {
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), title, text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The focus may stand on another page's button, where the window put it to begin with:
 * there the space bar would lead away from the page in place of pausing. */
void
sk_window_show_page (SkWindow *self, const char *name) {
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  adw_view_stack_set_visible_child_name (self->views, name);
  if (focus != NULL &&
      (gtk_widget_is_ancestor (focus, GTK_WIDGET (self->switcher)) ||
       gtk_widget_is_ancestor (focus, GTK_WIDGET (self->switcher_bar))))
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

SkEngine *
sk_window_engine (SkWindow *self) {
  return self->engine;
}

GtkWidget *
sk_window_graph (SkWindow *self) {
  return sk_train_page_graph (self->train);
}

gboolean
sk_window_shows (SkWindow *self, const char *page) {
  return g_strcmp0 (adw_view_stack_get_visible_child_name (self->views), page) == 0;
}

void
sk_window_transfer_from (SkWindow *self, const char *path) {
  sk_transfer_page_take_weights (self->transfer, path);
  sk_window_show_page (self, "transfer");
}

/* Weights may have been meant to be learnt on from. */
static void
offer_transfer (SkWindow *self, const char *path) {
  AdwToast *toast = adw_toast_new (_ ("Weights loaded: drop pictures"));

  adw_toast_set_button_label (toast, _ ("Start a Transfer"));
  adw_toast_set_action_name (toast, "win.transfer-from");
  adw_toast_set_action_target_value (toast, g_variant_new_bytestring (path));
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
tell_openings (SkWindow *self, const SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    const SkAnswer *answer = g_ptr_array_index (snapshot->answers, i);

    if (answer->kind == SK_COMMAND_VIEW_RUN && answer->error)
      sk_window_tell (self, _ ("The Run Cannot Be Shown"), answer->error);
    else if (answer->kind == SK_COMMAND_VIEW_RUN)
      sk_window_use_viewed (self, answer->file);
    else if (answer->kind == SK_COMMAND_LOAD && answer->error)
      sk_window_tell (self, _ ("These Weights Cannot Be Used"), answer->error);
    else if (answer->kind == SK_COMMAND_LOAD && answer->serial != self->quiet_load)
      offer_transfer (self, answer->file);
  }
}

static void
snapshot_cb (SkWindow *self, SkSnapshot *snapshot) {
  if (snapshot->phase != SK_PHASE_IDLE)
    gtk_stack_set_visible_child_name (self->train_stack,
                                      snapshot->race ? "race" : "run");
  self->trained |= snapshot->run_serial > 0 && snapshot->race == NULL &&
                   snapshot->phase != SK_PHASE_IDLE;
  sk_window_update_status (self, snapshot);
  sk_window_update_actions (self, snapshot);
  tell_openings (self, snapshot);
  sk_window_follow_run (self, snapshot);
}

static void
ready_changed_cb (SkWindow *self) {
  sk_window_update_actions (self, sk_engine_state (self->engine));
}

/* A block of the lab is one of the run, where both are of the same network. */
static void
lab_selected_cb (SkWindow *self, int block) {
  const SkSnapshot *state = sk_engine_state (self->engine);

  if (state->lesions != NULL && state->plan != NULL &&
      g_strcmp0 (state->lesions->plan->variant.name, state->plan->variant.name) == 0)
    sk_train_page_select_block (self->train, block);
}

static void
started_cb (SkWindow *self) {
  sk_window_show_page (self, "train");
}

/* The button belongs to the page that has something to show beside it. */
static void
page_changed_cb (SkWindow *self) {
  gboolean run =
      g_strcmp0 (adw_view_stack_get_visible_child_name (self->views), "train") == 0 &&
      g_strcmp0 (gtk_stack_get_visible_child_name (self->train_stack), "run") == 0;

  gtk_widget_set_visible (self->inspector_button, run);
  /* Start means what the page that is seen describes. */
  sk_window_update_actions (self, sk_engine_state (self->engine));
}

static gboolean
turn_cb (gpointer data) {
  SkWindow *self = data;

  self->turn = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->switcher), self->width > SK_WIDTH_BAR);
  adw_view_switcher_set_policy (self->switcher, self->width == SK_WIDTH_WIDE
                                                    ? ADW_VIEW_SWITCHER_POLICY_WIDE
                                                    : ADW_VIEW_SWITCHER_POLICY_NARROW);
  adw_view_switcher_bar_set_reveal (self->switcher_bar, self->width == SK_WIDTH_BAR);
  sk_build_page_set_narrow (self->build, self->narrow);
  sk_transfer_page_set_narrow (self->transfer, self->narrow);
  gtk_widget_set_visible (self->step, !self->narrow);
  sk_window_update_actions (self, sk_engine_state (self->engine));
  sk_train_page_set_narrow (self->train, self->narrow);
  sk_classify_page_set_narrow (self->classify, self->narrow);
  sk_evaluate_page_set_narrow (self->evaluate, self->narrow);
  return G_SOURCE_REMOVE;
}

/* Nothing may ask for another size while sizes are given out. */
static void
turn_later (SkWindow *self) {
  if (self->turn == 0)
    self->turn = g_idle_add_full (G_PRIORITY_HIGH_IDLE, turn_cb, self, NULL);
}

static void
sk_window_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  SkWindow *self = SK_WINDOW (widget);
  gboolean narrow = width < NARROW;
  SkWindowWidth header = width < HEADER_NARROW ? SK_WIDTH_BAR
                         : width < HEADER_WIDE ? SK_WIDTH_NARROW
                                               : SK_WIDTH_WIDE;

  GTK_WIDGET_CLASS (sk_window_parent_class)
      ->size_allocate (widget, width, height, baseline);
  if (narrow == self->narrow && header == self->width)
    return;
  self->narrow = narrow;
  self->width = header;
  turn_later (self);
}

static gboolean
sk_window_close_request (GtkWindow *window) {
  return sk_window_ask_to_close (SK_WINDOW (window));
}

static void
sk_window_dispose (GObject *object) {
  SkWindow *self = SK_WINDOW (object);

  g_clear_handle_id (&self->turn, g_source_remove);
  g_clear_weak_pointer (&self->downloads);
  g_clear_handle_id (&self->undo_timeout, g_source_remove);
  if (self->engine != NULL)
    sk_engine_close (self->engine);
  g_clear_object (&self->touches);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_window_parent_class)->dispose (object);
}

static void
sk_window_class_init (SkWindowClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = sk_window_close_request;
  widget_class->size_allocate = sk_window_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SkWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, content);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, status_title);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, status_words);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, verbs);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, pause);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, pause_content);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, step);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, new_run);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, inspector_button);
  gtk_widget_class_bind_template_child (widget_class, SkWindow, views);
  sk_window_install_actions (widget_class);
}

static void
add_page (SkWindow *self, GtkWidget *page, const char *name, const char *title,
          const char *icon) {
  AdwViewStackPage *entry = adw_view_stack_add_titled (self->views, page, name, title);

  adw_view_stack_page_set_icon_name (entry, icon);
}

/* In place of a run while a race is under way, and after it. */
static GtkWidget *
race_notice_new (void) {
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Look at the Race"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), SK_ICON_NAME "-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("A Race"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (page),
      _ ("Several networks learn in lock-step: that is shown in the lab."));
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.lab");
  adw_status_page_set_child (ADW_STATUS_PAGE (page), button);
  return page;
}

/* Every page is made with the engine it listens to. */
static void
add_pages (SkWindow *self) {
  GtkWidget *train_stack = gtk_stack_new ();

  self->train_stack = GTK_STACK (train_stack);
  self->build = SK_BUILD_PAGE (sk_build_page_new (self->engine));
  self->transfer = SK_TRANSFER_PAGE (sk_transfer_page_new (self->engine));
  self->train = SK_TRAIN_PAGE (sk_train_page_new (self->engine, self->touches));
  self->lab = SK_LAB_PAGE (sk_lab_page_new (self->engine));
  self->classify = SK_CLASSIFY_PAGE (sk_classify_page_new (self->engine));
  self->evaluate = SK_EVALUATE_PAGE (sk_evaluate_page_new (self->engine));
  gtk_stack_add_named (self->train_stack, sk_welcome_page_new (), "welcome");
  gtk_stack_add_named (self->train_stack, GTK_WIDGET (self->train), "run");
  gtk_stack_add_named (self->train_stack, race_notice_new (), "race");
  gtk_stack_set_transition_type (self->train_stack,
                                 GTK_STACK_TRANSITION_TYPE_CROSSFADE);
  gtk_stack_set_hhomogeneous (self->train_stack, FALSE);
  gtk_stack_set_vhomogeneous (self->train_stack, FALSE);
  add_page (self, GTK_WIDGET (self->build), "build", _ ("Build"),
            "applications-engineering-symbolic");
  add_page (self, GTK_WIDGET (self->transfer), "transfer", _ ("Transfer"),
            "edit-copy-symbolic");
  add_page (self, train_stack, "train", _ ("Train"), SK_ICON_NAME "-symbolic");
  add_page (self, GTK_WIDGET (self->lab), "lab", _ ("Lab"),
            "applications-science-symbolic");
  add_page (self, GTK_WIDGET (self->classify), "classify", _ ("Classify"),
            "image-x-generic-symbolic");
  add_page (self, GTK_WIDGET (self->evaluate), "evaluate", _ ("Evaluate"),
            "emblem-ok-symbolic");
  sk_window_show_page (self, "train");
}

static void
sk_window_init (SkWindow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  self->engine = sk_engine_new ();
  self->touches = sk_touches_new (self->engine);
  add_pages (self);
  sk_window_accept_drops (self);
  sk_window_add_choices (self);
  sk_window_add_keys (self);
  g_object_bind_property (self->inspector_button, "active", self->train, "inspecting",
                          G_BINDING_BIDIRECTIONAL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->inspector_button), TRUE);
  g_signal_connect_swapped (self->views, "notify::visible-child",
                            G_CALLBACK (page_changed_cb), self);
  g_signal_connect_swapped (self->train_stack, "notify::visible-child",
                            G_CALLBACK (page_changed_cb), self);
  g_signal_connect_swapped (self->lab, "selected", G_CALLBACK (lab_selected_cb), self);
  g_signal_connect_swapped (self->build, "started", G_CALLBACK (started_cb), self);
  g_signal_connect_swapped (self->build, "ready-changed", G_CALLBACK (ready_changed_cb),
                            self);
  g_signal_connect_swapped (self->transfer, "started", G_CALLBACK (started_cb), self);
  g_signal_connect_swapped (self->transfer, "ready-changed",
                            G_CALLBACK (ready_changed_cb), self);
  sk_window_follow_touches (self);
  g_signal_connect_object (self->touches, "changed", G_CALLBACK (ready_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  sk_window_update_actions (self, sk_engine_state (self->engine));
}

GtkWidget *
sk_window_new (AdwApplication *application) {
  return g_object_new (SK_TYPE_WINDOW, "application", application, NULL);
}
