#include "join.h"
#include "linear.h"
#include "network-private.h"
#include "pooling.h"

/* The walk that infers. Each batch norm is folded into the filters before it, which are
 * brought once into the form that a convolution computes with. A block's last convolution
 * waits for the skip, and then adds it and rectifies while it writes. */

static gboolean
ends_branch (const SkPlan *plan, int conv) {
  int block = plan->ops[conv].block;

  return block >= 0 && conv + 1 == plan->blocks[block].branch;
}

/* The op whose output convolution @conv writes: the ReLU behind its batch norm, the end
 * of its block, or the batch norm itself. */
static int
written_by (const SkNetwork *self, int conv) {
  const SkPlan *plan = self->plan;
  int block = plan->ops[conv].block;

  if (ends_branch (plan, conv))
    return self->flags & SK_NETWORK_KEEP_BLOCKS ? conv + 1 : plan->blocks[block].last;
  return plan->ops[conv + 2].kind == SK_OP_RELU &&
                 plan->ops[conv + 2].inputs[0] == conv + 1
             ? conv + 2
             : conv + 1;
}

/* The moment at which op @op runs. */
static int
moment_of (const SkPlan *plan, int op) {
  return ends_branch (plan, op) ? plan->blocks[plan->ops[op].block].last : op;
}

static void
add_output (SkNetwork *self, int op, int moment) {
  SkOpMemory *memory = &self->ops[op];

  memory->out_span =
      sk_spans_add (&self->spans, sk_network_floats (self, op), moment, moment);
}

static void
measure_convs (SkNetwork *self) {
  const SkPlan *plan = self->plan;

  for (int i = 1; i < plan->n_ops; i++) {
    SkConvShape shape;

    if (plan->ops[i].kind != SK_OP_CONV)
      continue;
    shape = sk_network_conv_shape (self, i, plan->n);
    self->ops[i].packed_span =
        sk_spans_add_fixed (&self->spans, sk_conv2d_packed_size (&shape));
    add_output (self, written_by (self, i), moment_of (plan, i));
  }
}

/* An output lives from when it is written until its last reader has run; what was asked
 * for, to the end. */
static void
measure (SkNetwork *self) {
  const SkPlan *plan = self->plan;

  measure_convs (self);
  for (int b = 0; b < plan->n_blocks && (self->flags & SK_NETWORK_KEEP_BLOCKS); b++) {
    int last = plan->blocks[b].last;

    add_output (self, last, last);
    sk_spans_extend (&self->spans, self->ops[last].out_span, plan->n_ops);
    sk_spans_extend (&self->spans, self->ops[plan->blocks[b].branch].out_span,
                     plan->n_ops);
  }
  for (int b = 0; b < plan->n_blocks && (self->flags & SK_NETWORK_BLOCK_MEANS); b++)
    self->blocks[b].mean_span = sk_spans_add_fixed (
        &self->spans, (gsize) plan->n * (gsize) plan->ops[plan->blocks[b].last].c);
  for (int i = 1; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    /* The skip is added when the block ends. */
    int moment =
        op->kind == SK_OP_ADD ? plan->blocks[op->block].last : moment_of (plan, i);

    if (op->kind == SK_OP_MAXPOOL || op->kind == SK_OP_SUBSAMPLE ||
        op->kind == SK_OP_AVGPOOL || op->kind == SK_OP_LINEAR)
      add_output (self, i, i);
    for (int j = 0; j < 2; j++)
      if (op->inputs[j] > 0)
        sk_spans_extend (&self->spans, self->ops[op->inputs[j]].out_span, moment);
  }
  sk_spans_extend (&self->spans, self->ops[plan->n_ops - 1].out_span, plan->n_ops);
}

/* Folds and packs every convolution's filters, once for each change of the parameters. */
static void
pack (SkNetwork *self) {
  const SkPlan *plan = self->plan;

  for (int i = 1; i < plan->n_ops; i++) {
    SkConvShape shape;

    if (plan->ops[i].kind != SK_OP_CONV)
      continue;
    shape = sk_network_conv_shape (self, i, plan->n);
    sk_network_prepare_bn (self, i + 1, NULL);
    sk_batchnorm_fold (self->scratch, sk_network_parameter (self, i, 0),
                       self->ops[i + 1].bn.scale, (gsize) shape.r * shape.s * shape.c,
                       shape.k);
    sk_conv2d_pack (self->ops[i].packed, self->scratch, &shape);
  }
  self->folded_version = self->parameters->version;
}

/* What reads the output of op @op reads this. */
static SkOperand
operand (const SkNetwork *self, int op) {
  return sk_operand (op == 0 ? self->images : self->ops[op].out);
}

