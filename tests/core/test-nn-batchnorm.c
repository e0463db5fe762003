/* Batch norm in its halves, and the residual join. */

#include <math.h>
#include <string.h>

#include "batchnorm.h"
#include "join.h"
#include "reference.h"
#include "sample.h"

#define TOLERANCE 2e-6

static const int sizes[][2] = {
  { 40, 16 }, { 77, 3 }, { 300, 64 }, { 9, 130 }, { 5, 512 }
};

/* An aligned scratch that begins as NaN. */
static float *
scratch_new (int c, int workers) {
  gsize n = sk_channel_scratch (c, workers);
  float *scratch = aligned_alloc (64, (n * sizeof (float) + 63) / 64 * 64);

  for (gsize i = 0; i < n; i++)
    scratch[i] = NAN;
  return scratch;
}

typedef struct {
  SkBnState state;
  float *gamma, *beta, *coefficients; /* alpha, beta, delta */
} Norm;

static Norm
norm_new (SkRng *rng, int c) {
  Norm norm = { .gamma = sample_uniform (rng, (gsize) c, 0.5f, 1.5f),
                .beta = sample_normal (rng, (gsize) c),
                .coefficients = g_new (float, 3 * c) };

  norm.state = (SkBnState){ .scale = g_new (float, c),
                            .shift = g_new (float, c),
                            .mean = g_new (float, c),
                            .rstd = g_new (float, c) };
  return norm;
}

static void
norm_clear (Norm *norm) {
  float *owned[] = { norm->gamma,       norm->beta,        norm->coefficients,
                     norm->state.scale, norm->state.shift, norm->state.mean,
                     norm->state.rstd };

  for (guint i = 0; i < G_N_ELEMENTS (owned); i++)
    g_free (owned[i]);
}

static double *
as_doubles (const float *values, gsize n) {
  double *doubles = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    doubles[i] = values[i];
  return doubles;
}

static void
check_forward (const Norm *norm, const float *z, const double *y, const double *mean,
               const double *var, gsize pixels, int c, SkPool *pool) {
  SkOperand x = { .data = z, .scale = norm->state.scale, .shift = norm->state.shift };
  g_autofree float *got = g_new (float, pixels *(gsize) c);
  g_autofree float *running_mean = g_new (float, c);
  g_autofree float *running_var = g_new (float, c);
  g_autofree double *sums = g_new (double, 2 * c);
  float *scratch = scratch_new (c, sk_pool_size (pool));

  for (int i = 0; i < c; i++) {
    running_mean[i] = 2;
    running_var[i] = 3;
  }
  sk_batchnorm_statistics (sums, z, pixels, c, scratch, pool);
  sk_batchnorm_prepare (&norm->state, running_mean, running_var, sums, norm->gamma,
                        norm->beta, pixels, c);
  sk_operand_materialise (got, &x, pixels, c, pool);
  g_assert_cmpfloat (sample_distance (got, y, pixels * (gsize) c), <, TOLERANCE);
  for (int i = 0; i < c; i++) {
    double unbiased = var[i] * (double) pixels / (double) (pixels - 1);

    g_assert_cmpfloat_with_epsilon (running_mean[i], 0.9 * 2 + 0.1 * mean[i], 1e-5);
    g_assert_cmpfloat_with_epsilon (running_var[i], 0.9 * 3 + 0.1 * unbiased, 1e-5);
  }
  free (scratch);
}

