#pragma once

#include "explainer.h"

/* What the questions share: the open network, and the skips on their own. */

struct _SkExplainer {
  SkPlan *plan; /* for one picture */
  SkParameters *parameters;
  SkPool *pool;
  SkNetwork *network;
  float *carried[2]; /* each as large as the largest output */
  float *scratch; /* of the projections */
  float *norms; /* (4, most channels) of a projection's batch norm */
};

/* Floats of an op's output for the one picture. */
gsize
sk_explainer_floats (const SkExplainer *self, int op);

/* scale and shift (channels of @op) of a batch norm with its running statistics; valid
 * until the next call. */
void
sk_explainer_norm (SkExplainer *self, int op, const float **scale, const float **shift);

/* P(x) of a block: @out (of the block's output) from @x (of its input). */
void
sk_explainer_skip_forward (SkExplainer *self, int block, float *out, const float *x);

/* Pᵀ: @dx (of the block's input) from @dp (of its output), which it may spoil. A constant
 * that P adds is no part of it. */
void
sk_explainer_skip_backward (SkExplainer *self, int block, float *dx, float *dp);
