#include "fused.h"

#define LONGEST_SEGMENT 6

/* A network that takes no more than this (half a GiB) keeps every block's output. */
#define PLENTY ((gsize) 128 << 20)

/* Memory of the fused walk. Forward comes to op i at moment i, backward at 2·n_ops − i:
 * what one op leaves for another lives from one moment to the other, and gradients take
 * the place of activations that backward has done with. */

gboolean
sk_ends_block (const SkPlan *plan, int op) {
  int block = plan->ops[op].block;

  return block >= 0 && op == plan->blocks[block].last;
}

static int
backward_of (const SkPlan *plan, int op) {
  return 2 * plan->n_ops - op;
}

static void
measure_block_output (SkNetwork *self, int index, int segment) {
  const SkPlan *plan = self->plan;
  const SkBlock *block = &plan->blocks[index];
  gsize floats = sk_network_floats (self, block->last);
  int end = sk_segment_end (plan, index, segment);
  int *out = &self->ops[block->last].out_span, *again = &self->blocks[index].again_span;

  if (end == index) {
    *out = sk_spans_add (&self->spans, floats, block->last,
                         backward_of (plan, block->last));
    *again = -1;
    return;
  }
  *out = sk_spans_add (&self->spans, floats, block->last, plan->blocks[index + 1].last);
  *again =
      sk_spans_add (&self->spans, floats, backward_of (plan, plan->blocks[end].last),
                    backward_of (plan, block->last));
}

/* Outputs: what backward reads again lives until backward has passed the op. */
static void
measure_outputs (SkNetwork *self, int segment) {
  const SkPlan *plan = self->plan;

  for (int i = 1; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    SkOpMemory *memory = &self->ops[i];
    gsize floats = sk_network_floats (self, i);

    switch (op->kind) {
    case SK_OP_CONV:
    case SK_OP_AVGPOOL:
    case SK_OP_LINEAR:
      memory->out_span = sk_spans_add (&self->spans, floats, i, backward_of (plan, i));
      break;
    case SK_OP_MAXPOOL:
      memory->out_span = sk_spans_add (&self->spans, floats, i, backward_of (plan, i));
      memory->index_span =
          sk_spans_add (&self->spans, (floats + sizeof (float) - 1) / sizeof (float), i,
                        backward_of (plan, i));
      break;
    case SK_OP_SUBSAMPLE:
      memory->out_span =
          sk_spans_add (&self->spans, floats, i, plan->blocks[op->block].last);
      break;
    case SK_OP_RELU:
      if (sk_ends_block (plan, i))
        measure_block_output (self, op->block, segment);
      break;
    default:
      break;
    }
  }
}

/* The gradient that backward hands to op @op: made when backward is at @reader. */
static void
measure_gradient (SkNetwork *self, int op, int reader) {
  const SkPlan *plan = self->plan;

  self->ops[op].gradient_span =
      sk_spans_add (&self->spans, sk_network_floats (self, op),
                    backward_of (plan, reader), backward_of (plan, op));
}

static void
measure_gradients (SkNetwork *self) {
  const SkPlan *plan = self->plan;
  int avgpool = plan->n_ops - 2;
  int stem = plan->blocks[0].input;

  measure_gradient (self, avgpool, plan->n_ops - 1);
  for (int i = 1; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];

    /* Within a branch: made by the next convolution, read by the one before. */
    if (op->kind == SK_OP_CONV && op->block >= 0 &&
        plan->ops[op->inputs[0]].block == op->block) {
      int norm = plan->ops[op->inputs[0]].inputs[0];

      measure_gradient (self, sk_conv_of (plan, norm), i);
    }
    /* Into the stem through its pooling. */
    if (op->kind == SK_OP_MAXPOOL)
      measure_gradient (self, 1, i);
  }
  /* At the border of two blocks, and where the first meets the stem. The block's own
   * gradient is read until its first op, where an identity skip hands it on. */
  measure_gradient (self, stem, plan->blocks[0].first);
  if (plan->ops[stem].kind != SK_OP_MAXPOOL)
    sk_spans_extend (&self->spans, self->ops[stem].gradient_span,
                     backward_of (plan, 1));
  for (int b = 0; b < plan->n_blocks; b++) {
    const SkBlock *block = &plan->blocks[b];
    SkBlockMemory *memory = &self->blocks[b];

    measure_gradient (self, block->last,
                      b + 1 < plan->n_blocks ? plan->blocks[b + 1].first : avgpool);
    sk_spans_extend (&self->spans, self->ops[block->last].gradient_span,
                     backward_of (plan, block->first));
    if (block->skip >= 0 && block->skip != block->input)
      memory->skip_span = sk_spans_add (
          &self->spans, sk_network_floats (self, block->input),
          backward_of (plan, block->skip), backward_of (plan, block->first));
  }
}

