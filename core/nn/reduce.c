#include "reduce.h"

#include "batchnorm.h"

gsize
sk_channel_scratch (int c, int n_workers) {
  return sk_partial_size (c) * 2 * (gsize) n_workers;
}

void
sk_partial_sum (double *sums, float *scratch, int c, gsize offset, gsize n,
                int n_workers) {
  for (gsize i = 0; i < n; i++) {
    sums[i] = 0;
    for (int worker = 0; worker < n_workers; worker++)
      sums[i] += sk_partial (scratch, c, worker)[offset + i];
  }
}
