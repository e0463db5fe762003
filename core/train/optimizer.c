/* The optimiser over the parameter block. Work is cut into chunks of a fixed size, each
 * summed on its own and added up in order, so that sums do not depend on how many workers
 * there are. */

#include "optimizer.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "errors.h"
#include "update.h"

#define CHUNK 16384

/* PyTorch's defaults, which nobody changes. */
#define ADAM_BETA1 0.9
#define ADAM_BETA2 0.999
#define ADAM_EPSILON 1e-8

typedef struct {
  int parameter;
  gsize begin, count; /* floats of the block */
  SkUpdateSums sums;
  gint64 non_finite;
  gboolean measured; /* does not learn, and nothing has moved since it was measured */
} Chunk;

struct _SkOptimizer {
  SkPlan *plan;
  SkPool *pool;
  const SkUpdateTable *table;
  SkOptimizerKind kind;
  gboolean nesterov, affine_frozen;
  float momentum, weight_decay;
  float *lr_scale; /* (n_groups) */
  gint64 *counts; /* (n_groups) updates done */
  SkArena arena;
  float *slots[SK_OPTIMIZER_MAX_SLOTS];
  int n_slots;
  Chunk *chunks;
  gsize n_chunks;

  /* of the step under way */
  SkUpdate *updates; /* (n_groups) */
  float *values;
  const float *gradients;
  const gboolean *frozen;
  gboolean measuring; /* sums of what does not learn are wanted too */
};

int
sk_optimizer_slots_wanted (const SkRecipe *recipe) {
  int n_slots = 0;

  for (int phase = 0; phase < (recipe->unfreeze > 0 ? 2 : 1); phase++) {
    SkManner manner = sk_recipe_manner (recipe, phase);

    n_slots = MAX (n_slots, manner.optimizer != SK_OPTIMIZER_SGD ? 2
                            : manner.momentum > 0                ? 1
                                                                 : 0);
  }
  return n_slots;
}

void
sk_optimizer_set_manner (SkOptimizer *self, const SkManner *manner) {
  self->kind = manner->optimizer;
  self->nesterov = manner->nesterov;
  self->momentum = manner->momentum;
  self->weight_decay = manner->weight_decay;
  for (gsize i = 0; i < self->n_chunks; i++)
    self->chunks[i].measured = FALSE;
}

void
sk_optimizer_reset (SkOptimizer *self) {
  for (int i = 0; i < self->n_slots; i++)
    memset (self->slots[i], 0, self->plan->n_values * sizeof (float));
  memset (self->counts, 0, (gsize) self->plan->n_groups * sizeof *self->counts);
}

static gboolean
is_running (const SkParameter *parameter) {
  return parameter->kind == SK_PARAMETER_BN_MEAN ||
         parameter->kind == SK_PARAMETER_BN_VAR;
}

/* Frozen affine: γ and β of batch norm do not learn, the rest does. */
static gboolean
learns (const SkOptimizer *self, const SkParameter *parameter, const gboolean *frozen) {
  if (frozen[parameter->group])
    return FALSE;
  return !self->affine_frozen || (parameter->kind != SK_PARAMETER_BN_SCALE &&
                                  parameter->kind != SK_PARAMETER_BN_SHIFT);
}

static gboolean
parse_scale (SkOptimizer *self, const char *entry, GError **error) {
  const char *equals = strchr (entry, '=');
  g_autofree char *group = NULL;
  g_autofree gboolean *selected = g_new0 (gboolean, self->plan->n_groups);
  double scale = -1;
  char *end = NULL;

  if (equals != NULL) {
    group = g_strndup (entry, (gsize) (equals - entry));
    scale = g_ascii_strtod (equals + 1, &end);
  }
  if (equals == NULL || end == equals + 1 || *end != '\0' || !isfinite (scale) ||
      scale < 0 || scale > 1e6)
    return sk_refuse (error, SK_ERROR_ARGUMENT,
                      "“%s” does not scale a learning rate; write GROUP=X, such as "
                      "layer1=0.1",
                      entry);
  if (!sk_plan_select_groups (self->plan, g_strstrip (group), selected, error))
    return FALSE;
  for (int i = 0; i < self->plan->n_groups; i++)
    if (selected[i])
      self->lr_scale[i] = (float) scale;
  return TRUE;
}

static gboolean
parse_scales (SkOptimizer *self, const char *text, GError **error) {
  g_auto (GStrv) entries = g_strsplit (text != NULL ? text : "", ",", 0);

  for (int i = 0; i < self->plan->n_groups; i++)
    self->lr_scale[i] = 1;
  for (char **entry = entries; *entry != NULL; entry++)
    if (!parse_scale (self, *entry, error))
      return FALSE;
  return TRUE;
}

