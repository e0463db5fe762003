/* The doctor's pane: silent when all is well, a row for each finding, which leads to what
 * says so and offers what can be done; nothing by colour alone. */

#include <string.h>

#include "doctor-pane.h"
#include "finding-row.h"
#include "graph-area.h"
#include "recipe-form.h"
#include "train-views.h"
#include "window-fixture.h"

static SkDoctorPane *
pane_of (Fixture *fixture) {
  return SK_DOCTOR_PANE (fixture_find (fixture->window, sk_doctor_pane_get_type ()));
}

static SkFindingRow *
row_of (Fixture *fixture) {
  return SK_FINDING_ROW (
      fixture_find (GTK_WIDGET (pane_of (fixture)), sk_finding_row_get_type ()));
}

/* The first label in @root that is seen and begins with @text. */
static GtkWidget *
find_label (GtkWidget *root, const char *text) {
  if (GTK_IS_LABEL (root) && gtk_widget_get_mapped (root) &&
      g_str_has_prefix (gtk_label_get_text (GTK_LABEL (root)), text))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_label (child, text);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
find_button (GtkWidget *root, const char *label) {
  GtkWidget *found = find_label (root, label);

  return found != NULL ? gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON) : NULL;
}

static void
click (GtkWidget *button) {
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static gboolean
has_finding (Fixture *fixture) {
  return fixture_state (fixture)->n_findings > 0 && row_of (fixture) != NULL;
}

static gboolean
has_no_row (Fixture *fixture) {
  return row_of (fixture) == NULL;
}

static gboolean
has_ten_steps (Fixture *fixture) {
  return fixture_state (fixture)->step >= 10;
}

static void
train (Fixture *fixture, const char *net, float lr) {
  g_free (fixture->recipe.net);
  fixture->recipe.net = g_strdup (net);
  fixture->recipe.lr = lr;
  fixture->recipe.epochs = 1000;
  fixture_train (fixture);
  sk_window_show_page (SK_WINDOW (fixture->window), "train");
  fixture_run (100);
}

static void
test_silent (Fixture *fixture, gconstpointer data) {
  train (fixture, "resnet20", 0.01f);
  fixture_wait (fixture, has_ten_steps, "ten steps");
  fixture_run (2000);
  g_assert_null (row_of (fixture));
  g_assert_nonnull (find_label (GTK_WIDGET (pane_of (fixture)), "all is well"));
}

static void
test_rate (Fixture *fixture, gconstpointer data) {
  g_autofree char *label = NULL;
  SkFindingRow *row;
  float factor;

  train (fixture, "resnet20", 3);
  fixture_wait (fixture, has_finding, "a finding");
  fixture_run (100);
  row = row_of (fixture);
  g_assert_cmpint (sk_finding_row_finding (row)->kind, ==, SK_FINDING_RATE_HIGH);
  /* Said in words, to the eye and to a screen reader. */
  label = fixture_label (GTK_WIDGET (row));
  g_assert_nonnull (strstr (label, "Serious: The steps"));
  g_assert_nonnull (find_label (GTK_WIDGET (row), "Serious"));
  g_assert_nonnull (find_label (GTK_WIDGET (row), "The steps"));

  factor = fixture_state (fixture)->lr_factor;
  click (find_button (GTK_WIDGET (row), "Go Back, Rate"));
  fixture_wait (fixture, has_no_row, "the row to go");
  fixture_wait_phase (fixture, SK_PHASE_RUNNING);
  g_assert_cmpfloat_with_epsilon (fixture_state (fixture)->lr_factor, factor / 10,
                                  1e-6f);
}

static gboolean
is_prepared (Fixture *fixture) {
  const SkSnapshot *state = fixture_state (fixture);

  return state->phase == SK_PHASE_IDLE && state->plan != NULL &&
         state->plan->variant.skips;
}

static void
test_explosion (Fixture *fixture, gconstpointer data) {
  GtkWidget *graph = sk_window_graph (SK_WINDOW (fixture->window));
  GtkWidget *form = fixture_find (fixture->window, sk_recipe_form_get_type ());
  const SkGraph *drawn;
  SkFindingRow *row;
  int node;

  train (fixture, "plain56", 0.001f);
  fixture_wait (fixture, has_finding, "a finding");
  fixture_run (100);
  row = row_of (fixture);
  g_assert_cmpint (sk_finding_row_finding (row)->kind, ==, SK_FINDING_EXPLODING);

  click (find_button (GTK_WIDGET (row), "Show"));
  fixture_run (100);
  node = sk_graph_area_selected (SK_GRAPH_AREA (graph));
  drawn = sk_graph_area_graph (SK_GRAPH_AREA (graph));
  g_assert_cmpint (node, >=, 0);
  g_assert_cmpint (drawn->nodes[node].block, ==, sk_finding_row_finding (row)->block);

  /* The run ends, saved, and the same with skips is ready to start. */
  click (find_button (GTK_WIDGET (row), "Set Up with Skips"));
  g_assert_cmpstr (sk_recipe_form_recipe (SK_RECIPE_FORM (form))->net, ==, "resnet56");
  fixture_wait (fixture, is_prepared, "the residual network");
}

static void
add_tests (void) {
  g_test_add ("/window/doctor/silent", Fixture, NULL, fixture_set_up, test_silent,
              fixture_tear_down);
  g_test_add ("/window/doctor/rate", Fixture, NULL, fixture_set_up, test_rate,
              fixture_tear_down);
  g_test_add ("/window/doctor/explosion", Fixture, NULL, fixture_set_up, test_explosion,
              fixture_tear_down);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
