/* The window from inside: what it shows follows the session, and nothing is lost by
 * leaving. */

#include <glib/gstdio.h>
#include <string.h>

#include "answer-row.h"
#include "classify-page.h"
#include "curves-area.h"
#include "graph-area.h"
#include "node-widget.h"
#include "recipe-form.h"
#include "train-page.h"
#include "window-fixture.h"

static void
test_construct (Fixture *fixture, gconstpointer data) {
  g_assert_nonnull (fixture_find_named (fixture->window, "statuspage"));
  g_assert_cmpint (fixture_state (fixture)->phase, ==, SK_PHASE_IDLE);
  /* Each page can be shown and drawn. */
  for (const char *const *page = (const char *const[]){ "build", "train", "lab",
                                                        "classify", "evaluate", NULL };
       *page != NULL; page++) {
    sk_window_show_page (SK_WINDOW (fixture->window), *page);
    fixture_run (60);
  }
}

static gboolean
has_summary (Fixture *fixture) {
  return fixture_state (fixture)->summary.complete;
}

static void
test_summary_before_start (Fixture *fixture, gconstpointer data) {
  fixture_wait (fixture, has_summary, "the summary");
  g_assert_cmpint (fixture_state (fixture)->summary.parameters, ==, 269722);
  g_assert_cmpint (fixture_state (fixture)->summary.train_images, >, 0);
  g_assert_cmpint (fixture_state (fixture)->step, ==, 0);
}

/* What the form shows is what it was told, and an edit changes nothing besides. */
static void
check_form (SkRecipeForm *form, const SkRecipe *recipe) {
  g_autofree char *told = sk_recipe_to_json (recipe);
  g_autofree char *edited = NULL;
  GtkWidget *toggle = fixture_find (GTK_WIDGET (form), GTK_TYPE_SWITCH);
  gboolean active;

  sk_recipe_form_show (form, recipe);
  active = gtk_switch_get_active (GTK_SWITCH (toggle));
  gtk_switch_set_active (GTK_SWITCH (toggle), !active);
  edited = sk_recipe_to_json (sk_recipe_form_recipe (form));
  g_assert_cmpstr (edited, !=, told);
  gtk_switch_set_active (GTK_SWITCH (toggle), active);
  g_free (edited);
  edited = sk_recipe_to_json (sk_recipe_form_recipe (form));
  g_assert_cmpstr (edited, ==, told);
}

static void
test_form_keeps_recipe (Fixture *fixture, gconstpointer data) {
  GtkWidget *form = fixture_find (fixture->window, sk_recipe_form_get_type ());
  SkRecipe recipe;

  for (const SkPreset *preset = sk_presets (); preset->name != NULL; preset++) {
    sk_recipe_init (&recipe);
    g_assert_true (sk_recipe_apply_preset (&recipe, preset->name, NULL));
    check_form (SK_RECIPE_FORM (form), &recipe);
    sk_recipe_clear (&recipe);
  }
  sk_recipe_init (&recipe);
  g_free (recipe.net);
  recipe.net = g_strdup ("resnet56-b");
  g_free (recipe.data);
  recipe.data = g_strdup ("cifar100:/some/where & else");
  recipe.init = g_strdup ("/weights/of <mine>.safetensors");
  recipe.freeze = g_strdup ("stem,layer1");
  recipe.bn_mode = g_strdup ("affine");
  recipe.lr_scale = g_strdup ("fc=10");
  recipe.optimizer = SK_OPTIMIZER_ADAMW;
  recipe.schedule = SK_SCHEDULE_ONECYCLE;
  recipe.lr = 0.00025f;
  recipe.warmup = 2.5f;
  recipe.steps = 12345;
  recipe.seed = 1234567;
  recipe.threads = 3;
  recipe.has_normalisation = TRUE;
  recipe.mean[1] = 0.4822f;
  recipe.std[2] = 0.25f;
  check_form (SK_RECIPE_FORM (form), &recipe);
  sk_recipe_clear (&recipe);
}

static gboolean
has_curves (Fixture *fixture) {
  GtkWidget *area = fixture_find (fixture->window, sk_curves_area_get_type ());
  const SkCurves *curves = sk_curves_area_curves (SK_CURVES_AREA (area));

  return sk_curves_n_train (curves) >= 2 && sk_curves_last_step (curves) >= 2;
}

