/* The pictures of a run in the window: each follows it, can be reached without a pointer,
 * and picks what is to be looked at. */

#include <gdk/gdkkeysyms.h>
#include <string.h>

#include "bars-area.h"
#include "block-numbers.h"
#include "branch-area.h"
#include "curves-area.h"
#include "graph-area.h"
#include "inspector.h"
#include "node-widget.h"
#include "scrubber.h"
#include "skip-fader.h"
#include "strip-area.h"
#include "train-page.h"
#include "train-views.h"
#include "window-fixture.h"

static SkTrainViews *
views_of (Fixture *fixture) {
  return SK_TRAIN_VIEWS (fixture_find (fixture->window, sk_train_views_get_type ()));
}

static SkGraphArea *
graph_of (Fixture *fixture) {
  return SK_GRAPH_AREA (sk_window_graph (SK_WINDOW (fixture->window)));
}

static void
train (Fixture *fixture) {
  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  fixture_run (300);
}

static gboolean
has_columns (Fixture *fixture) {
  const SkStrip *strip =
      sk_strip_area_strip (sk_train_views_strip (views_of (fixture)));
  const SkStrip *gamma =
      sk_strip_area_strip (sk_train_views_awakening (views_of (fixture)));

  return strip != NULL && sk_strip_n_columns (strip) > 2 && gamma != NULL &&
         sk_strip_n_columns (gamma) > 2;
}

/* Whatever is shown, every picture has what the run did so far. */
static void
test_follow (Fixture *fixture, gconstpointer data) {
  const char *const names[] = { "curves", "gradients", "time", "branches" };
  SkTrainViews *views = views_of (fixture);
  GtkWidget *branch;

  train (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    sk_train_views_open (views, names[i]);
    fixture_run (150);
  }
  fixture_wait (fixture, has_columns, "columns of the strips");
  branch = fixture_find (GTK_WIDGET (views), sk_branch_area_get_type ());
  g_assert_true (sk_branch_area_branch (SK_BRANCH_AREA (branch))->filled);
  sk_strip_area_set_quantity (sk_train_views_strip (views), SK_STRIP_BLOCKS);
  g_assert_cmpint (sk_strip_n_rows (sk_strip_area_strip (sk_train_views_strip (views))),
                   ==, 9);
  g_assert_cmpuint (
      sk_strip_n_columns (sk_strip_area_strip (sk_train_views_strip (views))), >, 2);
}

