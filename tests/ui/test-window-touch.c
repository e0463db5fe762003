/* A run that is touched in the window: skips cut by clicking their wires, the fader, locks,
 * and everything undone. */

#include <math.h>

#include "engine.h"
#include "graph-area.h"
#include "node-widget.h"
#include "skip-fader.h"
#include "window-fixture.h"

static GtkWidget *
graph_of (Fixture *fixture) {
  return sk_window_graph (SK_WINDOW (fixture->window));
}

/* (transfer none): the last controller of a type */
static GtkEventController *
find_controller (GtkWidget *widget, GType type) {
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  GtkEventController *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    const char *name = gtk_event_controller_get_name (controller);

    if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type) && g_strcmp0 (name, "touch") == 0)
      found = controller;
  }
  g_assert_nonnull (found);
  return found;
}

/* A point where the cursor says that a skip can be pressed: the @nth such wire from the
 * left, on its way up the picture. */
static gboolean
find_wire (GtkWidget *graph, double *x, double *y) {
  GtkEventController *motion =
      find_controller (graph, GTK_TYPE_EVENT_CONTROLLER_MOTION);

  for (*y = 4; *y < gtk_widget_get_height (graph); *y += 6)
    for (*x = 4; *x < gtk_widget_get_width (graph); *x += 12) {
      g_signal_emit_by_name (motion, "motion", *x, *y);
      if (gtk_widget_get_cursor (graph) != NULL)
        return TRUE;
    }
  return FALSE;
}

static int
count_cut (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);
  int n = 0;

  for (int b = 0; b < state->plan->n_blocks; b++)
    n += state->lambda[b] == 0;
  return n;
}

static gboolean
one_is_cut (Fixture *fixture) {
  return count_cut (fixture) == 1;
}

static gboolean
all_are_cut (Fixture *fixture) {
  return count_cut (fixture) == fixture_state (fixture)->plan->n_blocks;
}

static gboolean
none_is_faded (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  for (int b = 0; b < state->plan->n_blocks; b++)
    if (state->lambda[b] != 1)
      return FALSE;
  return TRUE;
}

static void
act (Fixture *fixture, const char *action) {
  gtk_widget_activate_action (fixture->window, action, NULL);
}

static void
test_wires (Fixture *fixture, gconstpointer data) {
  GtkWidget *graph;
  GtkEventController *click;
  double x, y;

  fixture_train (fixture);
  fixture_run (200);
  graph = graph_of (fixture);
  click = find_controller (graph, GTK_TYPE_GESTURE_CLICK);
  g_assert_true (find_wire (graph, &x, &y));
  g_signal_emit_by_name (click, "released", 1, x, y);
  fixture_wait (fixture, one_is_cut, "a skip to be cut");
  g_signal_emit_by_name (click, "released", 1, x, y);
  fixture_wait (fixture, none_is_faded, "the skip to be restored");
  act (fixture, "win.undo");
  fixture_wait (fixture, one_is_cut, "the restoring to be undone");
  act (fixture, "win.undo");
  fixture_wait (fixture, none_is_faded, "the cut to be undone");
  g_signal_emit_by_name (click, "released", 1, 1.0, 1.0);
  fixture_run (100);
  g_assert_true (none_is_faded (fixture));
}

static void
select_first_block (Fixture *fixture) {
  for (GtkWidget *child = gtk_widget_get_first_child (graph_of (fixture)); child;
       child = gtk_widget_get_next_sibling (child)) {
    g_autofree char *label = SK_IS_NODE_WIDGET (child) ? fixture_label (child) : NULL;

    if (label && strstr (label, "Block")) {
      g_signal_emit_by_name (child, "activated");
      return;
    }
  }
  g_assert_not_reached ();
}

