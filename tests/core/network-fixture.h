#pragma once

#include <math.h>
#include <string.h>

#include "network.h"
#include "rng.h"

/* A small network with random weights, pictures and labels, for tests: of the large ones
 * the kind of blocks and stem, with a quarter of the channels and two blocks a stage. */
typedef struct {
  SkPlan *plan;
  SkParameters *parameters;
  SkPool *pool;
  SkNetwork *network;
  float *images; /* (n,h,w,3) */
  int *labels; /* (n) */
} Fixture;

static inline void
fixture_open (Fixture *self, const char *name, int n, int side, int classes,
              SkNetworkFlags flags, int n_workers) {
  g_autoptr (GError) error = NULL;
  SkRng rng = sk_rng_at (11, 1, 0);
  SkVariant variant;

  g_assert_true (sk_variant_find (name, &variant, NULL));
  if (variant.width == 64) {
    variant.width = 16;
    for (int s = 0; s < variant.n_stages; s++)
      variant.depths[s] = MIN (variant.depths[s], 2);
  }
  self->plan = sk_plan_new (&variant, n, side, side, classes, &error);
  g_assert_no_error (error);
  self->parameters = sk_parameters_new (self->plan, &error);
  g_assert_no_error (error);
  sk_parameters_initialise (self->parameters, self->plan, 3, FALSE);
  /* γ and β away from 1 and 0, where mistakes would hide. */
  for (int i = 0; i < self->plan->n_parameters; i++) {
    const SkParameter *parameter = &self->plan->parameters[i];
    float *values = sk_parameters_at (self->parameters, self->plan, i);

    for (gsize j = 0; j < parameter->count; j++) {
      float u = sk_rng_uniform (&rng);

      if (parameter->kind == SK_PARAMETER_BN_SCALE)
        values[j] = 0.6f + 0.6f * u;
      else if (parameter->kind == SK_PARAMETER_BN_SHIFT ||
               parameter->kind == SK_PARAMETER_BN_MEAN)
        values[j] = 0.4f * u - 0.2f;
      else if (parameter->kind == SK_PARAMETER_BN_VAR)
        values[j] = 0.5f + u;
    }
  }
  sk_parameters_changed (self->parameters);
  self->pool = sk_pool_new (n_workers, 0);
  self->network =
      sk_network_new (self->plan, self->parameters, flags, self->pool, &error);
  g_assert_no_error (error);
  self->images = g_new (float, (gsize) n *side *side * 3);
  self->labels = g_new (int, n);
  for (gsize i = 0; i < (gsize) n * side * side * 3; i++)
    self->images[i] = sk_rng_normal (&rng);
  for (int i = 0; i < n; i++)
    self->labels[i] = (int) sk_rng_below (&rng, (guint32) classes);
}

/* Keeps every channel well open or well closed, so that rounding moves no unit across
 * zero: gradients of two ways to compute them can then be compared closely. */
static inline void
fixture_settle (Fixture *self) {
  const SkPlan *plan = self->plan;
  SkRng rng = sk_rng_at (11, 2, 0);

  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    gboolean last =
        op->block >= 0 && plan->variant.skips && i == plan->blocks[op->block].branch;
    float *gamma, *beta;

    if (op->kind != SK_OP_BATCHNORM)
      continue;
    gamma = sk_parameters_at (self->parameters, plan, op->parameter);
    beta = sk_parameters_at (self->parameters, plan, op->parameter + 1);
    for (int c = 0; c < op->c; c++) {
      gboolean open = sk_rng_uniform (&rng) < 0.75f;

      gamma[c] = (last ? 0.05f : 0.7f) + 0.1f * sk_rng_uniform (&rng);
      beta[c] = open ? (last ? 0.8f : 4.5f) : (last ? -15.0f : -4.5f);
    }
  }
  sk_parameters_changed (self->parameters);
}

static inline void
fixture_close (Fixture *self) {
  sk_network_free (self->network);
  sk_pool_free (self->pool);
  sk_parameters_free (self->parameters);
  sk_plan_unref (self->plan);
  g_free (self->images);
  g_free (self->labels);
}

/* Forward and loss. */
static inline double
fixture_loss (Fixture *self, gboolean training) {
  sk_network_forward (self->network, self->images, self->plan->n, training);
  return sk_network_loss (self->network, self->labels, 0, NULL);
}

static inline void
fixture_step (Fixture *self) {
  fixture_loss (self, TRUE);
  sk_network_backward (self->network);
}

static inline double
fixture_norm (const float *values, gsize count) {
  double square = 0;

  for (gsize i = 0; i < count; i++)
    square += (double) values[i] * values[i];
  return sqrt (square);
}

/* ‖a − b‖ / ‖b‖ */
static inline double
fixture_distance (const float *a, const float *b, gsize count) {
  double difference = 0;

  for (gsize i = 0; i < count; i++)
    difference += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
  return sqrt (difference) / fmax (fixture_norm (b, count), 1e-30);
}

/* Worst difference of two networks' gradients over all groups, relative to the group's
 * length, or to a twentieth of the longest where a gradient nearly cancels out. */
static inline double
fixture_gradient_distance (const Fixture *a, const Fixture *b) {
  const float *ours = sk_network_gradients (a->network);
  const float *theirs = sk_network_gradients (b->network);
  double longest = 0, worst = 0;

  for (int g = 0; g < b->plan->n_groups; g++) {
    const SkGroup *group = &b->plan->groups[g];

    longest = fmax (longest, fixture_norm (theirs + group->offset, group->count));
  }
  for (int g = 0; g < b->plan->n_groups; g++) {
    const SkGroup *group = &b->plan->groups[g];
    double norm = fixture_norm (theirs + group->offset, group->count);
    double distance =
        fixture_distance (ours + group->offset, theirs + group->offset, group->count);

    worst = fmax (worst, distance * norm / fmax (norm, 0.05 * longest));
  }
  return worst;
}
