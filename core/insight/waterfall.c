#include "waterfall.h"

#include <string.h>

#include "explainer-private.h"

/* v by the output of the last block: each pixel has its share of the pooled mean. */
static void
begin (const SkExplainer *explainer, int class, float *v) {
  const SkPlan *plan = explainer->plan;
  int head = plan->n_ops - 1, pool = plan->ops[head].inputs[0];
  const SkOp *op = &plan->ops[plan->ops[pool].inputs[0]];
  const float *w =
      sk_parameters_at (explainer->parameters, plan, plan->ops[head].parameter) +
      (gsize) class * (gsize) op->c;
  gsize pixels = (gsize) op->h * (gsize) op->w;

  for (gsize p = 0; p < pixels; p++)
    for (int k = 0; k < op->c; k++)
      v[p * (gsize) op->c + (gsize) k] = w[k] / (float) pixels;
}

/* What a projection adds to the logit whatever it reads: ⟨v, shift⟩. */
static double
constant_part (SkExplainer *explainer, int block, const float *v) {
  const SkPlan *plan = explainer->plan;
  int skip = plan->blocks[block].skip;
  const float *scale, *shift;
  double sum = 0;

  if (skip == plan->blocks[block].input || plan->ops[skip].kind != SK_OP_BATCHNORM)
    return 0;
  sk_explainer_norm (explainer, skip, &scale, &shift);
  for (gsize i = 0; i < sk_explainer_floats (explainer, skip); i++)
    sum += (double) v[i] * (double) shift[i % (gsize) plan->ops[skip].c];
  return sum;
}

/* ⟨v, F(x)⟩, and by pixel. */
static double
branch_part (const SkOp *op, const float *v, const float *branch, float *map) {
  gsize c = (gsize) op->c;
  double sum = 0;

  for (gsize p = 0; p < (gsize) op->h * (gsize) op->w; p++) {
    double part = 0;

    for (gsize k = 0; k < c; k++)
      part += (double) v[p * c + k] * (double) branch[p * c + k];
    map[p] = (float) part;
    sum += part;
  }
  return sum;
}

static void
take_block (SkWaterfall *self, SkExplainer *explainer, int block, float *v,
            float *before) {
  const SkPlan *plan = explainer->plan;
  const SkBlock *place = &plan->blocks[block];
  const SkOp *op = &plan->ops[place->last];
  const float *out = sk_network_output (explainer->network, place->last, NULL);
  const float *branch = sk_network_output (explainer->network, place->branch, NULL);

  for (gsize i = 0; i < sk_explainer_floats (explainer, place->last); i++)
    if (out[i] <= 0)
      v[i] = 0;
  self->maps[block] = g_new (float, (gsize) op->h *(gsize) op->w);
  self->blocks[block] = branch_part (op, v, branch, self->maps[block]);
  if (place->skip >= 0) {
    self->bias += constant_part (explainer, block, v);
    sk_explainer_skip_backward (explainer, block, before, v);
  } else {
    memset (before, 0, sk_explainer_floats (explainer, place->input) * sizeof (float));
  }
}

void
sk_waterfall_fill (SkWaterfall *self, SkExplainer *explainer, int class) {
  const SkPlan *plan = explainer->plan;
  int head = plan->n_ops - 1, stem = plan->blocks[0].input;
  float *v = explainer->carried[0], *before = explainer->carried[1], *swap;
  const float *x = sk_network_output (explainer->network, stem, NULL);

  g_return_if_fail (class >= 0 && class < plan->classes);

  *self = (SkWaterfall){ .class = class, .n_blocks = plan->n_blocks };
  self->blocks = g_new0 (double, plan->n_blocks);
  self->maps = g_new0 (float *, plan->n_blocks);
  self->logit = (double) sk_network_output (explainer->network, head, NULL)[class];
  self->bias = (double) sk_parameters_at (explainer->parameters, plan,
                                          plan->ops[head].parameter + 1)[class];
  begin (explainer, class, v);
  for (int b = plan->n_blocks - 1; b >= 0; b--) {
    take_block (self, explainer, b, v, before);
    swap = v;
    v = before;
    before = swap;
  }
  for (gsize i = 0; i < sk_explainer_floats (explainer, stem); i++)
    self->stem += (double) v[i] * (double) x[i];
}

void
sk_waterfall_clear (SkWaterfall *self) {
  for (int b = 0; self->maps && b < self->n_blocks; b++)
    g_free (self->maps[b]);
  g_free (self->maps);
  g_free (self->blocks);
  *self = (SkWaterfall){ 0 };
}
