/* A run folder that is looked at and not trained on: after a restart, finished or stopped,
 * with and without a record, and what is refused. */

#include <glib/gstdio.h>
#include <string.h>

#include "replay.h"
#include "session-fixture.h"

static void
view (Fixture *f, const char *run) {
  g_autofree char *path = g_build_filename (f->folder, run, NULL);
  SkCommand command = { .kind = SK_COMMAND_VIEW_RUN, .path = path, .serial = 1 };

  sk_session_send (f->session, &command);
}

/* What was shown before stays, in the phase it was in. */
static void
assert_refused (Fixture *f, const char *run, const char *words) {
  SkPhase phase = f->seen->phase;
  g_autofree char *path = g_build_filename (f->folder, run, NULL);
  SkCommand command = { .kind = SK_COMMAND_VIEW_RUN, .path = path, .serial = 77 };
  const SkAnswer *answer;

  sk_session_send (f->session, &command);
  answer = fixture_wait_answer (f, command.serial);
  g_assert_nonnull (strstr (answer->error, words));
  g_assert_cmpint (f->seen->phase, ==, phase);
  g_ptr_array_set_size (f->seen->answers, 0);
}

static void
remove_from (Fixture *f, const char *run, const char *name) {
  g_autofree char *path = g_build_filename (f->folder, run, name, NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
}

/* Trains to the end, and forgets all of it. */
static void
train (Fixture *f, const char *run) {
  fixture_send_recipe (f, SK_COMMAND_START, run);
  fixture_wait_phase (f, SK_PHASE_FINISHED);
}

static gboolean
has_run (const SkSnapshot *seen, gconstpointer name) {
  return seen->run_dir != NULL && g_str_has_suffix (seen->run_dir, name);
}

static void
test_finished (void) {
  Fixture *f = fixture_new (64, 8);
  g_autofree SkBlockState *blocks = NULL;
  g_autofree SkTrainPoint *points = NULL;
  gsize n_blocks;
  guint n_points, n_epochs;
  gint64 steps;

  train (f, "run");
  n_blocks = sizeof *blocks * (gsize) f->seen->plan->n_blocks;
  blocks = g_memdup2 (f->seen->blocks, n_blocks);
  n_points = f->seen->train_points->len;
  n_epochs = f->seen->test_points->len;
  points = g_memdup2 (f->seen->train_points->data, n_points * sizeof *points);
  steps = f->seen->step;

  fixture_restart (f);
  view (f, "run");
  fixture_wait_phase (f, SK_PHASE_FINISHED);
  g_assert_cmpint (f->seen->step, ==, steps);
  g_assert_cmpint (f->seen->n_steps, ==, steps);
  g_assert_cmpint (f->seen->epoch, ==, f->seen->n_epochs);
  g_assert_cmpstr (f->seen->recipe.net, ==, f->recipe.net);
  g_assert_cmpint (f->seen->plan->classes, ==, 10);
  g_assert_cmpint (f->seen->summary.parameters, ==, f->seen->plan->n_trainable);
  g_assert_cmpuint (g_strv_length (f->seen->class_names), ==, 10);
  g_assert_cmpuint (f->seen->train_points->len, ==, n_points);
  g_assert_cmpuint (f->seen->test_points->len, ==, n_epochs);
  for (guint i = 0; i < n_points; i++) {
    const SkTrainPoint *point = &g_array_index (f->seen->train_points, SkTrainPoint, i);

    g_assert_cmpint (point->step, ==, points[i].step);
    g_assert_cmpfloat (point->epoch, ==, points[i].epoch);
    g_assert_cmpfloat (point->loss, ==, points[i].loss);
  }
  /* What the window showed last, it shows again, to the bit. */
  g_assert_cmpmem (f->seen->blocks, n_blocks, blocks, n_blocks);
  g_assert_nonnull (f->seen->layers);
  g_assert_nonnull (f->seen->frozen);
  fixture_free (f);
}

/* What was done to it comes back, and it can be gone on with. */
static void
test_stopped (void) {
  Fixture *f = fixture_new (64, 8);
  SkCommand freeze = { .kind = SK_COMMAND_FREEZE, .group = 1, .flag = TRUE };
  gint64 step;

  f->recipe.epochs = 50;
  fixture_send_recipe (f, SK_COMMAND_START, "run");
  fixture_wait_step (f, 2);
  sk_session_send (f->session, &freeze);
  fixture_wait_step (f, 12);
  fixture_send (f, SK_COMMAND_STOP);
  fixture_wait_phase (f, SK_PHASE_STOPPED);
  step = f->seen->step;

  fixture_restart (f);
  view (f, "run");
  fixture_wait_phase (f, SK_PHASE_STOPPED);
  g_assert_cmpint (f->seen->step, ==, step);
  g_assert_cmpuint (f->seen->events->len, ==, 1);
  g_assert_nonnull (strstr (((SkEvent *) f->seen->events->pdata[0])->text, "layer1.0"));
  g_assert_true (f->seen->frozen[1]);
  g_assert_true (f->seen->blocks[0].frozen);
  {
    SkCommand resume = { .kind = SK_COMMAND_RESUME_RUN, .path = f->seen->run_dir };

    sk_session_send (f->session, &resume);
  }
  fixture_wait_step (f, step + 1);
  /* While it trains nothing else is shown. */
  view (f, "nothing");
  fixture_wait_step (f, step + 3);
  g_assert_true (has_run (f->seen, "run"));
  fixture_free (f);
}

/* A run that was killed before it saved: its record is all there is. */
static void
test_killed (void) {
  Fixture *f = fixture_new (64, 8);
  gint64 steps;

  train (f, "run");
  steps = f->seen->step;
  fixture_restart (f);
  remove_from (f, "run", "steps.jsonl");
  remove_from (f, "run", "metrics.jsonl");
  remove_from (f, "run", "last.safetensors");
  view (f, "run");
  fixture_wait_phase (f, SK_PHASE_FINISHED);
  g_assert_cmpint (f->seen->step, ==, steps);
  g_assert_cmpuint (f->seen->train_points->len, ==, steps);
  fixture_free (f);
}

/* Trained without measuring, so nothing was recorded. */
static void
test_no_record (void) {
  Fixture *f = fixture_new (64, 8);
  double epoch;

  f->recipe.probes = FALSE;
  train (f, "run");
  epoch = g_array_index (f->seen->train_points, SkTrainPoint, 3).epoch;
  fixture_restart (f);
  view (f, "run");
  fixture_wait_phase (f, SK_PHASE_FINISHED);
  g_assert_null (f->seen->blocks);
  g_assert_cmpfloat (g_array_index (f->seen->train_points, SkTrainPoint, 3).epoch, ==,
                     epoch);
  fixture_free (f);
}

static void
test_refused (void) {
  Fixture *f = fixture_new (64, 8);

  assert_refused (f, "nothing", "nothing");
  train (f, "run");
  remove_from (f, "run", "record.bin");
  remove_from (f, "run", "last.safetensors");
  assert_refused (f, "run", "resume");
  fixture_free (f);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/view/finished", test_finished);
  g_test_add_func ("/session/view/stopped", test_stopped);
  g_test_add_func ("/session/view/killed", test_killed);
  g_test_add_func ("/session/view/no-record", test_no_record);
  g_test_add_func ("/session/view/refused", test_refused);
  return g_test_run ();
}
