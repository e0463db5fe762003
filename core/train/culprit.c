/* Which tensor stopped being finite first. */

#include "culprit.h"

#include <math.h>
#include <string.h>

void
sk_apply_bn_mode (SkNetwork *network, const char *bn_mode) {
  SkBnMode mode = SK_BN_TRAIN;

  if (bn_mode == NULL)
    return;
  if (strcmp (bn_mode, "affine") == 0)
    mode = SK_BN_AFFINE;
  else if (strcmp (bn_mode, "statistics") == 0)
    mode = SK_BN_STATISTICS;
  for (int i = 0; i < sk_network_plan (network)->n_groups; i++)
    sk_network_set_bn_mode (network, i, mode);
}

static gboolean
all_finite (const float *values, gsize n) {
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return FALSE;
  return TRUE;
}

static const char *
find_in_parameters (const SkPlan *plan, const SkParameters *parameters) {
  for (int i = 0; i < plan->n_parameters; i++)
    if (!all_finite (sk_parameters_at (parameters, plan, i), plan->parameters[i].count))
      return plan->parameters[i].name;
  return NULL;
}

/* Every operation's output has to be kept to be looked at, so this takes a network of its
 * own; where there is no memory for it the gradients alone are asked. */
static const char *
find_in_outputs (SkNetwork *network, SkParameters *parameters, const char *bn_mode,
                 const float *images, int n, SkPool *pool) {
  SkPlan *plan = (SkPlan *) sk_network_plan (network);
  g_autoptr (SkNetwork) open = sk_network_new (
      plan, parameters, SK_NETWORK_TRAIN | SK_NETWORK_UNFUSED, pool, NULL);

  if (open == NULL)
    return NULL;
  for (int i = 0; i < plan->n_groups; i++)
    sk_network_set_frozen (open, i, sk_network_is_frozen (network, i));
  for (int i = 0; i < plan->n_blocks; i++)
    sk_network_set_lambda (open, i, sk_network_lambda (network, i));
  sk_apply_bn_mode (open, bn_mode);
  sk_network_forward (open, images, n, TRUE);
  for (int i = 0; i < plan->n_ops; i++) {
    const SkOp *op = &plan->ops[i];
    gsize size = (gsize) n * (gsize) op->h * (gsize) op->w * (gsize) op->c;
    const float *output =
        op->kind == SK_OP_INPUT ? images : sk_network_output (open, i, NULL);

    if (output != NULL && !all_finite (output, size))
      return op->name;
  }
  return NULL;
}

static const char *
find_in_gradients (SkNetwork *network) {
  const SkPlan *plan = sk_network_plan (network);
  const float *gradients = sk_network_gradients (network);

  for (int i = plan->n_parameters - 1; i >= 0; i--) {
    const SkParameter *parameter = &plan->parameters[i];

    if (parameter->kind != SK_PARAMETER_BN_MEAN &&
        parameter->kind != SK_PARAMETER_BN_VAR &&
        !all_finite (gradients + parameter->offset, parameter->count))
      return parameter->name;
  }
  return NULL;
}

char *
sk_find_culprit (SkNetwork *network, SkParameters *parameters, const char *bn_mode,
                 const float *images, int n, SkPool *pool) {
  const char *name = find_in_parameters (sk_network_plan (network), parameters);

  if (name == NULL)
    name = find_in_outputs (network, parameters, bn_mode, images, n, pool);
  /* Once more: the variance of large outputs may not fit a float where they do. */
  if (name == NULL)
    name = find_in_parameters (sk_network_plan (network), parameters);
  if (name == NULL)
    name = find_in_gradients (network);
  return g_strdup (name);
}
