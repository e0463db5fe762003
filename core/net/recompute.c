#include "fused.h"

/* Recompute rather than store: a block's output is cheap to make again from what is kept
 * anyway, its branch's raw output and its skip. So of each segment of blocks only the last
 * one's output is kept through forward; by the time that backward wants the others, it has
 * done with what lies behind them, and they take its place. */

/* What an option A shortcut gave is gone when backward comes. */
static gboolean
can_be_made_again (const SkPlan *plan, int block) {
  int skip = plan->blocks[block].skip;

  return block < plan->n_blocks - 1 &&
         (skip < 0 || plan->ops[skip].kind != SK_OP_SUBSAMPLE);
}

int
sk_segment_end (const SkPlan *plan, int block, int length) {
  while ((block + 1) % length != 0 && can_be_made_again (plan, block))
    block++;
  return block;
}

void
sk_recompute_reset (SkNetwork *self) {
  for (int b = 0; b < self->plan->n_blocks; b++)
    self->ops[self->plan->blocks[b].last].out = self->blocks[b].out;
}

void
sk_recompute_before (SkNetwork *self, int op) {
  const SkPlan *plan = self->plan;
  int end, first;

  if (!sk_ends_block (plan, op))
    return;
  end = first = plan->ops[op].block;
  if (self->blocks[end].again != NULL)
    return;
  while (first > 0 && self->blocks[first - 1].again != NULL)
    first--;
  for (int b = first; b < end; b++) {
    self->ops[plan->blocks[b].last].out = self->blocks[b].again;
    sk_fused_join (self, b, NULL);
  }
}
