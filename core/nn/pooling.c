/* Max pooling 3×3/2, global average pooling, and option A's subsampling. */

#include "pooling.h"

#include "reduce.h"
#include "vec.h"

typedef struct {
  float *out;
  guint8 *index;
  const guint8 *chosen;
  const float *in;
  const SkOperand *x;
  int n, h, w, c; /* the larger map */
  int p, q, k, stride; /* the smaller one */
  double *sums;
  float *scratch;
} Job;

/* One output pixel's vector: the first largest of its window, NaN largest of all. */
static void
maxpool_vector (const Job *job, gsize image, int p, int q, int c, int n) {
  SkLane lane = sk_operand_lane (job->x, c, n);
  gsize at = (((image * (gsize) job->p + (gsize) p) * (gsize) job->q + (gsize) q) *
              (gsize) job->c) +
             (gsize) c;
  SkVec best = sk_splat (-INFINITY);
  SkMask which = { 0 };

  for (int r = 0; r < 3; r++)
    for (int s = 0; s < 3; s++) {
      int h = 2 * p - 1 + r, w = 2 * q - 1 + s;
      SkVec v;
      SkMask keep;

      if (h < 0 || h >= job->h || w < 0 || w >= job->w)
        continue;
      v = sk_load_part (
          job->x->data +
              ((image * (gsize) job->h + (gsize) h) * (gsize) job->w + (gsize) w) *
                  (gsize) job->c +
              (gsize) c,
          n);
      v = sk_lane_value (&lane, v);
      keep = (v <= best) | (best != best);
      best = (SkVec) (((SkMask) best & keep) | ((SkMask) v & ~keep));
      which = (which & keep) | (((SkMask){ 0 } + (3 * r + s)) & ~keep);
    }
  sk_store_part (job->out + at, best, n);
  if (job->index)
    for (int i = 0; i < n; i++)
      job->index[at + (gsize) i] = (guint8) which[i];
}

static void
maxpool_rows (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize begin, end;

  sk_share ((gsize) job->n * (gsize) job->p, worker, n_workers, &begin, &end);
  for (gsize row = begin; row < end; row++)
    for (int q = 0; q < job->q; q++)
      for (int c = 0; c < job->c; c += SK_VL)
        maxpool_vector (job, row / (gsize) job->p, (int) (row % (gsize) job->p), q, c,
                        sk_lanes_at (c, job->c));
}

void
sk_maxpool_forward (float *y, guint8 *index, const SkOperand *x, int n, int h, int w,
                    int c, SkPool *pool) {
  Job job = { .out = y, .index = index, .x = x, .n = n, .h = h, .w = w, .c = c };

  job.p = sk_maxpool_size (h);
  job.q = sk_maxpool_size (w);
  sk_pool_run (pool, maxpool_rows, &job);
}

/* Input pixel h lies in the windows p with 2p − 1 <= h <= 2p + 1: one when h is even,
 * two when it is odd. Each gives its gradient to the pixel it chose. */
static void
maxpool_backward_pixel (const Job *job, float *dx, gsize image, int h, int w) {
  gsize c = (gsize) job->c;

  memset (dx, 0, c * sizeof (float));
  for (int p = h / 2; p <= (h + 1) / 2 && p < job->p; p++)
    for (int q = w / 2; q <= (w + 1) / 2 && q < job->q; q++) {
      gsize at =
          ((image * (gsize) job->p + (gsize) p) * (gsize) job->q + (gsize) q) * c;
      const guint8 code = (guint8) (3 * (h - 2 * p + 1) + (w - 2 * q + 1));
      const guint8 *chosen = job->chosen + at;
      const float *dy = job->in + at;

      for (gsize i = 0; i < c; i++)
        dx[i] += chosen[i] == code ? dy[i] : 0;
    }
}

/* Sums for the batch norm before x, over a row that is still in the cache. */
static void
add_row_sums (const Job *job, double *sums, const float *dx, const float *z) {
  gsize c = (gsize) job->c;

  for (int i = 0; i < job->c; i += SK_VL) {
    int n = sk_lanes_at (i, job->c);
    SkLane lane = sk_operand_lane (job->x, i, n);
    SkVec sum = { 0 }, dot = { 0 };

    for (gsize w = 0; w < (gsize) job->w; w++) {
      SkVec raw = sk_load_part (z + w * c + i, n);
      SkVec g = sk_clear (sk_load_part (dx + w * c + i, n), sk_lane_dead (&lane, raw));

      sum += g;
      dot += g * raw;
    }
    sk_add_to_doubles (sums + i, sum, n);
    sk_add_to_doubles (sums + c + i, dot, n);
  }
}

static void
maxpool_backward_rows (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize c = (gsize) job->c, width = (gsize) job->w * c, begin, end;
  double *sums = job->sums ? sk_partial (job->scratch, job->c, worker) : NULL;

  if (sums)
    memset (sums, 0, 2 * c * sizeof (double));
  sk_share ((gsize) job->n * (gsize) job->h, worker, n_workers, &begin, &end);
  for (gsize row = begin; row < end; row++) {
    for (int w = 0; w < job->w; w++)
      maxpool_backward_pixel (job, job->out + row * width + (gsize) w * c,
                              row / (gsize) job->h, (int) (row % (gsize) job->h), w);
    if (sums)
      add_row_sums (job, sums, job->out + row * width, job->x->data + row * width);
  }
}

