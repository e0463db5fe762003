/* A lesion study asked for in the window: its picture, its words, and how it is stopped. */

#include "lab-page.h"
#include "lesion-area.h"
#include "lesion-page.h"
#include "window-fixture.h"

static GtkWidget *
page_of (Fixture *fixture) {
  return fixture_find (fixture->window, SK_TYPE_LESION_PAGE);
}

/* The button with that label, mnemonics left out, that can be seen. */
static GtkWidget *
find_button (GtkWidget *root, const char *label) {
  if (GTK_IS_BUTTON (root) && gtk_widget_is_visible (root) &&
      g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_button (child, label);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
is_done (Fixture *fixture) {
  const SkLesions *lesions = fixture_state (fixture)->lesions;

  return lesions != NULL && !lesions->running && lesions->images > 0;
}

static void
test_study (Fixture *fixture, gconstpointer data) {
  SkLesionArea *area;
  GtkWidget *page = page_of (fixture);
  GtkWidget *run = find_button (page, "_Measure Each Block");
  int n;

  /* Nothing can be studied yet. */
  g_assert_true (run == NULL || !gtk_widget_is_sensitive (run));
  fixture_train (fixture);
  gtk_widget_activate_action (fixture->window, "win.lab", NULL);
  sk_lab_page_show (SK_LAB_PAGE (fixture_find (fixture->window, SK_TYPE_LAB_PAGE)),
                    "lesion");
  fixture_run (300);
  run = find_button (page, "_Measure Each Block");
  g_assert_nonnull (run);
  g_assert_true (gtk_widget_is_sensitive (run));
  g_signal_emit_by_name (run, "clicked");
  fixture_wait (fixture, is_done, "the study");
  fixture_run (300);
  area = SK_LESION_AREA (fixture_find (page, SK_TYPE_LESION_AREA));
  g_assert_nonnull (sk_lesion_area_lesions (area));
  g_assert_cmpint (sk_lesion_area_lesions (area)->images, >, 0);
  g_assert_null (sk_lesion_area_chosen (area, &n));
  g_assert_nonnull (find_button (page, "Measure Again"));
  g_assert_null (find_button (page, "Cut the 2 Together"));
  g_assert_true (fixture_state (fixture)->phase == SK_PHASE_RUNNING ||
                 fixture_state (fixture)->phase == SK_PHASE_EVALUATING);
}

static gboolean
races (Fixture *fixture) {
  return fixture_state (fixture)->race != NULL && fixture_state (fixture)->step > 1;
}

/* While a race runs, the network that was trained before it can be measured: the page
 * says which, and what there is to do for those of the race. */
static void
test_beside_race (Fixture *fixture, gconstpointer data) {
  GtkWidget *page = page_of (fixture);
  GtkWidget *run;
  SkCommand race = { .kind = SK_COMMAND_RACE,
                     .recipe = &fixture->recipe,
                     .nets = "resnet20,plain20" };

  fixture_train (fixture);
  gtk_widget_activate_action (fixture->window, "win.stop", NULL);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  sk_engine_send (sk_window_engine (SK_WINDOW (fixture->window)), &race);
  fixture_wait (fixture, races, "a race");
  gtk_widget_activate_action (fixture->window, "win.lab", NULL);
  sk_lab_page_show (SK_LAB_PAGE (fixture_find (fixture->window, SK_TYPE_LAB_PAGE)),
                    "lesion");
  fixture_run (300);
  g_assert_true (fixture_says (page, "This would measure ResNet-20"));
  g_assert_true (fixture_says (page, "A race is under way"));
  run = find_button (page, "_Measure Each Block");
  g_assert_true (run != NULL && gtk_widget_is_sensitive (run));
  g_signal_emit_by_name (run, "clicked");
  fixture_wait (fixture, is_done, "the study");
  g_assert_true (
      g_str_has_prefix (fixture_state (fixture)->lesions->model, "ResNet-20"));
}

static void
add_tests (void) {
  g_test_add ("/window/lesion/study", Fixture, NULL, fixture_set_up, test_study,
              fixture_tear_down);
  g_test_add ("/window/lesion/beside-race", Fixture, NULL, fixture_set_up,
              test_beside_race, fixture_tear_down);
}

int
main (int argc, char **argv) {
  return fixture_main (argc, argv, add_tests);
}
