#pragma once

#include "operand.h"
#include "parallel.h"

/* Batch norm in two halves: sums over the batch, taken while somebody else writes or
 * reads the tensor, and a few numbers per channel made of them. Applying is left to the
 * reader (SkOperand, SkGradientOperand). "pixels" is N·H·W. */

#define SK_BN_EPSILON 1e-5
#define SK_BN_MOMENTUM 0.1

/* Per channel, what forward leaves for backward. All (C). */
typedef struct {
  float *scale; /* γ·rstd */
  float *shift; /* β − γ·rstd·mean */
  float *mean;
  float *rstd; /* 1/√(variance + epsilon) */
} SkBnState;

/* Floats of scratch for every channel-wise reduction in this folder but convolutions:
 * batch norm, join, pooling. */
gsize
sk_channel_scratch (int c, int n_workers);

/* sums (2,C): Σz, Σz² over @pixels, overwritten. The convolution gives the same. */
void
sk_batchnorm_statistics (double *sums, const float *z, gsize pixels, int c,
                         float *scratch, SkPool *pool);

/**
 * sk_batchnorm_prepare:
 * @state: overwritten
 * @running_mean, @running_var: (C) moved by momentum 0.1 towards the batch's mean and
 *   unbiased variance; (nullable): not moved
 * @sums: (2,C) Σz, Σz² over @pixels, pixels > 1
 * @gamma, @beta: (C)
 */
void
sk_batchnorm_prepare (const SkBnState *state, float *running_mean, float *running_var,
                      const double *sums, const float *gamma, const float *beta,
                      gsize pixels, int c);

/* The same from running statistics, which do not move. */
void
sk_batchnorm_prepare_running (const SkBnState *state, const float *running_mean,
                              const float *running_var, const float *gamma,
                              const float *beta, int c);

/* y = value of x. (pixels,C) each; y may be x.data. */
void
sk_operand_materialise (float *y, const SkOperand *x, gsize pixels, int c,
                        SkPool *pool);

/* sums (2,C): Σg, Σg·z over @pixels, overwritten; g as in SkGradientOperand. */
void
sk_batchnorm_backward_sums (double *sums, const SkGradientOperand *dy, gsize pixels,
                            int c, float *scratch, SkPool *pool);

/**
 * sk_batchnorm_backward_prepare:
 * @alpha, @beta, @delta: (C) overwritten: of SkGradientOperand
 * @dgamma, @dbeta: (C) accumulated; NULL: frozen
 * @sums: (2,C) Σg, Σg·z
 * @factor: the true gradient is @factor·g (λ on a projection), else 1
 * @running: forward used running statistics, so they do not depend on z
 */
void
sk_batchnorm_backward_prepare (float *alpha, float *beta, float *delta, float *dgamma,
                               float *dbeta, const double *sums, const SkBnState *state,
                               double factor, gboolean running, gsize pixels, int c);

/* dz = value of dy. (pixels,C) each; dz may be dy.data. */
void
sk_gradient_materialise (float *dz, const SkGradientOperand *dy, gsize pixels, int c,
                         SkPool *pool);

/**
 * sk_batchnorm_fold:
 * @w_out: (rows,K) = w·scale by column; may be @w
 * @w: (rows,K) filters, rows = R·S·C
 *
 * For inference: conv with @w_out and bias @scale's shift is conv, then batch norm.
 */
void
sk_batchnorm_fold (float *w_out, const float *w, const float *scale, gsize rows, int k);
