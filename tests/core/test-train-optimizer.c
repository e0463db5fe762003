/* The optimisers against PyTorch's, and what they promise besides. */

#include <math.h>
#include <string.h>

#include "errors.h"
#include "optimizer.h"
#include "safetensors.h"

#define A 40
#define B 9
#define STEPS 6

/* b begins on a cache line of its own, as in every plan. */
#define B_AT 48
#define N_VALUES 64

static const float rates[STEPS] = { 0.1f, 0.1f, 0.05f, 0.05f, 0.01f, 0.01f };

/* A network of two tensors in two groups. */
static SkPlan *
make_plan (void) {
  static SkParameter parameters[] = {
    { (char *) "a.weight", SK_PARAMETER_CONV, 0, { A }, 1, 0, A },
    { (char *) "b.weight", SK_PARAMETER_BN_SCALE, 1, { B }, 1, B_AT, B },
  };
  static SkGroup groups[] = {
    { (char *) "stem", 0, A, 0, 0 },
    { (char *) "fc", B_AT, B, 0, 0 },
  };
  static SkPlan plan;

  plan = (SkPlan){ .parameters = parameters,
                   .n_parameters = 2,
                   .groups = groups,
                   .n_groups = 2,
                   .n_values = N_VALUES };
  g_atomic_ref_count_init (&plan.refs);
  /* One more than is ever given back: it is not on the heap. */
  g_atomic_ref_count_inc (&plan.refs);
  return &plan;
}

static void
spread (const float *row, float *values) {
  memcpy (values, row, A * sizeof (float));
  memcpy (values + B_AT, row + A, B * sizeof (float));
}

static SkTensorFile *
read_golden (void) {
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "golden", "optimizer.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  SkTensorFile *file = sk_tensor_file_read (path, &error);

  g_assert_no_error (error);
  return file;
}

static const struct {
  const char *name;
  SkOptimizerKind kind;
  float momentum, weight_decay;
  gboolean nesterov;
  float rate_scale;
} cases[] = {
  { "sgd", SK_OPTIMIZER_SGD, 0, 0.05f, FALSE, 1 },
  { "momentum", SK_OPTIMIZER_SGD, 0.9f, 5e-4f, FALSE, 1 },
  { "nesterov", SK_OPTIMIZER_SGD, 0.9f, 0.05f, TRUE, 1 },
  { "adam", SK_OPTIMIZER_ADAM, 0.9f, 0.05f, FALSE, 0.1f },
  { "adamw", SK_OPTIMIZER_ADAMW, 0.9f, 0.3f, FALSE, 0.1f },
  { "momentum-frozen", SK_OPTIMIZER_SGD, 0.9f, 0.05f, FALSE, 1 },
  { "adam-frozen", SK_OPTIMIZER_ADAM, 0.9f, 0, FALSE, 0.1f },
};

static double
worst_difference (gsize index, int n_workers) {
  g_autoptr (SkTensorFile) file = read_golden ();
  g_autoptr (SkPool) pool = sk_pool_new (n_workers, 0);
  SkPlan *plan = make_plan ();
  SkRecipe recipe = { .optimizer = cases[index].kind,
                      .momentum = cases[index].momentum,
                      .weight_decay = cases[index].weight_decay,
                      .nesterov = cases[index].nesterov };
  g_autoptr (SkOptimizer) optimizer = sk_optimizer_new (&recipe, plan, pool, NULL);
  float start[A + B], gradients[STEPS][A + B], golden[STEPS][A + B];
  float values[N_VALUES] = { 0 }, gradient[N_VALUES] = { 0 }, want[N_VALUES];
  double worst = 0;

  sk_tensor_to_floats (sk_tensor_file_find (file, "start"), start);
  sk_tensor_to_floats (sk_tensor_file_find (file, "gradients"), gradients[0]);
  sk_tensor_to_floats (sk_tensor_file_find (file, cases[index].name), golden[0]);
  spread (start, values);
  for (int step = 0; step < STEPS; step++) {
    gboolean frozen[2] = { FALSE, step < 3 &&
                                      g_str_has_suffix (cases[index].name, "-frozen") };

    spread (gradients[step], gradient);
    sk_optimizer_step (optimizer, values, gradient,
                       rates[step] * cases[index].rate_scale, frozen, NULL);
    memcpy (want, values, sizeof want);
    spread (golden[step], want);
    for (int i = 0; i < N_VALUES; i++)
      worst = MAX (worst, fabs ((double) values[i] - (double) want[i]));
  }
  return worst;
}

