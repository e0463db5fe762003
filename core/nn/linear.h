#pragma once

#include "parallel.h"

#include <glib.h>

/**
 * sk_linear_forward:
 * @y: (N,K) overwritten: x·wᵀ + bias
 * @x: (N,C)
 * @w: (K,C)
 * @bias: (K)
 *
 * 2·N·C·K flops. Checked: reference/linear.c, finite differences, PyTorch.
 */
void
sk_linear_forward (float *y, const float *x, const float *w, const float *bias, int n,
                   int c, int k, SkPool *pool);

/**
 * sk_linear_backward:
 * @dx: (N,C) overwritten; NULL: not wanted
 * @dw: (K,C) accumulated; NULL: frozen
 * @dbias: (K) accumulated; NULL: frozen
 * @dy: (N,K) gradient by the output
 * @x, @w: as given to sk_linear_forward()
 */
void
sk_linear_backward (float *dx, float *dw, float *dbias, const float *dy, const float *x,
                    const float *w, int n, int c, int k, SkPool *pool);
