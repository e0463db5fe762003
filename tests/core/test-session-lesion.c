/* Lesion studies through the four verbs: of a run while it trains, called off, with faded
 * skips, and of what cannot be studied. */

#include <math.h>

#include "session-fixture.h"

static void
ask (Fixture *fixture, guint serial, int pictures, const char *together,
     gboolean random) {
  SkCommand command = { .kind = SK_COMMAND_LESION,
                        .serial = serial,
                        .pictures = pictures,
                        .path = together,
                        .flag = random };

  sk_session_send (fixture->session, &command);
}

static gboolean
is_half_done (const SkSnapshot *seen, gconstpointer data) {
  return seen->lesions && seen->lesions->running && seen->lesions->images >= 32;
}

static void
pause_run (Fixture *fixture) {
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
}

/* Longer than the fixture's own, so that it is still under way afterwards. */
static void
begin (Fixture *fixture) {
  fixture->recipe.epochs = 100000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 2);
}

static void
test_while_it_trains (void) {
  Fixture *fixture = fixture_new (64, 80);
  const SkLesions *lesions;
  const SkAnswer *answer;
  gint64 step;

  begin (fixture);
  step = fixture->seen->step;
  ask (fixture, 7, 70, "layer1.1,layer2.1", TRUE);
  fixture_wait (fixture, is_half_done, NULL, "half of the study");
  g_assert_cmpint (fixture->seen->lesions->sets[3].score.n, ==,
                   fixture->seen->lesions->images);
  answer = fixture_wait_answer (fixture, 7);
  g_assert_null (answer->error);
  g_assert_nonnull (strstr (answer->model, "in training"));
  lesions = fixture->seen->lesions;
  g_assert_cmpuint (lesions->serial, ==, 7);
  g_assert_false (lesions->running);
  g_assert_cmpint (lesions->images, ==, 70);
  g_assert_cmpint (lesions->plan->n_blocks, ==, 9);
  g_assert_cmpint (lesions->n_sets, ==, 9 + 1 + 7 * 5);
  g_assert_cmpint (lesions->sets[9].n_cut, ==, 2);
  g_assert_cmpint (lesions->most, ==, 7);
  g_assert_cmpfloat (lesions->progress, ==, 1);
  for (int i = 0; i < lesions->n_sets; i++) {
    g_assert_cmpint (lesions->sets[i].score.n, ==, 70);
    g_assert_true (isfinite (lesions->sets[i].score.loss));
  }
  /* Neither lane waited for the other. */
  fixture_wait_step (fixture, step + 2);
  g_assert_true (fixture->seen->phase == SK_PHASE_RUNNING ||
                 fixture->seen->phase == SK_PHASE_EVALUATING);
  fixture_free (fixture);
}

static void
test_called_off (void) {
  Fixture *fixture = fixture_new (64, 2000);
  SkCommand cancel = { .kind = SK_COMMAND_CANCEL, .serial = 8 };
  const SkAnswer *answer;

  begin (fixture);
  ask (fixture, 8, 2000, NULL, TRUE);
  fixture_wait (fixture, is_half_done, NULL, "half of the study");
  sk_session_send (fixture->session, &cancel);
  answer = fixture_wait_answer (fixture, 8);
  g_assert_nonnull (answer->error);
  g_assert_false (fixture->seen->lesions->running);
  g_assert_cmpint (fixture->seen->lesions->images, >=, 32);
  g_assert_cmpint (fixture->seen->lesions->images, <, 2000);
  g_assert_cmpint (fixture->seen->lesions->sets[0].score.n, ==,
                   fixture->seen->lesions->images);
  fixture_free (fixture);
}

/* The same weights with and without their skips are not the same network. */
static void
test_faded_skips_are_faded (void) {
  Fixture *fixture = fixture_new (64, 40);
  SkCommand cut = { .kind = SK_COMMAND_LAMBDA, .block = -1, .value = 0 };
  double whole;

  begin (fixture);
  pause_run (fixture);
  ask (fixture, 1, 40, NULL, FALSE);
  fixture_wait_answer (fixture, 1);
  whole = fixture->seen->lesions->whole.loss;
  ask (fixture, 2, 40, NULL, FALSE);
  fixture_wait_answer (fixture, 2);
  g_assert_cmpfloat (fixture->seen->lesions->whole.loss, ==, whole);
  sk_session_send (fixture->session, &cut);
  pause_run (fixture); /* obeyed after it */
  ask (fixture, 3, 40, NULL, FALSE);
  fixture_wait_answer (fixture, 3);
  g_assert_cmpfloat (fabs (fixture->seen->lesions->whole.loss - whole), >, 1e-6);
  /* Without branch and skip a block says nothing: every picture is of one class. */
  g_assert_cmpint (fixture->seen->lesions->sets[8].score.n_correct, ==, 4);
  fixture_free (fixture);
}

static void
test_what_cannot_be_studied (void) {
  Fixture *fixture = fixture_new (64, 20);

  ask (fixture, 1, 0, NULL, FALSE);
  g_assert_nonnull (strstr (fixture_wait_answer (fixture, 1)->error, "no network"));
  begin (fixture);
  ask (fixture, 2, 0, "layer7.7", FALSE);
  g_assert_nonnull (strstr (fixture_wait_answer (fixture, 2)->error, "layer7.7"));
  ask (fixture, 3, 0, "fc", FALSE);
  g_assert_nonnull (strstr (fixture_wait_answer (fixture, 3)->error, "no block"));
  g_assert_null (fixture->seen->lesions);
  fixture_free (fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/lesion/training", test_while_it_trains);
  g_test_add_func ("/session/lesion/cancel", test_called_off);
  g_test_add_func ("/session/lesion/faded", test_faded_skips_are_faded);
  g_test_add_func ("/session/lesion/refused", test_what_cannot_be_studied);
  return g_test_run ();
}
