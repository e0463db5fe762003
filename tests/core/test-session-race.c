/* Races through the four verbs: begun, paused, stepped, stopped, gone on with, ended. */

#include <string.h>

#include "session-fixture.h"

#define N_TRAIN 96 /* six steps an epoch, three epochs */
#define N_STEPS 18

static char *
race_dir (const Fixture *self) {
  return g_build_filename (self->folder, "race", NULL);
}

static void
send_race (Fixture *self, const char *nets) {
  g_autofree char *dir = race_dir (self);
  SkCommand command = {
    .kind = SK_COMMAND_RACE, .recipe = &self->recipe, .nets = nets, .path = dir
  };

  sk_session_send (self->session, &command);
}

static const SkContestant *
contestant (const Fixture *self, int i) {
  g_assert_nonnull (self->seen->race);
  g_assert_cmpint (i, <, self->seen->race->n);
  return &self->seen->race->contestants[i];
}

/* Every step of every network is a point, in order; every pair has its D₁₀. */
static void
check_points (const Fixture *self, int n_nets, gint64 n_steps) {
  gint64 steps[4] = { 0 };
  gint64 departed = 0;

  for (guint i = 0; i < self->seen->race_points->len; i++) {
    const SkRacePoint *point = &g_array_index (self->seen->race_points, SkRacePoint, i);

    g_assert_cmpint (point->point.step, ==, ++steps[point->contestant]);
    g_assert_cmpfloat (point->point.loss, >, 0);
  }
  for (int i = 0; i < n_nets; i++)
    g_assert_cmpint (steps[i], ==, n_steps);
  for (guint i = 0; i < self->seen->race_departures->len; i++) {
    const SkRaceDeparture *one =
        &g_array_index (self->seen->race_departures, SkRaceDeparture, i);

    g_assert_cmpint (one->step, ==, ++departed);
    g_assert_false (contestant (self, one->contestant)->plan->variant.skips);
    g_assert_cmpint (one->block, >=, -1);
    g_assert_cmpint (one->block, <, 9);
  }
  g_assert_cmpint (departed, ==, n_steps);
}

static void
test_whole (void) {
  Fixture *self = fixture_new (N_TRAIN, 20);
  g_autofree char *dir = race_dir (self);
  g_autofree char *weights =
      g_build_filename (dir, "plain20", "best.safetensors", NULL);

  send_race (self, "resnet20,plain-20");
  fixture_wait_phase (self, SK_PHASE_FINISHED);
  g_assert_cmpstr (self->seen->run_dir, ==, dir);
  g_assert_cmpint (self->seen->n_steps, ==, N_STEPS);
  g_assert_cmpint (self->seen->step, ==, N_STEPS);
  g_assert_cmpint (self->seen->race->n, ==, 2);
  g_assert_cmpstr (contestant (self, 1)->net, ==, "plain20");
  g_assert_cmpint (contestant (self, 1)->twin, ==, 0);
  g_assert_cmpint (contestant (self, 1)->plan->classes, ==, 10);
  for (int i = 0; i < 2; i++) {
    g_assert_true (contestant (self, i)->finished);
    g_assert_cmpint (contestant (self, i)->step, ==, N_STEPS);
    g_assert_nonnull (contestant (self, i)->gradients);
    g_assert_cmpfloat (contestant (self, i)->gradients[0], >, 0);
  }
  check_points (self, 2, N_STEPS);
  g_assert_cmpint (self->seen->race_epochs->len, ==, 6);
  g_assert_true (g_file_test (weights, G_FILE_TEST_EXISTS));
  fixture_free (self);
}

static void
send_pause (Fixture *self) {
  fixture_send (self, SK_COMMAND_PAUSE);
  fixture_wait_phase (self, SK_PHASE_PAUSED);
}

static void
test_pause_and_step (void) {
  Fixture *self = fixture_new (N_TRAIN, 20);
  gint64 step;

  self->recipe.epochs = 500;
  send_race (self, "resnet20,plain20");
  fixture_wait_step (self, 2);
  send_pause (self);
  step = self->seen->step;
  fixture_send (self, SK_COMMAND_STEP);
  fixture_wait_step (self, step + 1);
  fixture_wait_phase (self, SK_PHASE_PAUSED);
  /* Whoever was one ahead when the pause came waited for the other. */
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (contestant (self, i)->step, ==, step + 1);
  fixture_send (self, SK_COMMAND_RESUME);
  fixture_wait_step (self, step + 3);
  fixture_send (self, SK_COMMAND_STOP);
  fixture_wait_phase (self, SK_PHASE_STOPPED);
  fixture_free (self);
}