/* Another button of the first page is a whole training of the built-in set. */
static void
test_welcome_trains (Fixture *fixture, gconstpointer data) {
  GtkWidget *area = fixture_find (fixture->window, sk_curves_area_get_type ());
  double loss, accuracy, test_loss, test_accuracy;

  g_assert_true (gtk_widget_activate_action (fixture->window, "win.demo", NULL));
  fixture_wait (fixture, has_curves, "points on the curves");
  g_assert_cmpstr (fixture_state (fixture)->recipe.data, ==, "builtin");
  g_assert_cmpstr (fixture_state (fixture)->recipe.net, ==, "resnet20");
  sk_curves_latest (sk_curves_area_curves (SK_CURVES_AREA (area)), &loss, &accuracy,
                    &test_loss, &test_accuracy);
  g_assert_cmpfloat (loss, >, 0);
  g_assert_cmpfloat (loss, <, 10);
}

static void
test_pause_and_step (Fixture *fixture, gconstpointer data) {
  gint64 step;

  fixture_train (fixture);
  gtk_widget_activate_action (fixture->window, "win.pause", NULL);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  step = fixture_state (fixture)->step;
  fixture_run (300);
  g_assert_cmpint (fixture_state (fixture)->step, ==, step);
  gtk_widget_activate_action (fixture->window, "win.step", NULL);
  while (fixture_state (fixture)->step == step)
    fixture_run (10);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  g_assert_cmpint (fixture_state (fixture)->step, ==, step + 1);
  gtk_widget_activate_action (fixture->window, "win.pause", NULL);
  while (fixture_state (fixture)->step < step + 3)
    fixture_run (10);
}

static gboolean
is_frozen (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  return state->frozen != NULL && state->frozen[state->plan->blocks[0].group];
}

/* Every block can be found, focused and read aloud, and F freezes it. */
static void
test_blocks_are_accessible (Fixture *fixture, gconstpointer data) {
  GtkWidget *graph, *first = NULL;
  int blocks = 0;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  graph = sk_window_graph (SK_WINDOW (fixture->window));
  gtk_test_accessible_assert_role (graph, GTK_ACCESSIBLE_ROLE_GROUP);
  fixture_run (6000); /* what is read aloud is renewed every five seconds */
  for (GtkWidget *child = gtk_widget_get_first_child (graph); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    g_autofree char *label = NULL;

    if (!SK_IS_NODE_WIDGET (child))
      continue;
    gtk_test_accessible_assert_role (child, GTK_ACCESSIBLE_ROLE_BUTTON);
    g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (child),
                                                     GTK_ACCESSIBLE_PROPERTY_LABEL));
    g_assert_true (gtk_widget_get_focusable (child));
    label = fixture_label (child);
    if (strstr (label, "Block") == NULL)
      continue;
    first = first ? first : child;
    blocks++;
    g_assert_nonnull (strstr (label, "gradient"));
    g_assert_nonnull (strstr (label, "through the skip"));
  }
  g_assert_cmpint (blocks, ==, 9);
  g_signal_emit_by_name (first, "activated");
  gtk_widget_activate_action (fixture->window, "win.freeze", NULL);
  fixture_wait (fixture, is_frozen, "the first block to be frozen");
}

static gboolean
is_answered (Fixture *fixture) {
  GtkWidget *row = fixture_find (fixture->window, SK_TYPE_ANSWER_ROW);
  g_autofree char *label = NULL;

  if (row == NULL || !gtk_test_accessible_has_property (GTK_ACCESSIBLE (row),
                                                        GTK_ACCESSIBLE_PROPERTY_LABEL))
    return FALSE;
  label = fixture_label (row);
  return label != NULL && strchr (label, ':') != NULL;
}

/* A dropped picture is answered while the network learns on. */
static void
test_drop_is_answered (Fixture *fixture, gconstpointer data) {
  g_autofree char *picture = fixture_picture (fixture, "kitten.png");
  g_autofree char *label = NULL;
  GtkWidget *row;
  gint64 step;

  fixture_train (fixture);
  step = fixture_state (fixture)->step;
  fixture_drop (fixture, picture);
  fixture_wait (fixture, is_answered, "an answer");
  row = fixture_find (fixture->window, SK_TYPE_ANSWER_ROW);
  label = fixture_label (row);
  g_assert_true (g_str_has_prefix (label, "kitten.png: "));
  g_assert_nonnull (strstr (label, "percent"));
  g_assert_nonnull (fixture_find (row, GTK_TYPE_LEVEL_BAR));
  g_assert_nonnull (fixture_find (row, GTK_TYPE_PICTURE));
  while (fixture_state (fixture)->step <= step)
    fixture_run (10);
}

