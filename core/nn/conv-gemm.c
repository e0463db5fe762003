/* im2col: a patch is the R·S·C inputs that one output pixel sees, laid out as a row; then
 *   y = patches · w,  dw += patchesᵀ · dy,  dpatches = dy · wᵀ (added back into dx).
 * Patches are made for a few output rows at a time, so they never leave the cache. */

#include "conv-gemm.h"

#include <cblas.h>

#include "arena.h"
#include "epilogue.h"
#include "reduce.h"
#include "vec.h"

/* Floats of patches at once: a quarter of a second-level cache. */
#define PATCH_FLOATS 65536

typedef struct {
  const SkConvShape *shape;
  const SkConvForward *forward;
  const SkConvBackward *backward;
  float *scratch;
} Job;

/* One worker's scratch. */
typedef struct {
  double *sums; /* (2,K) or (2,C) */
  float *patches; /* (pixels,R·S·C) */
  float *dpatches;
  float *dy; /* (pixels,K) */
  float *dw; /* (R·S·C,K) */
} Space;

static gsize
patch_size (const SkConvShape *shape) {
  return (gsize) shape->r * (gsize) shape->s * (gsize) shape->c;
}

/* Whole output rows at once. */
static int
block_rows (const SkConvShape *shape) {
  gsize row = patch_size (shape) * (gsize) shape->q;

  return (int) CLAMP (PATCH_FLOATS / row, 1, (gsize) shape->p);
}

static gsize
space_size (const SkConvShape *shape, Space *space, float *base) {
  gsize pixels = (gsize) block_rows (shape) * (gsize) shape->q, used = 0;
  float **pieces[] = { &space->patches, &space->dpatches, &space->dy, &space->dw };
  gsize sizes[] = { pixels * patch_size (shape), pixels * patch_size (shape),
                    pixels * (gsize) shape->k, patch_size (shape) * (gsize) shape->k };

  space->sums = (double *) (void *) base;
  used += sk_partial_size (MAX (shape->c, shape->k)) * 2;
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    *pieces[i] = base + used;
    used += sk_arena_round (sizes[i]);
  }
  return used;
}

static Space
space_of (const Job *job, int worker) {
  Space space;
  gsize size = space_size (job->shape, &space, job->scratch);

  space_size (job->shape, &space, job->scratch + size * (gsize) worker);
  return space;
}

gsize
sk_conv_gemm_scratch (const SkConvShape *shape, int n_workers) {
  Space space;
  float nothing[1];

  return space_size (shape, &space, nothing) * (gsize) n_workers;
}

/* Values of one pixel's channels. */
static void
load_pixel (float *to, const SkOperand *x, gsize offset, int c) {
  if (x->scale == NULL && !x->relu) {
    memcpy (to, x->data + offset, (gsize) c * sizeof (float));
    return;
  }
  for (int i = 0; i < c; i += SK_VL) {
    int n = sk_lanes_at (i, c);
    SkLane lane = sk_operand_lane (x, i, n);
    SkVec z = sk_load_part (x->data + offset + (gsize) i, n);

    sk_store_part (to + i, sk_lane_value (&lane, z), n);
  }
}

/* Where a patch's tap lies in x, in pixels; −1: in the padding. */
static gssize
tap_pixel (const SkConvShape *shape, gsize image, int p, int q, int r, int s) {
  int h = p * shape->stride - shape->pad + r, w = q * shape->stride - shape->pad + s;

  if (h < 0 || h >= shape->h || w < 0 || w >= shape->w)
    return -1;
  return (gssize) ((image * (gsize) shape->h + (gsize) h) * (gsize) shape->w +
                   (gsize) w);
}

static void
make_patches (const Job *job, const SkOperand *x, float *patches, gsize image, int p,
              int rows) {
  const SkConvShape *shape = job->shape;
  gsize c = (gsize) shape->c;
  float *to = patches;

  for (int row = p; row < p + rows; row++)
    for (int q = 0; q < shape->q; q++)
      for (int r = 0; r < shape->r; r++)
        for (int s = 0; s < shape->s; s++, to += c) {
          gssize pixel = tap_pixel (shape, image, row, q, r, s);

          if (pixel < 0)
            memset (to, 0, c * sizeof (float));
          else
            load_pixel (to, x, (gsize) pixel * c, shape->c);
        }
}

/* The turned-around make_patches(): adds where that one read. */
static void
add_patches (const Job *job, const float *dpatches, gsize image, int p, int rows) {
  const SkConvShape *shape = job->shape;
  gsize c = (gsize) shape->c;
  const float *from = dpatches;

  for (int row = p; row < p + rows; row++)
    for (int q = 0; q < shape->q; q++)
      for (int r = 0; r < shape->r; r++)
        for (int s = 0; s < shape->s; s++, from += c) {
          gssize pixel = tap_pixel (shape, image, row, q, r, s);
          float *dx = job->backward->dx + (gsize) pixel * c;

          if (pixel >= 0)
            for (gsize i = 0; i < c; i++)
              dx[i] += from[i];
        }
}

