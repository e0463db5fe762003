/* A run's record: its bytes, which steps are in it, and what is left of it after a crash,
 * a full disk and going back. */

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "errors.h"
#include "record.h"
#include "recorder.h"
#include "rng.h"

typedef struct {
  char *dir, *path;
  SkPlan *plan;
  SkBlockState *blocks;
  SkLayerProbe *layers;
  gboolean *frozen;
} Fixture;

static SkPlan *
plan_of (const char *name, int n, int classes) {
  SkVariant variant;

  g_assert_true (sk_variant_find (name, &variant, NULL));
  return sk_plan_new (&variant, n, 0, 0, classes, NULL);
}

static void
set_up (Fixture *f, gconstpointer unused) {
  f->dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, SK_RECORD_FILE, NULL);
  f->plan = plan_of ("resnet20", 8, 10);
  f->blocks = g_new0 (SkBlockState, f->plan->n_blocks);
  f->layers = g_new0 (SkLayerProbe, f->plan->n_parameters);
  f->frozen = g_new0 (gboolean, f->plan->n_groups);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  g_remove (f->path);
  g_remove (f->dir);
  g_free (f->dir);
  g_free (f->path);
  g_free (f->blocks);
  g_free (f->layers);
  g_free (f->frozen);
  sk_plan_unref (f->plan);
}

/* Numbers that say which step they are of. */
static gboolean
add (Fixture *f, SkRecorder *recorder, gint64 step, GError **error) {
  SkTrainPoint point = { .step = step, .loss = 1 / (float) step, .lr = 0.1f };

  for (int i = 0; i < f->plan->n_blocks; i++)
    f->blocks[i] = (SkBlockState){ .gradient = (float) step, .lambda = 1 };
  for (int i = 0; i < f->plan->n_parameters; i++)
    f->layers[i].weight_norm = (double) step;
  return sk_recorder_add (recorder, &point, f->blocks, f->layers, f->frozen, error);
}

static void
add_steps (Fixture *f, SkRecorder *recorder, gint64 from, gint64 to) {
  for (gint64 step = from; step <= to; step++)
    g_assert_true (add (f, recorder, step, NULL));
  g_assert_true (sk_recorder_flush (recorder, NULL));
}

static GBytes *
contents (const Fixture *f) {
  char *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (f->path, &text, &size, NULL));
  return g_bytes_new_take (text, size);
}

/* Records in the file, whose steps have to be 1, 2, … */
static gint64
count (const Fixture *f) {
  g_autoptr (GBytes) bytes = contents (f);
  gsize size, record = sk_record_size (f->plan);
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gsize n = (size - SK_RECORD_HEADER) / record;

  g_assert_cmpuint ((size - SK_RECORD_HEADER) % record, ==, 0);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (sk_record_step (data + SK_RECORD_HEADER + i * record), ==, i + 1);
  return (gint64) n;
}

/* Every step at first, then ever fewer: a long run grows by its logarithm only. */
static void
test_stride (void) {
  gint64 n = 0;

  for (gint64 step = 1; step <= 1000000; step++) {
    gboolean wanted = sk_recorder_wants (step);

    n += wanted;
    if (step <= SK_RECORD_DENSE)
      g_assert_true (wanted);
    else if (step <= 2 * SK_RECORD_DENSE)
      g_assert_cmpint (wanted, ==, step % 2 == 0);
  }
  g_test_message ("a million steps leave %" G_GINT64_FORMAT " records", n);
  g_assert_cmpint (n, <, 9 * SK_RECORD_DENSE / 2 + SK_RECORD_DENSE);
  n = 0;
  for (gint64 step = 500001; step <= 1000000; step++)
    n += sk_recorder_wants (step);
  g_assert_cmpint (n, >, SK_RECORD_DENSE / 3);
}

