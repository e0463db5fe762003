#pragma once

#include "conv.h"

/**
 * sk_conv_input_sums:
 * @first, @pixels: a block of finished dx that is still in the cache
 * @sums: (2,C) of this worker, added to: Σg, Σg·z (conv.h)
 * @floats: (2,C) of this worker
 */
void
sk_conv_input_sums (const SkConvBackward *args, gsize first, gsize pixels, int c,
                    double *sums, float *floats);
