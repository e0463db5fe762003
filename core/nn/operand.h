#pragma once

#include <glib.h>

/* Shape letters, everywhere: N images; H, W input rows and columns; C input channels;
 * K output channels; R, S kernel rows and columns; P, Q output rows and columns.
 * Tensors are NHWC float32, filters (R,S,C,K). */

typedef struct {
  int n, h, w, c;
  int k, r, s;
  int stride, pad;
  int p, q;
} SkConvShape;

/* A tensor as its reader sees it: x = act(scale·data + shift). A convolution leaves its
 * raw output in memory; normalising and rectifying wait until somebody reads it. */
typedef struct {
  const float *data; /* (N,H,W,C) */
  const float *scale; /* (C); NULL: neither scale nor shift */
  const float *shift; /* (C) */
  gboolean relu;
} SkOperand;

/* A gradient as its reader sees it. Without @z it is @data itself. With @z (the raw
 * output of the convolution whose output gradient this is) the backward of batch norm,
 * and of ReLU where @relu, waits until it is read:
 *   g  = relu && scale·z + shift <= 0 ? 0 : data
 *   dy = alpha·g + beta·z + delta
 * all by channel. */
typedef struct {
  const float *data; /* (N,P,Q,K) */
  const float *z; /* (N,P,Q,K) (nullable) */
  const float *scale; /* (K) */
  const float *shift; /* (K) */
  gboolean relu;
  const float *alpha; /* (K) */
  const float *beta; /* (K) */
  const float *delta; /* (K) */
} SkGradientOperand;

/* A tensor that nothing waits for. */
static inline SkOperand
sk_operand (const float *data) {
  return (SkOperand){ .data = data };
}

static inline SkGradientOperand
sk_gradient_operand (const float *data) {
  return (SkGradientOperand){ .data = data };
}