/* Plots can be focused, and say what they show. */
static void
test_accessible (Fixture *fixture, gconstpointer data) {
  SkTrainViews *views = views_of (fixture);
  GtkWidget *areas[] = {
    fixture_find (GTK_WIDGET (views), sk_bars_area_get_type ()),
    fixture_find (GTK_WIDGET (views), sk_branch_area_get_type ()),
    GTK_WIDGET (sk_train_views_strip (views)),
    GTK_WIDGET (sk_train_views_awakening (views)),
  };

  train (fixture);
  fixture_wait (fixture, has_columns, "columns of the strips");
  for (gsize i = 0; i < G_N_ELEMENTS (areas); i++) {
    GtkAccessible *area = GTK_ACCESSIBLE (areas[i]);

    g_assert_true (gtk_widget_get_focusable (areas[i]));
    gtk_test_accessible_assert_role (area, GTK_ACCESSIBLE_ROLE_IMG);
    g_assert_true (
        gtk_test_accessible_has_property (area, GTK_ACCESSIBLE_PROPERTY_LABEL));
  }
  for (gsize i = 1; i < G_N_ELEMENTS (areas); i++)
    g_assert_true (gtk_test_accessible_has_property (
        GTK_ACCESSIBLE (areas[i]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
}

/* Every block is a button that says both terms, their agreement and the gain. */
static void
test_blocks_say_numbers (Fixture *fixture, gconstpointer data) {
  int blocks = 0;

  train (fixture);
  fixture_run (5500); /* words are renewed every five seconds */
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (graph_of (fixture)));
       child != NULL; child = gtk_widget_get_next_sibling (child)) {
    g_autofree char *words = NULL;

    if (!SK_IS_NODE_WIDGET (child))
      continue;
    g_assert_true (gtk_widget_get_focusable (child));
    gtk_test_accessible_assert_role (GTK_ACCESSIBLE (child),
                                     GTK_ACCESSIBLE_ROLE_BUTTON);
    words = fixture_label (child);
    if (strstr (words, "Block") == NULL)
      continue;
    blocks++;
    for (const char *const *part =
             (const char *const[]){ "gradient", "through the skip",
                                    "through the branch", "agreement", "gain ×", "F(x)",
                                    NULL };
         *part != NULL; part++)
      g_assert_nonnull (strstr (words, *part));
  }
  g_assert_cmpint (blocks, ==, 9);
}

/* What is picked in a plot is selected in the graph. */
static void
test_pick (Fixture *fixture, gconstpointer data) {
  SkTrainViews *views = views_of (fixture);
  GtkWidget *bars = fixture_find (GTK_WIDGET (views), sk_bars_area_get_type ());
  const SkGraph *graph;
  int node;

  train (fixture);
  g_signal_emit_by_name (bars, "picked", 4);
  graph = sk_graph_area_graph (graph_of (fixture));
  node = sk_graph_area_selected (graph_of (fixture));
  g_assert_cmpint (node, >, 0);
  g_assert_cmpint (graph->nodes[node].block, ==, 4);
  g_signal_emit_by_name (sk_train_views_strip (views), "picked", 7, (gint64) 0);
  node = sk_graph_area_selected (graph_of (fixture));
  g_assert_cmpint (graph->nodes[node].block, ==, 7);
}

static void
picked_cb (GtkWidget *area, int block, int *picked) {
  *picked = block;
}

/* The pointer and the keys lead to the same blocks; with neither there, none is. */
static void
test_pointing (Fixture *fixture, gconstpointer data) {
  static const guint keys[] = { GDK_KEY_Right, GDK_KEY_End,  GDK_KEY_Right,
                                GDK_KEY_Left,  GDK_KEY_Home, GDK_KEY_Up };
  static const int leads_to[] = { 3, 8, 8, 7, 0, 0 };
  SkTrainViews *views = views_of (fixture);
  GtkWidget *branch = fixture_find (GTK_WIDGET (views), sk_branch_area_get_type ());
  SkPictureArea *area = SK_PICTURE_AREA (branch);
  GtkEventController *motion =
      fixture_controller (branch, GTK_TYPE_EVENT_CONTROLLER_MOTION);
  GtkEventController *key = fixture_controller (branch, GTK_TYPE_EVENT_CONTROLLER_KEY);
  double x = 0, y;
  int picked = -1;

  train (fixture);
  sk_train_views_open (views, "branches");
  fixture_run (300);
  y = gtk_widget_get_height (branch) / 2;
  g_assert_cmpint (sk_picture_area_place (area), ==, -1);
  while (sk_picture_area_place (area) != 2 && x < gtk_widget_get_width (branch))
    g_signal_emit_by_name (motion, "motion", x += 4, y);
  g_assert_cmpint (sk_picture_area_place (area), ==, 2);
  g_signal_connect (branch, "picked", G_CALLBACK (picked_cb), &picked);
  g_signal_emit_by_name (fixture_controller (branch, GTK_TYPE_GESTURE_CLICK),
                         "released", 1, x, y);
  g_assert_cmpint (picked, ==, 2);
  g_assert_true (gtk_widget_has_focus (branch));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    gboolean taken;

    g_signal_emit_by_name (key, "key-pressed", keys[i], 0, 0, &taken);
    g_assert_true (taken == (keys[i] != GDK_KEY_Up));
    g_assert_cmpint (sk_picture_area_place (area), ==, leads_to[i]);
  }
  g_signal_emit_by_name (motion, "leave");
  g_assert_cmpint (sk_picture_area_place (area), ==, 0);
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  g_assert_cmpint (sk_picture_area_place (area), ==, -1);
}

