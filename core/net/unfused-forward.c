#include "linear.h"
#include "pooling.h"
#include "unfused.h"

/* One op after the other, each output written to memory of its own: the plainest reading
 * of a plan, which the fused walk is tested against. */

static void
forward_batchnorm (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  SkOpMemory *memory = &self->ops[index];
  const float *x = sk_unfused_input (self, index, 0);
  gsize pixels = sk_network_pixels (self, index);
  SkOperand normalised;

  if (sk_network_uses_batch (self, index))
    sk_batchnorm_statistics (self->sums[0], x, pixels, op->c, self->scratch,
                             self->pool);
  sk_network_prepare_bn (self, index, self->sums[0]);
  normalised = (SkOperand){ x, memory->bn.scale, memory->bn.shift, FALSE };
  sk_operand_materialise (memory->out, &normalised, pixels, op->c, self->pool);
}

/* ‖F(x)‖² and ‖P(x)‖². */
static void
probe_paths (SkNetwork *self, int block) {
  const SkBlock *place = &self->plan->blocks[block];
  SkBlockProbe *probe = &self->probes[block];
  const SkOp *op = &self->plan->ops[place->last];
  gsize count = sk_network_pixels (self, place->last) * op->c;

  probe->branch_square = sk_unfused_dot (self->ops[place->branch].out,
                                         self->ops[place->branch].out, count);
  if (place->skip >= 0) {
    const float *skip = sk_unfused_input (self, place->add, 1);

    probe->shortcut_square = sk_unfused_dot (skip, skip, count);
  }
}

static void
forward_add (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  const float *branch = sk_unfused_input (self, index, 0);
  const float *skip = sk_unfused_input (self, index, 1);
  float lambda = self->lambda[op->block];
  float *out = self->ops[index].out;
  gsize count = sk_network_pixels (self, index) * op->c;

  for (gsize i = 0; i < count; i++)
    out[i] = lambda * skip[i] + branch[i];
}

/* What is left dead by the ReLU that ends a block. */
static void
probe_dead (SkNetwork *self, int block) {
  int last = self->plan->blocks[block].last;
  const float *out = self->ops[last].out;
  gsize count = sk_network_pixels (self, last) * self->plan->ops[last].c;

  self->probes[block].dead = 0;
  for (gsize i = 0; i < count; i++)
    self->probes[block].dead += out[i] <= 0;
}

static void
forward_op (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  const SkOp *input = op->inputs[0] >= 0 ? &self->plan->ops[op->inputs[0]] : NULL;
  SkOpMemory *memory = &self->ops[index];
  SkOperand x = sk_operand (input ? sk_unfused_input (self, index, 0) : NULL);
  int n = self->n;

  switch (op->kind) {
  case SK_OP_INPUT:
    break;
  case SK_OP_CONV: {
    SkConvShape shape = sk_network_conv_shape (self, index, n);
    SkConvForward conv = { .y = memory->out,
                           .x = x,
                           .w = sk_network_parameter (self, index, 0) };

    sk_conv2d_forward (&shape, &conv, self->scratch, self->pool);
    break;
  }
  case SK_OP_BATCHNORM:
    forward_batchnorm (self, index);
    break;
  case SK_OP_RELU:
    x.relu = TRUE;
    sk_operand_materialise (memory->out, &x, sk_network_pixels (self, index), op->c,
                            self->pool);
    break;
  case SK_OP_MAXPOOL:
    sk_maxpool_forward (memory->out, memory->index, &x, n, input->h, input->w, op->c,
                        self->pool);
    break;
  case SK_OP_SUBSAMPLE:
    sk_subsample_forward (memory->out, &x, n, input->h, input->w, input->c, op->c,
                          op->stride, self->pool);
    break;
  case SK_OP_ADD:
    forward_add (self, index);
    break;
  case SK_OP_AVGPOOL:
    sk_avgpool_forward (memory->out, &x, n, input->h * input->w, op->c, self->pool);
    break;
  case SK_OP_LINEAR:
    sk_linear_forward (memory->out, x.data, sk_network_parameter (self, index, 0),
                       sk_network_parameter (self, index, 1), n, input->c, op->c,
                       self->pool);
    break;
  }
}

void
sk_unfused_forward (SkNetwork *self, int first) {
  const SkPlan *plan = self->plan;
  gboolean probing = self->probing && (self->flags & SK_NETWORK_TRAIN);

  for (int i = first; i < plan->n_ops && !sk_network_cancelled (self); i++) {
    int block = plan->ops[i].block;

    if (block >= 0 && self->bypassed[block] && i == plan->blocks[block].last)
      sk_network_bypass (self, block);
    else if (!sk_network_skips_op (self, i))
      forward_op (self, i);
    if (probing && block >= 0 && i == plan->blocks[block].last) {
      probe_paths (self, block);
      probe_dead (self, block);
    }
    sk_network_clock (self, SK_WALK_FORWARD, i);
  }
}