static void
forward_conv (SkNetwork *self, int index) {
  const SkPlan *plan = self->plan;
  const SkOp *op = &plan->ops[index];
  SkConvShape shape = sk_network_conv_shape (self, index, self->n);
  int out = written_by (self, index);
  SkConvForward conv = { .y = self->ops[out].out,
                         .x = operand (self, op->inputs[0]),
                         .packed = self->ops[index].packed,
                         .bias = self->ops[index + 1].bn.shift,
                         .relu = plan->ops[out].kind == SK_OP_RELU };

  if (ends_branch (plan, index) && conv.relu && plan->blocks[op->block].skip >= 0) {
    conv.add = operand (self, plan->blocks[op->block].skip).data;
    conv.add_scale = self->lambda[op->block];
  }
  sk_conv2d_forward (&shape, &conv, self->scratch, self->pool);
}

static void
end_block (SkNetwork *self, int index) {
  const SkBlock *block = &self->plan->blocks[index];
  SkJoinForward join = { .out = self->ops[block->last].out,
                         .lambda = self->lambda[index] };

  if (self->bypassed[index]) {
    sk_network_bypass (self, index);
    return;
  }
  forward_conv (self, self->plan->ops[block->branch].inputs[0]);
  if (!(self->flags & SK_NETWORK_KEEP_BLOCKS))
    return;
  join.branch = operand (self, block->branch);
  if (block->skip >= 0)
    join.shortcut = operand (self, block->skip);
  sk_join_forward (&join, sk_network_pixels (self, block->last),
                   self->plan->ops[block->last].c, self->scratch, self->pool);
}

static void
take_mean (SkNetwork *self, int index) {
  const SkBlock *block = &self->plan->blocks[index];
  const SkOp *last = &self->plan->ops[block->last];
  SkOperand x = operand (self, block->last);

  sk_avgpool_forward (self->blocks[index].mean, &x, self->n, last->h * last->w, last->c,
                      self->pool);
}

static void
forward_op (SkNetwork *self, int index) {
  const SkOp *op = &self->plan->ops[index];
  const SkOp *input = &self->plan->ops[op->inputs[0]];
  SkOpMemory *memory = &self->ops[index];
  SkOperand x = operand (self, op->inputs[0]);

  switch (op->kind) {
  case SK_OP_CONV:
    if (!ends_branch (self->plan, index))
      forward_conv (self, index);
    break;
  case SK_OP_RELU:
    if (op->block < 0 || index != self->plan->blocks[op->block].last)
      break;
    end_block (self, op->block);
    if (self->flags & SK_NETWORK_BLOCK_MEANS)
      take_mean (self, op->block);
    break;
  case SK_OP_MAXPOOL:
    sk_maxpool_forward (memory->out, NULL, &x, self->n, input->h, input->w, op->c,
                        self->pool);
    break;
  case SK_OP_SUBSAMPLE:
    sk_subsample_forward (memory->out, &x, self->n, input->h, input->w, input->c, op->c,
                          op->stride, self->pool);
    break;
  case SK_OP_AVGPOOL:
    sk_avgpool_forward (memory->out, &x, self->n, input->h * input->w, op->c,
                        self->pool);
    break;
  case SK_OP_LINEAR:
    sk_linear_forward (memory->out, x.data, sk_network_parameter (self, index, 0),
                       sk_network_parameter (self, index, 1), self->n, input->c, op->c,
                       self->pool);
    break;
  case SK_OP_INPUT:
  case SK_OP_BATCHNORM:
  case SK_OP_ADD:
    break;
  }
}

static void
forward (SkNetwork *self, int first) {
  self->training = FALSE;
  if (self->folded_version != self->parameters->version)
    pack (self);
  for (int i = first; i < self->plan->n_ops && !sk_network_cancelled (self); i++) {
    if (!sk_network_skips_op (self, i))
      forward_op (self, i);
    sk_network_clock (self, SK_WALK_FORWARD, i);
  }
}

static const float *
output (SkNetwork *self, int op, const float **gradient) {
  int block = self->plan->ops[op].block;

  g_return_val_if_fail (self->flags & SK_NETWORK_KEEP_BLOCKS, NULL);
  g_return_val_if_fail (block >= 0 && (op == self->plan->blocks[block].last ||
                                       op == self->plan->blocks[block].branch),
                        NULL);
  if (gradient != NULL)
    *gradient = NULL;
  return self->ops[op].out;
}

const SkWalk sk_folded_walk = { measure, forward, NULL, output };
