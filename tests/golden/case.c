#include "case.h"

#include "optimizer.h"

#include <math.h>
#include <string.h>

#define MOMENTUM 0.9f
#define DECAY 0.3f
#define GRADIENT_FLOOR 0.05

static void
fade_skips (Golden *self) {
  for (int b = 0; b < self->plan->n_blocks; b++) {
    g_autofree char *name = g_strconcat ("lambda ", self->plan->blocks[b].name, NULL);
    float lambda;

    golden_between (name, 1, 0.2, 0.9, &lambda);
    sk_network_set_lambda (self->network, b, lambda);
  }
}

void
golden_open (Golden *self, const GoldenCase *description, SkNetworkFlags flags,
             int n_workers) {
  g_autofree char *file = g_strconcat (description->file, ".safetensors", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  g_autoptr (GError) error = NULL;
  SkVariant variant;

  self->description = description;
  self->expected = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (sk_variant_find (description->net, &variant, &error));
  self->plan = sk_plan_new (&variant, description->n, description->h, description->w,
                            description->classes, &error);
  g_assert_no_error (error);
  self->parameters = sk_parameters_new (self->plan, &error);
  g_assert_no_error (error);
  golden_fill (self->parameters, self->plan, description->settled);
  self->pool = sk_pool_new (n_workers, 0);
  self->network =
      sk_network_new (self->plan, self->parameters, flags, self->pool, &error);
  g_assert_no_error (error);
  if (description->fade)
    fade_skips (self);
  if (description->frozen) {
    g_autofree gboolean *selected = g_new0 (gboolean, self->plan->n_groups);

    g_assert_true (
        sk_plan_select_groups (self->plan, description->frozen, selected, NULL));
    for (int g = 0; g < self->plan->n_groups; g++)
      sk_network_set_frozen (self->network, g, selected[g]);
  }
  if (description->mode != SK_BN_TRAIN || description->everywhere)
    for (int g = 0; g < self->plan->n_groups; g++)
      sk_network_set_bn_mode (self->network, g, description->mode);
  self->images =
      g_new (float, (gsize) description->n * description->h * description->w * 3);
  self->labels = g_new (int, description->n);
}

void
golden_close (Golden *self) {
  sk_network_free (self->network);
  sk_pool_free (self->pool);
  sk_parameters_free (self->parameters);
  sk_plan_unref (self->plan);
  sk_tensor_file_free (self->expected);
  g_free (self->images);
  g_free (self->labels);
}

void
golden_load (Golden *self, int step) {
  const GoldenCase *description = self->description;

  golden_pictures (step, description->n, description->h, description->w, self->images);
  golden_labels (step, description->n, description->classes, self->labels);
}

float *
golden_expected (const Golden *self, const char *name, gsize *count) {
  const SkTensor *tensor = sk_tensor_file_find (self->expected, name);
  float *values;

  if (tensor == NULL)
    return NULL;
  values = g_new (float, tensor->count);
  sk_tensor_to_floats (tensor, values);
  *count = tensor->count;
  return values;
}

double
golden_distance (const float *a, const float *b, gsize count, double floor) {
  double difference = 0, square = 0;

  for (gsize i = 0; i < count; i++) {
    difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    square += (double) b[i] * b[i];
  }
  /* A NaN must not pass for small. */
  if (!isfinite (difference))
    return G_MAXDOUBLE;
  return difference == 0 ? 0 : sqrt (difference) / MAX (sqrt (square), floor);
}

/* The program's own SGD, on this case's network. */
static SkOptimizer *
optimizer_for (const Golden *self) {
  static const char *const modes[] = { "train", "affine", "statistics" };
  g_autoptr (GError) error = NULL;
  SkOptimizer *optimizer;
  SkRecipe recipe;

  sk_recipe_init (&recipe);
  recipe.optimizer = SK_OPTIMIZER_SGD;
  recipe.momentum = MOMENTUM;
  recipe.weight_decay = DECAY;
  recipe.nesterov = FALSE;
  recipe.lr_scale = g_strdup (self->description->scales);
  if (self->description->mode != SK_BN_TRAIN)
    recipe.bn_mode = g_strdup (modes[self->description->mode]);
  optimizer = sk_optimizer_new (&recipe, self->plan, self->pool, &error);
  g_assert_no_error (error);
  sk_recipe_clear (&recipe);
  return optimizer;
}

static void
step_right (Golden *self, SkOptimizer *optimizer) {
  g_autofree gboolean *frozen = g_new (gboolean, self->plan->n_groups);

  for (int g = 0; g < self->plan->n_groups; g++)
    frozen[g] = sk_network_is_frozen (self->network, g);
  sk_optimizer_step (optimizer, self->parameters->values,
                     sk_network_gradients (self->network),
                     (float) self->description->rate, frozen, NULL);
}

/* An SGD of the test's own, which can make mistakes. */
static void
step_tensor (float *w, float *momentum, const float *gradient, gsize count, float rate,
             float decay, gboolean first, gboolean nesterov) {
  for (gsize i = 0; i < count; i++) {
    float g = gradient[i] + decay * w[i];

    momentum[i] = first ? g : MOMENTUM * momentum[i] + g;
    w[i] -= rate * (nesterov ? g + MOMENTUM * momentum[i] : momentum[i]);
  }
}

static void
step_wrong (Golden *self, SgdKind kind, float *momentum, gboolean first) {
  for (int i = 0; i < self->plan->n_parameters; i++) {
    const SkParameter *tensor = &self->plan->parameters[i];
    gboolean norm =
        tensor->kind == SK_PARAMETER_BN_SCALE || tensor->kind == SK_PARAMETER_BN_SHIFT;

    if (!sk_network_learns (self->network, i))
      continue;
    step_tensor (self->parameters->values + tensor->offset, momentum + tensor->offset,
                 sk_network_gradients (self->network) + tensor->offset, tensor->count,
                 (float) self->description->rate,
                 norm && kind == SGD_NO_DECAY_ON_NORM ? 0 : DECAY, first,
                 kind == SGD_NESTEROV);
  }
}

/* Makes of the running variances what they would be had the batch's variance been divided
 * by N where it has to be N − 1: @before are the statistics before the forward. */
static void
bias_variances (Golden *self, const float *before) {
  const SkPlan *plan = self->plan;

  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    const SkParameter *variance = &plan->parameters[op->parameter + 3];
    double pixels = (double) self->description->n * op->h * op->w;

    if (op->kind != SK_OP_BATCHNORM)
      continue;
    for (gsize j = variance->offset; j < variance->offset + variance->count; j++) {
      float *now = &self->parameters->statistics[j];

      *now -= (*now - 0.9 * before[j]) / pixels;
    }
  }
}

