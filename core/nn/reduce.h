#pragma once

#include "parallel.h"

/* Sums by channel over many workers: each fills doubles of its own, and they are added
 * in the order of the workers, so the same number of workers gives the same bits. */

/* Doubles of each worker: two pairs of sums per channel, a few of a probe, and room for
 * three floats per channel (sk_partial_floats()). */
static inline gsize
sk_partial_size (int c) {
  return (gsize) (6 * c + 31) / 8 * 8;
}

/* The doubles of one worker, in a kernel's scratch; aligned as the scratch is. */
static inline double *
sk_partial (float *scratch, int c, int worker) {
  return (double *) (void *) scratch + sk_partial_size (c) * (gsize) worker;
}

/* (3,C) floats of one worker, in which a short run of pixels is added up before it is
 * added to doubles. Pixels are then read in the order they lie in memory, whatever the
 * number of channels: memory is twice as fast that way as channel by channel. */
static inline float *
sk_partial_floats (float *scratch, int c, int worker) {
  return (float *) (void *) (sk_partial (scratch, c, worker) +
                             ((gsize) (4 * c + 15) / 8 * 8));
}

/* sums (n) += floats (n), which become 0. */
static inline void
sk_partial_flush (double *sums, float *floats, gsize n) {
  for (gsize i = 0; i < n; i++) {
    sums[i] += (double) floats[i];
    floats[i] = 0;
  }
}

/* sums (n) overwritten: doubles offset … offset + n − 1 of every worker, added. */
void
sk_partial_sum (double *sums, float *scratch, int c, gsize offset, gsize n,
                int n_workers);

/* Pixels whose floats are added up before they are added to doubles. */
#define SK_RUN_PIXELS 64

/* Pixels to take at once, so that a block of their channels stays in the first cache. */
static inline gsize
sk_block_pixels (int c) {
  return CLAMP ((gsize) (2048 / c), 8, 64);
}
