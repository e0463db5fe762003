/* Pooling, subsampling, the linear head, softmax and cross-entropy. */

#include <math.h>
#include <string.h>

#include "batchnorm.h"
#include "linear.h"
#include "loss.h"
#include "pooling.h"
#include "reference.h"
#include "sample.h"

#define TOLERANCE 2e-6

static void
check_maxpool (SkRng *rng, int n, int h, int w, int c, SkPool *pool) {
  gsize inputs = (gsize) (n * h * w), rows = (gsize) sk_maxpool_size (h);
  gsize outputs = (gsize) n * rows * (gsize) sk_maxpool_size (w), depth = (gsize) c;
  SkOperand x = sample_operand (rng, inputs, c, TRUE);
  g_autofree float *dy = sample_normal (rng, outputs * depth);
  g_autofree float *y = g_new (float, outputs *depth);
  g_autofree float *dx = g_new (float, inputs *depth);
  g_autofree guint8 *index = g_new (guint8, outputs * depth);
  g_autofree double *value = g_new (double, inputs *depth);
  g_autofree double *want_y = g_new (double, outputs *depth);
  g_autofree double *want_dx = g_new (double, inputs *depth);
  g_autofree double *wide = g_new (double, outputs *depth);
  g_autofree double *sums = g_new (double, 2 * c);
  g_autofree double *want_sums = g_new0 (double, 2 * c);
  gsize bytes = sk_channel_scratch (c, sk_pool_size (pool)) * sizeof (float);
  float *scratch = aligned_alloc (64, (bytes + 63) / 64 * 64);

  ref_operand (value, &x, inputs, c);
  for (gsize i = 0; i < outputs * depth; i++)
    wide[i] = dy[i];
  ref_maxpool (want_y, want_dx, wide, value, n, h, w, c);
  sk_maxpool_forward (y, index, &x, n, h, w, c, pool);
  sk_maxpool_backward (dx, sums, dy, index, &x, n, h, w, c, scratch, pool);
  g_assert_cmpfloat (sample_distance (y, want_y, outputs * depth), <, TOLERANCE);
  g_assert_cmpfloat (sample_distance (dx, want_dx, inputs * depth), <, TOLERANCE);
  for (gsize i = 0; i < inputs * depth; i++)
    if (value[i] > 0) {
      want_sums[i % depth] += want_dx[i];
      want_sums[depth + i % depth] += want_dx[i] * (double) x.data[i];
    }
  g_assert_cmpfloat (sample_distance_double (sums, want_sums, 2 * depth), <, TOLERANCE);
  sample_operand_clear (&x);
  free (scratch);
}

static void
test_maxpool (void) {
  SkRng rng = sk_rng_at (31, 0, 0);

  for (int workers = 1; workers <= 2; workers++) {
    g_autoptr (SkPool) pool = sk_pool_new (workers, 0);

    check_maxpool (&rng, 2, 8, 8, 16, pool);
    check_maxpool (&rng, 3, 7, 10, 5, pool);
    check_maxpool (&rng, 1, 1, 1, 70, pool);
    check_maxpool (&rng, 2, 2, 5, 64, pool);
  }
}

static void
test_maxpool_nan (void) {
  g_autoptr (SkPool) pool = sk_pool_new (1, 0);
  float data[9] = { 1, 2, NAN, 4, 5, 6, 7, 8, 9 }, y[4];
  SkOperand x = { .data = data, .relu = TRUE };

  sk_maxpool_forward (y, NULL, &x, 1, 3, 3, 1, pool);
  g_assert_cmpfloat (y[0], ==, 5);
  g_assert_true (isnan (y[1]));
  g_assert_cmpfloat (y[2], ==, 8);
  g_assert_cmpfloat (y[3], ==, 9);
}

static void
test_avgpool (void) {
  enum { N = 3, HW = 6, C = 21 };
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRng rng = sk_rng_at (32, 0, 0);
  SkOperand x = sample_operand (&rng, N * HW, C, TRUE);
  g_autofree float *dy = sample_normal (&rng, N * C);
  float y[N * C], dx[N * HW * C];
  double value[N * HW * C], want[N * C] = { 0 };

  ref_operand (value, &x, N * HW, C);
  for (int i = 0; i < N * HW * C; i++)
    want[i / (HW * C) * C + i % C] += value[i] / HW;
  sk_avgpool_forward (y, &x, N, HW, C, pool);
  sk_avgpool_backward (dx, dy, N, HW, C, pool);
  g_assert_cmpfloat (sample_distance (y, want, N * C), <, TOLERANCE);
  for (int i = 0; i < N * HW * C; i++)
    g_assert_cmpfloat_with_epsilon (dx[i], dy[i / (HW * C) * C + i % C] / HW, 1e-6);
  sample_operand_clear (&x);
}

