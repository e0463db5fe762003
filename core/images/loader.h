#pragma once

#include "dataset.h"
#include "transform.h"

/* Batches prepared ahead of training, on threads of its own. */
typedef struct _SkLoader SkLoader;

typedef struct {
  float *images; /* (n,side,side,3) normalised */
  int *labels; /* (n) */
  int *indices; /* (n) in the split */
  int n; /* pictures; less than asked in the last batch of an epoch, or where
                    broken files were skipped */
  gboolean last; /* of its epoch */
} SkBatch;

/**
 * sk_loader_new:
 * @transform: copied
 * @batch: pictures in a batch
 * @seed: of the run
 * @shuffle: a new order each epoch, a function of (seed, epoch)
 * @n_threads: decoding threads; 0: one for small pictures in memory, else one per core
 *
 * Returns: (transfer full): idle until sk_loader_start()
 */
SkLoader *
sk_loader_new (SkDataset *dataset, SkSplit split, const SkTransform *transform,
               SkAugment augment, int batch, guint64 seed, gboolean shuffle,
               int n_threads);

void
sk_loader_free (SkLoader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkLoader, sk_loader_free)

/* Batches in an epoch. */
int
sk_loader_n_batches (const SkLoader *self);

/* Begins to prepare batch @batch of epoch @epoch and those after it, epoch after epoch. */
void
sk_loader_start (SkLoader *self, int epoch, int batch);

/**
 * sk_loader_next:
 *
 * Waits until the next batch is ready.
 *
 * Returns: (transfer none): valid until the next call
 */
const SkBatch *
sk_loader_next (SkLoader *self);

/* Seconds that sk_loader_next() has waited since sk_loader_start(). */
double
sk_loader_waited (const SkLoader *self);
