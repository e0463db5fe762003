#include "window-private.h"

#include <glib/gi18n.h>

#include "welcome-page.h"

G_DEFINE_FINAL_TYPE (SkWindow, sk_window, ADW_TYPE_APPLICATION_WINDOW)

void
sk_window_toast (SkWindow *self, const char *text) {
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}

void
sk_window_show_page (SkWindow *self, const char *name) {
  adw_view_stack_set_visible_child_name (self->views, name);
}

SkEngine *
sk_window_engine (SkWindow *self) {
  return self->engine;
}

static void
load_weights (SkWindow *self, const char *path) {
  SkCommand command = { .kind = SK_COMMAND_LOAD,
                        .path = path,
                        .serial = sk_engine_next_serial (self->engine) };

  sk_engine_send (self->engine, &command);
  sk_window_show_page (self, "classify");
}

void
sk_window_take_file (SkWindow *self, GFile *file) {
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL) {
    sk_window_toast (self, _ ("Only files on this computer can be opened"));
    return;
  }
  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    sk_recipe_form_take_data (sk_build_page_form (self->build), path);
    sk_window_show_page (self, "build");
  } else if (g_str_has_suffix (path, ".safetensors") ||
             g_str_has_suffix (path, ".pth") || g_str_has_suffix (path, ".pt") ||
             g_str_has_suffix (path, ".th")) {
    load_weights (self, path);
  } else {
    sk_classify_page_ask_path (self->classify, path);
    sk_window_show_page (self, "classify");
  }
}

/* The machine stays awake while there is something to compute. */
static void
update_inhibit (SkWindow *self, const SkSnapshot *snapshot) {
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  gboolean computing =
      snapshot->phase == SK_PHASE_RUNNING || snapshot->phase == SK_PHASE_EVALUATING;

  if (application == NULL)
    return;
  if (computing && self->inhibit == 0) {
    self->inhibit = gtk_application_inhibit (application, GTK_WINDOW (self),
                                             GTK_APPLICATION_INHIBIT_SUSPEND |
                                                 GTK_APPLICATION_INHIBIT_LOGOUT,
                                             _ ("A network is being trained"));
  } else if (!computing && self->inhibit != 0) {
    gtk_application_uninhibit (application, self->inhibit);
    self->inhibit = 0;
  }
}

/* Tells those who look elsewhere that the run has ended. */
static void
notify_end (SkWindow *self, const SkSnapshot *snapshot) {
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (GNotification) notification = NULL;

  if (snapshot->phase == self->phase || snapshot->phase != SK_PHASE_FINISHED)
    return;
  sk_window_toast (self, _ ("Training finished"));
  if (application == NULL || gtk_window_is_active (GTK_WINDOW (self)))
    return;
  notification = g_notification_new (_ ("Training finished"));
  g_notification_set_body (notification, adw_window_title_get_title (self->title));
  g_application_send_notification (G_APPLICATION (application), "finished",
                                   notification);
}

static void
tell_loads (SkWindow *self, const SkSnapshot *snapshot) {
  for (guint i = 0; i < snapshot->answers->len; i++) {
    const SkAnswer *answer = g_ptr_array_index (snapshot->answers, i);

    if (answer->kind == SK_COMMAND_LOAD)
      sk_window_toast (self, answer->error ? answer->error : _ ("Weights loaded"));
  }
}

static void
snapshot_cb (SkWindow *self, SkSnapshot *snapshot) {
  if (snapshot->run_serial != self->run_serial) {
    self->run_serial = snapshot->run_serial;
    gtk_stack_set_visible_child_name (self->train_stack, "run");
  }
  sk_window_update_header (self, snapshot);
  sk_window_update_actions (self, snapshot);
  update_inhibit (self, snapshot);
  tell_loads (self, snapshot);
  notify_end (self, snapshot);
  self->phase = snapshot->phase;
  if (self->closing && !sk_engine_is_busy (self->engine))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
started_cb (SkWindow *self) {
  sk_window_show_page (self, "train");
}

static gboolean
sk_window_close_request (GtkWindow *window) {
  return sk_window_ask_to_close (SK_WINDOW (window));
}

static void
sk_window_dispose (GObject *object) {
  SkWindow *self = SK_WINDOW (object);

  if (self->engine != NULL)
    sk_engine_close (self->engine);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sk_window_parent_class)->dispose (object);
}

static void
sk_window_class_init (SkWindowClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = sk_window_close_request;
  sk_window_install_actions (GTK_WIDGET_CLASS (class));
}

static GtkWidget *
build_views (SkWindow *self) {
  GtkWidget *views = adw_view_stack_new ();
  GtkWidget *train_stack = gtk_stack_new ();

  self->views = ADW_VIEW_STACK (views);
  self->train_stack = GTK_STACK (train_stack);
  self->build = SK_BUILD_PAGE (sk_build_page_new (self->engine));
  self->train = SK_TRAIN_PAGE (sk_train_page_new (self->engine));
  self->classify = SK_CLASSIFY_PAGE (sk_classify_page_new (self->engine));
  gtk_stack_add_named (self->train_stack, sk_welcome_page_new (), "welcome");
  gtk_stack_add_named (self->train_stack, GTK_WIDGET (self->train), "run");
  adw_view_stack_add_titled (self->views, GTK_WIDGET (self->build), "build",
                             _ ("Build"));
  adw_view_stack_add_titled (self->views, train_stack, "train", _ ("Train"));
  adw_view_stack_add_titled (self->views, GTK_WIDGET (self->classify), "classify",
                             _ ("Classify"));
  adw_view_stack_page_set_icon_name (
      adw_view_stack_get_page (self->views, GTK_WIDGET (self->build)),
      "applications-engineering-symbolic");
  adw_view_stack_page_set_icon_name (adw_view_stack_get_page (self->views, train_stack),
                                     "org.skipscope.Skipscope-symbolic");
  adw_view_stack_page_set_icon_name (
      adw_view_stack_get_page (self->views, GTK_WIDGET (self->classify)),
      "insert-image-symbolic");
  gtk_widget_set_vexpand (views, TRUE);
  sk_window_show_page (self, "train");
  g_signal_connect_swapped (self->build, "started", G_CALLBACK (started_cb), self);
  g_signal_connect_swapped (self->classify, "open", G_CALLBACK (sk_window_choose_files),
                            self);
  return views;
}

static void
sk_window_init (SkWindow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *toasts = adw_toast_overlay_new ();
  GtkWidget *switcher = adw_view_switcher_new ();
  GtkWidget *header, *views;

  self->engine = sk_engine_new ();
  self->toasts = ADW_TOAST_OVERLAY (toasts);
  header = sk_window_build_header (self);
  views = build_views (self);
  adw_view_switcher_set_stack (ADW_VIEW_SWITCHER (switcher), self->views);
  adw_view_switcher_set_policy (ADW_VIEW_SWITCHER (switcher),
                                ADW_VIEW_SWITCHER_POLICY_WIDE);
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), switcher);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), views);
  adw_toast_overlay_set_child (self->toasts, box);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), toasts);
  gtk_window_set_default_size (GTK_WINDOW (self), 1280, 800);
  gtk_window_set_title (GTK_WINDOW (self), "Skipscope");
  gtk_widget_set_size_request (GTK_WIDGET (self), 720, 480);
  sk_window_accept_drops (self, box);
  g_signal_connect_object (self->engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  sk_window_update_actions (self, sk_engine_state (self->engine));
}

GtkWidget *
sk_window_new (AdwApplication *application) {
  return g_object_new (SK_TYPE_WINDOW, "application", application, NULL);
}
