#pragma once

#include "dataset.h"
#include "network.h"
#include "transform.h"

typedef struct {
  int images;
  double top1, top5; /* fractions */
  double loss; /* mean cross-entropy */
} SkEvaluation;

/* Called between batches of an evaluation; @fraction: 0 … 1 of the pictures are done. */
typedef void (*SkProgressFunc) (double fraction, gpointer data);

/**
 * sk_evaluate:
 * @network: any; runs with running statistics
 * @cancel: (nullable): checked between batches
 */
gboolean
sk_evaluate (SkNetwork *network, SkDataset *dataset, SkSplit split,
             const SkTransform *transform, SkEvaluation *result, const gint *cancel,
             GError **error);

/* The same, telling @progress (nullable) how far it is. */
gboolean
sk_evaluate_with_progress (SkNetwork *network, SkDataset *dataset, SkSplit split,
                           const SkTransform *transform, SkEvaluation *result,
                           SkProgressFunc progress, gpointer data, const gint *cancel,
                           GError **error);