/* Forward is cut by output rows of all pictures, so one picture feeds all workers. */
static void
forward_part (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkConvShape *shape = job->shape;
  const SkConvForward *args = job->forward;
  Space space = space_of (job, worker);
  int step = block_rows (shape), depth = (int) patch_size (shape), rows;
  const float kept = args->add == args->y ? args->add_scale : 0;
  gsize p = (gsize) shape->p, q = (gsize) shape->q, begin, end;

  if (args->sums)
    memset (space.sums, 0, 2 * (gsize) shape->k * sizeof (double));
  sk_share ((gsize) shape->n * p, worker, n_workers, &begin, &end);
  for (gsize row = begin; row < end; row += (gsize) rows) {
    gsize image = row / p;

    rows = (int) MIN ((gsize) step, MIN (end, (image + 1) * p) - row);
    make_patches (job, &args->x, space.patches, image, (int) (row - image * p), rows);
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, rows * shape->q, shape->k,
                 depth, 1, space.patches, depth, args->w, shape->k, kept,
                 args->y + row * q * (gsize) shape->k, shape->k);
    sk_epilogue_forward (args, row * q, (gsize) rows * q, shape->k,
                         args->sums ? space.sums : NULL);
  }
}

/* sums (n) = those of all workers, in their order. */
static void
gather_sums (const Job *job, double *sums, gsize n, int n_workers) {
  for (gsize i = 0; i < n; i++) {
    sums[i] = 0;
    for (int worker = 0; worker < n_workers; worker++)
      sums[i] += space_of (job, worker).sums[i];
  }
}

void
sk_conv_gemm_forward (const SkConvShape *shape, const SkConvForward *args,
                      float *scratch, SkPool *pool) {
  Job job = { .shape = shape, .forward = args, .scratch = scratch };

  sk_pool_run (pool, forward_part, &job);
  if (args->sums)
    gather_sums (&job, args->sums, 2 * (gsize) shape->k, sk_pool_size (pool));
}

static void
backward_rows (const Job *job, const Space *space, gsize image, int p, int rows) {
  const SkConvShape *shape = job->shape;
  const SkConvBackward *args = job->backward;
  int pixels = rows * shape->q, depth = (int) patch_size (shape), k = shape->k;
  gsize first = (image * (gsize) shape->p + (gsize) p) * (gsize) shape->q;

  for (int i = 0; i < k; i += SK_VL) {
    int n = sk_lanes_at (i, k);
    SkGradientLane lane = sk_gradient_lane (&args->dy, i, n);

    for (gsize pixel = 0; pixel < (gsize) pixels; pixel++)
      sk_store_part (
          space->dy + pixel * (gsize) k + i,
          sk_gradient_at (&lane, &args->dy, (first + pixel) * (gsize) k + (gsize) i, n),
          n);
  }
  if (args->dw) {
    make_patches (job, &args->x, space->patches, image, p, rows);
    cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, depth, k, pixels, 1,
                 space->patches, depth, space->dy, k, 1, space->dw, k);
  }
  if (args->dx) {
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, pixels, depth, k, 1,
                 space->dy, k, args->w, k, 0, space->dpatches, depth);
    add_patches (job, space->dpatches, image, p, rows);
  }
}

/* Backward is cut by pictures: patches overlap within one. */
static void
backward_part (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkConvShape *shape = job->shape;
  const SkConvBackward *args = job->backward;
  Space space = space_of (job, worker);
  int step = block_rows (shape);
  gsize hw = (gsize) shape->h * (gsize) shape->w, begin, end;

  if (args->dw)
    memset (space.dw, 0, patch_size (shape) * (gsize) shape->k * sizeof (float));
  if (args->sums)
    memset (space.sums, 0, 2 * (gsize) shape->c * sizeof (double));
  sk_share ((gsize) shape->n, worker, n_workers, &begin, &end);
  for (gsize image = begin; image < end; image++) {
    if (args->dx)
      memset (args->dx + image * hw * (gsize) shape->c, 0,
              hw * (gsize) shape->c * sizeof (float));
    for (int p = 0; p < shape->p; p += step)
      backward_rows (job, &space, image, p, MIN (step, shape->p - p));
    if (args->sums)
      sk_epilogue_backward (args, image * hw, hw, shape->c, space.sums);
  }
}

/* dw of all workers, added in their order; cut by elements. */
static void
gather_dw (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize begin, end;

  sk_share (patch_size (job->shape) * (gsize) job->shape->k, worker, n_workers, &begin,
            &end);
  for (int other = 0; other < n_workers; other++) {
    const float *dw = space_of (job, other).dw;

    for (gsize i = begin; i < end; i++)
      job->backward->dw[i] += dw[i];
  }
}

void
sk_conv_gemm_backward (const SkConvShape *shape, const SkConvBackward *args,
                       float *scratch, SkPool *pool) {
  Job job = { .shape = shape, .backward = args, .scratch = scratch };

  sk_pool_run (pool, backward_part, &job);
  if (args->dw)
    sk_pool_run (pool, gather_dw, &job);
  if (args->sums)
    gather_sums (&job, args->sums, 2 * (gsize) shape->c, sk_pool_size (pool));
}