static void
test_broken_picture_is_told (Fixture *fixture, gconstpointer data) {
  g_autofree char *path = g_build_filename (fixture->folder, "broken.jpg", NULL);
  g_autofree char *label = NULL;
  GtkWidget *row;

  fixture_train (fixture);
  g_assert_true (g_file_set_contents (path, "no picture at all", -1, NULL));
  fixture_drop (fixture, path);
  fixture_wait (fixture, is_answered, "a refusal");
  row = fixture_find (fixture->window, SK_TYPE_ANSWER_ROW);
  label = fixture_label (row);
  g_assert_true (g_str_has_prefix (label, "broken.jpg: "));
  g_assert_null (strstr (label, "percent"));
  g_assert_null (fixture_find (row, GTK_TYPE_LEVEL_BAR));
}

static gboolean
has_problem (Fixture *fixture) {
  return fixture_state (fixture)->summary.problem != NULL;
}

/* A folder is what the next run learns from; this one holds no classes. */
static void
test_drop_of_a_folder (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = g_build_filename (fixture->folder, "empty", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  fixture_drop (fixture, folder);
  fixture_wait (fixture, has_problem, "what is wrong with the folder");
  g_assert_nonnull (strstr (fixture_state (fixture)->summary.problem, folder));
}

/* How many values below @root the wheel would change where it is to scroll a form. */
static int
count_wheeled (GtkWidget *root) {
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (root);
  gboolean value = GTK_IS_SPIN_BUTTON (root) || GTK_IS_RANGE (root);
  int n = 0;

  if (value && gtk_widget_get_ancestor (root, GTK_TYPE_SCROLLED_WINDOW) != NULL)
    for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
      g_autoptr (GtkEventController) controller =
          g_list_model_get_item (controllers, i);

      n += GTK_IS_EVENT_CONTROLLER_SCROLL (controller) &&
           gtk_event_controller_get_propagation_phase (controller) != GTK_PHASE_NONE;
    }
  if (GTK_IS_SCROLLBAR (root))
    return 0;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_wheeled (child);
  return n;
}

static void
test_wheel (Fixture *fixture, gconstpointer data) {
  GtkWidget *spin = gtk_spin_button_new_with_range (0, 1, 1);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  /* There its rows are made once the network is known. */
  sk_window_show_page (SK_WINDOW (fixture->window), "transfer");
  fixture_run (500);
  g_assert_cmpint (count_wheeled (fixture->window), ==, 0);
  /* What the check is worth. */
  g_object_ref_sink (scroller);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), spin);
  g_assert_cmpint (count_wheeled (scroller), ==, 1);
  g_object_unref (scroller);
}

/* A folder of pictures without classes is nothing to learn from: they are answered. */
static void
test_drop_of_an_album (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = g_build_filename (fixture->folder, "album", NULL);
  g_autofree char *picture = fixture_picture (fixture, "one.png");
  g_autofree char *moved = g_build_filename (folder, "one.png", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (g_rename (picture, moved), ==, 0);
  sk_window_show_page (SK_WINDOW (fixture->window), "build");
  fixture_drop (fixture, folder);
  fixture_run (200);
  g_assert_true (
      gtk_widget_get_mapped (fixture_find (fixture->window, SK_TYPE_CLASSIFY_PAGE)));
}

static void
check_saved (SkTrainPage *page, SkPicture picture, const char *folder, const char *name,
             const char *begin) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  sk_train_page_save_picture (page, picture, path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpint (size, >, 1000);
  g_assert_nonnull (g_strstr_len (bytes, 200, begin));
}

static void
test_pictures_are_saved (Fixture *fixture, gconstpointer data) {
  GtkWidget *page = fixture_find (fixture->window, SK_TYPE_TRAIN_PAGE);
  g_autoptr (GError) error = NULL;

  fixture_train (fixture);
  check_saved (SK_TRAIN_PAGE (page), SK_PICTURE_NETWORK, fixture->folder, "a.svg",
               "<svg");
  check_saved (SK_TRAIN_PAGE (page), SK_PICTURE_CURVES, fixture->folder, "b.png",
               "PNG");
  check_saved (SK_TRAIN_PAGE (page), SK_PICTURE_GRADIENTS, fixture->folder, "c.pdf",
               "%PDF");
  g_assert_false (sk_train_page_save_picture (SK_TRAIN_PAGE (page), SK_PICTURE_CURVES,
                                              "/nowhere/at/all.png", &error));
  g_assert_nonnull (error);
}

static GtkWidget *
find_dialog (void) {
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *link = windows; link != NULL; link = link->next)
    if (ADW_IS_MESSAGE_DIALOG (link->data))
      return link->data;
  return NULL;
}

