#include "join.h"
#include "network-private.h"
#include "pooling.h"

/* Blocks without their branch, and forwards that begin in the middle: what lesion studies
 * are made of. */

void
sk_network_set_bypassed (SkNetwork *self, int block, gboolean bypassed) {
  g_return_if_fail (block >= 0 && block < self->plan->n_blocks);
  g_return_if_fail (!(self->flags & SK_NETWORK_TRAIN));
  g_return_if_fail (self->plan->blocks[block].skip >= 0 ||
                    self->flags & SK_NETWORK_RESUMABLE);
  self->bypassed[block] = bypassed;
}

gboolean
sk_network_is_bypassed (const SkNetwork *self, int block) {
  g_return_val_if_fail (block >= 0 && block < self->plan->n_blocks, FALSE);
  return self->bypassed[block];
}

const float *
sk_network_forward_from (SkNetwork *self, int block) {
  g_return_val_if_fail (self->flags & SK_NETWORK_RESUMABLE, NULL);
  g_return_val_if_fail (block >= 0 && block < self->plan->n_blocks, NULL);
  g_return_val_if_fail (self->n > 0, NULL);

  self->profiled_at = g_get_monotonic_time ();
  self->walk->forward (self, self->plan->blocks[block].first);
  return self->ops[self->plan->n_ops - 1].out;
}

/* A block's branch comes before its shortcut. */
gboolean
sk_network_skips_op (const SkNetwork *self, int op) {
  int block = self->plan->ops[op].block;

  return block >= 0 && self->bypassed[block] && op <= self->plan->blocks[block].branch;
}

/* A plain block's x where its shape changes. */
static void
subsample (SkNetwork *self, const SkBlock *block) {
  const SkOp *input = &self->plan->ops[block->input];
  const SkOp *last = &self->plan->ops[block->last];
  SkOperand x = sk_operand (self->ops[block->input].out);

  sk_subsample_forward (self->ops[block->last].out, &x, self->n, input->h, input->w,
                        input->c, last->c, input->h == last->h ? 1 : 2, self->pool);
}

void
sk_network_bypass (SkNetwork *self, int block) {
  const SkBlock *place = &self->plan->blocks[block];
  const SkOp *input = &self->plan->ops[place->input];
  const SkOp *last = &self->plan->ops[place->last];
  SkOperand kept =
      sk_operand (self->ops[place->skip >= 0 ? place->skip : place->input].out);
  SkJoinForward join = { .out = self->ops[place->last].out, .branch = kept };

  if (place->skip < 0 && (input->c != last->c || input->h != last->h)) {
    subsample (self, place);
    return;
  }
  if (place->skip >= 0) {
    /* λ·P = P + (λ − 1)·P: exact where λ is 1 or 0. */
    join.shortcut = kept;
    join.lambda = self->lambda[block] - 1;
  }
  sk_join_forward (&join, sk_network_pixels (self, place->last), last->c, self->scratch,
                   self->pool);
}

void
sk_network_measure_inputs (SkNetwork *self) {
  const SkPlan *plan = self->plan;

  for (int b = 0; b < plan->n_blocks && (self->flags & SK_NETWORK_RESUMABLE); b++)
    sk_spans_extend (&self->spans, self->ops[plan->blocks[b].input].out_span,
                     plan->n_ops);
}
