#pragma once

#include "dataset.h"
#include "transform.h"

/* Batches prepared ahead of training, on threads of its own. */
typedef struct _SkLoader SkLoader;

typedef struct {
  float *images; /* (n,side,side,3) normalised */
  int *labels; /* (n) */
  int *indices; /* (n) in the split */
  int n; /* pictures; less than asked in the last batch of an epoch, or where broken
                    files were left out; 0 where all of them were broken */
  int epoch; /* 0 … */
  int batch; /* of its epoch, 0 … */
  gboolean last; /* of its epoch */
} SkBatch;

/**
 * sk_loader_new:
 * @dataset: reffed
 * @transform: copied
 * @batch: pictures in a batch
 * @seed: of the run
 * @shuffle: a new order each epoch, a function of (seed, epoch); else the set's own
 * @n_threads: decoding threads; 0: one for small pictures in memory, else one per core
 *
 * The split must not be empty. Which pictures a batch holds, and how each is augmented,
 * depends on (seed, epoch, batch) alone: not on threads, speed, or where it was started.
 *
 * Returns: (transfer full): idle until sk_loader_start()
 */
SkLoader *
sk_loader_new (SkDataset *dataset, SkSplit split, const SkTransform *transform,
               SkAugment augment, int batch, guint64 seed, gboolean shuffle,
               int n_threads);

/* Waits for the pictures being decoded, not for whole batches. */
void
sk_loader_free (SkLoader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkLoader, sk_loader_free)

/* How many augmented views of a picture there are: those of the first @views epochs, again
 * and again; 0, unless set: each epoch has its own. Before sk_loader_start(). */
void
sk_loader_set_views (SkLoader *self, int views);

/* @order: (count of the split) overwritten: which picture comes when in epoch @epoch. */
void
sk_loader_order (const SkLoader *self, int epoch, guint32 *order);

/* Batches in an epoch; the last may be partial. */
int
sk_loader_n_batches (const SkLoader *self);

/* Bytes that a loader of such batches allocates. */
guint64
sk_loader_memory (int batch, int side);

/* Begins to prepare batch @batch (0 …) of epoch @epoch (0 …) and those after it, epoch
 * after epoch. May be called again: what was prepared is forgotten. */
void
sk_loader_start (SkLoader *self, int epoch, int batch);

/**
 * sk_loader_next:
 *
 * Waits until the next batch is ready. After sk_loader_start(), from one thread.
 *
 * Returns: (transfer none): valid until the next call
 */
const SkBatch *
sk_loader_next (SkLoader *self);

/* Seconds that sk_loader_next() has waited since sk_loader_start(). */
double
sk_loader_waited (const SkLoader *self);
