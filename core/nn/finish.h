#pragma once

#include "conv.h"
#include "vec.h"

/* What happens to a vector of results on its way to y, while it is in registers. */

/* Sums for batch norm over one block of tiles, before they are added to doubles: around
 * a pivot, the block's first value of each channel (vec.h says why). */
typedef struct {
  int channels; /* K */
  float *pivot, *sum, *square; /* (K) */
  double *totals; /* (2,K) of this worker; NULL: no sums wanted */
} SkBlockSums;

typedef struct {
  const float *add; /* NULL: none */
  SkVec bias, scale, dead;
  SkMoments moments;
} SkFinish;

/* @first: no tile of this block came before */
static inline SkFinish
sk_finish (const SkConvForward *args, const SkBlockSums *sums, gboolean first, int k,
           int n) {
  SkFinish finish = {
    .add = args->add,
    .bias = args->bias ? sk_load_part (args->bias + k, n) : sk_splat (0),
    .scale = sk_splat (args->add_scale),
    .dead = sk_splat (args->relu ? 0.0f : NAN),
  };

  if (sums->totals && !first)
    finish.moments = (SkMoments){ .pivot = sk_load_part (sums->pivot + k, n),
                                  .sum = sk_load_part (sums->sum + k, n),
                                  .square = sk_load_part (sums->square + k, n) };
  return finish;
}

/* Keeps what was added up for the block's next tile. */
static inline void
sk_finish_keep (const SkFinish *self, const SkBlockSums *sums, int k, int n) {
  if (sums->totals == NULL)
    return;
  sk_store_part (sums->pivot + k, self->moments.pivot, n);
  sk_store_part (sums->sum + k, self->moments.sum, n);
  sk_store_part (sums->square + k, self->moments.square, n);
}

/* Adds a block of @count values per channel to the totals. */
static inline void
sk_block_sums_flush (const SkBlockSums *sums, double count) {
  const int channels = sums->channels;

  if (sums->totals == NULL)
    return;
  for (int k = 0; k < channels; k++) {
    double pivot = (double) sums->pivot[k], rest = (double) sums->sum[k];

    sums->totals[k] += rest + count * pivot;
    sums->totals[channels + k] +=
        (double) sums->square[k] + pivot * (2 * rest + count * pivot);
  }
}

/* act(v + bias + scale·add) for the vector at float @at of y. */
static inline SkVec
sk_finish_value (const SkFinish *self, SkVec v, gsize at, int n) {
  v += self->bias;
  if (self->add)
    v += self->scale * sk_load_part (self->add + at, n);
  return sk_clear (v, v <= self->dead);
}
