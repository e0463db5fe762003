/* Batch norm's passes over memory: sums, and the two operands applied. */

#include "batchnorm.h"

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
materialise (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize c = (gsize) job->c, begin, end;

  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize pixel = begin; pixel < end; pixel++)
    for (int i = 0; i < job->c; i += SK_VL) {
      int n = sk_lanes_at (i, job->c);
      SkLane lane = sk_operand_lane (job->x, i, n);
      gsize offset = pixel * c + (gsize) i;
      SkVec z = sk_load_part (job->x->data + offset, n);

      sk_store_part (job->out + offset, sk_lane_value (&lane, z), n);
    }
}

void
sk_operand_materialise (float *y, const SkOperand *x, gsize pixels, int c,
                        SkPool *pool) {
  Job job = { .x = x, .out = y, .pixels = pixels, .c = c };

  sk_pool_run (pool, materialise, &job);
}

static inline void
backward_vector (const SkGradientOperand *dy, gsize offset, int i, int c, int n,
                 float *floats) {
  SkLane lane = sk_lane (dy->scale, dy->shift, dy->relu, i, n);
  SkVec z = sk_load_part (dy->z + offset, n);
  SkVec g = sk_clear (sk_load_part (dy->data + offset, n), sk_lane_dead (&lane, z));

  sk_store_part (floats + i, sk_load_part (floats + i, n) + g, n);
  sk_store_part (floats + c + i, sk_load_part (floats + c + i, n) + g * z, n);
}

static void
backward_sums (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const int whole = job->c / SK_VL * SK_VL;
  double *sums = sk_partial (job->scratch, job->c, worker);
  float *floats = sk_partial_floats (job->scratch, job->c, worker);
  gsize c = (gsize) job->c, begin, end;

  memset (sums, 0, 2 * c * sizeof (double));
  memset (floats, 0, 2 * c * sizeof (float));
  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += SK_RUN_PIXELS) {
    for (gsize pixel = at; pixel < MIN (at + SK_RUN_PIXELS, end); pixel++) {
      for (int i = 0; i < whole; i += SK_VL)
        backward_vector (job->dy, pixel * c + (gsize) i, i, job->c, SK_VL, floats);
      if (whole < job->c)
        backward_vector (job->dy, pixel * c + (gsize) whole, whole, job->c,
                         job->c - whole, floats);
    }
    sk_partial_flush (sums, floats, 2 * c);
  }
}

void
sk_batchnorm_backward_sums (double *sums, const SkGradientOperand *dy, gsize pixels,
                            int c, float *scratch, SkPool *pool) {
  Job job = { .dy = dy, .pixels = pixels, .c = c, .scratch = scratch };

  sk_pool_run (pool, backward_sums, &job);
  sk_partial_sum (sums, scratch, c, 0, 2 * (gsize) c, sk_pool_size (pool));
}

static void
gradient_materialise (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkGradientOperand *dy = job->dy;
  gsize c = (gsize) job->c, begin, end;

  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize pixel = begin; pixel < end; pixel++)
    for (int i = 0; i < job->c; i += SK_VL) {
      int n = sk_lanes_at (i, job->c);
      SkGradientLane lane = sk_gradient_lane (dy, i, n);
      gsize offset = pixel * c + (gsize) i;

      sk_store_part (job->out + offset, sk_gradient_at (&lane, dy, offset, n), n);
    }
}

void
sk_gradient_materialise (float *dz, const SkGradientOperand *dy, gsize pixels, int c,
                         SkPool *pool) {
  Job job = { .dy = dy, .out = dz, .pixels = pixels, .c = c };

  sk_pool_run (pool, gradient_materialise, &job);
}
