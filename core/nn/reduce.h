#pragma once

#include "parallel.h"

/* Sums by channel over many workers: each fills doubles of its own, and they are added
 * in the order of the workers, so the same number of workers gives the same bits. */

/* Doubles of each worker: two pairs of sums per channel, and a few of a probe. */
static inline gsize
sk_partial_size (int c) {
  return (gsize) (4 * c + 15) / 8 * 8;
}

/* The doubles of one worker, in a kernel's scratch; aligned as the scratch is. */
static inline double *
sk_partial (float *scratch, int c, int worker) {
  return (double *) (void *) scratch + sk_partial_size (c) * (gsize) worker;
}

/* sums (n) overwritten: doubles offset … offset + n − 1 of every worker, added. */
void
sk_partial_sum (double *sums, float *scratch, int c, gsize offset, gsize n,
                int n_workers);

/* Pixels to take at once, so that a block of their channels stays in the first cache. */
static inline gsize
sk_block_pixels (int c) {
  return CLAMP ((gsize) (2048 / c), 8, 64);
}
