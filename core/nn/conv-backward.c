#include "conv-blocks.h"
#include "conv-channels.h"
#include "conv-job.h"
#include "conv-sums.h"

/* Workers whose dU filter_gradient() is given at once. */
#define MAX_WORKERS 256

/* Taps that the transform keeps apart when filters are transposed, and rows of each. */
static int
filter_taps (const SkConvPlan *plan) {
  return plan->winograd ? 9 : 1;
}

static int
filter_rows (const SkConvPlan *plan) {
  const SkConvShape *s = plan->shape;

  return plan->winograd ? s->c : s->r * s->s * s->c;
}

/* Transposes (rows,columns) of each tap. */
static void
turn_part (gpointer data, int worker, int n_workers) {
  const SkConvJob *job = data;
  gsize rows = (gsize) filter_rows (&job->plan), columns = (gsize) job->plan.shape->k;
  gsize begin, end;

  sk_share (rows, worker, n_workers, &begin, &end);
  for (int tap = 0; tap < filter_taps (&job->plan); tap++) {
    const float *w = job->backward->w + (gsize) tap * rows * columns;
    float *turned = job->turned + (gsize) tap * rows * columns;

    sk_conv_turn (turned + begin, rows, w + begin * columns, columns, end - begin,
                  columns);
  }
}

/* Products of one block: dU first, as dV takes the place of V. */
static void
backward_products (const SkConvJob *job, const SkConvSpace *space, gsize first, int n,
                   gboolean fresh, SkPrefetch *prefetch, int n_prefetch) {
  const SkConvPlan *plan = &job->plan;
  const SkConvBackward *args = job->backward;
  const gboolean direct = sk_conv_plan_is_direct (plan);
  gsize c = (gsize) plan->shape->c;
  SkLayout dv_layout = direct ? (SkLayout){ .row = c, .chunk = SK_VL } : plan->v_layout;
  SkConvSource v = { 0 };

  if (args->dw)
    v = sk_conv_job_source (job, &args->x, space, first, n);
  job->transform->gradient (space->m, plan, &args->dy, first, n);
  for (int point = 0; point < plan->points; point++) {
    gboolean first_use;
    int filter = sk_conv_plan_filter (plan, point, &first_use);
    const float *e = space->m + (gsize) point * plan->m_stride;
    float *dv = direct && args->dx ? args->dx + first * c
                                   : space->v + (gsize) point * plan->v_stride;

    if (args->dw)
      sk_product_outer (space->du + (gsize) filter * plan->u_stride,
                        v.data + (gsize) point * v.stride, v.layout, e, plan->m_layout,
                        n, plan->depth, plan->width, fresh && first_use);
    if (args->dx)
      sk_conv_product (dv, dv_layout, e, plan->m_layout,
                       job->packed + (gsize) filter * plan->u_stride, plan, n,
                       plan->width, plan->depth, prefetch, n_prefetch);
    else
      for (int i = 0; i < n_prefetch; i++)
        sk_prefetch_some (&prefetch[i]);
  }
}

static void
clear_du (const SkConvJob *job, const SkConvSpace *space) {
  memset (space->du, 0,
          (gsize) job->plan.filters * job->plan.u_stride * sizeof (float));
}

/* How far dx has got, in pictures. */
typedef struct {
  gsize cleared; /* begun: zeros, or sums of tiles */
  gsize summed; /* complete, and in the sums */
} Progress;

/* dV → dx for a block of tiles; pictures are cleared as they begin, and added up for
 * batch norm as they end, while they are in the cache. */
