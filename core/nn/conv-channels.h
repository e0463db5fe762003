#pragma once

#include "conv.h"

/* The walk by channels, for filters that outgrow the caches. Walking by blocks of tiles
 * (conv-blocks.h), each worker reads all filters for every block and keeps a dU of its
 * own, which at 512 channels is 38 MB of memory each. Here all workers share V and E of a
 * group of pictures, and each takes slices of channels: it transforms a slice's filters,
 * multiplies them with the whole group and finishes the slice, so that U, M, dU and dV of
 * a slice never leave its caches. Filters that are packed already gain nothing from it.
 * Arguments as in conv.h. */

gboolean
sk_conv_channels_serve (const SkConvShape *shape, gboolean backward, int n_workers);

gsize
sk_conv_channels_scratch (const SkConvShape *shape, gboolean backward, int n_workers);

/* Not for packed filters. */
void
sk_conv_channels_forward (const SkConvShape *shape, const SkConvForward *args,
                          float *scratch, SkPool *pool);

void
sk_conv_channels_backward (const SkConvShape *shape, const SkConvBackward *args,
                           float *scratch, SkPool *pool);
