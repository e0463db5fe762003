/* Accuracy and loss over a split, with running statistics. */

#include "evaluate.h"

#include <math.h>

#include "errors.h"
#include "loader.h"

typedef struct {
  gint64 n, top1, top5;
  double loss;
} Sums;

/* How many classes come before @label. Equal ones count in the order of their index; a
 * NaN counts before everything, so that a network of NaNs is right about nothing. */
static int
rank_of (const float *logits, int classes, int label) {
  int rank = 0;

  for (int i = 0; i < classes; i++)
    if (i != label &&
        (!(logits[i] <= logits[label]) || (logits[i] == logits[label] && i < label)))
      rank++;
  return isnan (logits[label]) ? classes : rank;
}

static double
cross_entropy (const float *logits, int classes, int label) {
  double most = (double) logits[0], sum = 0;

  for (int i = 1; i < classes; i++)
    most = MAX (most, (double) logits[i]);
  for (int i = 0; i < classes; i++)
    sum += exp ((double) logits[i] - most);
  return log (sum) + most - (double) logits[label];
}

static void
add_batch (Sums *sums, const float *logits, const SkBatch *batch, int classes) {
  for (int i = 0; i < batch->n; i++) {
    const float *row = logits + (gsize) i * (gsize) classes;
    int rank = rank_of (row, classes, batch->labels[i]);

    sums->n++;
    sums->top1 += rank < 1;
    sums->top5 += rank < 5;
    sums->loss += cross_entropy (row, classes, batch->labels[i]);
  }
}

static gboolean
is_cancelled (const gint *cancel) {
  return cancel != NULL && g_atomic_int_get (cancel);
}

static gboolean
check (const SkPlan *plan, SkDataset *dataset, SkSplit split,
       const SkTransform *transform, GError **error) {
  if (sk_dataset_count (dataset, split) == 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT, "%s has no pictures to evaluate",
                 sk_dataset_title (dataset));
    return FALSE;
  }
  if (sk_dataset_classes (dataset) > plan->classes) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 "%s has %d classes, the network tells %d apart; evaluate it on the "
                 "classes it was trained for",
                 sk_dataset_title (dataset), sk_dataset_classes (dataset),
                 plan->classes);
    return FALSE;
  }
  g_return_val_if_fail (transform->side == plan->h && plan->h == plan->w, FALSE);
  return TRUE;
}

gboolean
sk_evaluate_with_progress (SkNetwork *network, SkDataset *dataset, SkSplit split,
                           const SkTransform *transform, SkEvaluation *result,
                           SkProgressFunc progress, gpointer data, const gint *cancel,
                           GError **error) {
  const SkPlan *plan = sk_network_plan (network);
  g_autoptr (SkLoader) loader = NULL;
  Sums sums = { 0 };
  int n_batches;

  *result = (SkEvaluation){ 0 };
  if (!check (plan, dataset, split, transform, error))
    return FALSE;
  loader =
      sk_loader_new (dataset, split, transform, SK_AUGMENT_NONE,
                     MIN (plan->n, sk_dataset_count (dataset, split)), 0, FALSE, 0);
  n_batches = sk_loader_n_batches (loader);
  sk_loader_start (loader, 0, 0);
  for (int i = 0; i < n_batches; i++) {
    const SkBatch *batch = is_cancelled (cancel) ? NULL : sk_loader_next (loader);
    const float *logits = NULL;

    if (batch != NULL && batch->n > 0)
      logits = sk_network_forward (network, batch->images, batch->n, FALSE);
    if (is_cancelled (cancel)) {
      g_set_error (error, SK_ERROR, SK_ERROR_CANCELLED, "the evaluation was cancelled");
      return FALSE;
    }
    if (logits != NULL)
      add_batch (&sums, logits, batch, plan->classes);
    if (progress != NULL)
      progress ((double) (i + 1) / n_batches, data);
  }
  if (sums.n == 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE,
                 "no picture of %s could be read; see the list of files left out",
                 sk_dataset_title (dataset));
    return FALSE;
  }
  *result = (SkEvaluation){ .images = (int) sums.n,
                            .top1 = (double) sums.top1 / (double) sums.n,
                            .top5 = (double) sums.top5 / (double) sums.n,
                            .loss = sums.loss / (double) sums.n };
  return TRUE;
}

gboolean
sk_evaluate (SkNetwork *network, SkDataset *dataset, SkSplit split,
             const SkTransform *transform, SkEvaluation *result, const gint *cancel,
             GError **error) {
  return sk_evaluate_with_progress (network, dataset, split, transform, result, NULL,
                                    NULL, cancel, error);
}
