/* Trainings through the four verbs: a whole run, pause, single steps, stop and going on,
 * what is changed while it runs, and everything that can go wrong. */

#include <glib/gstdio.h>
#include <math.h>

#include "session-fixture.h"

static void
assert_points_follow_each_other (const SkSnapshot *seen, gint64 first, gint64 last) {
  g_assert_cmpuint (seen->train_points->len, ==, (guint) (last - first + 1));
  for (guint i = 0; i < seen->train_points->len; i++) {
    const SkTrainPoint *point = &g_array_index (seen->train_points, SkTrainPoint, i);

    g_assert_cmpint (point->step, ==, first + i);
    g_assert_true (isfinite (point->loss));
    g_assert_cmpfloat (point->accuracy, >=, 0);
    g_assert_cmpfloat (point->accuracy, <=, 1);
  }
}

static void
assert_has_event (const SkSnapshot *seen, const char *text) {
  for (guint i = 0; i < seen->events->len; i++)
    if (strstr (((const SkEvent *) seen->events->pdata[i])->text, text))
      return;
  g_error ("no event says \"%s\"", text);
}

static void
assert_file (const char *folder, const char *name) {
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
test_a_whole_run (void) {
  Fixture *fixture = fixture_new (64, 20);
  const SkSnapshot *seen = fixture->seen;
  const SkTestPoint *test;

  fixture_send_recipe (fixture, SK_COMMAND_START, NULL);
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);

  assert_points_follow_each_other (seen, 1, 12);
  g_assert_cmpuint (seen->test_points->len, ==, 3);
  test = &g_array_index (seen->test_points, SkTestPoint, 2);
  g_assert_cmpint (test->epoch, ==, 3);
  g_assert_cmpint (test->step, ==, 12);
  g_assert_true (isfinite (test->test_loss));
  g_assert_cmpint (seen->step, ==, 12);
  g_assert_cmpint (seen->n_steps, ==, 12);
  g_assert_cmpint (seen->epoch, ==, 3);
  g_assert_cmpint (seen->n_epochs, ==, 3);
  g_assert_cmpuint (seen->run_serial, ==, 1);
  g_assert_null (seen->message);
  g_assert_nonnull (strstr (seen->model, "ResNet-20"));
  g_assert_cmpint (seen->summary.parameters, ==, 269722);
  g_assert_cmpint (seen->summary.train_images, ==, 64);
  g_assert_cmpint (seen->summary.steps_per_epoch, ==, 4);
  g_assert_cmpuint (g_strv_length (seen->class_names), ==, 10);
  g_assert_nonnull (seen->plan);
  g_assert_nonnull (seen->layers);
  g_assert_nonnull (seen->blocks);
  for (int i = 0; i < seen->plan->n_blocks; i++) {
    const SkBlockState *block = &seen->blocks[i];

    g_assert_cmpfloat (block->gradient, >, 0);
    g_assert_cmpfloat (block->branch, >, 0);
    g_assert_cmpfloat (fabsf (block->agreement), <=, 1.0001f);
    g_assert_cmpfloat (block->lambda, ==, 1);
  }
  g_assert_cmpfloat (seen->layers[0].gradient_norm, >, 0);
  g_assert_cmpfloat (seen->layers[0].update_ratio, >, 0);

  /* No folder was named: a new one, in the user's data folder. */
  g_assert_true (g_str_has_prefix (seen->run_dir, g_get_user_data_dir ()));
  g_assert_nonnull (strstr (seen->run_dir, "-resnet20-1"));
  assert_file (seen->run_dir, "run.json");
  assert_file (seen->run_dir, "last.safetensors");
  g_assert_cmpint (fixture->wakes, <=, fixture->takes + 1);
  fixture_free (fixture);
}

