#include "reference.h"

#include <math.h>

double
ref_cross_entropy (const double *logits, const int *labels, double smoothing, int n,
                   int k) {
  double loss = 0;

  for (int i = 0; i < n; i++) {
    double sum = 0;

    for (int j = 0; j < k; j++)
      sum += exp (logits[i * k + j]);
    for (int j = 0; j < k; j++) {
      double target = (j == labels[i] ? 1 - smoothing : 0) + smoothing / k;

      loss -= target * log (exp (logits[i * k + j]) / sum) / n;
    }
  }
  return loss;
}
