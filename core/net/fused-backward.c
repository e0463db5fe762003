#include "fused.h"
#include "linear.h"
#include "pooling.h"

/* Backward, fused. SkOpMemory.gradient holds
 *   for a CONV within a branch: the gradient by relu(bn(z)) of its z, not yet masked;
 *   for a block's last op, and the stem's ReLU: ∂L/∂s, masked by the ReLU;
 *   for MAXPOOL and AVGPOOL: the gradient by their output.
 * The backward of batch norm and ReLU waits until a convolution loads its dy. The sums it
 * needs were taken by whoever wrote the gradient: the convolution behind, or the meeting
 * of two paths. */

/* The gradient by the output of convolution @index. */
static SkGradientOperand
conv_gradient (const SkNetwork *self, int index) {
  const SkPlan *plan = self->plan;
  int norm = index + 1, block = plan->ops[index].block;

  /* A branch's or a projection's end gets ∂L/∂s, as does a stem that is not pooled. */
  if (block >= 0 &&
      (norm == plan->blocks[block].branch || norm == plan->blocks[block].skip))
    return sk_network_bn_gradient (self, norm,
                                   self->ops[plan->blocks[block].last].gradient, FALSE);
  if (block < 0 && self->ops[index].gradient == NULL)
    return sk_network_bn_gradient (self, norm, self->ops[norm + 1].gradient, FALSE);
  return sk_network_bn_gradient (self, norm, self->ops[index].gradient, TRUE);
}

static void
backward_conv (SkNetwork *self, int index) {
  const SkPlan *plan = self->plan;
  const SkOp *op = &plan->ops[index];
  SkConvShape shape = sk_network_conv_shape (self, index, self->n);
  SkConvBackward conv = { .dw = sk_network_gradient (self, index, 0),
                          .dy = conv_gradient (self, index),
                          .x = sk_fused_operand (self, op->inputs[0]),
                          .w = sk_network_parameter (self, index, 0) };
  int norm = -1;

  if (op->inputs[0] > 0 && self->ops[op->inputs[0]].needed) {
    if (op->inputs[0] != plan->blocks[op->block].input) {
      norm = plan->ops[op->inputs[0]].inputs[0];
      conv.dx = self->ops[sk_conv_of (plan, norm)].gradient;
      conv.sums = self->sums[0];
    } else if (index == plan->blocks[op->block].first) {
      conv.dx = self->ops[op->inputs[0]].gradient;
    } else {
      conv.dx = self->blocks[op->block].skip_gradient;
    }
  }
  sk_conv2d_backward (&shape, &conv, self->scratch, self->pool);
  if (norm >= 0)
    sk_network_prepare_bn_backward (self, norm, self->sums[0], 1);
}

static void
backward_maxpool (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  const SkOp *input = &self->plan->ops[op->inputs[0]];
  int norm = input->inputs[0], conv = sk_conv_of (self->plan, norm);
  SkOperand x = sk_fused_operand (self, op->inputs[0]);

  if (!self->ops[op->inputs[0]].needed)
    return;
  sk_maxpool_backward (self->ops[conv].gradient, self->sums[0],
                       self->ops[index].gradient, self->ops[index].index, &x, self->n,
                       input->h, input->w, op->c, self->scratch, self->pool);
  sk_network_prepare_bn_backward (self, norm, self->sums[0], 1);
}

/* The batch norms that the gradient by the output of @op flows into next: of the branch
 * and of the projection; −1: none. */
static void
norms_before (const SkPlan *plan, int op, int norms[2]) {
  const SkOp *place = &plan->ops[op];

  norms[0] = norms[1] = -1;
  if (place->kind != SK_OP_RELU)
    return;
  if (place->block < 0) {
    norms[0] = place->inputs[0];
    return;
  }
  norms[0] = plan->blocks[place->block].branch;
  if (plan->blocks[place->block].skip >= 0 &&
      plan->ops[plan->blocks[place->block].skip].kind == SK_OP_BATCHNORM)
    norms[1] = plan->blocks[place->block].skip;
}

