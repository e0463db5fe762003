#include "reference.h"

#include <math.h>

#define EPSILON 1e-5

void
ref_batchnorm_forward (double *y, double *mean, double *var, const double *z,
                       const float *gamma, const float *beta, gsize pixels, int c) {
  gsize stride = (gsize) c;

  for (gsize i = 0; i < stride; i++) {
    mean[i] = var[i] = 0;
    for (gsize p = 0; p < pixels; p++)
      mean[i] += z[p * stride + i] / (double) pixels;
    for (gsize p = 0; p < pixels; p++)
      var[i] += pow (z[p * stride + i] - mean[i], 2) / (double) pixels;
    for (gsize p = 0; p < pixels; p++)
      y[p * stride + i] =
          (double) gamma[i] * (z[p * stride + i] - mean[i]) / sqrt (var[i] + EPSILON) +
          (double) beta[i];
  }
}

/* Through the graph  d = z − mean,  v = mean of d²,  x̂ = d/√(v + eps),  y = γx̂ + β. */
void
ref_batchnorm_backward (double *dz, double *dgamma, double *dbeta, const double *dy,
                        const double *z, const float *gamma, gsize pixels, int c) {
  gsize stride = (gsize) c;
  double m = (double) pixels;

  for (gsize i = 0; i < stride; i++) {
    double mean = 0, var = 0, dvar = 0, dmean = 0, root;

    for (gsize p = 0; p < pixels; p++)
      mean += z[p * stride + i] / m;
    for (gsize p = 0; p < pixels; p++)
      var += pow (z[p * stride + i] - mean, 2) / m;
    root = sqrt (var + EPSILON);
    dgamma[i] = dbeta[i] = 0;
    for (gsize p = 0; p < pixels; p++) {
      double d = z[p * stride + i] - mean, g = dy[p * stride + i];

      dgamma[i] += g * d / root;
      dbeta[i] += g;
      dvar += g * (double) gamma[i] * d * -0.5 / (root * root * root);
    }
    for (gsize p = 0; p < pixels; p++) {
      double d = z[p * stride + i] - mean;

      dz[p * stride + i] =
          dy[p * stride + i] * (double) gamma[i] / root + dvar * 2 * d / m;
      dmean -= dz[p * stride + i];
    }
    for (gsize p = 0; p < pixels; p++)
      dz[p * stride + i] += dmean / m;
  }
}
