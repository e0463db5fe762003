#include "explainer-private.h"

#include <string.h>

#include "batchnorm.h"
#include "conv.h"
#include "exits.h"
#include "linear.h"
#include "pooling.h"

/* Every op's output and gradient is kept, which for one picture is little. */
#define FLAGS                                                                          \
  (SK_NETWORK_TRAIN | SK_NETWORK_UNFUSED | SK_NETWORK_KEEP_BLOCKS |                    \
   SK_NETWORK_FIXED_STATISTICS)

gsize
sk_explainer_floats (const SkExplainer *self, int op) {
  const SkOp *shape = &self->plan->ops[op];

  return (gsize) shape->h * (gsize) shape->w * (gsize) shape->c;
}

/* The projection of a block: the convolution before its batch norm; −1: it has none. */
static int
projection_of (const SkPlan *plan, int block) {
  int skip = plan->blocks[block].skip;

  return skip >= 0 && skip != plan->blocks[block].input &&
                 plan->ops[skip].kind == SK_OP_BATCHNORM
             ? plan->ops[skip].inputs[0]
             : -1;
}

static SkConvShape
conv_shape (const SkPlan *plan, int op) {
  const SkOp *conv = &plan->ops[op];
  const SkOp *input = &plan->ops[conv->inputs[0]];

  return sk_conv_shape (1, input->h, input->w, input->c, conv->c, conv->kernel,
                        conv->stride, conv->pad);
}

static void
allocate (SkExplainer *self) {
  gsize largest = 0, scratch = 1;
  int channels = 1;

  for (int i = 1; i < self->plan->n_ops; i++) {
    largest = MAX (largest, sk_explainer_floats (self, i));
    channels = MAX (channels, self->plan->ops[i].c);
  }
  for (int b = 0; b < self->plan->n_blocks; b++) {
    int conv = projection_of (self->plan, b);
    SkConvShape shape;

    if (conv < 0)
      continue;
    shape = conv_shape (self->plan, conv);
    scratch = MAX (scratch, sk_conv2d_scratch (&shape, sk_pool_size (self->pool)));
  }
  for (int i = 0; i < 2; i++)
    self->carried[i] = g_new (float, largest);
  self->scratch = g_new (float, scratch);
  self->norms = g_new (float, 4 * (gsize) channels);
}

SkExplainer *
sk_explainer_new (const SkPlan *plan, SkParameters *parameters, SkPool *pool,
                  GError **error) {
  g_autoptr (SkExplainer) self = NULL;

  g_return_val_if_fail (plan != NULL && parameters != NULL && pool != NULL, NULL);

  self = g_new0 (SkExplainer, 1);
  self->parameters = parameters;
  self->pool = pool;
  self->plan = sk_plan_new (&plan->variant, 1, plan->h, plan->w, plan->classes, error);
  if (self->plan == NULL)
    return NULL;
  self->network = sk_network_new (self->plan, parameters, FLAGS, pool, error);
  if (self->network == NULL)
    return NULL;
  sk_network_set_probing (self->network, FALSE);
  /* Gradients by outputs are wanted, those by weights are not: but for the stem's, which
   * bring the walk back to the beginning. */
  for (int i = 1; i < self->plan->n_groups; i++)
    sk_network_set_frozen (self->network, i, TRUE);
  allocate (self);
  return g_steal_pointer (&self);
}

