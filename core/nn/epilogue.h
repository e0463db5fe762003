#pragma once

#include "conv.h"

/* What happens to a convolution's results while they are still in the cache. */

/**
 * sk_epilogue_forward:
 * @first: pixel of y that the block begins with
 * @pixels: of the block, contiguous in y; few enough for the cache
 * @sums: (2,K) this worker's, added to; NULL where args->sums is
 *
 * Bias, add and ReLU in place; sums of what was written. Where add is y itself, the
 * product was added to add_scale·y already.
 */
void
sk_epilogue_forward (const SkConvForward *args, gsize first, gsize pixels, int k,
                     double *sums);

/* sums (2,C) of this worker added to: Σg, Σg·z over a block of finished dx. */
void
sk_epilogue_backward (const SkConvBackward *args, gsize first, gsize pixels, int c,
                      double *sums);