/* Stopped, forgotten and opened again: the curves are whole, and the end is reached. */
static void
test_resumed (void) {
  Fixture *self = fixture_new (N_TRAIN, 20);
  g_autofree char *dir = race_dir (self);
  SkCommand resume = { .kind = SK_COMMAND_RESUME_RUN, .path = dir };

  send_race (self, "resnet20,plain20");
  fixture_wait_step (self, 4);
  fixture_send (self, SK_COMMAND_STOP);
  fixture_wait_phase (self, SK_PHASE_STOPPED);
  fixture_restart (self);
  sk_session_send (self->session, &resume);
  fixture_wait_phase (self, SK_PHASE_FINISHED);
  check_points (self, 2, N_STEPS);
  g_assert_cmpint (self->seen->race_epochs->len, ==, 6);

  /* A race that is over has nothing to do. */
  fixture_restart (self);
  sk_session_send (self->session, &resume);
  fixture_wait_phase (self, SK_PHASE_FINISHED);
  check_points (self, 2, N_STEPS);
  fixture_free (self);
}

static gboolean
is_run (const SkSnapshot *seen, gconstpointer data) {
  return seen->race == NULL && seen->run_serial == 2;
}

static gboolean
tells_nowhere (const SkSnapshot *seen, gconstpointer data) {
  return seen->phase == SK_PHASE_FAILED && strstr (seen->message, "nowhere") != NULL;
}

/* A run after a race is no race. */
static void
test_run_after_race (void) {
  Fixture *self = fixture_new (N_TRAIN, 20);

  self->recipe.steps = 2;
  send_race (self, "resnet20,plain20");
  fixture_wait_phase (self, SK_PHASE_FINISHED);
  fixture_send_recipe (self, SK_COMMAND_START, "run");
  fixture_wait (self, is_run, NULL, "the run");
  fixture_wait_phase (self, SK_PHASE_FINISHED);
  g_assert_null (self->seen->race);
  g_assert_cmpint (self->seen->race_points->len, ==, 0);
  g_assert_cmpint (self->seen->train_points->len, ==, 2);
  fixture_free (self);
}

static gboolean
is_ill (const SkSnapshot *seen, gconstpointer data) {
  return seen->n_findings > 0;
}

static gboolean
is_race (const SkSnapshot *seen, gconstpointer data) {
  return seen->race != NULL;
}

/* What the doctor said of a run is not said of the race that follows. */
static void
test_race_after_run (void) {
  Fixture *self = fixture_new (N_TRAIN, 20);

  g_free (self->recipe.net);
  self->recipe.net = g_strdup ("plain56");
  self->recipe.lr = 0.001f;
  self->recipe.batch = 8;
  self->recipe.epochs = 1000;
  fixture_send_recipe (self, SK_COMMAND_START, "run");
  fixture_wait (self, is_ill, NULL, "a finding");
  self->recipe.steps = 2;
  send_race (self, "resnet20,plain20");
  fixture_wait (self, is_race, NULL, "the race");
  g_assert_cmpint (self->seen->n_findings, ==, 0);
  fixture_wait_phase (self, SK_PHASE_FINISHED);
  g_assert_cmpint (self->seen->n_findings, ==, 0);
  fixture_free (self);
}

static void
test_refused (void) {
  Fixture *self = fixture_new (N_TRAIN, 20);
  g_autofree char *dir = race_dir (self);

  send_race (self, "resnet20");
  fixture_wait_phase (self, SK_PHASE_FAILED);
  g_assert_nonnull (strstr (self->seen->message, "commas"));
  g_free (self->recipe.data);
  self->recipe.data = g_strdup ("cifar10:/nowhere");
  send_race (self, "resnet20,plain20");
  fixture_wait (self, tells_nowhere, NULL, "what is wrong with the data");
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
  fixture_free (self);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/race/whole", test_whole);
  g_test_add_func ("/session/race/pause-and-step", test_pause_and_step);
  g_test_add_func ("/session/race/resumed", test_resumed);
  g_test_add_func ("/session/race/run-after-race", test_run_after_race);
  g_test_add_func ("/session/race/race-after-run", test_race_after_run);
  g_test_add_func ("/session/race/refused", test_refused);
  return g_test_run ();
}