static void
test_round_trip (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRecord) in = sk_record_new (f->plan);
  g_autoptr (SkRecord) out = sk_record_new (f->plan);
  g_autofree guint8 *bytes = g_malloc (sk_record_size (f->plan));
  SkRng rng = sk_rng_at (5, 0, 0);

  in->point = (SkTrainPoint){ 123456789012, 0, 0.5f, 0.25f, 0.1f };
  in->frozen[1] = TRUE;
  for (int i = 0; i < f->plan->n_blocks; i++) {
    float *numbers = &in->blocks[i].gradient;

    for (int j = 0; j < 11; j++)
      numbers[j] = sk_rng_normal (&rng) * 1e-6f;
    in->blocks[i].frozen = i == 0;
  }
  g_assert_cmpint (f->plan->blocks[0].group, ==, 1);
  for (int i = 0; i < f->plan->n_parameters; i++) {
    SkParameterKind kind = f->plan->parameters[i].kind;

    if (kind != SK_PARAMETER_BN_MEAN && kind != SK_PARAMETER_BN_VAR)
      in->layers[i] = (SkLayerState){ .gradient_rms = sk_rng_uniform (&rng),
                                      .weight_norm = sk_rng_uniform (&rng),
                                      .update_ratio = sk_rng_uniform (&rng) };
  }
  sk_record_write (bytes, f->plan, in);
  sk_record_read (bytes, f->plan, 100, out);
  g_assert_cmpint (out->point.step, ==, in->point.step);
  g_assert_cmpfloat (out->point.epoch, ==, 1234567890.12);
  g_assert_cmpfloat (out->point.loss, ==, 0.5f);
  g_assert_cmpfloat (out->point.accuracy, ==, 0.25f);
  g_assert_cmpfloat (out->point.lr, ==, 0.1f);
  g_assert_cmpmem (out->blocks, sizeof (SkBlockState) * f->plan->n_blocks, in->blocks,
                   sizeof (SkBlockState) * f->plan->n_blocks);
  for (int i = 0; i < f->plan->n_parameters; i++) {
    double norm = (double) in->layers[i].gradient_rms *
                  sqrt ((double) f->plan->parameters[i].count);

    g_assert_cmpfloat (out->layers[i].gradient_rms, ==, in->layers[i].gradient_rms);
    g_assert_cmpfloat (out->layers[i].weight_norm, ==, in->layers[i].weight_norm);
    g_assert_cmpfloat (out->layers[i].update_ratio, ==, in->layers[i].update_ratio);
    g_assert_cmpfloat_with_epsilon (out->layers[i].gradient_norm, norm,
                                    1e-5 * norm + 1e-30);
  }

  /* Any bytes are a record; none of them reaches a picture as NaN. */
  memset (bytes, 0xff, sk_record_size (f->plan));
  sk_record_read (bytes, f->plan, 100, out);
  g_assert_cmpfloat (out->blocks[3].gradient, ==, 0);
  g_assert_cmpfloat (out->point.loss, ==, 0);
}

static void
test_header (Fixture *f, gconstpointer unused) {
  guint8 bytes[SK_RECORD_HEADER], wrong[SK_RECORD_HEADER];
  g_autoptr (GError) error = NULL;
  g_autoptr (SkPlan) plan = NULL;
  int per_epoch;

  sk_record_write_header (bytes, f->plan, 391);
  plan = sk_record_read_header (bytes, &per_epoch, &error);
  g_assert_no_error (error);
  g_assert_cmpint (per_epoch, ==, 391);
  g_assert_cmpstr (plan->variant.name, ==, "resnet20");
  g_assert_cmpint (plan->classes, ==, 10);
  /* Magic, version, sizes and name: each byte of them matters, and none does harm. */
  for (int i = 0; i < SK_RECORD_HEADER; i++) {
    g_autoptr (SkPlan) other = NULL;
    gboolean must_fail = i < 40 || (i >= 96 && i < 96 + (int) strlen ("resnet20"));

    memcpy (wrong, bytes, sizeof bytes);
    wrong[i] ^= 0x55;
    other = sk_record_read_header (wrong, &per_epoch, &error);
    g_assert_cmpint (other == NULL, ==, error != NULL);
    if (must_fail)
      g_assert_null (other);
    g_clear_error (&error);
  }
  memcpy (wrong, bytes, sizeof bytes);
  wrong[8]++;
  g_assert_null (sk_record_read_header (wrong, &per_epoch, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED);
}

static void
test_cut_back (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRecorder) recorder = sk_recorder_new (f->path, f->plan, 4);
  g_autofree SkBlockState *last = g_new0 (SkBlockState, f->plan->n_blocks);
  g_autoptr (GBytes) whole = NULL, again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sk_recorder_cut_back (recorder, 7, last, &error), ==, 0);
  g_assert_no_error (error);
  add_steps (f, recorder, 1, 9);
  whole = contents (f);
  g_assert_cmpint (count (f), ==, 9);
  g_assert_true (add (f, recorder, 10, NULL)); /* waits, and is forgotten */
  g_assert_cmpint (sk_recorder_cut_back (recorder, 6, last, &error), ==, 1);
  g_assert_cmpfloat (last[2].gradient, ==, 6);
  g_assert_cmpint (count (f), ==, 6);
  add_steps (f, recorder, 7, 9);
  again = contents (f);
  g_assert_true (g_bytes_equal (whole, again));
  /* Nothing is later, and the step itself is not there. */
  g_assert_cmpint (sk_recorder_cut_back (recorder, 20, last, &error), ==, 0);
  g_assert_cmpint (count (f), ==, 9);
  g_assert_cmpint (sk_recorder_cut_back (recorder, 0, last, &error), ==, 0);
  g_assert_cmpint (count (f), ==, 0);
}

