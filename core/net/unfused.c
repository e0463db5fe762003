#include "unfused.h"

/* Memory of the plain walk. A network that trains keeps every output and every gradient,
 * as tests want to look at them; one that only infers keeps an output until its last
 * reader has run. */

static void
measure (SkNetwork *self) {
  const SkPlan *plan = self->plan;
  gboolean trains = self->flags & SK_NETWORK_TRAIN;

  for (int i = 1; i < plan->n_ops; i++) {
    SkOpMemory *op = &self->ops[i];
    gsize floats = sk_network_floats (self, i);
    gboolean kept = trains || i == plan->n_ops - 1;

    op->out_span = kept ? sk_spans_add_fixed (&self->spans, floats)
                        : sk_spans_add (&self->spans, floats, i, i);
    if (trains)
      op->gradient_span = sk_spans_add_fixed (&self->spans, floats);
    if (trains && plan->ops[i].kind == SK_OP_MAXPOOL)
      op->index_span = sk_spans_add_fixed (&self->spans, (floats + sizeof (float) - 1) /
                                                             sizeof (float));
    for (int j = 0; j < 2; j++)
      if (plan->ops[i].inputs[j] > 0)
        sk_spans_extend (&self->spans, self->ops[plan->ops[i].inputs[j]].out_span, i);
  }
  for (int b = 0; b < plan->n_blocks; b++) {
    const SkBlock *block = &plan->blocks[b];
    SkBlockMemory *memory = &self->blocks[b];

    if (trains && block->skip >= 0)
      memory->skip_span =
          sk_spans_add_fixed (&self->spans, sk_network_floats (self, block->input));
    /* A bypassed block reads its skip when it ends. */
    if (block->skip > 0)
      sk_spans_extend (&self->spans, self->ops[block->skip].out_span, block->last);
    if (self->flags & SK_NETWORK_KEEP_BLOCKS)
      for (int i = 0; i < 2; i++)
        sk_spans_extend (&self->spans,
                         self->ops[i == 0 ? block->branch : block->last].out_span,
                         plan->n_ops);
  }
}

const float *
sk_unfused_input (const SkNetwork *self, int op, int at) {
  int input = self->plan->ops[op].inputs[at];

  return input == 0 ? self->images : self->ops[input].out;
}

double
sk_unfused_dot (const float *a, const float *b, gsize count) {
  double sum = 0;

  for (gsize i = 0; i < count; i++)
    sum += (double) a[i] * b[i];
  return sum;
}

static const float *
output (SkNetwork *self, int op, const float **gradient) {
  if (gradient)
    *gradient = self->ops[op].gradient;
  return op == 0 ? self->images : self->ops[op].out;
}

const SkWalk sk_unfused_walk = { measure, sk_unfused_forward, sk_unfused_backward,
                                 output };