static void
test_pause_step_resume (void) {
  Fixture *fixture = fixture_new (640, 10);
  const SkSnapshot *seen = fixture->seen;
  gint64 before;

  fixture->recipe.epochs = 1000;
  fixture->recipe.batch = 64;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 2);
  before = seen->step;
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  /* The step under way, and one that had ended unseen. */
  g_assert_cmpint (seen->step, <=, before + 2);
  g_assert_true (fixture->pause_was_pending);
  assert_points_follow_each_other (seen, 1, seen->step);

  before = seen->step;
  g_usleep (200 * 1000);
  fixture_send (fixture, SK_COMMAND_STEP);
  fixture_wait_step (fixture, before + 1);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  g_assert_cmpint (seen->step, ==, before + 1);

  fixture_send (fixture, SK_COMMAND_STEP);
  fixture_send (fixture, SK_COMMAND_STEP);
  fixture_wait_step (fixture, before + 3);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  g_usleep (200 * 1000);
  /* Were it still running, this pause would find it further on. */
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  g_assert_cmpint (seen->step, ==, before + 3);

  fixture_send (fixture, SK_COMMAND_RESUME);
  fixture_wait_step (fixture, before + 5);
  assert_points_follow_each_other (seen, 1, seen->step);
  fixture_free (fixture);
}

static void
test_stop_saves_and_goes_on (void) {
  Fixture *fixture = fixture_new (64, 10);
  g_autofree char *run = NULL;
  SkCommand command = { .kind = SK_COMMAND_RESUME_RUN };
  gint64 stopped;

  fixture->recipe.epochs = 6;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 6);
  fixture_send (fixture, SK_COMMAND_STOP);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  stopped = fixture->seen->step;
  g_assert_null (fixture->seen->message);
  g_assert_cmpint (stopped, <, 24);
  run = g_strdup (fixture->seen->run_dir);

  /* A run folder is not used twice. */
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_phase (fixture, SK_PHASE_FAILED);
  g_assert_nonnull (fixture->seen->message);

  fixture_restart (fixture);
  command.path = run;
  sk_session_send (fixture->session, &command);
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  assert_points_follow_each_other (fixture->seen, 1, 24);
  g_assert_cmpuint (fixture->seen->test_points->len, ==, 6);
  g_assert_cmpint (stopped, >=, 6);
  g_assert_cmpstr (fixture->seen->recipe.net, ==, "resnet20");
  assert_has_event (fixture->seen, "resumed");
  fixture_free (fixture);
}

static void
test_changes_while_it_runs (void) {
  Fixture *fixture = fixture_new (64, 10);
  const SkSnapshot *seen = fixture->seen;
  SkCommand command = { .kind = SK_COMMAND_LR, .value = 0.5f };
  float lr;

  fixture->recipe.epochs = 1000;
  fixture->recipe.schedule = SK_SCHEDULE_CONSTANT;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  lr = fixture->recipe.lr;
  sk_session_send (fixture->session, &command);
  command = (SkCommand){ .kind = SK_COMMAND_FREEZE, .group = 1, .flag = TRUE };
  sk_session_send (fixture->session, &command);
  command = (SkCommand){ .kind = SK_COMMAND_LAMBDA, .block = 2, .value = 0.25f };
  sk_session_send (fixture->session, &command);
  /* Out of range: ignored. */
  command = (SkCommand){ .kind = SK_COMMAND_FREEZE, .group = 999, .flag = TRUE };
  sk_session_send (fixture->session, &command);
  command = (SkCommand){ .kind = SK_COMMAND_LAMBDA, .block = 999 };
  sk_session_send (fixture->session, &command);
  fixture_send (fixture, SK_COMMAND_STEP);
  fixture_wait_step (fixture, seen->step + 1);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);

  g_assert_cmpfloat (seen->lr_factor, ==, 0.5f);
  g_assert_cmpfloat_with_epsilon (seen->lr, lr * 0.5f, 1e-7f);
  g_assert_true (seen->frozen[1]);
  g_assert_false (seen->frozen[2]);
  g_assert_cmpfloat (seen->blocks[2].lambda, ==, 0.25f);
  assert_has_event (seen, "learning rate × 0.5");
  assert_has_event (seen, "frozen");
  assert_has_event (seen, "skip × 0.25");
  g_assert_cmpuint (seen->events->len, ==, 3);
  fixture_free (fixture);
}

