/* Races in the window: begun from the first page, drawn, described, saved; the other pages
 * know that it is none of their runs. */

#include <string.h>

#include "race-area.h"
#include "race-page.h"
#include "train-page.h"
#include "window-fixture.h"

static gboolean
races (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  return state->race != NULL && state->step > 1;
}

static void
start_race (Fixture *fixture, const char *nets) {
  SkCommand command = { .kind = SK_COMMAND_RACE,
                        .recipe = &fixture->recipe,
                        .nets = nets };

  sk_engine_send (sk_window_engine (SK_WINDOW (fixture->window)), &command);
  sk_window_show_page (SK_WINDOW (fixture->window), "lab");
  fixture_wait (fixture, races, "a race");
}

/* The first page's suggested action is the twin race on the built-in pictures. */
static void
test_welcome_races (Fixture *fixture, gconstpointer data) {
  GtkWidget *area = fixture_find (fixture->window, SK_TYPE_RACE_AREA);
  const SkRaceState *state;

  g_assert_true (
      gtk_widget_activate_action (fixture->window, "win.race", "s", "twins"));
  fixture_wait (fixture, races, "a race");
  g_assert_cmpstr (fixture_state (fixture)->recipe.data, ==, "builtin");
  state = sk_race_view_state (sk_race_area_view (SK_RACE_AREA (area)));
  g_assert_cmpint (state->n, ==, 2);
  g_assert_cmpstr (state->contestants[0].net, ==, "resnet56");
  g_assert_cmpstr (state->contestants[1].net, ==, "plain56");
  g_assert_true (gtk_widget_get_mapped (area));
}

static GtkWidget *
find_button (GtkWidget *root, const char *action) {
  if (GTK_IS_BUTTON (root) &&
      g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (root)), action) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_button (child, action);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
find_race_button (GtkWidget *window) {
  GtkWidget *button =
      find_button (fixture_find (window, SK_TYPE_RACE_PAGE), "win.race");

  g_assert_nonnull (button);
  return button;
}

static void
test_train_page_tells (Fixture *fixture, gconstpointer data) {
  start_race (fixture, "resnet20,plain20");
  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  fixture_run (1000);
  g_assert_true (gtk_widget_get_mapped (find_button (fixture->window, "win.lab")));
  gtk_widget_activate_action (fixture->window, "win.lab", NULL);
  fixture_run (1000);
  g_assert_true (
      gtk_widget_get_mapped (fixture_find (fixture->window, SK_TYPE_RACE_AREA)));
}

static void
test_pause_and_step (Fixture *fixture, gconstpointer data) {
  gint64 step;

  start_race (fixture, "resnet20,plain20");
  gtk_widget_activate_action (fixture->window, "win.pause", NULL);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  step = fixture_state (fixture)->step;
  gtk_widget_activate_action (fixture->window, "win.step", NULL);
  while (fixture_state (fixture)->step == step)
    fixture_run (10);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  g_assert_cmpint (fixture_state (fixture)->step, ==, step + 1);
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
}

static GtkWidget *
find_drop_down (GtkWidget *root, const char *first) {
  if (GTK_IS_DROP_DOWN (root) &&
      GTK_IS_STRING_LIST (gtk_drop_down_get_model (GTK_DROP_DOWN (root)))) {
    GtkStringList *list =
        GTK_STRING_LIST (gtk_drop_down_get_model (GTK_DROP_DOWN (root)));
    const char *text = gtk_string_list_get_string (list, 0);

    if (text != NULL && g_str_has_prefix (text, first))
      return root;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_drop_down (child, first);

    if (found != NULL)
      return found;
  }
  return NULL;
}

/* Four networks: each pair of twins can be looked at block by block. */
static void
test_depths (Fixture *fixture, gconstpointer data) {
  GtkWidget *area = fixture_find (fixture->window, SK_TYPE_RACE_AREA);
  const SkRaceView *view = sk_race_area_view (SK_RACE_AREA (area));
  GtkWidget *pairs;

  start_race (fixture, "resnet20,plain20,resnet32,plain32");
  fixture_run (300);
  pairs = find_drop_down (fixture->window, "Blocks of ResNet-20");
  g_assert_nonnull (pairs);
  g_assert_true (gtk_widget_get_visible (pairs));
  g_assert_cmpint (gtk_drop_down_get_selected (GTK_DROP_DOWN (pairs)), ==, 1);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (pairs), 0);
  g_assert_cmpint (sk_race_view_pair (view), ==, 0);
  fixture_run (500);
  g_assert_cmpint (sk_race_view_pair (view), ==, 0);
}

static gboolean
has_come_far (Fixture *fixture) {
  return fixture_state (fixture)->step > 12;
}

static void
test_is_accessible (Fixture *fixture, gconstpointer data) {
  GtkWidget *area = fixture_find (fixture->window, SK_TYPE_RACE_AREA);
  g_autofree char *words = NULL;

  start_race (fixture, "resnet20,plain20");
  fixture_wait (fixture, has_come_far, "steps enough to speak of");
  fixture_run (6000); /* what is read aloud is renewed every five seconds */
  gtk_test_accessible_assert_role (area, GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_true (gtk_widget_get_focusable (area));
  words = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "\1");
  g_assert_nonnull (strstr (words, "ResNet-20"));
}

