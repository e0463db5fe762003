#pragma once

#include <glib.h>

#include "operand.h"

/* Naive twins of the kernels: one loop nest each, in double, nothing clever. Same shapes
 * and letters as core/nn. */

/* act(scale·data + shift), n values of c channels. */
void
ref_operand (double *out, const SkOperand *x, gsize pixels, int c);

/* A gradient operand's value. */
void
ref_gradient (double *out, const SkGradientOperand *dy, gsize pixels, int c);

/* y (N,P,Q,K) = x (N,H,W,C) ∗ w (R,S,C,K) */
void
ref_conv2d_forward (double *y, const double *x, const float *w, const SkConvShape *s);

/* dx (N,H,W,C) and dw (R,S,C,K) overwritten. */
void
ref_conv2d_backward (double *dx, double *dw, const double *dy, const double *x,
                     const float *w, const SkConvShape *s);

/* y = γ·(z − mean)/√(var + eps) + β with the batch's own mean and biased variance. */
void
ref_batchnorm_forward (double *y, double *mean, double *var, const double *z,
                       const float *gamma, const float *beta, gsize pixels, int c);

/* By the textbook, from the normalised values. */
void
ref_batchnorm_backward (double *dz, double *dgamma, double *dbeta, const double *dy,
                        const double *z, const float *gamma, gsize pixels, int c);

/* y (N,P,Q,C), dx (N,H,W,C) overwritten; the first of equals gets the gradient. */
void
ref_maxpool (double *y, double *dx, const double *dy, const double *x, int n, int h,
             int w, int c);

/* y (N,K) = x (N,C) · wᵀ + bias, w (K,C). */
void
ref_linear_forward (double *y, const float *x, const float *w, const float *bias, int n,
                    int c, int k);

void
ref_linear_backward (double *dx, double *dw, double *dbias, const float *dy,
                     const float *x, const float *w, int n, int c, int k);

/* Mean loss of n rows of k logits. */
double
ref_cross_entropy (const double *logits, const int *labels, double smoothing, int n,
                   int k);
