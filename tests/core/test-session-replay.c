/* Reading a run's record: the nearest step, walks, files that grow, shrink or are not what
 * they should be, and how long it takes to open a long one. */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "errors.h"
#include "recorder.h"
#include "replay.h"

#define LONG_RECORDS 100000

typedef struct {
  char *dir, *path;
  SkPlan *plan;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused) {
  SkVariant variant;

  g_assert_true (sk_variant_find ("resnet20", &variant, NULL));
  f->plan = sk_plan_new (&variant, 8, 0, 0, 10, NULL);
  f->dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, SK_RECORD_FILE, NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  g_remove (f->path);
  g_remove (f->dir);
  g_free (f->dir);
  g_free (f->path);
  sk_plan_unref (f->plan);
}

/* Appends records of steps @from, @from + @by, … @to, as a trainer would. */
static void
record (const Fixture *f, gint64 from, gint64 by, gint64 to) {
  g_autoptr (SkRecorder) recorder = sk_recorder_new (f->path, f->plan, 100);
  g_autofree SkBlockState *blocks = g_new0 (SkBlockState, f->plan->n_blocks);
  g_autofree SkLayerProbe *layers = g_new0 (SkLayerProbe, f->plan->n_parameters);
  g_autofree gboolean *frozen = g_new0 (gboolean, f->plan->n_groups);

  for (gint64 step = from; step <= to; step += by) {
    SkTrainPoint point = { .step = step, .loss = (float) step };

    for (int b = 0; b < f->plan->n_blocks; b++)
      blocks[b].gradient = (float) (step * 100 + b);
    frozen[2] = step > 50;
    g_assert_true (sk_recorder_add (recorder, &point, blocks, layers, frozen, NULL));
  }
  g_assert_true (sk_recorder_flush (recorder, NULL));
}

static void
truncate_by (const Fixture *f, gssize bytes) {
  struct stat st;

  g_assert_cmpint (stat (f->path, &st), ==, 0);
  g_assert_cmpint (truncate (f->path, st.st_size - bytes), ==, 0);
}

static SkReplay *
open_it (const char *path) {
  g_autoptr (GError) error = NULL;
  SkReplay *replay = sk_replay_open (path, &error);

  g_assert_no_error (error);
  return replay;
}

static void
test_nearest (Fixture *f, gconstpointer unused) {
  const gint64 asked[] = { G_MININT64, 0, 10, 14, 15, 16, 95, 96, 1000, G_MAXINT64 };
  const gint64 found[] = { 10, 10, 10, 10, 10, 20, 90, 100, 100, 100 };
  g_autoptr (SkReplay) replay = NULL;
  const SkRecord *shown;

  record (f, 10, 10, 100);
  replay = open_it (f->dir); /* by its folder */
  g_assert_cmpuint (sk_replay_count (replay), ==, 10);
  g_assert_cmpint (sk_replay_first_step (replay), ==, 10);
  g_assert_cmpint (sk_replay_last_step (replay), ==, 100);
  g_assert_cmpint (sk_replay_steps_per_epoch (replay), ==, 100);
  g_assert_cmpstr (sk_replay_plan (replay)->variant.name, ==, "resnet20");
  for (gsize i = 0; i < G_N_ELEMENTS (asked); i++) {
    shown = sk_replay_at (replay, asked[i]);
    g_assert_cmpint (shown->point.step, ==, found[i]);
    g_assert_cmpfloat (shown->point.epoch, ==, (double) found[i] / 100);
    g_assert_cmpfloat (shown->blocks[3].gradient, ==, (float) (found[i] * 100 + 3));
    g_assert_cmpint (shown->frozen[2], ==, found[i] > 50);
    g_assert_cmpint (shown->blocks[1].frozen, ==, found[i] > 50);
  }
  g_assert_null (sk_replay_read (replay, 10));
}

typedef struct {
  gint64 steps[8];
  int n, most;
} Walk;

static gboolean
walk_cb (gsize index, const SkRecord *shown, gpointer data) {
  Walk *walk = data;

  g_assert_cmpint (shown->point.step, ==, (gint64) index + 1);
  if (walk->n < 8)
    walk->steps[walk->n] = shown->point.step;
  return ++walk->n < walk->most;
}

static void
test_walk (Fixture *f, gconstpointer unused) {
  g_autoptr (SkReplay) replay = NULL;
  Walk walk = { .most = 10000 };

  record (f, 1, 1, 900); /* several chunks */
  replay = open_it (f->path);
  sk_replay_walk (replay, 0, G_MAXSIZE, 1, walk_cb, &walk);
  g_assert_cmpint (walk.n, ==, 900);
  walk = (Walk){ .most = 10000 };
  sk_replay_walk (replay, 5, 20, 7, walk_cb, &walk);
  g_assert_cmpint (walk.n, ==, 3);
  g_assert_cmpint (walk.steps[2], ==, 20);
  walk = (Walk){ .most = 4 };
  sk_replay_walk (replay, 0, 900, 1, walk_cb, &walk);
  g_assert_cmpint (walk.n, ==, 4);
  walk = (Walk){ .most = 10 };
  sk_replay_walk (replay, 3, 900, G_MAXSIZE, walk_cb, &walk);
  g_assert_cmpint (walk.n, ==, 1);
  sk_replay_walk (replay, 900, 1000, 1, walk_cb, &walk);
  g_assert_cmpint (walk.n, ==, 1);
}

