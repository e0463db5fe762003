#include "window-fixture.h"

#include "file-fixture.h"

#define PATIENCE_SECONDS 120
#define TRAIN_PICTURES 640
#define TEST_PICTURES 64

int
fixture_main (int argc, char **argv, void (*add_tests) (void)) {
  g_autofree char *home = g_dir_make_tmp ("skipscope-home-XXXXXX", NULL);
  int result;

  g_assert_nonnull (home);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (gtk_init_check ()) {
    adw_init ();
    add_tests ();
    result = g_test_run ();
  } else {
    g_print ("1..0 # SKIP there is no display\n");
    result = 0;
  }
  remove_tree (home);
  return result;
}

void
fixture_set_up (Fixture *self, gconstpointer data) {
  self->folder = g_dir_make_tmp ("skipscope-window-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  sk_recipe_init (&self->recipe);
  g_free (self->recipe.data);
  self->recipe.data = make_cifar10 (self->folder, TRAIN_PICTURES, TEST_PICTURES);
  self->recipe.batch = 16;
  self->recipe.epochs = 50;
  self->recipe.lr = 0.01f;

  self->window = sk_window_new (NULL);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_present (GTK_WINDOW (self->window));
  fixture_run (100);
}

void
fixture_tear_down (Fixture *self, gconstpointer data) {
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  /* Frames under way and idles hold it for a moment. */
  for (int i = 0; i < 40 && self->window != NULL; i++)
    fixture_run (50);
  g_assert_null (self->window);
  sk_recipe_clear (&self->recipe);
  remove_tree (self->folder);
  g_free (self->folder);
}

const SkSnapshot *
fixture_state (Fixture *self) {
  return sk_engine_state (sk_window_engine (SK_WINDOW (self->window)));
}

static gboolean
over_cb (gpointer over) {
  *(gboolean *) over = TRUE;
  return G_SOURCE_REMOVE;
}

void
fixture_run (guint milliseconds) {
  gboolean over = FALSE;

  g_timeout_add (milliseconds, over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

void
fixture_wait (Fixture *self, FixtureCheck check, const char *what) {
  gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (!check (self)) {
    if (g_get_monotonic_time () > end)
      g_error ("waited for %s in vain", what);
    fixture_run (10);
  }
}

void
fixture_wait_phase (Fixture *self, SkPhase phase) {
  gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  while (fixture_state (self)->phase != phase || fixture_state (self)->pause_pending) {
    if (g_get_monotonic_time () > end)
      g_error ("waited for phase %d in phase %d: %s", phase,
               fixture_state (self)->phase, fixture_state (self)->message);
    fixture_run (10);
  }
}

static gboolean
has_learnt (Fixture *self) {
  return fixture_state (self)->step > 1;
}

void
fixture_train (Fixture *self) {
  SkCommand command = { .kind = SK_COMMAND_START, .recipe = &self->recipe };

  sk_engine_send (sk_window_engine (SK_WINDOW (self->window)), &command);
  fixture_wait (self, has_learnt, "two steps");
}

GtkWidget *
fixture_find (GtkWidget *root, GType type) {
  if (root == NULL || G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = fixture_find (child, type);

    if (found != NULL)
      return found;
  }
  return NULL;
}

GtkWidget *
fixture_find_named (GtkWidget *root, const char *css_name) {
  if (g_strcmp0 (gtk_widget_get_css_name (root), css_name) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = fixture_find_named (child, css_name);

    if (found != NULL)
      return found;
  }
  return NULL;
}

GtkEventController *
fixture_controller (GtkWidget *widget, GType type) {
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (all, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
      return controller;
  }
  g_assert_not_reached ();
}

gboolean
fixture_says (GtkWidget *root, const char *text) {
  if (GTK_IS_LABEL (root) && gtk_widget_get_mapped (root) &&
      strstr (gtk_label_get_text (GTK_LABEL (root)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (fixture_says (child, text))
      return TRUE;
  return FALSE;
}

/* The test backend only tells what a property is by saying that it is not something. */
char *
fixture_label (GtkWidget *widget) {
  return gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget),
                                             GTK_ACCESSIBLE_PROPERTY_LABEL, "\1");
}

char *
fixture_picture (Fixture *self, const char *name) {
  g_autofree guint8 *pixels = g_malloc (40 * 30 * 3);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  char *path = g_build_filename (self->folder, name, NULL);

  for (int i = 0; i < 40 * 30 * 3; i++)
    pixels[i] = (guint8) (i * 7);
  bytes = g_bytes_new (pixels, 40 * 30 * 3);
  texture = gdk_memory_texture_new (40, 30, GDK_MEMORY_R8G8B8, bytes, 40 * 3);
  g_assert_true (gdk_texture_save_to_png (texture, path));
  return path;
}

static GtkDropTarget *
find_drop_target (GtkWidget *root) {
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (root);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DROP_TARGET (controller))
      return GTK_DROP_TARGET (controller);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkDropTarget *found = find_drop_target (child);

    if (found != NULL)
      return found;
  }
  return NULL;
}

void
fixture_drop (Fixture *fixture, const char *path) {
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList link = { file, NULL };
  GdkFileList *files = gdk_file_list_new_from_list (&link);
  GtkDropTarget *target = find_drop_target (fixture->window);
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_assert_nonnull (target);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, files);
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  g_assert_true (taken);
  g_value_unset (&value);
}