/* Returns: a label's text in the row whose label says @name */
static const char *
number_of (GtkWidget *root, const char *name) {
  GtkWidget *grid = fixture_find (root, GTK_TYPE_GRID);

  for (int row = 0; row < 40; row++) {
    GtkWidget *label = gtk_grid_get_child_at (GTK_GRID (grid), 0, row);

    if (GTK_IS_LABEL (label) &&
        strcmp (gtk_label_get_text (GTK_LABEL (label)), name) == 0)
      return gtk_label_get_text (
          GTK_LABEL (gtk_grid_get_child_at (GTK_GRID (grid), 1, row)));
  }
  return NULL;
}

/* The inspector tells every number of the block, each explained when asked. */
static void
test_numbers (Fixture *fixture, gconstpointer data) {
  const char *const names[] = { "Reaching the block", "through the skip",
                                "through F",          "Share of the skip",
                                "Agreement",          "Gain",
                                "F(x) against x",     "|γ| of the branch",
                                "Silent outputs",     "Update" };
  GtkWidget *numbers, *words;

  train (fixture);
  sk_graph_area_select_block (graph_of (fixture), 3);
  fixture_run (400);
  numbers = fixture_find (fixture->window, sk_block_numbers_get_type ());
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *number = number_of (numbers, names[i]);

    g_assert_nonnull (number);
    g_assert_cmpstr (number, !=, "–");
  }
  words =
      gtk_grid_get_child_at (GTK_GRID (fixture_find (numbers, GTK_TYPE_GRID)), 0, 1);
  g_assert_false (gtk_widget_get_visible (words));
  sk_block_numbers_set_explained (SK_BLOCK_NUMBERS (numbers), TRUE);
  g_assert_true (gtk_widget_get_visible (words));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (words)), "∂L/∂x"));
}

/* The one choice of what bars show has two places. */
static void
test_choices (Fixture *fixture, gconstpointer data) {
  SkTrainViews *views = views_of (fixture);
  SkBarsArea *bars = sk_train_views_bars (views);

  train (fixture);
  gtk_widget_activate_action (fixture->window, "win.bars", "s", "update-ratio");
  g_assert_cmpint (sk_bars_area_bars (bars)->quantity, ==, SK_LAYER_UPDATE_RATIO);
  sk_train_views_set_quantity (views, SK_LAYER_WEIGHT_NORM);
  g_assert_cmpint (sk_bars_area_bars (bars)->quantity, ==, SK_LAYER_WEIGHT_NORM);
}

static SkTrainPage *
page_of (Fixture *fixture) {
  return SK_TRAIN_PAGE (fixture_find (fixture->window, sk_train_page_get_type ()));
}

static gboolean
has_record (Fixture *fixture) {
  return fixture_state (fixture)->step > 8;
}

/* Steps are written about once a second, and looked at a few times a second. */
static void
wait_recorded (Fixture *fixture, gint64 step) {
  SkTrainPage *page = page_of (fixture);

  for (int i = 0; i < 60 && sk_train_page_step (page) != step; i++) {
    gtk_widget_activate_action (fixture->window, "win.step", NULL);
    fixture_run (400);
    g_signal_emit_by_name (sk_train_views_strip (views_of (fixture)), "picked", -1,
                           step);
  }
  g_assert_cmpint (sk_train_page_step (page), ==, step);
  gtk_widget_activate_action (fixture->window, "win.scrub", "i", 0);
  fixture_run (200);
}

