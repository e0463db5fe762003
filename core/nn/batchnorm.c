/* Batch norm over N·H·W, and the two operands that put it off until somebody reads. */

#include "batchnorm.h"

#include <math.h>

#include "reduce.h"
#include "vec.h"

typedef struct {
  const float *z;
  const SkGradientOperand *dy;
  const SkOperand *x;
  float *out;
  gsize pixels;
  int c;
  float *scratch;
} Job;

static void
statistics (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  double *sums = sk_partial (job->scratch, job->c, worker);
  gsize c = (gsize) job->c, step = sk_block_pixels (job->c), begin, end;

  memset (sums, 0, 2 * c * sizeof (double));
  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += step) {
    gsize stop = MIN (at + step, end);

    for (int i = 0; i < job->c; i += SK_VL) {
      int n = sk_lanes_at (i, job->c);
      SkMoments moments = sk_moments (sk_load_part (job->z + at * c + i, n));

      for (gsize pixel = at; pixel < stop; pixel++)
        sk_moments_add (&moments, sk_load_part (job->z + pixel * c + i, n));
      sk_moments_flush (&moments, sums + i, sums + c + i, (double) (stop - at), n);
    }
  }
}

void
sk_batchnorm_statistics (double *sums, const float *z, gsize pixels, int c,
                         float *scratch, SkPool *pool) {
  Job job = { .z = z, .pixels = pixels, .c = c, .scratch = scratch };

  sk_pool_run (pool, statistics, &job);
  sk_partial_sum (sums, scratch, c, 0, 2 * (gsize) c, sk_pool_size (pool));
}

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

static void
materialise (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize c = (gsize) job->c, step = sk_block_pixels (job->c), begin, end;

  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += step) {
    gsize stop = MIN (at + step, end);

    for (int i = 0; i < job->c; i += SK_VL) {
      int n = sk_lanes_at (i, job->c);
      SkLane lane = sk_operand_lane (job->x, i, n);

      for (gsize pixel = at; pixel < stop; pixel++) {
        gsize offset = pixel * c + (gsize) i;
        SkVec z = sk_load_part (job->x->data + offset, n);

        sk_store_part (job->out + offset, sk_lane_value (&lane, z), n);
      }
    }
  }
}

void
sk_operand_materialise (float *y, const SkOperand *x, gsize pixels, int c,
                        SkPool *pool) {
  Job job = { .x = x, .out = y, .pixels = pixels, .c = c };

  sk_pool_run (pool, materialise, &job);
}

static void
backward_sums (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkGradientOperand *dy = job->dy;
  double *sums = sk_partial (job->scratch, job->c, worker);
  gsize c = (gsize) job->c, step = sk_block_pixels (job->c), begin, end;

  memset (sums, 0, 2 * c * sizeof (double));
  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += step) {
    gsize stop = MIN (at + step, end);

    for (int i = 0; i < job->c; i += SK_VL) {
      int n = sk_lanes_at (i, job->c);
      SkLane lane = sk_lane (dy->scale, dy->shift, dy->relu, i, n);
      SkVec sum = { 0 }, dot = { 0 };

      for (gsize pixel = at; pixel < stop; pixel++) {
        gsize offset = pixel * c + (gsize) i;
        SkVec z = sk_load_part (dy->z + offset, n);
        SkVec g = sk_load_part (dy->data + offset, n);

        g = sk_clear (g, sk_lane_dead (&lane, z));
        sum += g;
        dot += g * z;
      }
      sk_add_to_doubles (sums + i, sum, n);
      sk_add_to_doubles (sums + c + i, dot, n);
    }
  }
}

void
sk_batchnorm_backward_sums (double *sums, const SkGradientOperand *dy, gsize pixels,
                            int c, float *scratch, SkPool *pool) {
  Job job = { .dy = dy, .pixels = pixels, .c = c, .scratch = scratch };

  sk_pool_run (pool, backward_sums, &job);
  sk_partial_sum (sums, scratch, c, 0, 2 * (gsize) c, sk_pool_size (pool));
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

static void
gradient_materialise (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkGradientOperand *dy = job->dy;
  gsize c = (gsize) job->c, step = sk_block_pixels (job->c), begin, end;

  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += step) {
    gsize stop = MIN (at + step, end);

    for (int i = 0; i < job->c; i += SK_VL) {
      int n = sk_lanes_at (i, job->c);
      SkGradientLane lane = sk_gradient_lane (dy, i, n);

      for (gsize pixel = at; pixel < stop; pixel++) {
        gsize offset = pixel * c + (gsize) i;

        sk_store_part (job->out + offset, sk_gradient_at (&lane, dy, offset, n), n);
      }
    }
  }
}

void
sk_gradient_materialise (float *dz, const SkGradientOperand *dy, gsize pixels, int c,
                         SkPool *pool) {
  Job job = { .dy = dy, .out = dz, .pixels = pixels, .c = c };

  sk_pool_run (pool, gradient_materialise, &job);
}

void
sk_batchnorm_fold (float *w_out, const float *w, const float *scale, gsize rows,
                   int k) {
  for (gsize row = 0; row < rows; row++)
    for (int i = 0; i < k; i++)
      w_out[row * (gsize) k + (gsize) i] = w[row * (gsize) k + (gsize) i] * scale[i];
}
