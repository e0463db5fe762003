/* Accuracy and loss over a split, with running statistics. */

#include "evaluate.h"

#include <math.h>

#include "errors.h"
#include "loader.h"

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

/* Softmax of the largest and the second largest, and −log of @label's. */
void
sk_verdict_judge (SkVerdict *self, const float *logits, int classes, int label) {
  int best = 0, second = -1;
  double sum = 0;

  for (int i = 1; i < classes; i++)
    if (!(logits[i] <= logits[best])) {
      second = best;
      best = i;
    } else if (second < 0 || logits[i] > logits[second]) {
      second = i;
    }
  for (int i = 0; i < classes; i++)
    sum += exp ((double) logits[i] - (double) logits[best]);
  self->label = label;
  self->predicted = best;
  self->rank = rank_of (logits, classes, label);
  self->loss = log (sum) + (double) logits[best] - (double) logits[label];
  if (!isfinite (sum))
    return;
  self->confidence = (float) (1 / sum);
  self->margin = self->confidence;
  if (second >= 0)
    self->margin -=
        (float) (exp ((double) logits[second] - (double) logits[best]) / sum);
}

static void
add_batch (GArray *verdicts, const float *logits, const SkBatch *batch, int classes) {
  for (int i = 0; i < batch->n; i++) {
    SkVerdict verdict = { .index = batch->indices[i] };

    sk_verdict_judge (&verdict, logits + (gsize) i * (gsize) classes, classes,
                      batch->labels[i]);
    g_array_append_val (verdicts, verdict);
  }
}

SkEvaluation
sk_verdicts_mean (const SkVerdict *verdicts, guint n) {
  SkEvaluation mean = { .images = (int) n };

  for (guint i = 0; i < n; i++) {
    mean.top1 += verdicts[i].rank < 1;
    mean.top5 += verdicts[i].rank < 5;
    mean.loss += verdicts[i].loss;
  }
  if (n > 0) {
    mean.top1 /= n;
    mean.top5 /= n;
    mean.loss /= n;
  }
  return mean;
}

static gboolean
is_cancelled (const gint *cancel) {
  return cancel != NULL && g_atomic_int_get (cancel);
}

static gboolean
check (const SkPlan *plan, SkDataset *dataset, SkSplit split,
       const SkTransform *transform, GError **error) {
  if (sk_dataset_count (dataset, split) == 0)
    return sk_refuse (error, SK_ERROR_ARGUMENT, "%s has no pictures to evaluate",
                      sk_dataset_title (dataset));
  if (sk_dataset_classes (dataset) > plan->classes)
    return sk_refuse (
        error, SK_ERROR_ARGUMENT,
        "%s has %d classes, the network tells %d apart; evaluate it on the "
        "classes it was trained for",
        sk_dataset_title (dataset), sk_dataset_classes (dataset), plan->classes);
  g_return_val_if_fail (transform->side == plan->h && plan->h == plan->w, FALSE);
  return TRUE;
}

gboolean
sk_evaluate_pictures (SkNetwork *network, SkDataset *dataset, SkSplit split,
                      const SkTransform *transform, GArray *verdicts,
                      SkProgressFunc progress, gpointer data, const gint *cancel,
                      GError **error) {
  const SkPlan *plan = sk_network_plan (network);
  g_autoptr (SkLoader) loader = NULL;
  guint before = verdicts->len;
  int n_batches;

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
    if (is_cancelled (cancel))
      return sk_refuse (error, SK_ERROR_CANCELLED, "the evaluation was cancelled");
    if (logits != NULL)
      add_batch (verdicts, logits, batch, plan->classes);
    if (progress != NULL)
      progress ((double) (i + 1) / n_batches, data);
  }
  if (verdicts->len == before)
    return sk_refuse (error, SK_ERROR_FILE,
                      "no picture of %s could be read; see the list of files left out",
                      sk_dataset_title (dataset));
  return TRUE;
}

gboolean
sk_evaluate_with_progress (SkNetwork *network, SkDataset *dataset, SkSplit split,
                           const SkTransform *transform, SkEvaluation *result,
                           SkProgressFunc progress, gpointer data, const gint *cancel,
                           GError **error) {
  g_autoptr (GArray) verdicts = g_array_new (FALSE, FALSE, sizeof (SkVerdict));

  *result = (SkEvaluation){ 0 };
  if (!sk_evaluate_pictures (network, dataset, split, transform, verdicts, progress,
                             data, cancel, error))
    return FALSE;
  *result = sk_verdicts_mean ((const SkVerdict *) verdicts->data, verdicts->len);
  return TRUE;
}

gboolean
sk_evaluate (SkNetwork *network, SkDataset *dataset, SkSplit split,
             const SkTransform *transform, SkEvaluation *result, const gint *cancel,
             GError **error) {
  return sk_evaluate_with_progress (network, dataset, split, transform, result, NULL,
                                    NULL, cancel, error);
}