/* While the run goes on, every view shows it as it was at a step, until told to follow. */
static void
test_scrub (Fixture *fixture, gconstpointer data) {
  SkTrainPage *page = page_of (fixture);
  GtkWidget *scrubber = fixture_find (fixture->window, sk_scrubber_get_type ());
  float now, then;
  gint64 step;

  train (fixture);
  fixture_wait (fixture, has_record, "recorded steps");
  gtk_widget_activate_action (fixture->window, "win.pause", NULL);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  wait_recorded (fixture, 6);
  now = sk_graph_area_live (graph_of (fixture))->blocks[0].gradient;
  g_signal_emit_by_name (sk_train_views_strip (views_of (fixture)), "picked", 2,
                         (gint64) 2);
  g_assert_cmpint (sk_train_page_step (page), ==, 2);
  then = sk_graph_area_live (graph_of (fixture))->blocks[0].gradient;
  g_assert_cmpfloat (then, !=, now);
  g_assert_true (gtk_widget_has_css_class (scrubber, "past"));

  /* New steps do not take it away from there; keys go on from it. */
  gtk_widget_activate_action (fixture->window, "win.step", NULL);
  fixture_run (900);
  g_assert_cmpint (sk_train_page_step (page), ==, 2);
  g_assert_cmpfloat (sk_graph_area_live (graph_of (fixture))->blocks[0].gradient, ==,
                     then);
  gtk_widget_activate_action (fixture->window, "win.scrub", "i", 1);
  step = sk_train_page_step (page);
  g_assert_cmpint (step, ==, 3);
  gtk_widget_activate_action (fixture->window, "win.scrub", "i", -1);
  g_assert_cmpint (sk_train_page_step (page), ==, 2);
  gtk_widget_activate_action (fixture->window, "win.scrub", "i", 0);
  g_assert_cmpint (sk_train_page_step (page), ==, 0);
  g_assert_false (gtk_widget_has_css_class (scrubber, "past"));
  g_assert_cmpfloat (sk_graph_area_live (graph_of (fixture))->blocks[0].gradient, ==,
                     fixture_state (fixture)->blocks[0].gradient);
}

static void
step_on (Fixture *fixture, int n) {
  for (int i = 0; i < n; i++) {
    gint64 step = fixture_state (fixture)->step;

    gtk_widget_activate_action (fixture->window, "win.step", NULL);
    while (fixture_state (fixture)->step == step)
      fixture_run (5);
    fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  }
  fixture_run (200);
}

/* Where the newest mark of the bar stands, in px. */
static double
mark_x (GtkWidget *scrubber) {
  GtkWidget *scale = fixture_find (scrubber, GTK_TYPE_SCALE);
  GtkWidget *marks = fixture_find_named (scale, "marks");
  graphene_rect_t bounds;

  g_assert_nonnull (marks);
  g_assert_true (
      gtk_widget_compute_bounds (gtk_widget_get_last_child (marks), scale, &bounds));
  return bounds.origin.x + bounds.size.width / 2;
}

/* The bar says "step 12" and @after, of the step that the run is at. */
static void
check_end (Fixture *fixture, const char *before, const char *after) {
  GtkWidget *scrubber = fixture_find (fixture->window, sk_scrubber_get_type ());
  g_autofree char *words =
      g_strdup_printf ("%s%d%s", before, (int) fixture_state (fixture)->step, after);

  g_assert_true (fixture_says (scrubber, words));
}

/* The inspector tells λ of the step that is seen, and moves it only now. */
static void
check_skip (Fixture *fixture, double lambda, gboolean live) {
  GtkWidget *fader = fixture_find (fixture->window, sk_skip_fader_get_type ());
  GtkWidget *scale = fixture_find (fader, GTK_TYPE_SCALE);
  const char *tooltip = gtk_widget_get_tooltip_text (scale);

  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, lambda);
  g_assert_true (gtk_widget_get_sensitive (scale) == live);
  g_assert_true ((tooltip != NULL && strstr (tooltip, "Live only")) == !live);
  g_assert_true (fixture_says (fader, lambda == 1 ? "λ alone × 1" : "λ alone × 0"));
  g_assert_true (fixture_says (fixture->window,
                               live ? "Learning rate now" : "Learning rate then"));
}

