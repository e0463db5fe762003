#include "fused.h"
#include "linear.h"
#include "pooling.h"

/* Forward, fused: a convolution sums its output for the batch norm behind it, which then
 * is a few numbers per channel; the block's end writes relu(λ·P(x) + F(x)) in one pass. */

static void
forward_conv (SkNetwork *self, int index) {
  SkConvShape shape = sk_network_conv_shape (self, index, self->n);
  int norm = index + 1;
  SkConvForward conv = {
    .y = self->ops[index].out,
    .x = sk_fused_operand (self, self->plan->ops[index].inputs[0]),
    .w = sk_network_parameter (self, index, 0),
    .sums = sk_network_uses_batch (self, norm) ? self->sums[0] : NULL,
  };

  g_assert (self->plan->ops[norm].kind == SK_OP_BATCHNORM);
  sk_conv2d_forward (&shape, &conv, self->scratch, self->pool);
  sk_network_prepare_bn (self, norm, conv.sums);
}

void
sk_fused_join (SkNetwork *self, int block, SkJoinProbe *probe) {
  const SkBlock *place = &self->plan->blocks[block];
  SkJoinForward join = { .out = self->ops[place->last].out,
                         .branch = sk_fused_operand (self, place->branch),
                         .lambda = self->lambda[block],
                         .probe = probe };

  if (place->skip >= 0)
    join.shortcut = sk_fused_operand (self, place->skip);
  sk_join_forward (&join, sk_network_pixels (self, place->last),
                   self->plan->ops[place->last].c, self->scratch, self->pool);
}

static void
forward_join (SkNetwork *self, int block) {
  SkBlockProbe *probe = &self->probes[block];
  SkJoinProbe measured;

  sk_fused_join (self, block, self->probing ? &measured : NULL);
  if (!self->probing)
    return;
  probe->branch_square = measured.branch_square;
  probe->shortcut_square =
      self->plan->blocks[block].skip >= 0 ? measured.shortcut_square : 0;
  probe->dead = measured.dead;
}

static void
forward_op (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  const SkOp *input = &self->plan->ops[op->inputs[0]];
  SkOpMemory *memory = &self->ops[index];
  SkOperand x;

  switch (op->kind) {
  case SK_OP_CONV:
    forward_conv (self, index);
    break;
  case SK_OP_BATCHNORM:
    /* Asked for on its own: F(x), before the block's end. */
    if (memory->out != NULL) {
      x = sk_fused_operand (self, op->inputs[0]);
      x.scale = memory->bn.scale;
      x.shift = memory->bn.shift;
      sk_operand_materialise (memory->out, &x, sk_network_pixels (self, index), op->c,
                              self->pool);
    }
    break;
  case SK_OP_RELU:
    if (sk_ends_block (self->plan, index))
      forward_join (self, op->block);
    break;
  case SK_OP_MAXPOOL:
    x = sk_fused_operand (self, op->inputs[0]);
    sk_maxpool_forward (memory->out, memory->index, &x, self->n, input->h, input->w,
                        op->c, self->pool);
    break;
  case SK_OP_SUBSAMPLE:
    x = sk_fused_operand (self, op->inputs[0]);
    sk_subsample_forward (memory->out, &x, self->n, input->h, input->w, input->c, op->c,
                          op->stride, self->pool);
    break;
  case SK_OP_AVGPOOL:
    x = sk_fused_operand (self, op->inputs[0]);
    sk_avgpool_forward (memory->out, &x, self->n, input->h * input->w, op->c,
                        self->pool);
    break;
  case SK_OP_LINEAR:
    sk_linear_forward (memory->out, self->ops[op->inputs[0]].out,
                       sk_network_parameter (self, index, 0),
                       sk_network_parameter (self, index, 1), self->n, input->c, op->c,
                       self->pool);
    break;
  case SK_OP_INPUT:
  case SK_OP_ADD:
    break;
  }
}

void
sk_fused_forward (SkNetwork *self, int first) {
  sk_recompute_reset (self);
  for (int i = first; i < self->plan->n_ops && !sk_network_cancelled (self); i++) {
    forward_op (self, i);
    sk_network_clock (self, SK_WALK_FORWARD, i);
  }
}