/* Backward of batch norm and ReLU together, read through the operand. */
static void
check_backward (const Norm *norm, const float *z, const double *y, gsize pixels, int c,
                SkRng *rng, SkPool *pool) {
  gsize n = pixels * (gsize) c;
  g_autofree float *data = sample_normal (rng, n);
  g_autofree float *got = g_new (float, n);
  g_autofree float *dgamma = g_new0 (float, c);
  g_autofree float *dbeta = g_new0 (float, c);
  g_autofree double *dy = as_doubles (data, n);
  g_autofree double *wide = as_doubles (z, n);
  g_autofree double *want = g_new (double, n);
  g_autofree double *want_gamma = g_new (double, c);
  g_autofree double *want_beta = g_new (double, c);
  g_autofree double *sums = g_new (double, 2 * c);
  float *scratch = scratch_new (c, sk_pool_size (pool));
  float *alpha = norm->coefficients;
  SkGradientOperand operand = { .data = data, .z = z, .relu = TRUE, .alpha = alpha };

  operand.scale = norm->state.scale;
  operand.shift = norm->state.shift;
  operand.beta = alpha + c;
  operand.delta = alpha + 2 * c;
  for (gsize i = 0; i < n; i++)
    dy[i] = y[i] <= 0 ? 0 : dy[i];
  ref_batchnorm_backward (want, want_gamma, want_beta, dy, wide, norm->gamma, pixels,
                          c);
  sk_batchnorm_backward_sums (sums, &operand, pixels, c, scratch, pool);
  sk_batchnorm_backward_prepare (alpha, alpha + c, alpha + 2 * c, dgamma, dbeta, sums,
                                 &norm->state, 1, FALSE, pixels, c);
  sk_gradient_materialise (got, &operand, pixels, c, pool);
  g_assert_cmpfloat (sample_distance (got, want, n), <, TOLERANCE);
  g_assert_cmpfloat (sample_distance (dgamma, want_gamma, (gsize) c), <, TOLERANCE);
  g_assert_cmpfloat (sample_distance (dbeta, want_beta, (gsize) c), <, TOLERANCE);
  free (scratch);
}

static void
test_reference (void) {
  SkRng rng = sk_rng_at (21, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int workers = 1; workers <= 2; workers++) {
      gsize pixels = (gsize) sizes[i][0];
      int c = sizes[i][1];
      g_autoptr (SkPool) pool = sk_pool_new (workers, 0);
      g_autofree float *z = sample_normal (&rng, pixels * (gsize) c);
      g_autofree double *wide = as_doubles (z, pixels * (gsize) c);
      g_autofree double *y = g_new (double, pixels *(gsize) c);
      g_autofree double *mean = g_new (double, c);
      g_autofree double *var = g_new (double, c);
      Norm norm = norm_new (&rng, c);

      ref_batchnorm_forward (y, mean, var, wide, norm.gamma, norm.beta, pixels, c);
      check_forward (&norm, z, y, mean, var, pixels, c, pool);
      check_backward (&norm, z, y, pixels, c, &rng, pool);
      norm_clear (&norm);
    }
}

/* A mean a thousand times the deviation: float sums of squares would lose it all. */
static void
test_far_from_zero (void) {
  enum { PIXELS = 20000, C = 16 };
  SkRng rng = sk_rng_at (22, 0, 0);
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  g_autofree float *z = sample_normal (&rng, PIXELS * C);
  Norm norm = norm_new (&rng, C);
  float *scratch = scratch_new (C, 2);
  double sums[2 * C];

  for (gsize i = 0; i < PIXELS * C; i++)
    z[i] += 1000;
  sk_batchnorm_statistics (sums, z, PIXELS, C, scratch, pool);
  sk_batchnorm_prepare (&norm.state, NULL, NULL, sums, norm.gamma, norm.beta, PIXELS,
                        C);
  for (int i = 0; i < C; i++) {
    double mean = 0, var = 0;

    for (gsize p = 0; p < PIXELS; p++)
      mean += (double) z[p * C + (gsize) i] / PIXELS;
    for (gsize p = 0; p < PIXELS; p++)
      var += pow ((double) z[p * C + (gsize) i] - mean, 2) / PIXELS;
    g_assert_cmpfloat_with_epsilon (norm.state.rstd[i] * sqrt (var + 1e-5), 1, 0.01);
  }
  norm_clear (&norm);
  free (scratch);
}

