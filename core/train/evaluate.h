#pragma once

#include "dataset.h"
#include "network.h"
#include "transform.h"

typedef struct {
  int images;
  double top1, top5; /* fractions */
  double loss; /* mean cross-entropy */
} SkEvaluation;

/**
 * sk_evaluate:
 * @network: any; runs with running statistics
 * @cancel: (nullable): checked between batches
 */
gboolean
sk_evaluate (SkNetwork *network, SkDataset *dataset, SkSplit split,
             const SkTransform *transform, SkEvaluation *result, const gint *cancel,
             GError **error);