static void
test_keys (Fixture *fixture, gconstpointer data) {
  fixture_train (fixture);
  act (fixture, "win.cut"); /* nothing is selected */
  fixture_run (100);
  g_assert_true (none_is_faded (fixture));
  select_first_block (fixture);
  act (fixture, "win.cut");
  fixture_wait (fixture, one_is_cut, "the block's skip to be cut");
  g_assert_cmpfloat (fixture_state (fixture)->lambda[0], ==, 0);
  act (fixture, "win.skips");
  fixture_wait (fixture, all_are_cut, "all skips to be cut");
  /* Back to one that differs from the others. */
  act (fixture, "win.undo");
  fixture_wait (fixture, one_is_cut, "all but one to be restored");
  g_assert_cmpfloat (fixture_state (fixture)->lambda[0], ==, 0);
  act (fixture, "win.skips");
  fixture_wait (fixture, all_are_cut, "all skips to be cut again");
  act (fixture, "win.skips");
  fixture_wait (fixture, none_is_faded, "all skips to be restored");
}

static gboolean
stage_is_faded (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  for (int b = 0; b < state->plan->n_blocks; b++)
    if (fabsf (state->lambda[b] - (state->plan->blocks[b].stage == 1 ? 0.4f : 1)) >
        1e-6f)
      return FALSE;
  return TRUE;
}

static void
test_fader (Fixture *fixture, gconstpointer data) {
  GtkWidget *fader, *scale, *scope;

  fixture_train (fixture);
  select_first_block (fixture);
  fader = fixture_find (fixture->window, SK_TYPE_SKIP_FADER);
  scale = fixture_find (fader, GTK_TYPE_SCALE);
  scope = fixture_find (fader, ADW_TYPE_COMBO_ROW);
  g_assert_true (gtk_widget_is_sensitive (scale));
  g_assert_true (gtk_widget_get_visible (scope));
  adw_combo_row_set_selected (ADW_COMBO_ROW (scope), 1);
  for (double value = 0.95; value > 0.39; value -= 0.05)
    gtk_range_set_value (GTK_RANGE (scale), value);
  fixture_wait (fixture, stage_is_faded, "the stage to be faded");
  fixture_run (800);
  /* However often it moved, it is one thing to undo. */
  act (fixture, "win.undo");
  fixture_wait (fixture, none_is_faded, "the fader to be undone");
}

static gboolean
is_frozen (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  return state->frozen[state->plan->blocks[0].group];
}

static gboolean
is_thawed (Fixture *fixture) {
  return !is_frozen (fixture);
}

static void
test_lock (Fixture *fixture, gconstpointer data) {
  GtkWidget *node;

  fixture_train (fixture);
  for (node = gtk_widget_get_first_child (graph_of (fixture)); node;
       node = gtk_widget_get_next_sibling (node)) {
    g_autofree char *label = SK_IS_NODE_WIDGET (node) ? fixture_label (node) : NULL;

    if (label && strstr (label, "Block"))
      break;
  }
  g_signal_emit_by_name (node, "lock");
  fixture_wait (fixture, is_frozen, "the block to be frozen");
  act (fixture, "win.undo");
  fixture_wait (fixture, is_thawed, "the block to learn again");
}

/* No skips: the fader says so instead of doing nothing. */
static void
test_plain (Fixture *fixture, gconstpointer data) {
  GtkWidget *fader;
  double x, y;

  g_free (fixture->recipe.net);
  fixture->recipe.net = g_strdup ("plain20");
  fixture_train (fixture);
  select_first_block (fixture);
  fader = fixture_find (fixture->window, SK_TYPE_SKIP_FADER);
  g_assert_false (gtk_widget_is_sensitive (fixture_find (fader, GTK_TYPE_SCALE)));
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (
                                fixture_find (fader, ADW_TYPE_ACTION_ROW))),
                            "no skips"));
  g_assert_false (find_wire (graph_of (fixture), &x, &y));
  act (fixture, "win.skips");
  fixture_run (200);
  g_assert_true (none_is_faded (fixture));
}

static void
add_tests (void) {
  g_test_add ("/window/touch/wires", Fixture, NULL, fixture_set_up, test_wires,
              fixture_tear_down);
  g_test_add ("/window/touch/keys", Fixture, NULL, fixture_set_up, test_keys,
              fixture_tear_down);
  g_test_add ("/window/touch/fader", Fixture, NULL, fixture_set_up, test_fader,
              fixture_tear_down);
  g_test_add ("/window/touch/lock", Fixture, NULL, fixture_set_up, test_lock,
              fixture_tear_down);
  g_test_add ("/window/touch/plain", Fixture, NULL, fixture_set_up, test_plain,
              fixture_tear_down);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
