/* Softmax and cross-entropy with label smoothing, in double: a few numbers a picture. */

#include "loss.h"

#include <math.h>

/* Index of the first largest; a NaN is never larger. */
static int
largest (const float *logits, int k) {
  int best = 0;

  for (int i = 1; i < k; i++)
    if (logits[i] > logits[best])
      best = i;
  return best;
}

/* log Σ exp, without overflow. */
static double
log_sum_exp (const float *logits, int k) {
  double top = logits[largest (logits, k)], sum = 0;

  for (int i = 0; i < k; i++)
    sum += exp (logits[i] - top);
  return top + log (sum);
}

/* With target t (Σt = 1):  loss = log Σexp − Σ t·logit,  ∂loss/∂logit = softmax − t. */
double
sk_cross_entropy (float *dlogits, float *losses, int *n_correct, const float *logits,
                  const int *labels, float smoothing, int n, int k) {
  const double rest = (double) smoothing / k, on = 1 - (double) smoothing;
  double total = 0;
  int correct = 0;

  for (int i = 0; i < n; i++) {
    const float *row = logits + (gsize) i * (gsize) k;
    double norm = log_sum_exp (row, k), loss = norm - on * row[labels[i]];

    if (smoothing > 0)
      for (int j = 0; j < k; j++)
        loss -= rest * row[j];
    correct += largest (row, k) == labels[i];
    total += loss;
    if (losses)
      losses[i] = (float) loss;
    if (dlogits)
      for (int j = 0; j < k; j++) {
        double target = rest + (j == labels[i] ? on : 0);

        dlogits[(gsize) i * (gsize) k + (gsize) j] =
            (float) ((exp (row[j] - norm) - target) / n);
      }
  }
  if (n_correct)
    *n_correct = correct;
  return total / n;
}

void
sk_softmax (float *probabilities, const float *logits, int n, int k) {
  for (gsize i = 0; i < (gsize) n; i++) {
    const float *row = logits + i * (gsize) k;
    double norm = log_sum_exp (row, k);

    for (gsize j = 0; j < (gsize) k; j++)
      probabilities[i * (gsize) k + j] = (float) exp (row[j] - norm);
  }
}