static void
finish_block (const SkConvJob *job, const SkConvSpace *space, gsize first, int n,
              Progress *progress) {
  const SkConvPlan *plan = &job->plan;
  const SkConvBackward *args = job->backward;
  gsize pixels = (gsize) plan->shape->h * (gsize) plan->shape->w;
  gsize picture = pixels * (gsize) plan->shape->c, tiles = sk_conv_plan_tiles (plan);
  gsize touched = (first + (gsize) n + tiles - 1) / tiles;
  gsize complete = (first + (gsize) n) / tiles;

  if (!sk_conv_plan_is_direct (plan)) {
    memset (args->dx + progress->cleared * picture, 0,
            (touched - progress->cleared) * picture * sizeof (float));
    job->transform->scatter (args->dx, plan, space->v, first, n);
  }
  if (args->sums)
    sk_conv_input_sums (args, progress->summed * pixels,
                        (complete - progress->summed) * pixels, (gsize) plan->shape->c,
                        plan->shape->c, space->sums, space->floats);
  *progress = (Progress){ touched, complete };
}

/* Backward is cut by pictures: tiles overlap within one. */
static void
backward_part (gpointer data, int worker, int n_workers) {
  const SkConvJob *job = data;
  const SkConvPlan *plan = &job->plan;
  const SkConvBackward *args = job->backward;
  const gboolean direct = args->dx && sk_conv_plan_is_direct (plan);
  const int parts =
      args->dx ? sk_conv_prefetch_parts (plan, plan->depth) : plan->points;
  gsize tiles = sk_conv_plan_tiles (plan), c = (gsize) plan->shape->c, begin, end;
  SkConvSpace space = sk_conv_job_space (job, worker);
  Progress progress;

  if (args->sums)
    memset (space.sums, 0, 2 * c * sizeof (double));
  sk_share ((gsize) plan->shape->n, worker, n_workers, &begin, &end);
  if (begin == end && args->dw)
    clear_du (job, &space);
  progress = (Progress){ begin, begin };
  for (gsize first = begin * tiles; first < end * tiles; first += (gsize) plan->block) {
    int n = (int) MIN ((gsize) plan->block, end * tiles - first);
    gsize next = first + (gsize) n;
    gsize stop = MIN (next + (gsize) plan->block, end * tiles);
    SkPrefetch prefetch[] = {
      sk_conv_prefetch_output (plan, args->dy.data, next, stop, parts, FALSE),
      sk_conv_prefetch_output (plan, args->dy.z, next, stop, parts, FALSE),
      sk_conv_prefetch_input (plan, args->dw ? args->x.data : NULL, next, end * tiles,
                              parts),
      sk_prefetch (direct ? args->dx + first * c : NULL, direct ? (gsize) n * c : 0,
                   parts, TRUE),
    };

    backward_products (job, &space, first, n, first == begin * tiles, prefetch,
                       G_N_ELEMENTS (prefetch));
    if (args->dx)
      finish_block (job, &space, first, n, &progress);
  }
}

static void
filter_gradient_part (gpointer data, int worker, int n_workers) {
  const SkConvJob *job = data;
  float *du[MAX_WORKERS];
  gsize begin, end;

  for (int i = 0; i < n_workers; i++)
    du[i] = sk_conv_job_space (job, i).du;
  sk_share ((gsize) job->plan.depth * SK_VL, worker, n_workers, &begin, &end);
  job->transform->filter_gradient (job->backward->dw, &job->plan, du, n_workers, begin,
                                   end);
}

void
sk_conv_blocks_backward (const SkConvShape *shape, const SkConvBackward *args,
                         float *scratch, SkPool *pool) {
  SkConvJob job = sk_conv_job_new (shape, TRUE);

  if (sk_conv_channels_serve (shape, TRUE, sk_pool_size (pool))) {
    sk_conv_channels_backward (shape, args, scratch, pool);
    return;
  }
  g_assert (sk_pool_size (pool) <= MAX_WORKERS);
  sk_conv_job_lay_out (&job, TRUE, scratch, sk_pool_size (pool));
  job.backward = args;
  if (args->dx) {
    sk_pool_run (pool, turn_part, &job);
    job.w = job.turned;
    sk_pool_run (pool, sk_conv_job_pack, &job);
  }
  sk_pool_run (pool, backward_part, &job);
  if (args->dw)
    sk_pool_run (pool, filter_gradient_part, &job);
  if (args->sums)
    sk_conv_job_gather_sums (&job, args->sums, 2 * (gsize) shape->c,
                             sk_pool_size (pool));
}
