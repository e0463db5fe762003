#pragma once

#include "arena.h"
#include "plan.h"

/* The learnt numbers of a network: one block of parameters, one of running statistics. */
typedef struct {
  SkArena arena;
  float *values; /* (plan->n_values) */
  float *statistics; /* (plan->n_statistics) */
  gsize n_values, n_statistics;
} SkParameters;

SkParameters *
sk_parameters_new (const SkPlan *plan, GError **error);

void
sk_parameters_free (SkParameters *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkParameters, sk_parameters_free)

/* Copies every value and statistic; both were made for the same variant and classes. */
void
sk_parameters_copy (SkParameters *to, const SkParameters *from);

/**
 * sk_parameters_initialise:
 * @seed: which draw
 * @zero_gamma: the last batch norm of each branch starts at γ = 0
 *
 * As torchvision: convolutions normal with variance 2/(K·R·S) (He, fan-out), γ = 1,
 * β = 0, running mean 0 and variance 1, the head uniform in ±1/√C. Each tensor's draw
 * depends on the seed and its name only, so a plain twin begins with the same weights.
 */
void
sk_parameters_initialise (SkParameters *self, const SkPlan *plan, guint64 seed,
                          gboolean zero_gamma);

/* The floats of parameter @index, in whichever block they lie. */
static inline float *
sk_parameters_at (const SkParameters *self, const SkPlan *plan, int index) {
  const SkParameter *parameter = &plan->parameters[index];
  gboolean running =
      parameter->kind == SK_PARAMETER_BN_MEAN || parameter->kind == SK_PARAMETER_BN_VAR;

  return (running ? self->statistics : self->values) + parameter->offset;
}
