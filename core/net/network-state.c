#include "network-private.h"

/* What a network is told between steps, and what its walks ask of it. */

const SkPlan *
sk_network_plan (const SkNetwork *self) {
  return self->plan;
}

void
sk_network_set_frozen (SkNetwork *self, int group, gboolean frozen) {
  g_return_if_fail (group >= 0 && group < self->plan->n_groups);
  self->frozen[group] = frozen;
}

gboolean
sk_network_is_frozen (const SkNetwork *self, int group) {
  g_return_val_if_fail (group >= 0 && group < self->plan->n_groups, FALSE);
  return self->frozen[group];
}

void
sk_network_set_bn_mode (SkNetwork *self, int group, SkBnMode mode) {
  g_return_if_fail (group >= 0 && group < self->plan->n_groups);
  self->bn_modes[group] = mode;
}

void
sk_network_set_lambda (SkNetwork *self, int block, float lambda) {
  g_return_if_fail (block >= 0 && block < self->plan->n_blocks);
  self->lambda[block] = lambda;
}

float
sk_network_lambda (const SkNetwork *self, int block) {
  g_return_val_if_fail (block >= 0 && block < self->plan->n_blocks, 0);
  return self->lambda[block];
}

void
sk_network_set_probing (SkNetwork *self, gboolean probing) {
  self->probing = probing;
}

void
sk_network_set_cancel (SkNetwork *self, const gint *flag) {
  self->cancel = flag;
}

gboolean
sk_network_cancelled (const SkNetwork *self) {
  return self->cancel != NULL && g_atomic_int_get (self->cancel) != 0;
}

void
sk_network_set_profile (SkNetwork *self, double *seconds) {
  self->profile = seconds;
}

void
sk_network_clock (SkNetwork *self, SkWalkPhase phase, int op) {
  gint64 now;

  if (self->profile == NULL)
    return;
  now = g_get_monotonic_time ();
  self->profile[(gsize) phase * self->plan->n_ops + op] +=
      (double) (now - self->profiled_at) * 1e-6;
  self->profiled_at = now;
}

float *
sk_network_gradients (SkNetwork *self) {
  return self->gradients;
}

float *
sk_network_logits_gradient (SkNetwork *self) {
  return self->logits_gradient;
}

const SkBlockProbe *
sk_network_probes (const SkNetwork *self) {
  return self->probes;
}

gsize
sk_network_floats (const SkNetwork *self, int op) {
  const SkOp *shape = &self->plan->ops[op];

  return (gsize) self->plan->n * shape->h * shape->w * shape->c;
}

gsize
sk_network_pixels (const SkNetwork *self, int op) {
  const SkOp *shape = &self->plan->ops[op];

  return (gsize) self->n * shape->h * shape->w;
}

SkConvShape
sk_network_conv_shape (const SkNetwork *self, int op, int n) {
  const SkOp *conv = &self->plan->ops[op];
  const SkOp *input = &self->plan->ops[conv->inputs[0]];

  return sk_conv_shape (n, input->h, input->w, input->c, conv->c, conv->kernel,
                        conv->stride, conv->pad);
}

float *
sk_network_parameter (const SkNetwork *self, int op, int at) {
  return sk_parameters_at (self->parameters, self->plan,
                           self->plan->ops[op].parameter + at);
}

/* What batch norm does in a group: what was said, else what fits its being frozen. */
static SkBnMode
bn_mode (const SkNetwork *self, int group) {
  if (self->bn_modes[group] >= 0)
    return (SkBnMode) self->bn_modes[group];
  return self->frozen[group] ? SK_BN_STATISTICS : SK_BN_TRAIN;
}

gboolean
sk_network_learns (const SkNetwork *self, int parameter) {
  const SkParameter *tensor = &self->plan->parameters[parameter];

  if (self->frozen[tensor->group])
    return FALSE;
  switch (tensor->kind) {
  case SK_PARAMETER_BN_MEAN:
  case SK_PARAMETER_BN_VAR:
    return FALSE;
  case SK_PARAMETER_BN_SCALE:
  case SK_PARAMETER_BN_SHIFT:
    return bn_mode (self, tensor->group) != SK_BN_AFFINE;
  default:
    return TRUE;
  }
}

float *
sk_network_gradient (const SkNetwork *self, int op, int at) {
  if (!self->ops[op].learns)
    return NULL;
  return self->gradients +
         self->plan->parameters[self->plan->ops[op].parameter + at].offset;
}

void
sk_network_mark_needed (SkNetwork *self) {
  for (int i = 0; i < self->plan->n_ops; i++) {
    SkOpMemory *op = &self->ops[i];

    op->learns = self->plan->ops[i].parameter >= 0 &&
                 sk_network_learns (self, self->plan->ops[i].parameter);
    op->needed = op->learns;
    for (int j = 0; j < 2; j++)
      if (self->plan->ops[i].inputs[j] >= 0)
        op->needed |= self->ops[self->plan->ops[i].inputs[j]].needed;
  }
}

gboolean
sk_network_uses_batch (const SkNetwork *self, int op) {
  /* A last batch of one picture may leave one value per channel, which has no variance:
   * the running statistics stand in. */
  return self->training &&
         bn_mode (self, self->plan->ops[op].group) != SK_BN_STATISTICS &&
         sk_network_pixels (self, op) > 1;
}

void
sk_network_prepare_bn (SkNetwork *self, int op, const double *sums) {
  SkOpMemory *memory = &self->ops[op];
  const float *gamma = sk_network_parameter (self, op, 0);
  const float *beta = sk_network_parameter (self, op, 1);
  float *mean = sk_network_parameter (self, op, 2);
  float *variance = sk_network_parameter (self, op, 3);
  int c = self->plan->ops[op].c;

  memory->running = !sk_network_uses_batch (self, op);
  if (memory->running)
    sk_batchnorm_prepare_running (&memory->bn, mean, variance, gamma, beta, c);
  else
    sk_batchnorm_prepare (&memory->bn, mean, variance, sums, gamma, beta,
                          sk_network_pixels (self, op), c);
}

SkGradientOperand
sk_network_bn_gradient (const SkNetwork *self, int op, const float *data,
                        gboolean relu) {
  const SkOpMemory *memory = &self->ops[op];
  int input = self->plan->ops[op].inputs[0];

  return (SkGradientOperand){ .data = data,
                              .z = self->ops[input].out,
                              .scale = memory->bn.scale,
                              .shift = memory->bn.shift,
                              .relu = relu,
                              .alpha = memory->alpha,
                              .beta = memory->beta,
                              .delta = memory->delta };
}

void
sk_network_prepare_bn_backward (SkNetwork *self, int op, const double *sums,
                                double factor) {
  SkOpMemory *memory = &self->ops[op];

  sk_batchnorm_backward_prepare (
      memory->alpha, memory->beta, memory->delta, sk_network_gradient (self, op, 0),
      sk_network_gradient (self, op, 1), sums, &memory->bn, factor, memory->running,
      sk_network_pixels (self, op), self->plan->ops[op].c);
}