/* Running statistics do not depend on z: the gradient is a scale, γ and β still learn. */
static void
test_running (void) {
  enum { C = 4 };
  float mean[C] = { 1, 2, 3, 4 }, var[C] = { 1, 4, 9, 16 };
  float dgamma[C] = { 0 }, dbeta[C] = { 0 };
  const double sums[2 * C] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  SkRng rng = sk_rng_at (23, 0, 0);
  Norm norm = norm_new (&rng, C);
  float *alpha = norm.coefficients;

  sk_batchnorm_prepare_running (&norm.state, mean, var, norm.gamma, norm.beta, C);
  sk_batchnorm_backward_prepare (alpha, alpha + C, alpha + 2 * C, dgamma, dbeta, sums,
                                 &norm.state, 2, TRUE, 10, C);
  for (int i = 0; i < C; i++) {
    double rstd = 1 / sqrt (var[i] + 1e-5);

    g_assert_cmpfloat_with_epsilon (norm.state.scale[i], norm.gamma[i] * rstd, 1e-6);
    g_assert_cmpfloat_with_epsilon (
        norm.state.shift[i], norm.beta[i] - norm.gamma[i] * rstd * mean[i], 1e-6);
    g_assert_cmpfloat_with_epsilon (alpha[i], 2 * norm.gamma[i] * rstd, 1e-6);
    g_assert_cmpfloat (alpha[C + i], ==, 0);
    g_assert_cmpfloat (alpha[2 * C + i], ==, 0);
    g_assert_cmpfloat_with_epsilon (dbeta[i], 2 * sums[i], 1e-5);
    g_assert_cmpfloat_with_epsilon (dgamma[i],
                                    2 * rstd * (sums[C + i] - mean[i] * sums[i]), 1e-4);
  }
  norm_clear (&norm);
}

/* A NaN may not be rectified away: a broken loss has to show. */
static void
test_nan_passes (void) {
  g_autoptr (SkPool) pool = sk_pool_new (1, 0);
  float data[8] = { 1, NAN, -1, 2, 3, -4, 5, 6 }, y[8];
  SkOperand x = { .data = data, .relu = TRUE };

  sk_operand_materialise (y, &x, 4, 2, pool);
  g_assert_true (isnan (y[1]));
  g_assert_cmpfloat (y[2], ==, 0);
  g_assert_cmpfloat (y[3], ==, 2);
}

static void
check_join_forward (SkRng *rng, gsize pixels, int c, gboolean plain, SkPool *pool) {
  gsize n = pixels * (gsize) c;
  SkOperand branch = sample_operand (rng, pixels, c, TRUE);
  SkOperand shortcut = sample_operand (rng, pixels, c, FALSE);
  g_autofree double *f = g_new (double, n);
  g_autofree double *p = g_new (double, n);
  g_autofree float *out = g_new (float, n);
  float *scratch = scratch_new (c, sk_pool_size (pool));
  double f_square = 0, p_square = 0;
  gint64 dead = 0;
  SkJoinProbe probe;
  SkJoinForward args = { .out = out, .branch = branch, .lambda = 0.75f };

  args.branch.relu = FALSE;
  args.probe = &probe;
  if (!plain)
    args.shortcut = shortcut;
  sk_join_forward (&args, pixels, c, scratch, pool);
  ref_operand (f, &args.branch, pixels, c);
  ref_operand (p, &shortcut, pixels, c);
  for (gsize i = 0; i < n; i++) {
    double s = f[i] + (plain ? 0 : 0.75 * p[i]);

    f_square += f[i] * f[i];
    p_square += plain ? 0 : p[i] * p[i];
    dead += s <= 0;
    f[i] = fmax (s, 0);
  }
  g_assert_cmpfloat (sample_distance (out, f, n), <, TOLERANCE);
  g_assert_cmpfloat_with_epsilon (probe.branch_square / f_square, 1, TOLERANCE);
  if (!plain)
    g_assert_cmpfloat_with_epsilon (probe.shortcut_square / p_square, 1, TOLERANCE);
  g_assert_cmpint (probe.dead, ==, dead);
  sample_operand_clear (&branch);
  sample_operand_clear (&shortcut);
  free (scratch);
}

/* The same numbers, by separate loops in double. */
typedef struct {
  double *g, *dx, *sums[2];
  SkJoinGradientProbe probe;
} JoinWant;

