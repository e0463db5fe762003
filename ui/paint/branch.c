#include "branch.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "range.h"

/* The least top of the axis, and how many updates must have fitted a lower one. */
#define LEAST_TOP 1.2
#define PATIENCE 40

SkBranch *
sk_branch_new (SkPlan *plan) {
  SkBranch *self;

  g_return_val_if_fail (plan != NULL, NULL);

  self = g_new0 (SkBranch, 1);
  self->plan = sk_plan_ref (plan);
  self->blocks = g_new0 (SkBlockState, plan->n_blocks + 1);
  self->top = LEAST_TOP;
  return self;
}

void
sk_branch_free (SkBranch *self) {
  if (self == NULL)
    return;
  g_free (self->blocks);
  sk_plan_unref (self->plan);
  g_free (self);
}

/* Grows at once, shrinks only after it was far too high for a while. */
static void
move_top (SkBranch *self) {
  double most = LEAST_TOP;

  for (int i = 0; i < self->plan->n_blocks; i++) {
    const SkBlockState *state = &self->blocks[i];

    if (isfinite (state->branch))
      most = MAX (most, 1.05 * (double) state->branch);
    if (isfinite (state->gamma))
      most = MAX (most, 1.05 * (double) state->gamma);
  }
  if (most > self->top) {
    self->top = 1.15 * most;
    self->patience = 0;
  } else if (most > 0.6 * self->top) {
    self->patience = 0;
  } else if (++self->patience >= PATIENCE) {
    self->top = MAX (1.15 * most, LEAST_TOP);
    self->patience = 0;
  }
}

void
sk_branch_update (SkBranch *self, const SkBlockState *blocks) {
  g_return_if_fail (self != NULL);

  self->filled = blocks != NULL;
  if (blocks == NULL)
    return;
  for (int i = 0; i < self->plan->n_blocks; i++)
    self->blocks[i] = blocks[i];
  move_top (self);
}

double
sk_branch_theory (int index) {
  return 1 / sqrt (index + 1.);
}

char *
sk_branch_describe (const SkBranch *self, int index) {
  const SkBlockState *state;
  const SkBlock *block;

  g_return_val_if_fail (self != NULL && index >= 0 && index < self->plan->n_blocks,
                        NULL);

  state = &self->blocks[index];
  block = &self->plan->blocks[index];
  if (!self->filled)
    return g_strdup_printf (_ ("Block %d.%d: not measured"), block->stage,
                            block->index);
  return g_strdup_printf (_ ("Block %d.%d: F(x) against x %.2f, theory at the start "
                             "%.2f, |γ| %.3f, silent outputs %.0f %%"),
                          block->stage, block->index, (double) state->branch,
                          sk_branch_theory (index), (double) state->gamma,
                          100 * (double) state->dead);
}

char *
sk_branch_summary (const SkBranch *self) {
  int weakest = 0, strongest = 0;
  g_autofree char *weak = NULL, *strong = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (!self->filled || self->plan->n_blocks == 0)
    return g_strdup (_ ("Nothing measured yet"));
  for (int i = 1; i < self->plan->n_blocks; i++) {
    if (self->blocks[i].branch < self->blocks[weakest].branch)
      weakest = i;
    if (self->blocks[i].branch > self->blocks[strongest].branch)
      strongest = i;
  }
  weak = sk_branch_describe (self, weakest);
  strong = sk_branch_describe (self, strongest);
  return g_strdup_printf (_ ("Weakest: %s. Strongest: %s."), weak, strong);
}
