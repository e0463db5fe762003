/* A run that is touched while it trains: skips cut, faded and restored, blocks frozen,
 * each as one event; and all of it still so when the run goes on another day. */

#include <glib/gstdio.h>

#include "session-fixture.h"

static int
count_events (const SkSnapshot *seen, const char *part) {
  int n = 0;

  for (guint i = 0; i < seen->events->len; i++)
    n += strstr (((const SkEvent *) seen->events->pdata[i])->text, part) != NULL;
  return n;
}

static void
fade (Fixture *fixture, int stage, int block, float lambda, gboolean moving) {
  SkCommand command = { .kind = SK_COMMAND_LAMBDA,
                        .stage = stage,
                        .block = block,
                        .value = lambda,
                        .flag = moving };

  sk_session_send (fixture->session, &command);
}

static void
freeze (Fixture *fixture, int group) {
  SkCommand command = { .kind = SK_COMMAND_FREEZE, .group = group, .flag = TRUE };

  sk_session_send (fixture->session, &command);
}

/* Paused after a step or a few, with gradients measured. */
static void
begin (Fixture *fixture) {
  fixture->recipe.epochs = 1000;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 1);
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
}

static gboolean
has_lambda (const SkSnapshot *seen, gconstpointer data) {
  const float *lambda = data;

  for (int i = 0; i < seen->plan->n_blocks; i++)
    if (seen->lambda[i] != lambda[i] || seen->blocks[i].lambda != lambda[i])
      return FALSE;
  return TRUE;
}

static gboolean
has_n_events (const SkSnapshot *seen, gconstpointer data) {
  return seen->events->len >= GPOINTER_TO_UINT (data);
}

static void
test_scopes (void) {
  Fixture *fixture = fixture_new (64, 10);

  begin (fixture);
  g_assert_cmpint (fixture->seen->plan->n_blocks, ==, 9);
  fade (fixture, 0, -1, 0.5f, FALSE);
  fade (fixture, 2, 0, 0, FALSE);
  fade (fixture, 0, 8, 0.25f, FALSE);
  fade (fixture, 0, 4, 1, FALSE);
  fade (fixture, 4, 0, 0.125f, FALSE); /* there is no such stage */
  fade (fixture, 0, 9, 0.125f, FALSE); /* nor such a block */
  fixture_wait (fixture, has_lambda,
                (float[]){ 0.5f, 0.5f, 0.5f, 0, 1, 0, 0.5f, 0.5f, 0.25f },
                "faded skips");
  fixture_wait (fixture, has_n_events, GUINT_TO_POINTER (4), "four events");
  g_assert_cmpint (count_events (fixture->seen, "all blocks: skip × 0.5"), ==, 1);
  g_assert_cmpint (count_events (fixture->seen, "layer2: skip cut"), ==, 1);
  g_assert_cmpint (count_events (fixture->seen, "layer3.2: skip × 0.25"), ==, 1);
  g_assert_cmpint (count_events (fixture->seen, "layer2.1: skip restored"), ==, 1);
  g_assert_cmpuint (fixture->seen->events->len, ==, 4);
  fixture_free (fixture);
}

/* While paused and while it trains: one event a fader, where it came to rest. */
static void
test_a_dragged_fader_is_one_event (void) {
  Fixture *fixture = fixture_new (64, 10);

  begin (fixture);
  /* At once: on a busy machine a hand that is held up would seem to rest. */
  for (int i = 1; i <= 100; i++)
    fade (fixture, 0, -1, 1 - 0.005f * (float) i, TRUE);
  fixture_wait (fixture, has_n_events, GUINT_TO_POINTER (1), "an event");
  g_assert_cmpint (count_events (fixture->seen, "all blocks: skip × 0.5"), ==, 1);

  fixture_send (fixture, SK_COMMAND_RESUME);
  for (int i = 1; i <= 100; i++)
    fade (fixture, 1, 0, 0.005f * (float) i, TRUE);
  fixture_wait (fixture, has_n_events, GUINT_TO_POINTER (2), "another event");
  g_assert_cmpint (count_events (fixture->seen, "layer1: skip × 0.5"), ==, 1);

  /* What follows it on the time axis does not overtake it. */
  fade (fixture, 0, 0, 0.75f, TRUE);
  fade (fixture, 0, 1, 0.75f, TRUE);
  freeze (fixture, 3);
  fixture_wait (fixture, has_n_events, GUINT_TO_POINTER (5), "three events");
  g_assert_cmpint (count_events (fixture->seen, "skip × 0.75"), ==, 2);
  g_assert_nonnull (
      strstr (((const SkEvent *) fixture->seen->events->pdata[4])->text, "frozen"));
  fixture_free (fixture);
}