static JoinWant
join_want (const SkJoinBackward *args, gsize pixels, int c) {
  gsize n = pixels * (gsize) c;
  g_autofree double *value = g_new (double, n);
  JoinWant want = { .g = g_new (double, n), .dx = g_new (double, n) };

  want.sums[0] = g_new0 (double, 2 * c);
  want.sums[1] = g_new0 (double, 2 * c);
  ref_operand (value, &args->value, pixels, c);
  for (gsize i = 0; i < n; i++) {
    double skip = (double) args->skip_scale * (double) args->skip[i];
    double residual = args->residual[i];

    want.dx[i] = skip + residual;
    want.g[i] = value[i] > 0 ? want.dx[i] : 0;
    want.probe.skip_square += skip * skip;
    want.probe.residual_square += residual * residual;
    want.probe.dot += skip * residual;
    want.probe.sum_square += want.dx[i] * want.dx[i];
    for (int j = 0; j < 2; j++) {
      want.sums[j][i % (gsize) c] += want.g[i];
      want.sums[j][(gsize) c + i % (gsize) c] += want.g[i] * (double) args->z[j][i];
    }
  }
  return want;
}

static void
check_join_backward (SkRng *rng, gsize pixels, int c, SkPool *pool) {
  gsize n = pixels * (gsize) c;
  SkOperand value = sample_operand (rng, pixels, c, TRUE);
  g_autofree float *skip = sample_normal (rng, n);
  g_autofree float *residual = sample_normal (rng, n);
  g_autofree float *z1 = sample_normal (rng, n);
  g_autofree float *dx = g_new (float, n);
  g_autofree double *sums = g_new (double, 4 * c);
  float *scratch = scratch_new (c, sk_pool_size (pool));
  SkJoinGradientProbe probe;
  SkJoinBackward args = { .g = skip, .dx = dx, .residual = residual, .skip = skip };
  JoinWant want;

  args.skip_scale = 0.5f;
  args.value = value;
  args.z[0] = value.data;
  args.z[1] = z1;
  args.sums[0] = sums;
  args.sums[1] = sums + 2 * c;
  args.probe = &probe;
  want = join_want (&args, pixels, c);
  sk_join_backward (&args, pixels, c, scratch, pool); /* skip's memory becomes g */
  g_assert_cmpfloat (sample_distance (skip, want.g, n), <, TOLERANCE);
  g_assert_cmpfloat (sample_distance (dx, want.dx, n), <, TOLERANCE);
  for (int j = 0; j < 2; j++)
    g_assert_cmpfloat (
        sample_distance_double (args.sums[j], want.sums[j], 2 * (gsize) c), <,
        TOLERANCE);
  g_assert_cmpfloat_with_epsilon (probe.skip_square / want.probe.skip_square, 1, 1e-5);
  g_assert_cmpfloat_with_epsilon (probe.residual_square / want.probe.residual_square, 1,
                                  1e-5);
  g_assert_cmpfloat_with_epsilon (probe.sum_square / want.probe.sum_square, 1, 1e-5);
  g_assert_cmpfloat (fabs (probe.dot - want.probe.dot), <,
                     1e-5 * want.probe.skip_square);
  g_free (want.g);
  g_free (want.dx);
  g_free (want.sums[0]);
  g_free (want.sums[1]);
  sample_operand_clear (&value);
  free (scratch);
}

static void
test_join (void) {
  SkRng rng = sk_rng_at (24, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int workers = 1; workers <= 2; workers++) {
      g_autoptr (SkPool) pool = sk_pool_new (workers, 0);

      check_join_forward (&rng, (gsize) sizes[i][0], sizes[i][1], FALSE, pool);
      check_join_forward (&rng, (gsize) sizes[i][0], sizes[i][1], TRUE, pool);
      check_join_backward (&rng, (gsize) sizes[i][0], sizes[i][1], pool);
    }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn/batchnorm/reference", test_reference);
  g_test_add_func ("/nn/batchnorm/far-from-zero", test_far_from_zero);
  g_test_add_func ("/nn/batchnorm/running", test_running);
  g_test_add_func ("/nn/operand/nan", test_nan_passes);
  g_test_add_func ("/nn/join", test_join);
  return g_test_run ();
}