void
sk_maxpool_backward (float *dx, double *sums, const float *dy, const guint8 *index,
                     const SkOperand *x, int n, int h, int w, int c, float *scratch,
                     SkPool *pool) {
  Job job = { .out = dx, .in = dy, .chosen = index, .x = x, .n = n, .h = h, .w = w };

  job.c = c;
  job.p = sk_maxpool_size (h);
  job.q = sk_maxpool_size (w);
  job.sums = sums;
  job.scratch = scratch;
  sk_pool_run (pool, maxpool_backward_rows, &job);
  if (sums)
    sk_partial_sum (sums, scratch, c, 0, 2 * (gsize) c, sk_pool_size (pool));
}

static void
avgpool_images (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize c = (gsize) job->c, hw = (gsize) job->h, begin, end;

  sk_share ((gsize) job->n, worker, n_workers, &begin, &end);
  for (gsize image = begin; image < end; image++)
    for (int i = 0; i < job->c; i += SK_VL) {
      int n = sk_lanes_at (i, job->c);
      SkLane lane = sk_operand_lane (job->x, i, n);
      SkVec sum = { 0 };

      for (gsize pixel = 0; pixel < hw; pixel++) {
        SkVec z = sk_load_part (job->x->data + (image * hw + pixel) * c + i, n);

        sum += sk_lane_value (&lane, z);
      }
      sk_store_part (job->out + image * c + i, sum / (float) hw, n);
    }
}

void
sk_avgpool_forward (float *y, const SkOperand *x, int n, int hw, int c, SkPool *pool) {
  Job job = { .out = y, .x = x, .n = n, .h = hw, .c = c };

  sk_pool_run (pool, avgpool_images, &job);
}

static void
avgpool_backward_images (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize c = (gsize) job->c, hw = (gsize) job->h, begin, end;
  const float mean = 1.0f / (float) hw;

  sk_share ((gsize) job->n, worker, n_workers, &begin, &end);
  for (gsize image = begin; image < end; image++)
    for (gsize pixel = 0; pixel < hw; pixel++)
      for (gsize i = 0; i < c; i++)
        job->out[(image * hw + pixel) * c + i] = job->in[image * c + i] * mean;
}

void
sk_avgpool_backward (float *dx, const float *dy, int n, int hw, int c, SkPool *pool) {
  Job job = { .out = dx, .in = dy, .n = n, .h = hw, .c = c };

  sk_pool_run (pool, avgpool_backward_images, &job);
}

static void
subsample_rows (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize c = (gsize) job->c, k = (gsize) job->k, before = (k - c) / 2, begin, end;

  sk_share ((gsize) job->n * (gsize) job->p, worker, n_workers, &begin, &end);
  for (gsize row = begin; row < end; row++) {
    gsize image = row / (gsize) job->p, h = row % (gsize) job->p * (gsize) job->stride;

    for (gsize q = 0; q < (gsize) job->q; q++) {
      gsize from = (image * (gsize) job->h + h) * (gsize) job->w + q * job->stride;
      float *y = job->out + (row * (gsize) job->q + q) * k;

      memset (y, 0, k * sizeof (float));
      for (int i = 0; i < job->c; i += SK_VL) {
        int n = sk_lanes_at (i, job->c);
        SkLane lane = sk_operand_lane (job->x, i, n);
        SkVec z = sk_load_part (job->x->data + from * c + i, n);

        sk_store_part (y + before + i, sk_lane_value (&lane, z), n);
      }
    }
  }
}

void
sk_subsample_forward (float *y, const SkOperand *x, int n, int h, int w, int c, int k,
                      int stride, SkPool *pool) {
  Job job = { .out = y, .x = x, .n = n, .h = h, .w = w, .c = c, .k = k };

  job.stride = stride;
  job.p = (h - 1) / stride + 1;
  job.q = (w - 1) / stride + 1;
  sk_pool_run (pool, subsample_rows, &job);
}

static void
subsample_backward_rows (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize c = (gsize) job->c, k = (gsize) job->k, before = (k - c) / 2, begin, end;
  gsize stride = (gsize) job->stride;

  sk_share ((gsize) job->n * (gsize) job->h, worker, n_workers, &begin, &end);
  for (gsize row = begin; row < end; row++) {
    gsize image = row / (gsize) job->h, h = row % (gsize) job->h;
    float *dx = job->out + row * (gsize) job->w * c;

    memset (dx, 0, (gsize) job->w * c * sizeof (float));
    if (h % stride != 0)
      continue;
    for (gsize q = 0; q < (gsize) job->q; q++) {
      gsize from = (image * (gsize) job->p + h / stride) * (gsize) job->q + q;

      memcpy (dx + q * stride * c, job->in + from * k + before, c * sizeof (float));
    }
  }
}

void
sk_subsample_backward (float *dx, const float *dy, int n, int h, int w, int c, int k,
                       int stride, SkPool *pool) {
  Job job = { .out = dx, .in = dy, .n = n, .h = h, .w = w, .c = c, .k = k };

  job.stride = stride;
  job.p = (h - 1) / stride + 1;
  job.q = (w - 1) / stride + 1;
  sk_pool_run (pool, subsample_backward_rows, &job);
}
