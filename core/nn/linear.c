/* The head: y = x·wᵀ + bias. */

#include "linear.h"

#include <cblas.h>

typedef struct {
  float *y, *dx, *dw, *dbias;
  const float *x, *w, *bias, *dy;
  int n, c, k;
} Job;

static void
forward (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize begin, end, c = (gsize) job->c, k = (gsize) job->k;

  sk_share ((gsize) job->n, worker, n_workers, &begin, &end);
  if (begin == end)
    return;
  for (gsize i = begin; i < end; i++)
    for (gsize j = 0; j < k; j++)
      job->y[i * k + j] = job->bias[j];
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) (end - begin), job->k,
               job->c, 1, job->x + begin * c, job->c, job->w, job->c, 1,
               job->y + begin * k, job->k);
}

void
sk_linear_forward (float *y, const float *x, const float *w, const float *bias, int n,
                   int c, int k, SkPool *pool) {
  Job job = { .y = y, .x = x, .w = w, .bias = bias, .n = n, .c = c, .k = k };

  sk_pool_run (pool, forward, &job);
}

/* dx is cut by pictures, dw and dbias by classes: nobody adds into another's rows. */
static void
backward (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize begin, end, c = (gsize) job->c, k = (gsize) job->k;

  sk_share ((gsize) job->n, worker, n_workers, &begin, &end);
  if (job->dx && begin < end)
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) (end - begin), job->c,
                 job->k, 1, job->dy + begin * k, job->k, job->w, job->c, 0,
                 job->dx + begin * c, job->c);
  sk_share (k, worker, n_workers, &begin, &end);
  if (job->dw && begin < end)
    cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (int) (end - begin), job->c,
                 job->n, 1, job->dy + begin, job->k, job->x, job->c, 1,
                 job->dw + begin * c, job->c);
  if (job->dbias)
    for (gsize j = begin; j < end; j++) {
      double sum = 0;

      for (gsize i = 0; i < (gsize) job->n; i++)
        sum += (double) job->dy[i * k + j];
      job->dbias[j] += (float) sum;
    }
}

void
sk_linear_backward (float *dx, float *dw, float *dbias, const float *dy, const float *x,
                    const float *w, int n, int c, int k, SkPool *pool) {
  Job job = { .dx = dx, .dw = dw, .dbias = dbias, .dy = dy, .x = x, .w = w };

  job.n = n;
  job.c = c;
  job.k = k;
  sk_pool_run (pool, backward, &job);
}
