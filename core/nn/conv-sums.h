#pragma once

#include "conv.h"

/**
 * sk_conv_input_sums:
 * @first, @pixels: a block of finished dx that is still in the cache
 * @row: floats from a pixel to the next
 * @c: channels to add up, from the first that @args points to
 * @sums: (2,@c) of this worker, added to: Σg, Σg·z (conv.h)
 * @floats: (2,@c) of this worker
 */
void
sk_conv_input_sums (const SkConvBackward *args, gsize first, gsize pixels, gsize row,
                    int c, double *sums, float *floats);
