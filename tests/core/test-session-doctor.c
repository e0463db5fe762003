/* What the doctor says of real trainings comes up with the snapshots, and goes with the
 * illness: short runs in which each was provoked. */

#include <string.h>

#include "session-fixture.h"

#define PATIENT_STEPS 40

static gboolean
has_finding (const SkSnapshot *seen, gconstpointer data) {
  for (int i = 0; i < seen->n_findings; i++)
    if ((int) seen->findings[i].kind == GPOINTER_TO_INT (data))
      return TRUE;
  return FALSE;
}

static gboolean
has_none (const SkSnapshot *seen, gconstpointer data) {
  return seen->n_findings == 0;
}

static void
wait_finding (Fixture *fixture, SkFindingKind kind) {
  fixture_wait (fixture, has_finding, GINT_TO_POINTER (kind), sk_finding_name (kind));
}

/* Nothing is said of a run that is well, from its first step on. */
static void
test_silence (void) {
  Fixture *fixture = fixture_new (64, 10);

  fixture->recipe.epochs = 1000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  for (int i = 1; i <= PATIENT_STEPS; i++) {
    fixture_wait_step (fixture, i);
    g_assert_cmpint (fixture->seen->n_findings, ==, 0);
  }
  fixture_free (fixture);
}

/* Too high a rate is found; gone back and slowed down, all is well. */
static void
test_rate_high (void) {
  Fixture *fixture = fixture_new (64, 10);
  SkCommand slower = { .kind = SK_COMMAND_LR, .value = 0.001f };
  const SkFinding *finding;

  fixture->recipe.epochs = 1000;
  fixture->recipe.lr = 10;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  wait_finding (fixture, SK_FINDING_RATE_HIGH);
  finding = &fixture->seen->findings[0];
  g_assert_cmpint (finding->kind, ==, SK_FINDING_RATE_HIGH);
  g_assert_cmpint (finding->since, >, 0);
  g_assert_cmpfloat (finding->value, >, 0);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_ROLL_BACK);

  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  fixture_send (fixture, SK_COMMAND_STOP);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);

  /* From the beginning, as nothing good was saved. */
  fixture_send_recipe (fixture, SK_COMMAND_START, "other");
  sk_session_send (fixture->session, &slower);
  fixture_wait (fixture, has_none, NULL, "another run is another patient");
  fixture_wait_step (fixture, PATIENT_STEPS);
  g_assert_cmpint (fixture->seen->n_findings, ==, 0);
  fixture_free (fixture);
}

/* A deep plain network's gradient explodes at the start: seen after two steps. */
static void
test_exploding (void) {
  Fixture *fixture = fixture_new (64, 10);
  const SkFinding *finding = NULL;

  g_free (fixture->recipe.net);
  fixture->recipe.net = g_strdup ("plain56");
  fixture->recipe.lr = 0.001f;
  fixture->recipe.batch = 8;
  fixture->recipe.epochs = 1000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  wait_finding (fixture, SK_FINDING_EXPLODING);
  for (int i = 0; i < fixture->seen->n_findings; i++)
    if (fixture->seen->findings[i].kind == SK_FINDING_EXPLODING)
      finding = &fixture->seen->findings[i];
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->since, <=, 2);
  g_assert_cmpint (finding->first, ==, 0);
  g_assert_cmpint (finding->block, <, 4);
  g_assert_cmpint (finding->remedy, ==, SK_REMEDY_NEW_RUN_SKIPS);
  fixture_free (fixture);
}

/* A step that gives no number: said at once, with the culprit; forgotten with the step. */
static void
test_non_finite (void) {
  Fixture *fixture = fixture_new (64, 10);
  SkCommand command = { .kind = SK_COMMAND_LR, .value = 1e30f };
  const SkFinding *finding;

  fixture->recipe.epochs = 1000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 5);
  sk_session_send (fixture->session, &command);
  fixture_wait_phase (fixture, SK_PHASE_DIVERGED);
  g_assert_cmpint (fixture->seen->n_findings, ==, 1);
  finding = &fixture->seen->findings[0];
  g_assert_cmpint (finding->kind, ==, SK_FINDING_NON_FINITE);
  g_assert_cmpstr (finding->culprit, !=, "");
  g_assert_nonnull (strstr (fixture->seen->message, finding->culprit));

  fixture_send (fixture, SK_COMMAND_ROLL_BACK);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  g_assert_cmpint (fixture->seen->n_findings, ==, 0);
  fixture_free (fixture);
}

/* Without measuring there is nothing to judge. */
static void
test_without_probes (void) {
  Fixture *fixture = fixture_new (64, 10);

  fixture->recipe.epochs = 5;
  fixture->recipe.lr = 1;
  fixture->recipe.probes = FALSE;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  g_assert_cmpint (fixture->seen->n_findings, ==, 0);
  fixture_free (fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/doctor/silence", test_silence);
  g_test_add_func ("/session/doctor/rate-high", test_rate_high);
  g_test_add_func ("/session/doctor/exploding", test_exploding);
  g_test_add_func ("/session/doctor/non-finite", test_non_finite);
  g_test_add_func ("/session/doctor/without-probes", test_without_probes);
  return g_test_run ();
}
