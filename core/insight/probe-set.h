#pragma once

#include "dataset.h"
#include "transform.h"

/* A few pictures of a data set that experiments are made on: always the same ones, of each
 * class as many. */
typedef struct {
  SkDataset *dataset;
  SkSplit split;
  SkTransform transform;
  int *indices; /* (n) in the split */
  int n;
} SkProbeSet;

/**
 * sk_probe_set_new:
 * @dataset: reffed
 * @transform: copied
 * @n: pictures wanted; fewer where the split has no more
 * @seed: which choice
 *
 * Classes take turns, each handing out its pictures in a random order that depends on
 * @seed alone: the first pictures of a larger set are those of a smaller one.
 */
SkProbeSet *
sk_probe_set_new (SkDataset *dataset, SkSplit split, const SkTransform *transform,
                  int n, guint64 seed);

void
sk_probe_set_free (SkProbeSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkProbeSet, sk_probe_set_free)

/**
 * sk_probe_set_read:
 * @first: of the set
 * @images: (n,side,side,3) overwritten
 * @labels: (n) overwritten
 *
 * Returns: how many could be read; broken files are left out
 */
int
sk_probe_set_read (const SkProbeSet *self, int first, int n, float *images,
                   int *labels);