void
golden_train (Golden *self, SgdKind kind, double *losses) {
  SkParameters *parameters = self->parameters;
  g_autoptr (SkOptimizer) optimizer = optimizer_for (self);
  g_autofree float *momentum = g_new0 (float, parameters->n_values);
  g_autofree float *before = g_new (float, parameters->n_statistics);

  for (int step = 0; step < 3; step++) {
    double loss;

    memcpy (before, parameters->statistics, parameters->n_statistics * sizeof (float));
    golden_load (self, step);
    sk_network_forward (self->network, self->images, self->description->n, TRUE);
    loss = sk_network_loss (self->network, self->labels, 0, NULL);
    sk_network_backward (self->network);
    if (kind == SGD_RIGHT)
      step_right (self, optimizer);
    else
      step_wrong (self, kind, momentum, step == 0);
    if (kind == SGD_BIASED_VARIANCE)
      bias_variances (self, before);
    if (losses != NULL)
      losses[step] = loss;
  }
}

/* The entries of tensor @index that golden files store, of a block laid out as the
 * parameters. */
static gsize
sample (const Golden *self, int index, const SkParameters *block, float *out) {
  const SkParameter *tensor = &self->plan->parameters[index];
  const float *values = sk_parameters_at (block, self->plan, index);
  gsize positions[GOLDEN_SAMPLES];
  gsize n = golden_positions (tensor->name, tensor->count, positions);
  gsize n_rs = (gsize) tensor->shape[2] * (gsize) tensor->shape[3];

  for (gsize i = 0; i < n; i++) {
    gsize at = positions[i];

    /* (K,C,R,S) in files, (R,S,C,K) in memory. */
    if (tensor->kind == SK_PARAMETER_CONV) {
      gsize k = (gsize) tensor->shape[0], c = (gsize) tensor->shape[1];

      at = (at % n_rs * c + at / n_rs % c) * k + at / n_rs / c;
    }
    out[i] = values[at];
  }
  return n;
}