/* A process that was killed leaves part of a record; the next one begins behind the last
 * whole one. A power cut may leave zeros. */
static void
test_torn (Fixture *f, gconstpointer unused) {
  const gsize lost[] = { 1, 100, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (lost); i++) {
    g_autoptr (SkRecorder) first = sk_recorder_new (f->path, f->plan, 4);
    g_autoptr (SkRecorder) second = sk_recorder_new (f->path, f->plan, 4);
    gsize size = SK_RECORD_HEADER + 5 * sk_record_size (f->plan);

    add_steps (f, first, 1, 5);
    g_assert_cmpint (truncate (f->path, (off_t) (size - lost[i])), ==, 0);
    if (lost[i] == 0) {
      g_assert_cmpint (truncate (f->path, (off_t) (size + 3000)), ==, 0);
      g_assert_cmpint (sk_recorder_cut_back (second, 5, NULL, NULL), ==, 0);
    }
    add_steps (f, second, lost[i] == 0 ? 6 : 5, 6);
    g_assert_cmpint (count (f), ==, 6);
    g_remove (f->path);
  }
}

static void
test_torn_header (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRecorder) recorder = sk_recorder_new (f->path, f->plan, 4);

  g_assert_true (g_file_set_contents (f->path, "SKREC", 5, NULL));
  add_steps (f, recorder, 1, 2);
  g_assert_cmpint (count (f), ==, 2);
}

/* The record of another network is of no use to this one. */
static void
test_other_network (Fixture *f, gconstpointer unused) {
  g_autoptr (SkPlan) other = plan_of ("resnet20", 8, 100);
  g_autoptr (SkRecorder) recorder = sk_recorder_new (f->path, f->plan, 4);
  g_autoptr (SkRecorder) stranger = sk_recorder_new (f->path, other, 4);

  add_steps (f, stranger, 1, 5);
  g_assert_cmpint (sk_recorder_cut_back (recorder, 5, NULL, NULL), ==, 0);
  add_steps (f, recorder, 1, 3);
  g_assert_cmpint (count (f), ==, 3);
}

/* What does not fit is lost, whole; then it goes on. */
static void
test_full_disk (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRecorder) recorder = sk_recorder_new (f->path, f->plan, 4);
  g_autoptr (GError) error = NULL;
  struct rlimit before, tight;

  add_steps (f, recorder, 1, 3);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  tight = before;
  tight.rlim_cur = SK_RECORD_HEADER + 4 * sk_record_size (f->plan) + 50;
  setrlimit (RLIMIT_FSIZE, &tight);
  for (gint64 step = 4; step <= 6; step++)
    g_assert_true (add (f, recorder, step, NULL));
  g_assert_false (sk_recorder_flush (recorder, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_cmpint (count (f), ==, 3);
  g_assert_true (sk_recorder_flush (recorder, NULL));
  add_steps (f, recorder, 4, 5);
  g_assert_cmpint (count (f), ==, 5);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/stride", test_stride);
  ADD ("/record/round-trip", test_round_trip);
  ADD ("/record/header", test_header);
  ADD ("/record/cut-back", test_cut_back);
  ADD ("/record/torn", test_torn);
  ADD ("/record/torn-header", test_torn_header);
  ADD ("/record/other-network", test_other_network);
  ADD ("/record/full-disk", test_full_disk);
  return g_test_run ();
}
