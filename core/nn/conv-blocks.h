#pragma once

#include "conv.h"

/* The walk over blocks of tiles that computes every convolution (conv-plan.h says how).
 * Arguments as in conv.h. */

gsize
sk_conv_blocks_scratch (const SkConvShape *shape, int n_workers);

gsize
sk_conv_blocks_packed_scratch (const SkConvShape *shape, int n_workers);

void
sk_conv_blocks_forward (const SkConvShape *shape, const SkConvForward *args,
                        float *scratch, SkPool *pool);

void
sk_conv_blocks_backward (const SkConvShape *shape, const SkConvBackward *args,
                         float *scratch, SkPool *pool);

gsize
sk_conv_blocks_packed_size (const SkConvShape *shape);

void
sk_conv_blocks_pack (float *packed, const float *w, const SkConvShape *shape);
