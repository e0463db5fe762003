#pragma once

#include "dataset.h"
#include "network.h"
#include "transform.h"
#include "verdict.h"

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

/**
 * sk_evaluate_pictures:
 * @verdicts: SkVerdicts are appended, in the order of the split; broken files are left out
 * @progress: (nullable)
 *
 * Picture by picture, for whoever wants to know more than means.
 */
gboolean
sk_evaluate_pictures (SkNetwork *network, SkDataset *dataset, SkSplit split,
                      const SkTransform *transform, GArray *verdicts,
                      SkProgressFunc progress, gpointer data, const gint *cancel,
                      GError **error);

/* sk_evaluate(), telling @progress (nullable) how far it is. */
gboolean
sk_evaluate_with_progress (SkNetwork *network, SkDataset *dataset, SkSplit split,
                           const SkTransform *transform, SkEvaluation *result,
                           SkProgressFunc progress, gpointer data, const gint *cancel,
                           GError **error);
