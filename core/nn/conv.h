#pragma once

#include "operand.h"
#include "parallel.h"

/* The front door of every convolution; what stands behind it is chosen by shape. */

/* What one forward convolution reads and writes. Unset members are not wanted. */
typedef struct {
  float *y; /* (N,P,Q,K) overwritten: act(conv + bias + add_scale·add) */
  SkOperand x; /* (N,H,W,C) */
  const float *w; /* (R,S,C,K) */
  const float *packed; /* sk_conv2d_pack() of w (nullable): for filters that stay; w is
                          not read then and may be NULL */
  double *sums; /* (2,K) overwritten: Σy, Σy² over N·P·Q; for batch norm */
  const float *bias; /* (K) */
  const float *add; /* (N,P,Q,K); may be y itself */
  float add_scale;
  gboolean relu;
} SkConvForward;

/* What one backward convolution reads and writes. */
typedef struct {
  float *dx; /* (N,H,W,C) overwritten: gradient by the value of x, act() included in x
                but not undone here; NULL: not wanted. Not the memory of dy. */
  float *dw; /* (R,S,C,K) accumulated; NULL: frozen */
  double
      *sums; /* (2,C) overwritten (nullable): Σg, Σg·x.data with g = dx where x > 0 or
                   x.relu is not set, else 0: what the batch norm before x wants. Only
                   together with dx. */
  SkGradientOperand dy; /* (N,P,Q,K) */
  SkOperand x; /* (N,H,W,C) as forward read it */
  const float *w; /* (R,S,C,K) */
} SkConvBackward;

/* Fills p and q. r × s filters, the same stride and padding both ways. */
SkConvShape
sk_conv_shape (int n, int h, int w, int c, int k, int kernel, int stride, int pad);

/**
 * sk_conv2d_scratch:
 * @n_workers: sk_pool_size() of the pool that will run it
 *
 * Returns: floats of scratch that forward and backward may use for @shape, or for the
 *   same shape with fewer pictures
 */
gsize
sk_conv2d_scratch (const SkConvShape *shape, int n_workers);

/* The same where forward alone runs, with filters that are packed. */
gsize
sk_conv2d_packed_scratch (const SkConvShape *shape, int n_workers);

/**
 * sk_conv2d_forward:
 * @scratch: sk_conv2d_scratch() floats, contents undefined
 *
 * Cannot fail. Allocates nothing. Engine threads only. 2·N·P·Q·K·R·S·C flops.
 * Checked: reference/conv2d.c, finite differences, PyTorch.
 */
void
sk_conv2d_forward (const SkConvShape *shape, const SkConvForward *args, float *scratch,
                   SkPool *pool);

/**
 * sk_conv2d_backward:
 *
 * dx = dy ∗ w turned around; dw += x ∗ dy. As sk_conv2d_forward(), twice its flops.
 */
void
sk_conv2d_backward (const SkConvShape *shape, const SkConvBackward *args,
                    float *scratch, SkPool *pool);

/* Floats of sk_conv2d_pack(). */
gsize
sk_conv2d_packed_size (const SkConvShape *shape);

/**
 * sk_conv2d_pack:
 * @packed: sk_conv2d_packed_size() floats
 *
 * Brings filters into the form that forward computes with, for inference: valid for
 * any number of pictures of @shape. Serial.
 */
void
sk_conv2d_pack (float *packed, const float *w, const SkConvShape *shape);
