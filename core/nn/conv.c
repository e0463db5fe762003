/* The front door: which algorithm computes which shape. */

#include "conv.h"

#include <string.h>

#include "conv-gemm.h"

SkConvShape
sk_conv_shape (int n, int h, int w, int c, int k, int kernel, int stride, int pad) {
  return (SkConvShape){
    .n = n,
    .h = h,
    .w = w,
    .c = c,
    .k = k,
    .r = kernel,
    .s = kernel,
    .stride = stride,
    .pad = pad,
    .p = (h + 2 * pad - kernel) / stride + 1,
    .q = (w + 2 * pad - kernel) / stride + 1,
  };
}

gsize
sk_conv2d_scratch (const SkConvShape *shape, int n_workers) {
  return sk_conv_gemm_scratch (shape, n_workers);
}

void
sk_conv2d_forward (const SkConvShape *shape, const SkConvForward *args, float *scratch,
                   SkPool *pool) {
  sk_conv_gemm_forward (shape, args, scratch, pool);
}

void
sk_conv2d_backward (const SkConvShape *shape, const SkConvBackward *args,
                    float *scratch, SkPool *pool) {
  sk_conv_gemm_backward (shape, args, scratch, pool);
}

gsize
sk_conv2d_packed_size (const SkConvShape *shape) {
  return (gsize) shape->r * (gsize) shape->s * (gsize) shape->c * (gsize) shape->k;
}

void
sk_conv2d_pack (float *packed, const float *w, const SkConvShape *shape) {
  memcpy (packed, w, sk_conv2d_packed_size (shape) * sizeof (float));
}
