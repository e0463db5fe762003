#pragma once

#include <glib.h>

/**
 * sk_cross_entropy:
 * @dlogits: (N,K) overwritten: gradient of the mean loss; NULL: not wanted; may be
 *   @logits
 * @losses: (N) overwritten (nullable): loss of each picture
 * @n_correct: (out) (nullable): pictures whose largest logit (the first of equals) is
 *   their label's
 * @logits: (N,K)
 * @labels: (N) 0 … K−1
 * @smoothing: the target is (1 − smoothing) on the label plus smoothing/K everywhere
 *
 * Softmax and cross-entropy, in double. NaN in, NaN out.
 *
 * Returns: mean loss over the N pictures
 */
double
sk_cross_entropy (float *dlogits, float *losses, int *n_correct, const float *logits,
                  const int *labels, float smoothing, int n, int k);

/* probabilities (N,K) = softmax of logits, row by row. */
void
sk_softmax (float *probabilities, const float *logits, int n, int k);