void
sk_explainer_free (SkExplainer *self) {
  if (self == NULL)
    return;
  g_clear_pointer (&self->network, sk_network_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_free (self->carried[0]);
  g_free (self->carried[1]);
  g_free (self->scratch);
  g_free (self->norms);
  g_free (self);
}

const SkPlan *
sk_explainer_plan (const SkExplainer *self) {
  return self->plan;
}

void
sk_explainer_set_lambda (SkExplainer *self, int block, float lambda) {
  sk_network_set_lambda (self->network, block, lambda);
}

void
sk_explainer_set_cancel (SkExplainer *self, const gint *flag) {
  sk_network_set_cancel (self->network, flag);
}

const float *
sk_explainer_look (SkExplainer *self, const float *image) {
  return sk_network_forward (self->network, image, 1, FALSE);
}

const float *
sk_explainer_block (SkExplainer *self, int block) {
  g_return_val_if_fail (block >= 0 && block < self->plan->n_blocks, NULL);
  return sk_network_output (self->network, self->plan->blocks[block].last, NULL);
}

void
sk_explainer_norm (SkExplainer *self, int op, const float **scale,
                   const float **shift) {
  int c = self->plan->ops[op].c, first = self->plan->ops[op].parameter;
  SkBnState state = { self->norms, self->norms + c, self->norms + 2 * c,
                      self->norms + 3 * c };
  const float *values[4];

  for (int i = 0; i < 4; i++)
    values[i] = sk_parameters_at (self->parameters, self->plan, first + i);
  sk_batchnorm_prepare_running (&state, values[2], values[3], values[0], values[1], c);
  *scale = state.scale;
  *shift = state.shift;
}

void
sk_explainer_skip_forward (SkExplainer *self, int block, float *out, const float *x) {
  const SkBlock *place = &self->plan->blocks[block];
  const SkOp *input = &self->plan->ops[place->input], *op;
  int conv = projection_of (self->plan, block);
  SkOperand operand = sk_operand (x);

  if (place->skip == place->input) {
    memcpy (out, x, sk_explainer_floats (self, place->input) * sizeof (float));
    return;
  }
  op = &self->plan->ops[place->skip];
  if (conv < 0) {
    sk_subsample_forward (out, &operand, 1, input->h, input->w, input->c, op->c,
                          op->stride, self->pool);
  } else {
    SkConvShape shape = conv_shape (self->plan, conv);
    SkConvForward forward = { .y = out,
                              .x = operand,
                              .w = sk_parameters_at (self->parameters, self->plan,
                                                     self->plan->ops[conv].parameter) };
    SkOperand raw = sk_operand (out);

    sk_conv2d_forward (&shape, &forward, self->scratch, self->pool);
    sk_explainer_norm (self, place->skip, &raw.scale, &raw.shift);
    sk_operand_materialise (out, &raw, (gsize) op->h * (gsize) op->w, op->c,
                            self->pool);
  }
}

void
sk_explainer_skip_backward (SkExplainer *self, int block, float *dx, float *dp) {
  const SkBlock *place = &self->plan->blocks[block];
  const SkOp *input = &self->plan->ops[place->input], *op;
  int conv = projection_of (self->plan, block);

  if (place->skip == place->input) {
    memcpy (dx, dp, sk_explainer_floats (self, place->input) * sizeof (float));
    return;
  }
  op = &self->plan->ops[place->skip];
  if (conv < 0) {
    sk_subsample_backward (dx, dp, 1, input->h, input->w, input->c, op->c, op->stride,
                           self->pool);
  } else {
    SkConvShape shape = conv_shape (self->plan, conv);
    SkConvBackward backward = {
      .dx = dx,
      .dy = sk_gradient_operand (dp),
      .x = sk_operand (sk_network_output (self->network, place->input, NULL)),
      .w = sk_parameters_at (self->parameters, self->plan,
                             self->plan->ops[conv].parameter)
    };
    const float *scale, *shift;

    sk_explainer_norm (self, place->skip, &scale, &shift);
    for (gsize i = 0; i < sk_explainer_floats (self, place->skip); i++)
      dp[i] *= scale[i % (gsize) op->c];
    sk_conv2d_backward (&shape, &backward, self->scratch, self->pool);
  }
}

/* (h,w) @map from the output and the gradient of a block, both (h,w,c). */
static void
cam (float *map, const float *out, const float *gradient, gsize pixels, gsize c,
     float *weights) {
  memset (weights, 0, c * sizeof (float));
  for (gsize p = 0; p < pixels; p++)
    for (gsize k = 0; k < c; k++)
      weights[k] += gradient[p * c + k] / (float) pixels;
  for (gsize p = 0; p < pixels; p++) {
    float sum = 0;

    for (gsize k = 0; k < c; k++)
      sum += weights[k] * out[p * c + k];
    map[p] = MAX (sum, 0.0f);
  }
}

void
sk_explainer_grad_cam (SkExplainer *self, int class, float *const *maps) {
  float *logits = sk_network_logits_gradient (self->network);

  g_return_if_fail (class >= 0 && class < self->plan->classes);

  memset (logits, 0, (gsize) self->plan->classes * sizeof (float));
  logits[class] = 1;
  sk_network_backward (self->network);
  for (int b = 0; b < self->plan->n_blocks; b++) {
    int last = self->plan->blocks[b].last;
    const SkOp *op = &self->plan->ops[last];
    const float *gradient;
    const float *out = sk_network_output (self->network, last, &gradient);

    cam (maps[b], out, gradient, (gsize) op->h * (gsize) op->w, (gsize) op->c,
         self->carried[0]);
  }
}

void
sk_explainer_pool (SkExplainer *self, int block, float *features) {
  const SkOp *op = &self->plan->ops[self->plan->blocks[block].last];
  SkOperand x = sk_operand (sk_explainer_block (self, block));

  sk_avgpool_forward (features, &x, 1, op->h * op->w, op->c, self->pool);
}

/* @features: (C) what the head reads */
static void
read_off (SkExplainer *self, const float *features, float *logits) {
  const SkPlan *plan = self->plan;
  const SkOp *head = &plan->ops[plan->n_ops - 1];

  sk_linear_forward (logits, features,
                     sk_parameters_at (self->parameters, plan, head->parameter),
                     sk_parameters_at (self->parameters, plan, head->parameter + 1), 1,
                     plan->ops[head->inputs[0]].c, plan->classes, self->pool);
}

void
sk_explainer_head (SkExplainer *self, int block, float *logits) {
  g_return_if_fail (block >= sk_exits_first_head (self->plan) &&
                    block < self->plan->n_blocks);

  sk_explainer_pool (self, block, self->carried[0]);
  read_off (self, self->carried[0], logits);
}

gboolean
sk_explainer_exits (SkExplainer *self, float *logits) {
  const SkPlan *plan = self->plan;
  int pool = plan->ops[plan->n_ops - 1].inputs[0];
  const SkOp *pooled = &plan->ops[plan->ops[pool].inputs[0]];

  if (!plan->variant.skips)
    return FALSE;
  for (int b = 0; b < plan->n_blocks; b++) {
    float *at = self->carried[0], *next = self->carried[1], *swap;
    SkOperand last;

    memcpy (at, sk_explainer_block (self, b),
            sk_explainer_floats (self, plan->blocks[b].last) * sizeof (float));
    for (int l = b + 1; l < plan->n_blocks; l++) {
      SkOperand sum = { .data = next, .relu = TRUE };
      const SkOp *op = &plan->ops[plan->blocks[l].last];

      /* What is rectified already passes an identity as it is. */
      if (plan->blocks[l].skip == plan->blocks[l].input)
        continue;
      sk_explainer_skip_forward (self, l, next, at);
      sk_operand_materialise (next, &sum, (gsize) op->h * (gsize) op->w, op->c,
                              self->pool);
      swap = at;
      at = next;
      next = swap;
    }
    last = sk_operand (at);
    sk_avgpool_forward (next, &last, 1, pooled->h * pooled->w, pooled->c, self->pool);
    read_off (self, next, logits + (gsize) b * (gsize) plan->classes);
  }
  return TRUE;
}
