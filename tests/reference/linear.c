#include "reference.h"

#include <string.h>

void
ref_linear_forward (double *y, const float *x, const float *w, const float *bias, int n,
                    int c, int k) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < k; j++) {
      y[i * k + j] = bias[j];
      for (int l = 0; l < c; l++)
        y[i * k + j] += (double) x[i * c + l] * (double) w[j * c + l];
    }
}

void
ref_linear_backward (double *dx, double *dw, double *dbias, const float *dy,
                     const float *x, const float *w, int n, int c, int k) {
  memset (dx, 0, sizeof (double) * (gsize) (n * c));
  memset (dw, 0, sizeof (double) * (gsize) (k * c));
  memset (dbias, 0, sizeof (double) * (gsize) k);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < k; j++) {
      double g = dy[i * k + j];

      dbias[j] += g;
      for (int l = 0; l < c; l++) {
        dx[i * c + l] += g * (double) w[j * c + l];
        dw[j * c + l] += g * (double) x[i * c + l];
      }
    }
}