/* The end of the bar says the step the run is at, recorded or not, and marks stand where
 * the bar has grown to. */
static void
test_live_end (Fixture *fixture, gconstpointer data) {
  GtkWidget *scrubber = fixture_find (fixture->window, sk_scrubber_get_type ());
  double before;

  train (fixture);
  fixture_wait (fixture, has_record, "recorded steps");
  gtk_widget_activate_action (fixture->window, "win.pause", NULL);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  wait_recorded (fixture, 6);
  check_end (fixture, "step ", ", live");
  sk_graph_area_select_block (graph_of (fixture), 2);
  gtk_widget_activate_action (fixture->window, "win.cut", NULL);
  step_on (fixture, 3);
  check_end (fixture, "step ", ", live");
  before = mark_x (scrubber);
  step_on (fixture, 6);
  check_end (fixture, "step ", ", live");
  g_assert_cmpfloat (mark_x (scrubber), <, before - 4);
  check_skip (fixture, 0, TRUE);
  g_signal_emit_by_name (sk_train_views_strip (views_of (fixture)), "picked", 2,
                         (gint64) 2);
  check_end (fixture, "step 2 of ", "");
  check_skip (fixture, 1, FALSE);
  gtk_widget_activate_action (fixture->window, "win.scrub", "i", 0);
  check_end (fixture, "step ", ", live");
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  fixture_run (200);
  check_end (fixture, "step ", ", the end");
}

static gboolean
is_viewed (Fixture *fixture) {
  const SkStrip *strip =
      sk_strip_area_strip (sk_train_views_strip (views_of (fixture)));

  return fixture_state (fixture)->phase == SK_PHASE_STOPPED && strip != NULL &&
         sk_strip_n_columns (strip) > 4;
}

static gboolean
answers_for_run (Fixture *fixture) {
  const char *model = fixture_state (fixture)->model;

  return model != NULL && strstr (model, ".safetensors") != NULL;
}

/* A run that has ended is looked at from its folder: all of it is there at once. */
static void
test_look_back (Fixture *fixture, gconstpointer data) {
  SkTrainPage *page = page_of (fixture);
  g_autofree char *folder = NULL;
  guint serial;

  train (fixture);
  fixture_wait (fixture, has_record, "recorded steps");
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  folder = g_strdup (fixture_state (fixture)->run_dir);
  serial = fixture_state (fixture)->run_serial;
  sk_window_view_run (SK_WINDOW (fixture->window), folder);
  while (fixture_state (fixture)->run_serial == serial)
    fixture_run (10);
  fixture_wait (fixture, is_viewed, "the run that was left");
  fixture_wait (fixture, answers_for_run, "its weights");
  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  fixture_run (600);
  g_signal_emit_by_name (sk_train_views_strip (views_of (fixture)), "picked", 0,
                         (gint64) 3);
  g_assert_cmpint (sk_train_page_step (page), ==, 3);
  gtk_widget_activate_action (fixture->window, "win.scrub", "i", 0);
  g_assert_cmpint (sk_train_page_step (page), ==, 0);
}

static void
add_tests (void) {
  const struct {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/window/views/follow", test_follow },
    { "/window/views/accessible", test_accessible },
    { "/window/views/blocks", test_blocks_say_numbers },
    { "/window/views/pick", test_pick },
    { "/window/views/pointing", test_pointing },
    { "/window/views/numbers", test_numbers },
    { "/window/views/choices", test_choices },
    { "/window/views/scrub", test_scrub },
    { "/window/views/live-end", test_live_end },
    { "/window/views/look-back", test_look_back },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].func,
                fixture_tear_down);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