/* Values are of the order of 1; six steps of float arithmetic in another order. */
static void
test_agrees_with_pytorch (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int n_workers = 1; n_workers <= 3; n_workers++) {
      double worst = worst_difference (i, n_workers);

      g_test_message ("%s, %d workers: %.2g", cases[i].name, n_workers, worst);
      g_assert_cmpfloat (worst, <, 1e-6);
    }
}

/* A larger network, where chunks, tails and all workers take part. */
static SkPlan *
real_plan (void) {
  SkVariant variant;

  g_assert_true (sk_variant_find ("resnet20", &variant, NULL));
  return sk_plan_new (&variant, 1, 0, 0, 10, NULL);
}

static void
fill (float *to, gsize n, guint64 stream) {
  for (gsize i = 0; i < n; i++) {
    guint64 x = (i + 1) * 0x9e3779b97f4a7c15u + stream * 0xbf58476d1ce4e5b9u;

    x ^= x >> 29;
    to[i] = (float) (x * 0x94d049bb133111ebu >> 40) / (1 << 24) - 0.5f;
  }
}

static void
test_probes_are_the_norms (void) {
  g_autoptr (SkPlan) plan = real_plan ();
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRecipe recipe = { .optimizer = SK_OPTIMIZER_SGD, .momentum = 0.9f };
  g_autoptr (SkOptimizer) optimizer = sk_optimizer_new (&recipe, plan, pool, NULL);
  g_autofree float *values = g_new (float, plan->n_values);
  g_autofree float *before = g_new (float, plan->n_values);
  g_autofree float *gradients = g_new (float, plan->n_values);
  g_autofree gboolean *frozen = g_new0 (gboolean, plan->n_groups);
  g_autofree SkLayerProbe *layers = g_new (SkLayerProbe, plan->n_parameters);

  fill (values, plan->n_values, 1);
  fill (gradients, plan->n_values, 2);
  memcpy (before, values, plan->n_values * sizeof *values);
  sk_optimizer_step (optimizer, values, gradients, 0.1f, frozen, layers);
  for (int i = 0; i < plan->n_parameters; i++) {
    const SkParameter *p = &plan->parameters[i];
    double g = 0, w = 0, d = 0;

    if (p->kind == SK_PARAMETER_BN_MEAN || p->kind == SK_PARAMETER_BN_VAR) {
      g_assert_cmpfloat (layers[i].gradient_norm, ==, 0);
      continue;
    }
    for (gsize j = p->offset; j < p->offset + p->count; j++) {
      g += (double) gradients[j] * (double) gradients[j];
      w += (double) before[j] * (double) before[j];
      d += pow ((double) values[j] - (double) before[j], 2);
    }
    g_assert_cmpfloat_with_epsilon (layers[i].gradient_norm, sqrt (g), 1e-9 * sqrt (g));
    g_assert_cmpfloat_with_epsilon (layers[i].gradient_rms,
                                    sqrt (g / (double) p->count), 1e-9);
    g_assert_cmpfloat_with_epsilon (layers[i].weight_norm, sqrt (w), 1e-9 * sqrt (w));
    g_assert_cmpfloat_with_epsilon (layers[i].update_ratio, sqrt (d / w), 1e-5);
  }
}

static void
test_workers_do_not_change_bits (void) {
  g_autoptr (SkPlan) plan = real_plan ();
  g_autofree gboolean *frozen = g_new0 (gboolean, plan->n_groups);
  g_autofree float *first = NULL;
  g_autofree SkLayerProbe *first_layers = NULL;

  for (int n_workers = 1; n_workers <= 3; n_workers++) {
    g_autoptr (SkPool) pool = sk_pool_new (n_workers, 0);
    SkRecipe recipe = { .optimizer = SK_OPTIMIZER_ADAM, .weight_decay = 0.01f };
    g_autoptr (SkOptimizer) optimizer = sk_optimizer_new (&recipe, plan, pool, NULL);
    g_autofree float *values = g_new (float, plan->n_values);
    g_autofree float *gradients = g_new (float, plan->n_values);
    g_autofree SkLayerProbe *layers = g_new (SkLayerProbe, plan->n_parameters);

    fill (values, plan->n_values, 1);
    for (guint64 step = 0; step < 3; step++) {
      fill (gradients, plan->n_values, 2 + step);
      sk_optimizer_step (optimizer, values, gradients, 0.01f, frozen, layers);
    }
    if (first == NULL) {
      first = g_steal_pointer (&values);
      first_layers = g_steal_pointer (&layers);
      continue;
    }
    g_assert_cmpmem (values, plan->n_values * sizeof (float), first,
                     plan->n_values * sizeof (float));
    g_assert_cmpmem (layers, (gsize) plan->n_parameters * sizeof *layers, first_layers,
                     (gsize) plan->n_parameters * sizeof *layers);
  }
}