static void
test_divergence_pauses (void) {
  Fixture *fixture = fixture_new (64, 10);
  SkCommand command = { .kind = SK_COMMAND_LR, .value = 1e30f };

  fixture->recipe.epochs = 1000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 9);
  sk_session_send (fixture->session, &command);
  fixture_wait_phase (fixture, SK_PHASE_DIVERGED);
  g_assert_nonnull (strstr (fixture->seen->message, "first to go was"));
  g_assert_nonnull (strstr (fixture->seen->message, "lower the learning rate"));

  /* The state saved at the end of the second epoch, and its curves. */
  fixture_send (fixture, SK_COMMAND_ROLL_BACK);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  g_assert_null (fixture->seen->message);
  g_assert_cmpint (fixture->seen->step % 4, ==, 0);
  g_assert_cmpint (fixture->seen->step, >=, 8);
  assert_points_follow_each_other (fixture->seen, 1, fixture->seen->step);
  g_assert_cmpuint (fixture->seen->test_points->len, ==, fixture->seen->step / 4);
  assert_has_event (fixture->seen, "rolled back");
  command.value = 1;
  sk_session_send (fixture->session, &command);
  fixture_send (fixture, SK_COMMAND_STEP);
  fixture_wait_step (fixture, fixture->seen->step + 1);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  fixture_send (fixture, SK_COMMAND_STOP);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  fixture_free (fixture);
}

static gboolean
is_planned (const SkSnapshot *seen, gconstpointer data) {
  return seen->summary.complete || seen->summary.problem;
}

static void
replace (char **field, const char *value) {
  g_free (*field);
  *field = g_strdup (value);
}

static void
expect_failure (Fixture *fixture, const char *part) {
  fixture_restart (fixture);
  fixture_send_recipe (fixture, SK_COMMAND_PLAN, NULL);
  fixture_wait (fixture, is_planned, NULL, "a plan");
  g_assert_nonnull (fixture->seen->summary.problem);
  if (!strstr (fixture->seen->summary.problem, part))
    g_error ("\"%s\" does not say \"%s\"", fixture->seen->summary.problem, part);

  fixture_send_recipe (fixture, SK_COMMAND_START, "refused");
  fixture_wait_phase (fixture, SK_PHASE_FAILED);
  g_assert_nonnull (strstr (fixture->seen->message, part));
  g_assert_cmpuint (fixture->seen->run_serial, ==, 0);
}

static void
test_what_cannot_work (void) {
  Fixture *fixture = fixture_new (2000, 10);

  replace (&fixture->recipe.data, "folder:/no/such/folder");
  expect_failure (fixture, "/no/such/folder");
  g_assert_nonnull (fixture->seen->plan);

  replace (&fixture->recipe.data, fixture->data);
  replace (&fixture->recipe.net, "resnet19");
  expect_failure (fixture, "resnet19");
  g_assert_null (fixture->seen->plan);

  replace (&fixture->recipe.net, "resnet20");
  replace (&fixture->recipe.freeze, "layer9");
  expect_failure (fixture, "layer9");
  replace (&fixture->recipe.freeze, NULL);

  replace (&fixture->recipe.init, "/no/such/file.safetensors");
  expect_failure (fixture, "/no/such/file.safetensors");
  replace (&fixture->recipe.init, NULL);

  replace (&fixture->recipe.net, "resnet152");
  fixture->recipe.batch = 2000;
  expect_failure (fixture, "would fit");
  g_assert_cmpuint (fixture->seen->summary.memory, >, G_GUINT64_CONSTANT (1) << 36);

  /* And after all that the session still works. */
  replace (&fixture->recipe.net, "resnet20");
  fixture->recipe.batch = 64;
  fixture->recipe.steps = 2;
  fixture_send_recipe (fixture, SK_COMMAND_START, "works");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  fixture_free (fixture);
}