/* Puts g_skip of block @block into @join. */
static void
add_skip (const SkNetwork *self, int index, SkJoinBackward *join) {
  const SkBlock *block = &self->plan->blocks[index];

  join->skip_scale = 1;
  if (block->skip < 0)
    return;
  if (block->skip == block->input)
    join->skip = self->ops[block->last].gradient;
  else
    join->skip = self->blocks[index].skip_gradient;
  /* A projection's λ is in its batch norm's coefficients already. */
  if (self->plan->ops[block->skip].kind != SK_OP_BATCHNORM ||
      block->skip == block->input)
    join->skip_scale = self->lambda[index];
}

/* The gradient by the output of @op is complete but for its sum and its ReLU: @block is
 * the one that reads it, or n_blocks for the pooling behind the last. In place. */
static void
meet (SkNetwork *self, int op, int block) {
  const SkPlan *plan = self->plan;
  const SkOp *place = &plan->ops[op];
  SkJoinGradientProbe measured;
  SkJoinBackward join = { .g = self->ops[op].gradient,
                          .residual = self->ops[op].gradient,
                          .probe = self->probing ? &measured : NULL };
  int norms[2];

  if (!self->ops[op].needed)
    return;
  if (block < plan->n_blocks)
    add_skip (self, block, &join);
  if (place->kind == SK_OP_RELU)
    join.value = sk_fused_operand (self, op);
  if (place->block >= 0)
    join.dx = self->blocks[place->block].kept_gradient;
  norms_before (plan, op, norms);
  for (int i = 0; i < 2; i++)
    if (norms[i] >= 0) {
      join.z[i] = self->ops[sk_conv_of (plan, norms[i])].out;
      join.sums[i] = self->sums[i];
    }
  sk_join_backward (&join, sk_network_pixels (self, op), place->c, self->scratch,
                    self->pool);
  for (int i = 0; i < 2; i++)
    if (norms[i] >= 0)
      sk_network_prepare_bn_backward (self, norms[i], self->sums[i],
                                      i == 1 ? self->lambda[place->block] : 1);
  if (!self->probing)
    return;
  if (block < plan->n_blocks) {
    self->probes[block].residual_square = measured.residual_square;
    self->probes[block].skip_square = join.skip ? measured.skip_square : 0;
    self->probes[block].dot = join.skip ? measured.dot : 0;
  }
  if (place->block >= 0)
    self->probes[place->block].out_square = measured.sum_square;
}

static void
backward_op (SkNetwork *self, int index) {
  const SkPlan *plan = self->plan;
  const SkOp *op = &plan->ops[index];
  const SkOp *input = &plan->ops[op->inputs[0]];
  SkOpMemory *memory = &self->ops[index];

  switch (op->kind) {
  case SK_OP_CONV:
    backward_conv (self, index);
    if (op->block >= 0 && index == plan->blocks[op->block].first)
      meet (self, plan->blocks[op->block].input, op->block);
    break;
  case SK_OP_MAXPOOL:
    backward_maxpool (self, index);
    break;
  case SK_OP_SUBSAMPLE:
    if (self->ops[op->inputs[0]].needed)
      sk_subsample_backward (self->blocks[op->block].skip_gradient,
                             self->ops[plan->blocks[op->block].last].gradient, self->n,
                             input->h, input->w, input->c, op->c, op->stride,
                             self->pool);
    break;
  case SK_OP_AVGPOOL:
    if (self->ops[op->inputs[0]].needed) {
      sk_avgpool_backward (self->ops[op->inputs[0]].gradient, memory->gradient, self->n,
                           input->h * input->w, op->c, self->pool);
      meet (self, op->inputs[0], plan->n_blocks);
    }
    break;
  case SK_OP_LINEAR: {
    float *dx =
        self->ops[op->inputs[0]].needed ? self->ops[op->inputs[0]].gradient : NULL;

    sk_linear_backward (
        dx, sk_network_gradient (self, index, 0), sk_network_gradient (self, index, 1),
        self->logits_gradient, self->ops[op->inputs[0]].out,
        sk_network_parameter (self, index, 0), self->n, input->c, op->c, self->pool);
    break;
  }
  default:
    break;
  }
}

void
sk_fused_backward (SkNetwork *self) {
  for (int i = self->plan->n_ops - 1; i > 0 && !sk_network_cancelled (self); i--)
    if (self->ops[i].needed) {
      sk_recompute_before (self, i);
      backward_op (self, i);
      sk_network_clock (self, SK_WALK_BACKWARD, i);
    }
}
