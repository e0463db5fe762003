/* Convolutions: by hand, against the naive twin, by finite differences, and whether the
 * number of workers or pictures changes anything. */

#include <math.h>
#include <string.h>

#include "arena.h"
#include "conv.h"
#include "reference.h"
#include "sample.h"

/* Float32 through Winograd's transforms against double: measured up to 4e-6 with 64
 * channels and 1.1e-5 with 256; plain products stay below 1e-6. */
#define TOLERANCE 2e-5

typedef struct {
  SkConvShape shape;
  SkOperand x;
  SkGradientOperand dy;
  float *w, *bias, *add;
  gsize n_x, n_y, n_w;
} Case;

typedef struct {
  float *y, *dx, *dw;
  double *sums, *dsums;
} Result;

static const int shapes[][8] = {
  /* n, h, w, c, k, kernel, stride, pad */
  { 2, 8, 8, 16, 16, 3, 1, 1 },     { 3, 7, 7, 16, 32, 3, 1, 1 },
  { 2, 14, 14, 32, 48, 3, 1, 1 },   { 5, 4, 4, 40, 24, 3, 1, 1 },
  { 2, 9, 13, 17, 5, 3, 1, 1 },     { 2, 32, 32, 3, 16, 3, 1, 1 },
  { 1, 1, 1, 16, 16, 3, 1, 1 },     { 2, 2, 3, 16, 16, 3, 1, 1 },
  { 2, 5, 6, 64, 80, 3, 1, 1 },     { 2, 28, 28, 16, 16, 3, 1, 1 },
  { 3, 8, 8, 16, 32, 3, 2, 1 },     { 2, 7, 9, 20, 33, 3, 2, 1 },
  { 2, 1, 1, 16, 16, 3, 2, 1 },     { 2, 15, 15, 32, 64, 3, 2, 1 },
  { 2, 32, 32, 3, 64, 7, 2, 3 },    { 1, 23, 17, 3, 16, 7, 2, 3 },
  { 3, 7, 7, 64, 16, 1, 1, 0 },     { 2, 9, 9, 16, 72, 1, 2, 0 },
  { 2, 8, 8, 24, 64, 1, 2, 0 },     { 3, 5, 5, 7, 3, 1, 1, 0 },
  { 1, 6, 6, 8, 16, 3, 1, 0 },      { 2, 11, 10, 5, 6, 5, 3, 2 },
  { 64, 4, 4, 16, 16, 3, 1, 1 },    { 3, 6, 6, 128, 144, 3, 1, 1 },
  { 4, 4, 4, 256, 256, 3, 1, 1 },   { 2, 3, 3, 272, 96, 3, 1, 1 },
  { 2, 12, 12, 128, 256, 1, 1, 0 }, { 2, 6, 6, 512, 128, 1, 1, 0 },
  { 2, 12, 12, 64, 128, 3, 2, 1 },  { 2, 12, 12, 64, 128, 1, 2, 0 },
  { 3, 7, 7, 288, 512, 3, 1, 1 },   { 1, 9, 14, 256, 320, 3, 1, 1 },
  { 40, 2, 3, 2048, 64, 3, 1, 1 },  { 2, 5, 6, 260, 256, 3, 1, 1 },
  { 2, 17, 22, 48, 40, 3, 2, 1 },   { 2, 10, 11, 16, 24, 3, 2, 0 },
  { 2, 9, 8, 256, 512, 3, 2, 1 },   { 18, 5, 5, 64, 2048, 3, 2, 1 },
};

static Case
case_new (SkRng *rng, const int *s, gboolean pending) {
  Case self = { .shape =
                    sk_conv_shape (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]) };
  const SkConvShape *shape = &self.shape;
  gsize inputs = (gsize) (shape->n * shape->h * shape->w);
  gsize outputs = (gsize) (shape->n * shape->p * shape->q);

  self.n_x = inputs * (gsize) shape->c;
  self.n_y = outputs * (gsize) shape->k;
  self.n_w = (gsize) (shape->r * shape->s * shape->c * shape->k);
  self.x = sample_operand (rng, inputs, shape->c, pending);
  self.dy = sample_gradient (rng, outputs, shape->k, pending);
  self.w = sample_normal (rng, self.n_w);
  self.bias = sample_normal (rng, (gsize) shape->k);
  self.add = sample_normal (rng, self.n_y);
  return self;
}

static void
case_clear (Case *self) {
  sample_operand_clear (&self->x);
  sample_gradient_clear (&self->dy);
  g_free (self->w);
  g_free (self->bias);
  g_free (self->add);
}