/* A run goes on, is killed while it writes, is rolled back, and goes on. */
static void
test_growing (Fixture *f, gconstpointer unused) {
  g_autoptr (SkReplay) replay = NULL;

  record (f, 1, 1, 3);
  replay = open_it (f->path);
  g_assert_false (sk_replay_refresh (replay));
  record (f, 4, 1, 10);
  g_assert_cmpuint (sk_replay_count (replay), ==, 3);
  g_assert_true (sk_replay_refresh (replay));
  g_assert_cmpuint (sk_replay_count (replay), ==, 10);
  truncate_by (f, 1); /* half a record is none */
  g_assert_true (sk_replay_refresh (replay));
  g_assert_cmpuint (sk_replay_count (replay), ==, 9);
  /* Cut short while it is looked at: what is gone cannot be read, and nothing breaks. */
  truncate_by (f, (gssize) (5 * sk_record_size (f->plan)));
  g_assert_null (sk_replay_read (replay, 8));
  g_assert_cmpint (sk_replay_last_step (replay), ==, 0);
  g_assert_nonnull (sk_replay_at (replay, 2));
  sk_replay_at (replay, 9);
  g_assert_true (sk_replay_refresh (replay));
  g_assert_cmpuint (sk_replay_count (replay), ==, 4);
  g_assert_cmpint (sk_replay_at (replay, 9)->point.step, ==, 4);
  /* What a power cut left. */
  truncate_by (f, (gssize) sk_record_size (f->plan) - 1);
  truncate_by (f, -(gssize) (3 * sk_record_size (f->plan)));
  sk_replay_refresh (replay);
  g_assert_cmpuint (sk_replay_count (replay), ==, 4);
}

static void
assert_refused (const char *path, int code) {
  g_autoptr (GError) error = NULL;

  g_assert_null (sk_replay_open (path, &error));
  g_assert_error (error, SK_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_refused (Fixture *f, gconstpointer unused) {
  g_autofree char *text = NULL;
  gsize size;

  assert_refused (f->dir, SK_ERROR_FILE);
  assert_refused (f->path, SK_ERROR_FILE);
  assert_refused ("/dev/null", SK_ERROR_FILE);
  g_assert_true (g_file_set_contents (f->path, "SKRECORD", 8, NULL));
  assert_refused (f->path, SK_ERROR_FORMAT);
  g_remove (f->path);
  record (f, 1, 1, 2);
  g_assert_true (g_file_get_contents (f->path, &text, &size, NULL));
  text[0]++;
  g_assert_true (g_file_set_contents (f->path, text, (gssize) size, NULL));
  assert_refused (f->path, SK_ERROR_FORMAT);
  text[0]--;
  text[8] = 9;
  g_assert_true (g_file_set_contents (f->path, text, (gssize) size, NULL));
  assert_refused (f->path, SK_ERROR_UNSUPPORTED);
  text[8] = 1;
  memset (text + 16, 0, 4); /* records of no bytes */
  g_assert_true (g_file_set_contents (f->path, text, (gssize) size, NULL));
  assert_refused (f->path, SK_ERROR_FORMAT);
}

/* Steps in no order lead to some record, or to none. */
static void
test_no_order (Fixture *f, gconstpointer unused) {
  const gint64 steps[] = { 5, -3, G_MAXINT64, G_MININT64, 7, 1, G_MAXINT64, 2 };
  g_autoptr (SkReplay) replay = NULL;
  gsize record_size = sk_record_size (f->plan);
  int fd;

  record (f, 1, 1, G_N_ELEMENTS (steps));
  fd = open (f->path, O_WRONLY);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    g_assert_cmpint (
        pwrite (fd, &steps[i], 8, (off_t) (SK_RECORD_HEADER + i * record_size)), ==, 8);
  close (fd);
  replay = open_it (f->path);
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    sk_replay_at (replay, steps[i]);
}

static gboolean
count_cb (gsize index, const SkRecord *shown, gpointer data) {
  *(double *) data += shown->blocks[0].gradient;
  return TRUE;
}

static void
test_long (Fixture *f, gconstpointer unused) {
  gint64 begun;
  double opened, found, walked, sum = 0;

  if (!g_test_slow ()) {
    g_test_skip ("a file of 100 MB: run with -m slow");
    return;
  }
  record (f, 1, 1, LONG_RECORDS);
  begun = g_get_monotonic_time ();
  {
    g_autoptr (SkReplay) replay = open_it (f->path);

    opened = (double) (g_get_monotonic_time () - begun) * 1e-3;
    g_assert_cmpuint (sk_replay_count (replay), ==, LONG_RECORDS);
    begun = g_get_monotonic_time ();
    for (int i = 0; i < 1000; i++)
      g_assert_nonnull (sk_replay_at (replay, i * 97));
    found = (double) (g_get_monotonic_time () - begun);
    begun = g_get_monotonic_time ();
    sk_replay_walk (replay, 0, LONG_RECORDS, 1, count_cb, &sum);
    walked = (double) (g_get_monotonic_time () - begun) * 1e-3;
  }
  g_test_message ("%d records: opened in %.2f ms, a step found and read in %.1f µs, "
                  "walked in %.0f ms",
                  LONG_RECORDS, opened, found / 1000, walked);
  g_assert_cmpfloat (opened, <, 50);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("/replay/nearest", test_nearest);
  ADD ("/replay/walk", test_walk);
  ADD ("/replay/growing", test_growing);
  ADD ("/replay/refused", test_refused);
  ADD ("/replay/no-order", test_no_order);
  ADD ("/replay/long", test_long);
  return g_test_run ();
}
