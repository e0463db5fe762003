#include "parameters.h"

#include <math.h>
#include <string.h>

#include "rng.h"

SkParameters *
sk_parameters_new (const SkPlan *plan, GError **error) {
  SkParameters *self;
  SkArena arena;

  g_return_val_if_fail (plan != NULL, NULL);

  if (!sk_arena_init (&arena, plan->n_values + plan->n_statistics, "the parameters",
                      error))
    return NULL;
  self = g_new0 (SkParameters, 1);
  self->arena = arena;
  self->n_values = plan->n_values;
  self->n_statistics = plan->n_statistics;
  self->version = 1;
  self->values = sk_arena_take (&self->arena, self->n_values);
  self->statistics = sk_arena_take (&self->arena, self->n_statistics);
  return self;
}

void
sk_parameters_free (SkParameters *self) {
  if (self == NULL)
    return;
  sk_arena_clear (&self->arena);
  g_free (self);
}

void
sk_parameters_changed (SkParameters *self) {
  self->version++;
}

void
sk_parameters_copy (SkParameters *to, const SkParameters *from) {
  g_return_if_fail (to->n_values == from->n_values &&
                    to->n_statistics == from->n_statistics);

  memcpy (to->values, from->values, from->n_values * sizeof (float));
  memcpy (to->statistics, from->statistics, from->n_statistics * sizeof (float));
  sk_parameters_changed (to);
}

/* Where element @i of a tensor, counted in the order of files, lies in memory. */
static gsize
position (const SkParameter *parameter, gsize i) {
  const int *shape = parameter->shape;
  gsize c, k, rs, n_c, n_k, n_rs;

  if (parameter->kind != SK_PARAMETER_CONV)
    return i;
  n_k = shape[0];
  n_c = shape[1];
  n_rs = (gsize) shape[2] * shape[3];
  rs = i % n_rs;
  c = i / n_rs % n_c;
  k = i / n_rs / n_c;
  return (rs * n_c + c) * n_k + k;
}

void
sk_parameters_import (SkParameters *self, const SkPlan *plan, int index,
                      const float *values) {
  const SkParameter *parameter = &plan->parameters[index];
  float *to = sk_parameters_at (self, plan, index);

  for (gsize i = 0; i < parameter->count; i++)
    to[position (parameter, i)] = values[i];
  sk_parameters_changed (self);
}

void
sk_parameters_export (const SkParameters *self, const SkPlan *plan, int index,
                      float *values) {
  const SkParameter *parameter = &plan->parameters[index];
  const float *from = sk_parameters_at (self, plan, index);

  for (gsize i = 0; i < parameter->count; i++)
    values[i] = from[position (parameter, i)];
}

/* A number for a name (FNV-1a, 64 bits), to name its stream of draws. */
static guint64
hash_name (const char *name) {
  guint64 hash = 0xcbf29ce484222325u;

  for (; *name; name++)
    hash = (hash ^ (guint8) *name) * 0x100000001b3u;
  return hash;
}

static void
fill (float *values, gsize n, float value) {
  for (gsize i = 0; i < n; i++)
    values[i] = value;
}

static void
fill_uniform (float *values, gsize n, float bound, SkRng *rng) {
  for (gsize i = 0; i < n; i++)
    values[i] = bound * (2 * sk_rng_uniform (rng) - 1);
}

static void
initialise (const SkPlan *plan, int index, float *values, SkRng *rng) {
  const SkParameter *parameter = &plan->parameters[index];
  const int *shape = parameter->shape;

  switch (parameter->kind) {
  case SK_PARAMETER_CONV: {
    float deviation = sqrtf (2.0f / ((float) shape[0] * shape[2] * shape[3]));

    for (gsize i = 0; i < parameter->count; i++)
      values[position (parameter, i)] = deviation * sk_rng_normal (rng);
    break;
  }
  case SK_PARAMETER_LINEAR:
    fill_uniform (values, parameter->count, 1 / sqrtf (shape[1]), rng);
    break;
  case SK_PARAMETER_BIAS:
    /* The head's bias follows its weight, whose inputs bound both. */
    fill_uniform (values, parameter->count, 1 / sqrtf (parameter[-1].shape[1]), rng);
    break;
  case SK_PARAMETER_BN_SCALE:
  case SK_PARAMETER_BN_VAR:
    fill (values, parameter->count, 1);
    break;
  case SK_PARAMETER_BN_SHIFT:
  case SK_PARAMETER_BN_MEAN:
    fill (values, parameter->count, 0);
    break;
  }
}

typedef struct {
  SkParameters *parameters;
  const SkPlan *plan;
  guint64 seed;
  const gint *cancel;
} Initialisation;

static gboolean
is_cancelled (const gint *cancel) {
  return cancel && g_atomic_int_get (cancel);
}

static void
initialise_share (gpointer data, int worker, int n_workers) {
  const Initialisation *self = data;

  for (int i = worker; i < self->plan->n_parameters; i += n_workers) {
    SkRng rng = sk_rng_at (self->seed, hash_name (self->plan->parameters[i].name), 0);

    if (is_cancelled (self->cancel))
      return;
    initialise (self->plan, i, sk_parameters_at (self->parameters, self->plan, i),
                &rng);
  }
}

/* A plain block has no skip to carry the signal past a branch that is zero. */
static void
zero_branches (SkParameters *self, const SkPlan *plan) {
  for (int i = 0; plan->variant.skips && i < plan->n_blocks; i++) {
    int scale = plan->ops[plan->blocks[i].branch].parameter;

    fill (sk_parameters_at (self, plan, scale), plan->parameters[scale].count, 0);
  }
}

gboolean
sk_parameters_initialise_with (SkParameters *self, const SkPlan *plan, guint64 seed,
                               gboolean zero_gamma, SkPool *pool, const gint *cancel) {
  Initialisation task = {
    .parameters = self, .plan = plan, .seed = seed, .cancel = cancel
  };

  sk_pool_run (pool, initialise_share, &task);
  if (is_cancelled (cancel))
    return FALSE;
  if (zero_gamma)
    zero_branches (self, plan);
  sk_parameters_changed (self);
  return TRUE;
}

void
sk_parameters_initialise (SkParameters *self, const SkPlan *plan, guint64 seed,
                          gboolean zero_gamma) {
  Initialisation task = { .parameters = self, .plan = plan, .seed = seed };

  initialise_share (&task, 0, 1);
  if (zero_gamma)
    zero_branches (self, plan);
  sk_parameters_changed (self);
}