static Result
result_new (const Case *on) {
  return (Result){
    .y = g_new (float, on->n_y),
    .dx = g_new (float, on->n_x),
    .dw = g_new0 (float, on->n_w),
    .sums = g_new (double, 2 * on->shape.k),
    .dsums = g_new (double, 2 * on->shape.c),
  };
}

static void
result_clear (Result *self) {
  g_free (self->y);
  g_free (self->dx);
  g_free (self->dw);
  g_free (self->sums);
  g_free (self->dsums);
}

/* Scratch that begins as NaN, so that reading it unwritten shows. */
static float *
scratch_new (const SkConvShape *shape, SkPool *pool, SkArena *arena) {
  gsize n = sk_conv2d_scratch (shape, sk_pool_size (pool));

  g_assert_true (sk_arena_init (arena, sk_arena_round (n), "scratch", NULL));
  for (gsize i = 0; i < n; i++)
    arena->base[i] = NAN;
  return arena->base;
}

static Result
run_case (const Case *on, SkPool *pool) {
  Result result = result_new (on);
  SkArena arena;
  float *scratch = scratch_new (&on->shape, pool, &arena);
  SkConvForward forward = { .y = result.y, .x = on->x, .w = on->w };
  SkConvBackward backward = { .dx = result.dx, .dw = result.dw, .dy = on->dy };

  forward.sums = result.sums;
  sk_conv2d_forward (&on->shape, &forward, scratch, pool);
  backward.x = on->x;
  backward.w = on->w;
  backward.sums = result.dsums;
  sk_conv2d_backward (&on->shape, &backward, scratch, pool);
  sk_arena_clear (&arena);
  return result;
}

/* Σy and Σy² of a tensor, as the epilogue should have taken them. */
static void
check_sums (const double *sums, const float *g, const float *z, const SkOperand *mask,
            gsize pixels, int c) {
  g_autofree double *want = g_new0 (double, 2 * c);
  g_autofree double *value = mask ? g_new (double, pixels *(gsize) c) : NULL;

  if (mask)
    ref_operand (value, mask, pixels, c);
  for (gsize i = 0; i < pixels * (gsize) c; i++) {
    if (mask && mask->relu && value[i] <= 0)
      continue;
    want[i % (gsize) c] += (double) g[i];
    want[(gsize) c + i % (gsize) c] += (double) g[i] * (double) z[i];
  }
  g_assert_cmpfloat (sample_distance_double (sums, want, (gsize) c), <, TOLERANCE);
  g_assert_cmpfloat (sample_distance_double (sums + c, want + c, (gsize) c), <,
                     TOLERANCE);
}

static void
check_case (const Case *on, SkPool *pool) {
  const SkConvShape *s = &on->shape;
  gsize inputs = (gsize) (s->n * s->h * s->w), outputs = (gsize) (s->n * s->p * s->q);
  g_autofree double *x = g_new (double, on->n_x);
  g_autofree double *dy = g_new (double, on->n_y);
  g_autofree double *y = g_new (double, on->n_y);
  g_autofree double *dx = g_new (double, on->n_x);
  g_autofree double *dw = g_new (double, on->n_w);
  Result result = run_case (on, pool);

  ref_operand (x, &on->x, inputs, s->c);
  ref_gradient (dy, &on->dy, outputs, s->k);
  ref_conv2d_forward (y, x, on->w, s);
  ref_conv2d_backward (dx, dw, dy, x, on->w, s);
  g_assert_cmpfloat (sample_distance (result.y, y, on->n_y), <, TOLERANCE);
  g_assert_cmpfloat (sample_distance (result.dx, dx, on->n_x), <, TOLERANCE);
  g_assert_cmpfloat (sample_distance (result.dw, dw, on->n_w), <, TOLERANCE);
  check_sums (result.sums, result.y, result.y, NULL, outputs, s->k);
  check_sums (result.dsums, result.dx, on->x.data, &on->x, inputs, s->c);
  result_clear (&result);
}

static void
test_reference (gconstpointer data) {
  gboolean pending = GPOINTER_TO_INT (data);
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRng rng = sk_rng_at (11, (guint64) pending, 0);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    Case on = case_new (&rng, shapes[i], pending);

    check_case (&on, pool);
    case_clear (&on);
  }
}

/* Workers only change in which order partial sums are added; twice the same is the same
 * to the bit. */