/* Forward by the definition; backward as its adjoint: ⟨y, dy⟩ = ⟨x, dx⟩. */
static void
test_subsample (void) {
  enum { N = 2, H = 5, W = 6, C = 6, K = 12, P = 3, Q = 3 };
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRng rng = sk_rng_at (33, 0, 0);
  SkOperand x = sample_operand (&rng, N * H * W, C, FALSE);
  g_autofree float *dy = sample_normal (&rng, N * P * Q * K);
  float y[N * P * Q * K], dx[N * H * W * C];
  double left = 0, right = 0;

  sk_subsample_forward (y, &x, N, H, W, C, K, 2, pool);
  sk_subsample_backward (dx, dy, N, H, W, C, K, 2, pool);
  for (int i = 0; i < N * P * Q * K; i++) {
    int k = i % K, q = i / K % Q, p = i / K / Q % P, n = i / K / Q / P;
    float want =
        k < 3 || k >= 9 ? 0 : x.data[((n * H + 2 * p) * W + 2 * q) * C + k - 3];

    g_assert_cmpfloat (y[i], ==, want);
    left += (double) y[i] * (double) dy[i];
  }
  for (int i = 0; i < N * H * W * C; i++)
    right += (double) x.data[i] * (double) dx[i];
  g_assert_cmpfloat_with_epsilon (left, right, 1e-4);
  sample_operand_clear (&x);
}

static void
test_linear (void) {
  enum { N = 7, C = 33, K = 10 };
  SkRng rng = sk_rng_at (34, 0, 0);
  g_autofree float *x = sample_normal (&rng, N * C);
  g_autofree float *w = sample_normal (&rng, K * C);
  g_autofree float *bias = sample_normal (&rng, K);
  g_autofree float *dy = sample_normal (&rng, N * K);
  double y[N * K], dx[N * C], dw[K * C], dbias[K];

  ref_linear_forward (y, x, w, bias, N, C, K);
  ref_linear_backward (dx, dw, dbias, dy, x, w, N, C, K);
  for (int workers = 1; workers <= 3; workers++) {
    g_autoptr (SkPool) pool = sk_pool_new (workers, 0);
    float got_y[N * K], got_dx[N * C], got_dw[K * C] = { 0 }, got_dbias[K] = { 0 };

    sk_linear_forward (got_y, x, w, bias, N, C, K, pool);
    sk_linear_backward (got_dx, got_dw, got_dbias, dy, x, w, N, C, K, pool);
    g_assert_cmpfloat (sample_distance (got_y, y, N * K), <, TOLERANCE);
    g_assert_cmpfloat (sample_distance (got_dx, dx, N * C), <, TOLERANCE);
    g_assert_cmpfloat (sample_distance (got_dw, dw, K * C), <, TOLERANCE);
    g_assert_cmpfloat (sample_distance (got_dbias, dbias, K), <, TOLERANCE);
  }
}

static void
test_cross_entropy (void) {
  enum { N = 5, K = 7 };
  SkRng rng = sk_rng_at (35, 0, 0);
  g_autofree float *logits = sample_normal (&rng, N * K);
  const int labels[N] = { 0, 6, 3, 3, 1 };
  double wide[N * K];
  float dlogits[N * K], losses[N];

  for (int i = 0; i < N * K; i++)
    wide[i] = logits[i];
  for (int smooth = 0; smooth < 2; smooth++) {
    double loss = sk_cross_entropy (dlogits, losses, NULL, logits, labels,
                                    smooth ? 0.1f : 0, N, K);
    double smoothing = smooth ? (double) 0.1f : 0;

    g_assert_cmpfloat_with_epsilon (
        loss, ref_cross_entropy (wide, labels, smoothing, N, K), 1e-9);
    for (int i = 0; i < N * K; i++) {
      double up, down, kept = wide[i];

      wide[i] = kept + 1e-4;
      up = ref_cross_entropy (wide, labels, smoothing, N, K);
      wide[i] = kept - 1e-4;
      down = ref_cross_entropy (wide, labels, smoothing, N, K);
      wide[i] = kept;
      g_assert_cmpfloat_with_epsilon (dlogits[i], (up - down) / 2e-4, 1e-7);
    }
  }
}

static void
test_cross_entropy_by_hand (void) {
  /* Two equal logits: loss ln 2, softmax ½; huge ones do not overflow. */
  const float logits[4] = { 3, 3, 1000, -1000 };
  const int labels[2] = { 0, 1 };
  float dlogits[4], losses[2], probabilities[4];
  int correct;

  sk_cross_entropy (dlogits, losses, &correct, logits, labels, 0, 2, 2);
  sk_softmax (probabilities, logits, 2, 2);
  g_assert_cmpfloat_with_epsilon (losses[0], log (2), 1e-6);
  g_assert_cmpfloat_with_epsilon (losses[1], 2000, 1e-3);
  g_assert_cmpfloat_with_epsilon (dlogits[0], -0.25, 1e-6);
  g_assert_cmpfloat_with_epsilon (dlogits[2], 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (probabilities[1], 0.5, 1e-6);
  g_assert_cmpfloat (probabilities[2], ==, 1);
  g_assert_cmpint (correct, ==, 1);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn/maxpool", test_maxpool);
  g_test_add_func ("/nn/maxpool/nan", test_maxpool_nan);
  g_test_add_func ("/nn/avgpool", test_avgpool);
  g_test_add_func ("/nn/subsample", test_subsample);
  g_test_add_func ("/nn/linear", test_linear);
  g_test_add_func ("/nn/cross-entropy", test_cross_entropy);
  g_test_add_func ("/nn/cross-entropy/by-hand", test_cross_entropy_by_hand);
  return g_test_run ();
}