static void
cut_into_chunks (SkOptimizer *self) {
  GArray *chunks = g_array_new (FALSE, TRUE, sizeof (Chunk));

  for (int i = 0; i < self->plan->n_parameters; i++) {
    const SkParameter *parameter = &self->plan->parameters[i];

    if (is_running (parameter))
      continue;
    for (gsize at = 0; at < parameter->count; at += CHUNK) {
      Chunk chunk = { .parameter = i,
                      .begin = parameter->offset + at,
                      .count = MIN (CHUNK, parameter->count - at) };

      g_array_append_val (chunks, chunk);
    }
  }
  self->n_chunks = chunks->len;
  self->chunks = (Chunk *) g_array_free (chunks, FALSE);
}

SkOptimizer *
sk_optimizer_new (const SkRecipe *recipe, const SkPlan *plan, SkPool *pool,
                  GError **error) {
  g_autoptr (SkOptimizer) self = g_new0 (SkOptimizer, 1);
  gsize n_slots = (gsize) sk_optimizer_slots_wanted (recipe);
  SkManner manner = sk_recipe_manner (recipe, 0);

  self->plan = sk_plan_ref (plan);
  self->pool = pool;
  self->table = sk_update_table ();
  sk_optimizer_set_manner (self, &manner);
  self->affine_frozen = g_strcmp0 (recipe->bn_mode, "affine") == 0;
  self->lr_scale = g_new0 (float, plan->n_groups);
  self->counts = g_new0 (gint64, plan->n_groups);
  self->updates = g_new0 (SkUpdate, plan->n_groups);
  if (!parse_scales (self, recipe->lr_scale, error))
    return NULL;
  if (n_slots > 0 &&
      !sk_arena_init (&self->arena, n_slots * sk_arena_round (plan->n_values),
                      "the optimiser's state", error))
    return NULL;
  for (gsize i = 0; i < n_slots; i++)
    self->slots[i] = sk_arena_take (&self->arena, plan->n_values);
  self->n_slots = (int) n_slots;
  cut_into_chunks (self);
  return g_steal_pointer (&self);
}

void
sk_optimizer_free (SkOptimizer *self) {
  if (self == NULL)
    return;
  if (self->n_slots > 0)
    sk_arena_clear (&self->arena);
  g_free (self->chunks);
  g_free (self->updates);
  g_free (self->counts);
  g_free (self->lr_scale);
  sk_plan_unref (self->plan);
  g_free (self);
}

/* Whose part a chunk is: cut by floats, as chunks of batch norm are tiny. */
static gboolean
is_mine (const SkOptimizer *self, const Chunk *chunk, int worker, int n_workers) {
  return (int) (chunk->begin * (gsize) n_workers / self->plan->n_values) == worker;
}

static void
finite_part (gpointer data, int worker, int n_workers) {
  SkOptimizer *self = data;

  for (gsize i = 0; i < self->n_chunks; i++) {
    Chunk *chunk = &self->chunks[i];
    const SkParameter *parameter = &self->plan->parameters[chunk->parameter];

    if (is_mine (self, chunk, worker, n_workers))
      chunk->non_finite =
          learns (self, parameter, self->frozen) &&
          !self->table->is_finite (self->gradients + chunk->begin, chunk->count);
  }
}

gboolean
sk_optimizer_is_finite (SkOptimizer *self, const float *gradients,
                        const gboolean *frozen) {
  self->gradients = gradients;
  self->frozen = frozen;
  sk_pool_run (self->pool, finite_part, self);
  for (gsize i = 0; i < self->n_chunks; i++)
    if (self->chunks[i].non_finite != 0)
      return FALSE;
  return TRUE;
}

/* Slow, and only where something is frozen or has gone wrong. */
static void
measure_chunk (const float *w, const float *g, Chunk *chunk) {
  chunk->sums = (SkUpdateSums){ 0 };
  chunk->non_finite = 0;
  for (gsize i = 0; i < chunk->count; i++) {
    double gradient = (double) g[chunk->begin + i],
           weight = (double) w[chunk->begin + i];

    chunk->sums.gradient += gradient * gradient;
    chunk->sums.weight += weight * weight;
    chunk->non_finite += !isfinite (gradient);
  }
}