static void
test_workers (void) {
  SkRng rng = sk_rng_at (12, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autoptr (SkPool) one = sk_pool_new (1, 0);
    g_autoptr (SkPool) three = sk_pool_new (3, 0);
    Case on = case_new (&rng, shapes[i], TRUE);
    Result a = run_case (&on, one), b = run_case (&on, three),
           again = run_case (&on, three);
    g_autofree double *y = g_new (double, on.n_y);
    g_autofree double *dw = g_new (double, on.n_w);

    for (gsize j = 0; j < on.n_y; j++)
      y[j] = a.y[j];
    for (gsize j = 0; j < on.n_w; j++)
      dw[j] = a.dw[j];
    g_assert_cmpfloat (sample_distance (b.y, y, on.n_y), <, TOLERANCE);
    g_assert_cmpfloat (sample_distance (b.dw, dw, on.n_w), <, TOLERANCE);
    g_assert_cmpmem (b.y, on.n_y * 4, again.y, on.n_y * 4);
    g_assert_cmpmem (b.dx, on.n_x * 4, again.dx, on.n_x * 4);
    g_assert_cmpmem (b.dw, on.n_w * 4, again.dw, on.n_w * 4);
    g_assert_cmpmem (b.sums, (gsize) on.shape.k * 16, again.sums,
                     (gsize) on.shape.k * 16);
    result_clear (&a);
    result_clear (&b);
    result_clear (&again);
    case_clear (&on);
  }
}