static gboolean
is_stopped_or_runs (const SkSnapshot *seen, gconstpointer data) {
  return seen->run_serial > 0 && seen->blocks != NULL;
}

static void
test_it_is_still_so_when_it_goes_on (void) {
  Fixture *fixture = fixture_new (64, 10);
  const float lambda[] = { 1, 1, 1, 0, 0, 0, 1, 1, 0.25f };
  g_autofree char *folder = g_build_filename (fixture->folder, "run", NULL);
  g_autofree char *path = g_build_filename (folder, "steps.jsonl", NULL);
  g_autofree char *steps = NULL;
  SkCommand go_on = { .kind = SK_COMMAND_RESUME_RUN, .path = folder };
  gint64 step;

  begin (fixture);
  fade (fixture, 2, 0, 0, FALSE);
  fade (fixture, 0, 8, 0.25f, TRUE);
  freeze (fixture, 3);
  fixture_wait (fixture, has_n_events, GUINT_TO_POINTER (3), "three events");
  step = fixture->seen->step;
  fixture_send (fixture, SK_COMMAND_STOP);
  fixture_wait_phase (fixture, SK_PHASE_STOPPED);
  g_assert_true (g_file_get_contents (path, &steps, NULL, NULL));
  g_assert_nonnull (strstr (steps, "\"layer2: skip cut\""));
  g_assert_nonnull (strstr (steps, "\"layer3.2: skip × 0.25\""));
  g_assert_nonnull (strstr (steps, "\"layer1.2 frozen\""));

  fixture_restart (fixture);
  sk_session_send (fixture->session, &go_on);
  fixture_wait (fixture, is_stopped_or_runs, NULL, "the run again");
  fixture_wait (fixture, has_lambda, lambda, "the same skips");
  g_assert_true (fixture->seen->frozen[3]);
  g_assert_false (fixture->seen->frozen[2]);
  g_assert_cmpint (count_events (fixture->seen, "layer2: skip cut"), ==, 1);
  g_assert_cmpint (count_events (fixture->seen, "layer1.2 frozen"), ==, 1);
  g_assert_cmpint (count_events (fixture->seen, "resumed"), ==, 1);
  g_assert_cmpint (((const SkEvent *) fixture->seen->events->pdata[0])->step, ==, step);
  fixture_free (fixture);
}

static void
test_a_plain_network_has_no_skips (void) {
  Fixture *fixture = fixture_new (64, 10);

  g_free (fixture->recipe.net);
  fixture->recipe.net = g_strdup ("plain20");
  begin (fixture);
  fade (fixture, 0, -1, 0.5f, FALSE);
  freeze (fixture, 1);
  fixture_wait (fixture, has_n_events, GUINT_TO_POINTER (1), "an event");
  g_assert_cmpint (count_events (fixture->seen, "skip"), ==, 0);
  fixture_free (fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/touch/scopes", test_scopes);
  g_test_add_func ("/session/touch/fader", test_a_dragged_fader_is_one_event);
  g_test_add_func ("/session/touch/resume", test_it_is_still_so_when_it_goes_on);
  g_test_add_func ("/session/touch/plain", test_a_plain_network_has_no_skips);
  return g_test_run ();
}
