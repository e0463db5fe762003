#pragma once

#include "parallel.h"
#include "parameters.h"
#include "probe.h"
#include "recipe.h"

/* SGD, Adam and AdamW as PyTorch does them, over one block of parameters. */
typedef struct _SkOptimizer SkOptimizer;

#define SK_OPTIMIZER_MAX_SLOTS 2

/**
 * sk_optimizer_new:
 * @recipe: lr_scale, bn_mode, and the manner of its phases; begins with the first
 * @plan: reffed
 * @pool: not owned
 * @error: SK_ERROR_MEMORY, SK_ERROR_ARGUMENT where lr_scale makes no sense
 */
SkOptimizer *
sk_optimizer_new (const SkRecipe *recipe, const SkPlan *plan, SkPool *pool,
                  GError **error);

void
sk_optimizer_free (SkOptimizer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkOptimizer, sk_optimizer_free)

/* Floats of state per float of parameters: 0, 1 or 2; in the phase that needs more. */
int
sk_optimizer_slots_wanted (const SkRecipe *recipe);

/* From now on as @manner says, which is of one of the recipe's phases; the state stays.
 * Also for who has written the weights himself. */
void
sk_optimizer_set_manner (SkOptimizer *self, const SkManner *manner);

/* Forgets the state: momenta and the count of updates. */
void
sk_optimizer_reset (SkOptimizer *self);

/**
 * sk_optimizer_is_finite:
 * @gradients: (plan->n_values)
 *
 * Returns: whether no gradient of a group that learns is NaN or infinite
 */
gboolean
sk_optimizer_is_finite (SkOptimizer *self, const float *gradients,
                        const gboolean *frozen);

/**
 * sk_optimizer_step:
 * @values: (plan->n_values) updated where they learn
 * @gradients: (plan->n_values) of the mean batch loss
 * @lr: of this step, before lr_scale
 * @frozen: (plan->n_groups) groups that keep their values and their state
 * @layers: (plan->n_parameters) (nullable): overwritten with what was measured
 *
 * One pass over memory. The same sums whatever the number of workers. Allocates nothing.
 */
void
sk_optimizer_step (SkOptimizer *self, float *values, const float *gradients, float lr,
                   const gboolean *frozen, SkLayerProbe *layers);

/* Measures without updating: for a step whose gradients are not finite. */
void
sk_optimizer_measure (SkOptimizer *self, const float *values, const float *gradients,
                      SkLayerProbe *layers);

/* What a resumed run needs: state floats, (plan->n_values) a slot, and updates done per
 * group, (plan->n_groups). */
int
sk_optimizer_n_slots (const SkOptimizer *self);

float *
sk_optimizer_slot (SkOptimizer *self, int slot);

gint64 *
sk_optimizer_counts (SkOptimizer *self);