static void
test_by_hand (void) {
  /* One channel, 2×2, ones everywhere but x = 1 2 / 3 4: every output sees all four. */
  g_autoptr (SkPool) pool = sk_pool_new (1, 0);
  SkConvShape shape = sk_conv_shape (1, 2, 2, 1, 1, 3, 1, 1);
  float x[4] = { 1, 2, 3, 4 }, w[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, y[4];
  float dy[4] = { 1, 0, 0, 0 }, dx[4], dw[9] = { 0 };
  const float dw_want[9] = { 0, 0, 0, 0, 1, 2, 0, 3, 4 };
  SkArena arena;
  float *scratch = scratch_new (&shape, pool, &arena);
  SkConvForward forward = { .y = y, .x = sk_operand (x), .w = w };
  SkConvBackward backward = { .dx = dx, .dw = dw, .dy = sk_gradient_operand (dy) };

  backward.x = sk_operand (x);
  backward.w = w;
  sk_conv2d_forward (&shape, &forward, scratch, pool);
  sk_conv2d_backward (&shape, &backward, scratch, pool);
  for (int i = 0; i < 4; i++) {
    g_assert_cmpfloat_with_epsilon (y[i], 10, 1e-4);
    g_assert_cmpfloat_with_epsilon (dx[i], 1, 1e-4);
  }
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (dw[i], dw_want[i], 1e-4);
  sk_arena_clear (&arena);
}

/* What inference asks for: bias, a skip in place, ReLU, filters packed beforehand. */
static void
check_epilogue (const Case *on, SkPool *pool) {
  const SkConvShape *s = &on->shape;
  g_autofree double *x = g_new (double, on->n_x);
  g_autofree double *want = g_new (double, on->n_y);
  g_autofree float *y = g_memdup2 (on->add, on->n_y * sizeof (float));
  SkArena arena, packed;
  float *scratch = scratch_new (s, pool, &arena);
  SkConvForward forward = { .y = y, .x = on->x, .add = y, .add_scale = 0.5f };

  g_assert_true (sk_arena_init (&packed, sk_conv2d_packed_size (s), "filters", NULL));
  sk_conv2d_pack (packed.base, on->w, s);
  forward.w = on->w;
  forward.packed = packed.base;
  forward.bias = on->bias;
  forward.relu = TRUE;
  sk_conv2d_forward (s, &forward, scratch, pool);
  ref_operand (x, &on->x, (gsize) (s->n * s->h * s->w), s->c);
  ref_conv2d_forward (want, x, on->w, s);
  for (gsize i = 0; i < on->n_y; i++) {
    want[i] += (double) on->bias[i % (gsize) s->k] + 0.5 * (double) on->add[i];
    want[i] = fmax (want[i], 0);
  }
  g_assert_cmpfloat (sample_distance (y, want, on->n_y), <, TOLERANCE);
  sk_arena_clear (&arena);
  sk_arena_clear (&packed);
}

static void
test_epilogue (void) {
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRng rng = sk_rng_at (13, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    Case on = case_new (&rng, shapes[i], TRUE);

    check_epilogue (&on, pool);
    case_clear (&on);
  }
}

/* Frozen filters and unwanted input gradients leave what is not asked for alone, and
 * do not change the rest; dw is added to what was there. */
static void
test_partial_backward (void) {
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRng rng = sk_rng_at (14, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    Case on = case_new (&rng, shapes[i], TRUE);
    Result all = run_case (&on, pool), part = result_new (&on);
    SkArena arena;
    float *scratch = scratch_new (&on.shape, pool, &arena);
    SkConvBackward args = { .dx = part.dx, .dy = on.dy, .x = on.x, .w = on.w };
    g_autofree double *twice = g_new (double, on.n_w);

    sk_conv2d_backward (&on.shape, &args, scratch, pool);
    g_assert_cmpmem (part.dx, on.n_x * 4, all.dx, on.n_x * 4);
    args.dx = NULL;
    args.dw = part.dw;
    sk_conv2d_backward (&on.shape, &args, scratch, pool);
    sk_conv2d_backward (&on.shape, &args, scratch, pool);
    for (gsize j = 0; j < on.n_w; j++)
      twice[j] = 2 * (double) all.dw[j];
    g_assert_cmpfloat (sample_distance (part.dw, twice, on.n_w), <, TOLERANCE);
    sk_arena_clear (&arena);
    result_clear (&all);
    result_clear (&part);
    case_clear (&on);
  }
}

/* The loss ½‖y‖²: its gradient by one weight and one input, by central differences. */
static double
half_square (const Case *on, SkPool *pool, float *scratch, float *y) {
  SkConvForward forward = { .y = y, .x = on->x, .w = on->w };
  double loss = 0;

  sk_conv2d_forward (&on->shape, &forward, scratch, pool);
  for (gsize i = 0; i < on->n_y; i++)
    loss += 0.5 * (double) y[i] * (double) y[i];
  return loss;
}

static double
slope (const Case *on, float *number, SkPool *pool, float *scratch, float *y) {
  float kept = *number;
  double up, down;

  *number = kept + 0.01f;
  up = half_square (on, pool, scratch, y);
  *number = kept - 0.01f;
  down = half_square (on, pool, scratch, y);
  *number = kept;
  return (up - down) / 0.02;
}

static void
test_finite_differences (void) {
  static const int small[][8] = {
    { 2, 6, 5, 8, 16, 3, 1, 1 },
    { 2, 5, 6, 4, 8, 3, 2, 1 },
    { 2, 7, 8, 16, 16, 3, 2, 1 },
    { 2, 4, 4, 8, 8, 1, 1, 0 },
  };
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRng rng = sk_rng_at (15, 0, 0);

  for (guint i = 0; i < G_N_ELEMENTS (small); i++) {
    Case on = case_new (&rng, small[i], FALSE);
    Result result = result_new (&on);
    SkArena arena;
    float *scratch = scratch_new (&on.shape, pool, &arena);
    SkConvBackward args = { .dx = result.dx, .dw = result.dw, .x = on.x, .w = on.w };

    half_square (&on, pool, scratch, result.y);
    args.dy = sk_gradient_operand (result.y);
    sk_conv2d_backward (&on.shape, &args, scratch, pool);
    for (int probe = 0; probe < 20; probe++) {
      gsize at = sk_rng_below (&rng, (guint32) on.n_w);
      g_autofree float *y = g_new (float, on.n_y);
      double want = slope (&on, &on.w[at], pool, scratch, y);

      g_assert_cmpfloat (fabs (result.dw[at] - want), <, 2e-2 + 2e-3 * fabs (want));
      at = sk_rng_below (&rng, (guint32) on.n_x);
      want = slope (&on, (float *) on.x.data + at, pool, scratch, y);
      g_assert_cmpfloat (fabs (result.dx[at] - want), <, 2e-2 + 2e-3 * fabs (want));
    }
    sk_arena_clear (&arena);
    result_clear (&result);
    case_clear (&on);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn/conv/by-hand", test_by_hand);
  g_test_add_data_func ("/nn/conv/reference", GINT_TO_POINTER (FALSE), test_reference);
  g_test_add_data_func ("/nn/conv/reference/pending", GINT_TO_POINTER (TRUE),
                        test_reference);
  g_test_add_func ("/nn/conv/workers", test_workers);
  g_test_add_func ("/nn/conv/epilogue", test_epilogue);
  g_test_add_func ("/nn/conv/partial", test_partial_backward);
  g_test_add_func ("/nn/conv/finite-differences", test_finite_differences);
  return g_test_run ();
}
