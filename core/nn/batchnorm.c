/* Batch norm's few numbers per channel. */

#include "batchnorm.h"

#include <math.h>

static void
set_state (const SkBnState *state, int i, double mean, double variance, float gamma,
           float beta) {
  double rstd = 1 / sqrt (variance + SK_BN_EPSILON);

  state->mean[i] = (float) mean;
  state->rstd[i] = (float) rstd;
  state->scale[i] = (float) (gamma * rstd);
  state->shift[i] = (float) (beta - gamma * rstd * mean);
}

void
sk_batchnorm_prepare (const SkBnState *state, float *running_mean, float *running_var,
                      const double *sums, const float *gamma, const float *beta,
                      gsize pixels, int c) {
  const double count = (double) pixels;

  for (int i = 0; i < c; i++) {
    double mean = sums[i] / count;
    double variance = fmax (sums[c + i] / count - mean * mean, 0);

    /* fmax() would turn NaN into 0: a broken loss has to show. */
    if (isnan (sums[c + i]))
      variance = sums[c + i];
    set_state (state, i, mean, variance, gamma[i], beta[i]);
    if (running_mean) {
      double unbiased = variance * count / (count - 1);

      running_mean[i] += (float) (SK_BN_MOMENTUM * (mean - running_mean[i]));
      running_var[i] += (float) (SK_BN_MOMENTUM * (unbiased - running_var[i]));
    }
  }
}

void
sk_batchnorm_prepare_running (const SkBnState *state, const float *running_mean,
                              const float *running_var, const float *gamma,
                              const float *beta, int c) {
  for (int i = 0; i < c; i++)
    set_state (state, i, running_mean[i], running_var[i], gamma[i], beta[i]);
}

/* With x̂ = (z − mean)·rstd:  dβ = Σg,  dγ = Σ g·x̂ = rstd·(Σ g·z − mean·Σg),
 * dz = γ·rstd·(g − dβ/M − x̂·dγ/M), which is linear in g and z. */
void
sk_batchnorm_backward_prepare (float *alpha, float *beta, float *delta, float *dgamma,
                               float *dbeta, const double *sums, const SkBnState *state,
                               double factor, gboolean running, gsize pixels, int c) {
  const double count = (double) pixels;

  for (int i = 0; i < c; i++) {
    double scale = state->scale[i], rstd = state->rstd[i], mean = state->mean[i];
    double sum = factor * sums[i];
    double dot = factor * rstd * (sums[c + i] - mean * sums[i]);

    alpha[i] = (float) (factor * scale);
    beta[i] = running ? 0 : (float) (-scale * rstd * dot / count);
    delta[i] = running ? 0 : (float) (scale * (rstd * mean * dot - sum) / count);
    if (dgamma)
      dgamma[i] += (float) dot;
    if (dbeta)
      dbeta[i] += (float) sum;
  }
}

void
sk_batchnorm_fold (float *w_out, const float *w, const float *scale, gsize rows,
                   int k) {
  for (gsize row = 0; row < rows; row++)
    for (int i = 0; i < k; i++)
      w_out[row * (gsize) k + (gsize) i] = w[row * (gsize) k + (gsize) i] * scale[i];
}