static void
update_chunk (SkOptimizer *self, Chunk *chunk, int group) {
  float *first = self->n_slots > 0 ? self->slots[0] + chunk->begin : NULL;
  float *second = self->n_slots > 1 ? self->slots[1] + chunk->begin : NULL;
  SkUpdateFunc rule = self->table->adam;

  if (self->kind == SK_OPTIMIZER_SGD)
    rule = !(self->momentum > 0)
               ? self->table->sgd
               : (self->nesterov ? self->table->nesterov : self->table->momentum);
  chunk->non_finite = 0;
  rule (&self->updates[group], self->values + chunk->begin,
        self->gradients + chunk->begin, first, second, chunk->count, &chunk->sums);
}

static void
step_part (gpointer data, int worker, int n_workers) {
  SkOptimizer *self = data;

  for (gsize i = 0; i < self->n_chunks; i++) {
    Chunk *chunk = &self->chunks[i];
    const SkParameter *parameter = &self->plan->parameters[chunk->parameter];

    if (!is_mine (self, chunk, worker, n_workers))
      continue;
    if (learns (self, parameter, self->frozen))
      update_chunk (self, chunk, parameter->group);
    else if (self->measuring && !chunk->measured)
      measure_chunk (self->values, self->gradients, chunk);
    else
      continue;
    /* What is frozen has no gradient, and its weights stay. */
    chunk->measured = self->frozen[parameter->group];
  }
}

/* What the rules need to know, one per group: frozen ones do not count their steps, as
 * PyTorch skips a parameter without gradient. */
static void
prepare_updates (SkOptimizer *self, float lr, const gboolean *frozen) {
  gboolean adam = self->kind != SK_OPTIMIZER_SGD;
  gboolean decoupled = self->kind == SK_OPTIMIZER_ADAMW;

  for (int i = 0; i < self->plan->n_groups; i++) {
    SkUpdate *update = &self->updates[i];
    double rate = (double) (lr * self->lr_scale[i]);
    double t;

    if (frozen[i])
      continue;
    t = (double) ++self->counts[i];
    *update = (SkUpdate){ .lr = (float) rate,
                          .weight_decay = decoupled ? 0 : self->weight_decay,
                          .momentum = self->momentum };
    if (!adam)
      continue;
    if (decoupled)
      update->decay = (float) (rate * (double) self->weight_decay);
    update->momentum = (float) ADAM_BETA1;
    update->beta2 = (float) ADAM_BETA2;
    update->epsilon = (float) ADAM_EPSILON;
    update->step_size = (float) (rate / (1 - pow (ADAM_BETA1, t)));
    update->inverse_root = (float) (1 / sqrt (1 - pow (ADAM_BETA2, t)));
  }
}

static void
gather_layers (const SkOptimizer *self, SkLayerProbe *layers) {
  memset (layers, 0, (gsize) self->plan->n_parameters * sizeof *layers);
  for (gsize i = 0; i < self->n_chunks; i++) {
    const Chunk *chunk = &self->chunks[i];
    SkLayerProbe *layer = &layers[chunk->parameter];

    layer->gradient_norm += chunk->sums.gradient;
    layer->weight_norm += chunk->sums.weight;
    layer->update_ratio += chunk->sums.update;
    layer->non_finite += chunk->non_finite;
  }
  for (int i = 0; i < self->plan->n_parameters; i++) {
    SkLayerProbe *layer = &layers[i];
    double square = layer->gradient_norm;

    layer->gradient_norm = sqrt (square);
    layer->gradient_rms = sqrt (square / (double) self->plan->parameters[i].count);
    /* Before the root: both are squares. */
    layer->update_ratio =
        layer->weight_norm > 0 ? sqrt (layer->update_ratio / layer->weight_norm) : 0;
    layer->weight_norm = sqrt (layer->weight_norm);
  }
}

void
sk_optimizer_step (SkOptimizer *self, float *values, const float *gradients, float lr,
                   const gboolean *frozen, SkLayerProbe *layers) {
  prepare_updates (self, lr, frozen);
  self->values = values;
  self->gradients = gradients;
  self->frozen = frozen;
  self->measuring = layers != NULL;
  sk_pool_run (self->pool, step_part, self);
  if (layers != NULL)
    gather_layers (self, layers);
}

void
sk_optimizer_measure (SkOptimizer *self, const float *values, const float *gradients,
                      SkLayerProbe *layers) {
  for (gsize i = 0; i < self->n_chunks; i++)
    measure_chunk (values, gradients, &self->chunks[i]);
  for (gsize i = 0; i < self->n_chunks; i++)
    self->chunks[i].measured = FALSE;
  gather_layers (self, layers);
}

int
sk_optimizer_n_slots (const SkOptimizer *self) {
  return self->n_slots;
}

float *
sk_optimizer_slot (SkOptimizer *self, int slot) {
  return self->slots[slot];
}

gint64 *
sk_optimizer_counts (SkOptimizer *self) {
  return self->counts;
}