static void
test_planning_opens_data_once (void) {
  Fixture *fixture = fixture_new (64, 10);
  const SkSnapshot *seen = fixture->seen;
  g_autofree char *records =
      g_build_filename (fixture->folder, "data_batch_1.bin", NULL);

  fixture_send_recipe (fixture, SK_COMMAND_PLAN, NULL);
  fixture_wait (fixture, is_planned, NULL, "a plan");
  g_assert_null (seen->summary.problem);
  g_assert_cmpint (seen->phase, ==, SK_PHASE_IDLE);
  g_assert_cmpint (seen->summary.parameters, ==, 269722);
  g_assert_cmpint (seen->summary.steps_per_epoch, ==, 4);
  g_assert_cmpint (seen->summary.test_images, ==, 10);
  g_assert_cmpuint (seen->summary.memory, >, 1 << 20);
  g_assert_cmpint (seen->plan->n, ==, 16);

  /* Were it opened again, this would be missed. */
  g_assert_cmpint (g_remove (records), ==, 0);
  fixture->recipe.batch = 32;
  fixture->recipe.skips = FALSE;
  sk_snapshot_free (fixture->seen);
  fixture->seen = sk_snapshot_new ();
  fixture_send_recipe (fixture, SK_COMMAND_PLAN, NULL);
  fixture_wait (fixture, is_planned, NULL, "another plan");
  g_assert_null (fixture->seen->summary.problem);
  g_assert_cmpint (fixture->seen->summary.steps_per_epoch, ==, 2);
  g_assert_false (fixture->seen->plan->variant.skips);
  fixture_free (fixture);
}

static void
test_start_and_stop_at_once (void) {
  Fixture *fixture = fixture_new (64, 10);

  fixture->recipe.epochs = 1000;
  for (int i = 0; i < 5; i++) {
    g_autofree char *run = g_strdup_printf ("run%d", i);

    fixture_send_recipe (fixture, SK_COMMAND_START, run);
    g_usleep ((gulong) i * 20000);
    fixture_send (fixture, SK_COMMAND_STOP);
    /* Senseless now: they change nothing. */
    fixture_send (fixture, SK_COMMAND_RESUME);
    fixture_send (fixture, SK_COMMAND_STEP);
    fixture_send (fixture, SK_COMMAND_PAUSE);
  }
  replace (&fixture->recipe.net, "resnet32");
  fixture->recipe.epochs = 1;
  fixture_send_recipe (fixture, SK_COMMAND_START, "last");
  fixture_wait_phase (fixture, SK_PHASE_FINISHED);
  g_assert_cmpstr (fixture->seen->recipe.net, ==, "resnet32");
  g_assert_cmpint (fixture->seen->step, ==, 4);
  fixture_free (fixture);
}

static void
test_closing_is_quick (void) {
  Fixture *fixture = fixture_new (64, 10);
  gint64 begin;
  int wakes;

  /* A step of this takes seconds. */
  replace (&fixture->recipe.net, "resnet50");
  fixture->recipe.batch = 4;
  fixture_send_recipe (fixture, SK_COMMAND_START, "big");
  fixture_wait_phase (fixture, SK_PHASE_RUNNING);
  g_usleep (300 * 1000);
  begin = g_get_monotonic_time ();
  g_clear_pointer (&fixture->session, sk_session_close);
  g_test_message ("closed after %.3f s",
                  (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, G_USEC_PER_SEC);
  wakes = fixture->wakes;
  g_usleep (100 * 1000);
  g_assert_cmpint (fixture->wakes, ==, wakes);

  /* With nothing under way it is a matter of moments. */
  fixture->session = sk_session_new (NULL, NULL);
  fixture_free (fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/session/train/whole", test_a_whole_run);
  g_test_add_func ("/session/train/pause-step-resume", test_pause_step_resume);
  g_test_add_func ("/session/train/stop-and-go-on", test_stop_saves_and_goes_on);
  g_test_add_func ("/session/train/changes", test_changes_while_it_runs);
  g_test_add_func ("/session/train/divergence", test_divergence_pauses);
  g_test_add_func ("/session/train/refusals", test_what_cannot_work);
  g_test_add_func ("/session/plan/once", test_planning_opens_data_once);
  g_test_add_func ("/session/train/start-stop", test_start_and_stop_at_once);
  g_test_add_func ("/session/close", test_closing_is_quick);
  return g_test_run ();
}