static void
test_pictures_are_saved (Fixture *fixture, gconstpointer data) {
  GtkWidget *page = fixture_find (fixture->window, SK_TYPE_RACE_PAGE);
  static const char *const names[] = { "race.png", "race.svg", "race.pdf" };

  start_race (fixture, "resnet20,plain20");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_true (sk_race_page_save_picture (SK_RACE_PAGE (page), path, &error));
    g_assert_no_error (error);
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  }
}

/* A race's folder is gone on with where that is asked for, as a run's is; opening it
 * changes nothing. */
static void
test_folder_is_resumed (Fixture *fixture, gconstpointer data) {
  g_autoptr (GFile) folder = NULL;
  gint64 step;

  start_race (fixture, "resnet20,plain20");
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  step = fixture_state (fixture)->step;
  folder = g_file_new_for_path (fixture_state (fixture)->run_dir);
  sk_window_take_files (SK_WINDOW (fixture->window), &folder, 1);
  fixture_run (300);
  g_assert_cmpint (fixture_state (fixture)->phase, ==, SK_PHASE_STOPPED);
  gtk_widget_activate_action (fixture->window, "win.continue-run", "^ay",
                              g_file_peek_path (folder));
  while (fixture_state (fixture)->step <= step)
    fixture_run (10);
  g_assert_nonnull (fixture_state (fixture)->race);
}

static gboolean
trains (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  return state->race == NULL && state->phase == SK_PHASE_RUNNING && state->step > 1;
}

/* After a race a network is trained as ever, and the race stays in sight. */
static void
test_train_after_race (Fixture *fixture, gconstpointer data) {
  GtkWidget *area = fixture_find (fixture->window, SK_TYPE_RACE_AREA);

  start_race (fixture, "resnet20,plain20");
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  fixture_train (fixture);
  fixture_wait (fixture, trains, "a run");
  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  fixture_run (1000);
  g_assert_true (
      gtk_widget_get_mapped (fixture_find (fixture->window, SK_TYPE_TRAIN_PAGE)));
  g_assert_nonnull (sk_race_view_state (sk_race_area_view (SK_RACE_AREA (area))));
}

static gboolean
is_paused (Fixture *fixture) {
  return fixture_state (fixture)->phase == SK_PHASE_PAUSED;
}

/* What has the focus once a race has begun is nothing that the space bar would press. */
static void
test_focus (Fixture *fixture, gconstpointer data) {
  GtkWidget *start;

  sk_window_show_page (SK_WINDOW (fixture->window), "lab");
  fixture_run (300);
  start = find_race_button (fixture->window);
  g_assert_true (gtk_widget_grab_focus (start));
  gtk_widget_activate (start);
  fixture_wait (fixture, races, "a race");
  fixture_run (300);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) ==
                 fixture_find (fixture->window, SK_TYPE_RACE_AREA));
  g_assert_true (fixture_says (fixture->window, "Pause"));
  gtk_widget_activate_action (fixture->window, "win.pause", NULL);
  fixture_wait (fixture, is_paused, "a pause");
}

/* While a training runs, the buttons of races say why they cannot be pressed. */
static void
test_says_why_not (Fixture *fixture, gconstpointer data) {
  GtkWidget *page = fixture_find (fixture->window, SK_TYPE_RACE_PAGE);
  GtkWidget *start;

  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "lab");
  fixture_run (300);
  start = find_race_button (fixture->window);
  g_assert_false (gtk_widget_is_sensitive (start));
  g_assert_nonnull (
      strstr (gtk_widget_get_tooltip_text (start), "A training is under way"));
  g_assert_true (fixture_says (page, "A training is under way"));
}

/* Whatever the size, the page fits and nothing complains (warnings are fatal). */
static void
test_sizes (Fixture *fixture, gconstpointer data) {
  const int sizes[][2] = { { 360, 600 }, { 800, 500 }, { 1900, 1000 } };

  start_race (fixture, "resnet20,plain20,resnet32,plain32");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    gtk_window_set_default_size (GTK_WINDOW (fixture->window), sizes[i][0],
                                 sizes[i][1]);
    fixture_run (400);
  }
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer)) {
  g_test_add (name, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

static void
add_tests (void) {
  add ("/window/race/welcome", test_welcome_races);
  add ("/window/race/train-page-tells", test_train_page_tells);
  add ("/window/race/pause-and-step", test_pause_and_step);
  add ("/window/race/depths", test_depths);
  add ("/window/race/is-accessible", test_is_accessible);
  add ("/window/race/pictures-are-saved", test_pictures_are_saved);
  add ("/window/race/folder-is-resumed", test_folder_is_resumed);
  add ("/window/race/train-after-race", test_train_after_race);
  add ("/window/race/focus", test_focus);
  add ("/window/race/says-why-not", test_says_why_not);
  add ("/window/race/sizes", test_sizes);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