double
golden_parameters_error (const Golden *self) {
  const char *culprit = "none";
  double worst = 0;

  for (int i = 0; i < self->plan->n_parameters; i++) {
    const char *tensor = self->plan->parameters[i].name;
    g_autofree char *name = g_strconcat ("after ", tensor, NULL);
    g_autofree float *expected = NULL;
    float ours[GOLDEN_SAMPLES];
    gsize n = sample (self, i, self->parameters, ours), count = 0;
    double error;

    expected = golden_expected (self, name, &count);
    g_assert_nonnull (expected);
    g_assert_cmpuint (count, ==, n);
    error = golden_distance (ours, expected, n, 0);
    if (error > worst) {
      worst = error;
      culprit = tensor;
    }
  }
  g_test_message ("parameters differ most in %s: %.1e", culprit, worst);
  return worst;
}

static double
norm_of (const float *values, gsize count) {
  double square = 0;

  for (gsize i = 0; i < count; i++)
    square += (double) values[i] * values[i];
  return sqrt (square);
}

/* Longest, over all tensors, of what is stored under @kind. */
static double
longest (const Golden *self, const char *kind) {
  double most = 0;

  for (int i = 0; i < self->plan->n_parameters; i++) {
    g_autofree char *name = g_strconcat (kind, self->plan->parameters[i].name, NULL);
    gsize count;
    g_autofree float *values = golden_expected (self, name, &count);

    if (values != NULL)
      most = MAX (most, norm_of (values, count));
  }
  return most;
}

double
golden_gradients_error (const Golden *self) {
  /* The gradient block, read as if it were the parameters. */
  SkParameters block = { .values = sk_network_gradients (self->network),
                         .statistics = self->parameters->statistics };
  double samples_floor = GRADIENT_FLOOR * longest (self, "gradient ");
  double norm_floor = GRADIENT_FLOOR * longest (self, "norm ");
  const char *culprit = "none";
  double worst = 0;

  for (int i = 0; i < self->plan->n_parameters; i++) {
    const SkParameter *tensor = &self->plan->parameters[i];
    g_autofree char *samples_name = g_strconcat ("gradient ", tensor->name, NULL);
    g_autofree char *norm_name = g_strconcat ("norm ", tensor->name, NULL);
    gsize count = 0;
    g_autofree float *samples = golden_expected (self, samples_name, &count);
    g_autofree float *norm = golden_expected (self, norm_name, &count);
    float ours[GOLDEN_SAMPLES], our_norm;
    double error;

    g_assert_cmpint (samples != NULL, ==, sk_network_learns (self->network, i));
    if (samples == NULL)
      continue;
    count = sample (self, i, &block, ours);
    our_norm = norm_of (block.values + tensor->offset, tensor->count);
    error = MAX (golden_distance (ours, samples, count, samples_floor),
                 golden_distance (&our_norm, norm, 1, norm_floor));
    if (error > worst) {
      worst = error;
      culprit = tensor->name;
    }
  }
  g_test_message ("gradients differ most in %s: %.1e", culprit, worst);
  return worst;
}