/* What was asked to stay readable stays to the end. */
static void
measure_kept (SkNetwork *self) {
  const SkPlan *plan = self->plan;
  int end = backward_of (plan, 0) + 1;

  for (int b = 0; b < plan->n_blocks; b++) {
    const SkBlock *block = &plan->blocks[b];
    gsize floats = sk_network_floats (self, block->last);

    sk_spans_extend (&self->spans, self->ops[block->last].out_span, end);
    sk_spans_extend (&self->spans, self->ops[block->last].gradient_span, end);
    self->ops[block->branch].out_span =
        sk_spans_add (&self->spans, floats, block->branch, end);
    self->blocks[b].kept_span = sk_spans_add_fixed (&self->spans, floats);
  }
}

static void
measure_segments (SkNetwork *self, int segment) {
  measure_outputs (self, segment);
  measure_gradients (self);
  if (self->flags & SK_NETWORK_KEEP_BLOCKS)
    measure_kept (self);
}

/* How many blocks make a segment. Each block output that is not kept costs a pass over
 * memory, 2 % of a step of ResNet-20: so where memory is no concern, one; else the fewest
 * that take no more than a fiftieth above the least. */
static void
measure (SkNetwork *self) {
  const guint n_fixed = self->spans.items->len;
  gsize totals[LONGEST_SEGMENT + 1], least = G_MAXSIZE;
  gsize enough = self->flags & SK_NETWORK_LEAN ? 0 : PLENTY;
  int segment = 1;

  for (int i = 1; i <= LONGEST_SEGMENT; i++) {
    measure_segments (self, self->flags & SK_NETWORK_KEEP_BLOCKS ? 1 : i);
    sk_spans_place (&self->spans);
    totals[i] = self->spans.total;
    least = MIN (least, totals[i]);
    g_array_set_size (self->spans.items, n_fixed);
  }
  while (totals[segment] > MAX (enough, least + least / 50))
    segment++;
  measure_segments (self, self->flags & SK_NETWORK_KEEP_BLOCKS ? 1 : segment);
}

SkOperand
sk_fused_operand (const SkNetwork *self, int op) {
  const SkOp *place = &self->plan->ops[op];
  const SkOpMemory *memory = &self->ops[op];
  SkOperand x;

  if (place->kind == SK_OP_INPUT)
    return sk_operand (self->images);
  if (memory->out != NULL)
    return sk_operand (memory->out);
  x = sk_fused_operand (self, place->inputs[0]);
  if (place->kind == SK_OP_BATCHNORM) {
    x.scale = memory->bn.scale;
    x.shift = memory->bn.shift;
  } else {
    g_assert (place->kind == SK_OP_RELU);
    x.relu = TRUE;
  }
  return x;
}

static const float *
output (SkNetwork *self, int op, const float **gradient) {
  int index = self->plan->ops[op].block;
  const SkBlock *block = index < 0 ? NULL : &self->plan->blocks[index];

  g_return_val_if_fail (self->flags & SK_NETWORK_KEEP_BLOCKS, NULL);
  g_return_val_if_fail (block && (op == block->last || op == block->branch), NULL);

  /* ∂L/∂F is ∂L/∂s, which is ∂L/∂out behind the block's ReLU. */
  if (gradient != NULL)
    *gradient = op == block->last ? self->blocks[index].kept_gradient
                                  : self->ops[block->last].gradient;
  return self->ops[op].out;
}

const SkWalk sk_fused_walk = { measure, sk_fused_forward, sk_fused_backward, output };
