#pragma once

#include "conv.h"

/* Convolution as a matrix product over patches (im2col): every shape there is. */

gsize
sk_conv_gemm_scratch (const SkConvShape *shape, int n_workers);

void
sk_conv_gemm_forward (const SkConvShape *shape, const SkConvForward *args,
                      float *scratch, SkPool *pool);

void
sk_conv_gemm_backward (const SkConvShape *shape, const SkConvBackward *args,
                       float *scratch, SkPool *pool);
