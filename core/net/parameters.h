#pragma once

#include "arena.h"
#include "parallel.h"
#include "plan.h"

/* The learnt numbers of a network: one block of parameters, one of running statistics. */
typedef struct {
  SkArena arena;
  float *values; /* (plan->n_values) */
  float *statistics; /* (plan->n_statistics) */
  gsize n_values, n_statistics;
  guint64 version; /* which numbers these are: networks that keep them in another form
                      look whether it changed */
} SkParameters;

SkParameters *
sk_parameters_new (const SkPlan *plan, GError **error);

void
sk_parameters_free (SkParameters *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkParameters, sk_parameters_free)

/**
 * sk_parameters_changed:
 *
 * To be called by whoever writes values or statistics himself, before an inference network
 * is to see them. The functions here, and a training network's forward, do.
 */
void
sk_parameters_changed (SkParameters *self);

/* Copies every value and statistic; both were made for the same variant and classes. */
void
sk_parameters_copy (SkParameters *to, const SkParameters *from);

/**
 * sk_parameters_initialise:
 * @seed: which draw
 * @zero_gamma: the last batch norm of each branch starts at γ = 0; a plain network's
 *   does not, as nothing would pass it
 *
 * As torchvision: convolutions normal with variance 2/(K·R·S) (He, fan-out), γ = 1,
 * β = 0, running mean 0 and variance 1, the head uniform in ±1/√C. Each tensor's draw
 * depends on the seed and its name only, so a plain twin begins with the same weights.
 */
void
sk_parameters_initialise (SkParameters *self, const SkPlan *plan, guint64 seed,
                          gboolean zero_gamma);

/**
 * sk_parameters_initialise_with:
 * @pool: tensors are dealt to its workers; the same bits as without
 * @cancel: (nullable): read between tensors
 *
 * Returns: FALSE where it was cancelled on the way
 */
gboolean
sk_parameters_initialise_with (SkParameters *self, const SkPlan *plan, guint64 seed,
                               gboolean zero_gamma, SkPool *pool, const gint *cancel);

/* The floats of parameter @index, in whichever block they lie. */
static inline float *
sk_parameters_at (const SkParameters *self, const SkPlan *plan, int index) {
  const SkParameter *parameter = &plan->parameters[index];
  gboolean running =
      parameter->kind == SK_PARAMETER_BN_MEAN || parameter->kind == SK_PARAMETER_BN_VAR;

  return (running ? self->statistics : self->values) + parameter->offset;
}

/**
 * sk_parameters_import:
 * @index: of a parameter of @plan
 * @values: (parameter->count) in the order of files: (K,C,R,S) for a convolution
 *
 * Converts to the order in memory.
 */
void
sk_parameters_import (SkParameters *self, const SkPlan *plan, int index,
                      const float *values);

/**
 * sk_parameters_export:
 * @values: (parameter->count) overwritten, in the order of files
 */
void
sk_parameters_export (const SkParameters *self, const SkPlan *plan, int index,
                      float *values);
