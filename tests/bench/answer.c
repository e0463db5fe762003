/* How long a picture waits for its answer, from the moment it is sent to the engine as the
 * window sends it: decoding, resizing, the network and the way back.
 *
 *   answer NET PICTURE [TIMES]
 *
 * First while a training of NET uses every core, then while that is paused. Milliseconds:
 * median and longest of TIMES (15). */

#include <stdio.h>
#include <stdlib.h>

#include "session-fixture.h"

static int
compare (const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
ask (Fixture *fixture, const char *path, guint serial) {
  SkCommand command = { .kind = SK_COMMAND_CLASSIFY, .path = path, .serial = serial };
  gint64 start = g_get_monotonic_time ();
  const SkAnswer *answer;

  sk_session_send (fixture->session, &command);
  answer = fixture_wait_answer (fixture, serial);
  if (answer->error != NULL)
    g_error ("%s", answer->error);
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static void
measure (Fixture *fixture, const char *when, const char *path, int times) {
  static guint serial;
  g_autofree double *ms = g_new (double, times);

  /* The first one builds the network and packs its weights. */
  ask (fixture, path, ++serial);
  for (int i = 0; i < times; i++)
    ms[i] = ask (fixture, path, ++serial);
  qsort (ms, (size_t) times, sizeof *ms, compare);
  g_print ("%-8s median %6.1f ms, longest %6.1f ms\n", when, ms[times / 2],
           ms[times - 1]);
}

int
main (int argc, char **argv) {
  int times = argc > 3 ? atoi (argv[3]) : 15;
  Fixture *fixture;

  if (argc < 3 || times < 1) {
    g_printerr ("Usage: answer NET PICTURE [TIMES]\n");
    return 2;
  }
  fixture = fixture_new (16, 16);
  g_free (fixture->recipe.net);
  g_free (fixture->recipe.data);
  fixture->recipe.net = g_strdup (argv[1]);
  fixture->recipe.data = g_strdup ("builtin");
  fixture->recipe.batch = 8;
  fixture->recipe.threads = 0;
  fixture_send_recipe (fixture, SK_COMMAND_START, "run");
  fixture_wait_step (fixture, 2);
  measure (fixture, "training", argv[2], times);
  fixture_send (fixture, SK_COMMAND_PAUSE);
  fixture_wait_phase (fixture, SK_PHASE_PAUSED);
  measure (fixture, "idle", argv[2], times);
  fixture_free (fixture);
  return 0;
}
