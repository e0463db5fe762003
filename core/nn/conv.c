#include "conv.h"

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
