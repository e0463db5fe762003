#include <string.h>

#include "linear.h"
#include "pooling.h"
#include "unfused.h"

/* The plain walk backwards. Every op but a block's input has one reader, which writes its
 * gradient; a block's input has two, the branch and the skip, whose terms are kept apart
 * until both are known. */

/* Where op @index leaves the gradient by its input @at; NULL: nobody needs it. */
static float *
input_gradient (SkNetwork *self, int index, int at) {
  const SkOp *op = &self->plan->ops[index];
  int input = op->inputs[at];

  if (input <= 0 || !self->ops[input].needed)
    return NULL;
  if (op->block >= 0 && input == self->plan->blocks[op->block].input &&
      index != self->plan->blocks[op->block].first)
    return self->blocks[op->block].skip_gradient;
  return self->ops[input].gradient;
}

static void
backward_conv (SkNetwork *self, int index) {
  SkConvShape shape = sk_network_conv_shape (self, index, self->n);
  SkConvBackward conv = { .dx = input_gradient (self, index, 0),
                          .dw = sk_network_gradient (self, index, 0),
                          .dy = sk_gradient_operand (self->ops[index].gradient),
                          .x = sk_operand (sk_unfused_input (self, index, 0)),
                          .w = sk_network_parameter (self, index, 0) };

  sk_conv2d_backward (&shape, &conv, self->scratch, self->pool);
}

static void
backward_batchnorm (SkNetwork *self, int index) {
  int c = self->plan->ops[index].c;
  gsize pixels = sk_network_pixels (self, index);
  float *dx = input_gradient (self, index, 0);
  SkGradientOperand dy =
      sk_network_bn_gradient (self, index, self->ops[index].gradient, FALSE);

  sk_batchnorm_backward_sums (self->sums[0], &dy, pixels, c, self->scratch, self->pool);
  sk_network_prepare_bn_backward (self, index, self->sums[0], 1);
  if (dx != NULL)
    sk_gradient_materialise (dx, &dy, pixels, c, self->pool);
}

static void
backward_relu (SkNetwork *self, int index) {
  const SkOpMemory *memory = &self->ops[index];
  float *dx = input_gradient (self, index, 0);
  gsize count = sk_network_pixels (self, index) * self->plan->ops[index].c;

  if (dx == NULL)
    return;
  for (gsize i = 0; i < count; i++)
    dx[i] = memory->out[i] > 0 ? memory->gradient[i] : 0;
}

static void
backward_add (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  const float *ds = self->ops[index].gradient;
  float lambda = self->lambda[op->block];
  float *branch = input_gradient (self, index, 0);
  float *skip = input_gradient (self, index, 1);
  gsize count = sk_network_pixels (self, index) * op->c;

  if (branch != NULL)
    memcpy (branch, ds, count * sizeof (float));
  if (skip != NULL)
    for (gsize i = 0; i < count; i++)
      skip[i] = lambda * ds[i];
}

static void
backward_op (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  const SkOp *input = &self->plan->ops[op->inputs[0]];
  const SkOpMemory *memory = &self->ops[index];
  float *dx = input_gradient (self, index, 0);
  int n = self->n;

  switch (op->kind) {
  case SK_OP_INPUT:
    break;
  case SK_OP_CONV:
    backward_conv (self, index);
    break;
  case SK_OP_BATCHNORM:
    backward_batchnorm (self, index);
    break;
  case SK_OP_RELU:
    backward_relu (self, index);
    break;
  case SK_OP_MAXPOOL:
    if (dx != NULL)
      sk_maxpool_backward (dx, NULL, memory->gradient, memory->index, NULL, n, input->h,
                           input->w, op->c, self->scratch, self->pool);
    break;
  case SK_OP_SUBSAMPLE:
    if (dx != NULL)
      sk_subsample_backward (dx, memory->gradient, n, input->h, input->w, input->c,
                             op->c, op->stride, self->pool);
    break;
  case SK_OP_ADD:
    backward_add (self, index);
    break;
  case SK_OP_AVGPOOL:
    if (dx != NULL)
      sk_avgpool_backward (dx, memory->gradient, n, input->h * input->w, op->c,
                           self->pool);
    break;
  case SK_OP_LINEAR:
    sk_linear_backward (
        dx, sk_network_gradient (self, index, 0), sk_network_gradient (self, index, 1),
        memory->gradient, sk_unfused_input (self, index, 0),
        sk_network_parameter (self, index, 0), n, input->c, op->c, self->pool);
    break;
  }
}

/* Both terms of ∂L/∂x are known: measures them, then adds them. */
static void
meet (SkNetwork *self, int block) {
  const SkBlock *place = &self->plan->blocks[block];
  SkBlockProbe *probe = &self->probes[block];
  float *sum = self->ops[place->input].gradient;
  const float *skip = self->blocks[block].skip_gradient;
  gsize count =
      sk_network_pixels (self, place->input) * self->plan->ops[place->input].c;

  if (self->probing) {
    probe->residual_square = sk_unfused_dot (sum, sum, count);
    if (skip != NULL) {
      probe->skip_square = sk_unfused_dot (skip, skip, count);
      probe->dot = sk_unfused_dot (skip, sum, count);
    }
  }
  if (skip != NULL)
    for (gsize i = 0; i < count; i++)
      sum[i] += skip[i];
}

static void
probe_output (SkNetwork *self, int block) {
  const SkBlock *place = &self->plan->blocks[block];
  const float *gradient = self->ops[place->last].gradient;
  gsize count = sk_network_pixels (self, place->last) * self->plan->ops[place->last].c;

  self->probes[block].out_square = sk_unfused_dot (gradient, gradient, count);
}

void
sk_unfused_backward (SkNetwork *self) {
  const SkPlan *plan = self->plan;
  int last = plan->n_ops - 1;

  memcpy (self->ops[last].gradient, self->logits_gradient,
          (gsize) self->n * plan->classes * sizeof (float));
  for (int i = last; i > 0 && !sk_network_cancelled (self); i--) {
    int block = plan->ops[i].block;

    if (!self->ops[i].needed)
      continue;
    if (block >= 0 && i == plan->blocks[block].last && self->probing)
      probe_output (self, block);
    backward_op (self, i);
    if (block >= 0 && i == plan->blocks[block].first &&
        self->ops[plan->blocks[block].input].needed)
      meet (self, block);
    sk_network_clock (self, SK_WALK_BACKWARD, i);
  }
}