static void
test_frozen_and_affine_stay (void) {
  SkPlan *plan = make_plan ();
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRecipe recipe = { .optimizer = SK_OPTIMIZER_SGD,
                      .momentum = 0.9f,
                      .weight_decay = 0.1f,
                      .bn_mode = (char *) "affine" };
  g_autoptr (SkOptimizer) optimizer = sk_optimizer_new (&recipe, plan, pool, NULL);
  float values[N_VALUES], before[N_VALUES], gradients[N_VALUES] = { 0 };
  gboolean frozen[2] = { FALSE, FALSE };

  fill (values, N_VALUES, 1);
  memcpy (before, values, sizeof before);
  /* b is batch norm's: it keeps its bits though weight decay pulls at it */
  sk_optimizer_step (optimizer, values, gradients, 0.1f, frozen, NULL);
  g_assert_cmpmem (values + A, (N_VALUES - A) * sizeof (float), before + A,
                   (N_VALUES - A) * sizeof (float));
  g_assert_cmpfloat (values[0], !=, before[0]);
  memcpy (before, values, sizeof before);
  frozen[0] = TRUE;
  sk_optimizer_step (optimizer, values, gradients, 0.1f, frozen, NULL);
  g_assert_cmpmem (values, sizeof values, before, sizeof before);
}

static void
test_lr_scale (void) {
  SkPlan *plan = make_plan ();
  g_autoptr (SkPool) pool = sk_pool_new (1, 0);
  SkRecipe recipe = { .optimizer = SK_OPTIMIZER_SGD,
                      .lr_scale = (char *) "stem=0.5, fc=10" };
  static const char *const wrong[] = { "stem",     "stem=", "stem=x",
                                       "layer9=1", "fc=-1", "=1" };
  float values[N_VALUES] = { 0 }, gradients[N_VALUES];
  gboolean frozen[2] = { FALSE, FALSE };
  g_autoptr (SkOptimizer) optimizer = sk_optimizer_new (&recipe, plan, pool, NULL);

  for (int i = 0; i < N_VALUES; i++)
    gradients[i] = -1;
  sk_optimizer_step (optimizer, values, gradients, 0.25f, frozen, NULL);
  g_assert_cmpfloat (values[0], ==, 0.125f);
  g_assert_cmpfloat (values[B_AT], ==, 2.5f);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    recipe.lr_scale = (char *) wrong[i];
    g_assert_null (sk_optimizer_new (&recipe, plan, pool, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  }
}

static void
test_not_finite_is_seen (void) {
  g_autoptr (SkPlan) plan = real_plan ();
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  SkRecipe recipe = { .optimizer = SK_OPTIMIZER_SGD };
  g_autoptr (SkOptimizer) optimizer = sk_optimizer_new (&recipe, plan, pool, NULL);
  g_autofree float *values = g_new (float, plan->n_values);
  g_autofree float *gradients = g_new (float, plan->n_values);
  g_autofree gboolean *frozen = g_new0 (gboolean, plan->n_groups);
  g_autofree SkLayerProbe *layers = g_new (SkLayerProbe, plan->n_parameters);
  static const float bad[] = { NAN, INFINITY, -INFINITY };

  fill (values, plan->n_values, 1);
  fill (gradients, plan->n_values, 2);
  g_assert_true (sk_optimizer_is_finite (optimizer, gradients, frozen));
  for (int i = 0; i < plan->n_parameters; i += 7) {
    const SkParameter *p = &plan->parameters[i];
    float *at = gradients + p->offset + p->count - 1, kept = *at;

    if (p->kind == SK_PARAMETER_BN_MEAN || p->kind == SK_PARAMETER_BN_VAR)
      continue;
    *at = bad[i % 3];
    g_assert_false (sk_optimizer_is_finite (optimizer, gradients, frozen));
    sk_optimizer_measure (optimizer, values, gradients, layers);
    g_assert_cmpint (layers[i].non_finite, ==, 1);
    frozen[p->group] = TRUE;
    g_assert_true (sk_optimizer_is_finite (optimizer, gradients, frozen));
    frozen[p->group] = FALSE;
    *at = kept;
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimizer/pytorch", test_agrees_with_pytorch);
  g_test_add_func ("/optimizer/probes", test_probes_are_the_norms);
  g_test_add_func ("/optimizer/workers", test_workers_do_not_change_bits);
  g_test_add_func ("/optimizer/frozen", test_frozen_and_affine_stay);
  g_test_add_func ("/optimizer/lr-scale", test_lr_scale);
  g_test_add_func ("/optimizer/not-finite", test_not_finite_is_seen);
  return g_test_run ();
}
