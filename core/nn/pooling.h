#pragma once

#include "operand.h"
#include "parallel.h"

/* Max pooling 3×3, stride 2, padding 1: P = (H−1)/2 + 1, Q likewise. */

/* Rows or columns after it. */
static inline int
sk_maxpool_size (int h) {
  return (h - 1) / 2 + 1;
}

/**
 * sk_maxpool_forward:
 * @y: (N,P,Q,C) overwritten
 * @index: (N,P,Q,C) overwritten: which of the 9, row by row, was largest (the first of
 *   equals); NULL: no backward will come
 * @x: (N,H,W,C)
 */
void
sk_maxpool_forward (float *y, guint8 *index, const SkOperand *x, int n, int h, int w,
                    int c, SkPool *pool);

/**
 * sk_maxpool_backward:
 * @dx: (N,H,W,C) overwritten: gradient by the value of x
 * @dy: (N,P,Q,C)
 * @x: (nullable) as forward read it, with @sums
 * @sums: (2,C) overwritten (nullable): Σg, Σg·x.data with g = x.relu && x <= 0 ? 0 : dx
 * @scratch: sk_channel_scratch()
 */
void
sk_maxpool_backward (float *dx, double *sums, const float *dy, const guint8 *index,
                     const SkOperand *x, int n, int h, int w, int c, float *scratch,
                     SkPool *pool);

/* Global average pooling: y (N,C) = mean over H·W of x (N,H,W,C). */
void
sk_avgpool_forward (float *y, const SkOperand *x, int n, int hw, int c, SkPool *pool);

/* dx (N,H,W,C) overwritten = dy (N,C) / H·W. */
void
sk_avgpool_backward (float *dx, const float *dy, int n, int hw, int c, SkPool *pool);

/**
 * sk_subsample_forward:
 * @y: (N,P,Q,K) overwritten: every @stride-th pixel of x, with (K−C)/2 zero channels
 *   before and the rest after; P = (H−1)/stride + 1
 *
 * Option A of He et al. 2015, §4.2.
 */
void
sk_subsample_forward (float *y, const SkOperand *x, int n, int h, int w, int c, int k,
                      int stride, SkPool *pool);

/* dx (N,H,W,C) overwritten: the gradient by the value of x. */
void
sk_subsample_backward (float *dx, const float *dy, int n, int h, int w, int c, int k,
                       int stride, SkPool *pool);
