#pragma once

#include "evaluate.h"
#include "network.h"
#include "probe-set.h"

/* Where the pictures of each class lie, on average, in what the blocks before the last
 * stage put out: enough to tell classes apart there without training anything. */
typedef struct {
  int n_blocks; /* those before the last stage */
  int classes;
  int images; /* that they are means of; 0: nothing is near */
  int *channels; /* (n_blocks) C */
  int *counts; /* (classes) pictures of each */
  float **means; /* (n_blocks) each (classes,C) of GAP (x): the mean over the pixels */
} SkClassMeans;

/* (transfer full): the training pictures to take means of, of each class as many: always
 * the same 1,000, or 10 of each class where that is more. */
SkProbeSet *
sk_class_means_choose (SkDataset *dataset, const SkTransform *transform);

/**
 * sk_class_means_new:
 * @network: with BLOCK_MEANS, of the weights and skips that will be asked
 * @probe: labels below the network's classes
 * @progress: (nullable)
 * @cancel: (nullable): read between batches
 * @error: SK_ERROR_CANCELLED; SK_ERROR_MEMORY
 *
 * With running statistics. Sums are double, taken in the order of @probe. One forward for
 * each picture; classes · ΣC floats, ΣC over the blocks before the last stage. Engine
 * threads only. Source: nearest-mean classification as in Mensink et al. 2013, TPAMI 35
 * (11), by the Euclidean distance. Checked: a naive reference in double.
 *
 * Returns: (transfer full): sk_class_means_free()
 */
SkClassMeans *
sk_class_means_new (SkNetwork *network, const SkProbeSet *probe,
                    SkProgressFunc progress, gpointer data, const gint *cancel,
                    GError **error);

void
sk_class_means_free (SkClassMeans *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkClassMeans, sk_class_means_free)

/**
 * sk_class_means_nearest:
 * @block: 0 … n_blocks − 1
 * @features: (C) GAP (x) of one picture
 *
 * Returns: the class whose mean is nearest, the first of equals; −1: there are no means,
 *   or @features are no numbers
 */
int
sk_class_means_nearest (const SkClassMeans *self, int block, const float *features);