static gboolean
is_gone (Fixture *fixture) {
  return fixture->window == NULL;
}

/* Closing asks while a network learns; what was learnt is saved before the window goes. */
static void
test_close_asks (Fixture *fixture, gconstpointer data) {
  g_autofree char *saved = NULL;

  fixture_train (fixture);
  saved = g_build_filename (fixture_state (fixture)->run_dir, "last.safetensors", NULL);
  gtk_window_close (GTK_WINDOW (fixture->window));
  fixture_run (300);
  g_assert_nonnull (fixture->window);
  g_assert_nonnull (find_dialog ());
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (find_dialog ()), "cancel");
  fixture_run (300);
  g_assert_true (sk_engine_has_run (sk_window_engine (SK_WINDOW (fixture->window))));

  gtk_window_close (GTK_WINDOW (fixture->window));
  fixture_run (300);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (find_dialog ()), "stop");
  fixture_wait (fixture, is_gone, "the window to go");
  g_assert_true (g_file_test (saved, G_FILE_TEST_EXISTS));
}

static void
test_close_idle (Fixture *fixture, gconstpointer data) {
  gtk_window_close (GTK_WINDOW (fixture->window));
  fixture_wait (fixture, is_gone, "the window to go");
  g_assert_null (find_dialog ());
}

/* Whatever the size, pages fit and nothing complains (warnings are fatal). */
/* The pages' names stand in the header or at the bottom, never in both. */
static void
check_switchers (Fixture *fixture, int width) {
  GtkWidget *switcher = fixture_find (fixture->window, ADW_TYPE_VIEW_SWITCHER);
  GtkWidget *bar = fixture_find (fixture->window, ADW_TYPE_VIEW_SWITCHER_BAR);

  if (gtk_widget_get_width (fixture->window) != width)
    return; /* the display is too small for it */
  g_assert_cmpint (gtk_widget_get_visible (switcher), ==, width > 1000);
  g_assert_cmpint (adw_view_switcher_bar_get_reveal (ADW_VIEW_SWITCHER_BAR (bar)), ==,
                   width < 1000);
}

static void
test_sizes (Fixture *fixture, gconstpointer data) {
  const int sizes[][2] = { { 360, 600 }, { 800, 500 }, { 1900, 1000 } };

  fixture_train (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (const char *const *page =
             (const char *const[]){ "build", "train", "lab", "classify", "evaluate",
                                    NULL };
         *page != NULL; page++) {
      gtk_window_set_default_size (GTK_WINDOW (fixture->window), sizes[i][0],
                                   sizes[i][1]);
      sk_window_show_page (SK_WINDOW (fixture->window), *page);
      fixture_run (250);
      check_switchers (fixture, sizes[i][0]);
    }
}

/* The window begins with the focus on a page's button; a page that is led to takes it
 * from there, or the space bar would lead back instead of pausing. */
static void
test_pages_leave_focus (Fixture *fixture, gconstpointer data) {
  GtkWidget *switcher = fixture_find (fixture->window, ADW_TYPE_VIEW_SWITCHER);
  GtkWidget *button = fixture_find (switcher, GTK_TYPE_TOGGLE_BUTTON);

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1400, 800);
  fixture_run (300);
  g_assert_true (gtk_widget_grab_focus (button));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == button);
  sk_window_show_page (SK_WINDOW (fixture->window), "lab");
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) != button);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer)) {
  g_test_add (name, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

static void
add_tests (void) {
  add ("/window/construct", test_construct);
  add ("/window/summary-before-start", test_summary_before_start);
  add ("/window/form-keeps-recipe", test_form_keeps_recipe);
  add ("/window/welcome-trains", test_welcome_trains);
  add ("/window/pause-and-step", test_pause_and_step);
  add ("/window/blocks-are-accessible", test_blocks_are_accessible);
  add ("/window/drop-is-answered", test_drop_is_answered);
  add ("/window/broken-picture-is-told", test_broken_picture_is_told);
  add ("/window/drop-of-a-folder", test_drop_of_a_folder);
  add ("/window/drop-of-an-album", test_drop_of_an_album);
  add ("/window/wheel", test_wheel);
  add ("/window/pictures-are-saved", test_pictures_are_saved);
  add ("/window/close-asks", test_close_asks);
  add ("/window/close-idle", test_close_idle);
  add ("/window/sizes", test_sizes);
  add ("/window/pages-leave-focus", test_pages_leave_focus);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
