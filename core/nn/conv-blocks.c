#include "conv-blocks.h"

#include "arena.h"
#include "conv-sums.h"
#include "conv-transform.h"
#include "patches.h"
#include "prefetch.h"
#include "product.h"
#include "reduce.h"
#include "winograd-tiles.h"

static const SkConvTransform winograd = {
  .input = sk_winograd_input,
  .output = sk_winograd_output,
  .gradient = sk_winograd_gradient,
  .scatter = sk_winograd_scatter,
  .filters = sk_winograd_filters,
  .filter_gradient = sk_winograd_filter_gradient,
};

static const SkConvTransform patches = {
  .input = sk_patches_input,
  .output = sk_patches_output,
  .gradient = sk_patches_gradient,
  .scatter = sk_patches_scatter,
  .filters = sk_patches_filters,
  .filter_gradient = sk_patches_filter_gradient,
};

/* Workers whose sums filter_gradient() is given at once. */
#define MAX_WORKERS 256

typedef struct {
  SkConvPlan plan;
  const SkConvTransform *transform;
  const SkConvForward *forward;
  const SkConvBackward *backward;
  const float *u; /* filters that forward multiplies with */
  const float *w; /* what is packed: filters, or their transpose */
  float *packed;
  float *turned; /* filters transposed, before they are packed */
  float *workers; /* scratch of the workers, one after the other */
  gsize worker_size;
} Job;

/* One worker's scratch. */
typedef struct {
  double *sums; /* (2,K) or (2,C) */
  SkBlockSums block; /* of forward */
  float *floats; /* (2,C) of backward */
  float *v; /* V, then dV */
  float *m; /* M, or E */
  float *du;
} Space;

static Job
job_new (const SkConvShape *shape, gboolean backward) {
  Job job = { .plan = sk_conv_plan (shape, backward) };

  job.transform = job.plan.winograd ? &winograd : &patches;
  return job;
}

static gsize
packed_size (const SkConvPlan *plan) {
  return sk_arena_round ((gsize) plan->points * plan->u_stride);
}

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

static Space
space_at (const SkConvPlan *plan, gboolean backward, float *base, gsize *size) {
  const SkConvShape *s = plan->shape;
  gsize sums = sk_partial_size (MAX (s->c, s->k)) * 2;
  gsize v = sk_arena_round ((gsize) plan->points * plan->v_stride);
  gsize m = sk_arena_round ((gsize) plan->points * plan->m_stride);

  float *floats = sk_partial_floats (base, MAX (s->c, s->k), 0);

  *size = sums + v + m + (backward ? packed_size (plan) : 0);
  return (Space){ .sums = (double *) (void *) base,
                  .block = { s->k, floats, floats + s->k, floats + 2 * s->k, NULL },
                  .floats = floats,
                  .v = base + sums,
                  .m = base + sums + v,
                  .du = base + sums + v + m };
}

static Space
space_of (const Job *job, int worker) {
  gsize size;

  return space_at (&job->plan, job->backward != NULL,
                   job->workers + job->worker_size * (gsize) worker, &size);
}

/* Cuts scratch into what all share and what each worker has. Returns its size. */
static gsize
lay_out (Job *job, gboolean backward, float *scratch, int n_workers) {
  const SkConvShape *s = job->plan.shape;
  gsize packed = packed_size (&job->plan), turned = 0;

  if (backward)
    turned = sk_arena_round ((gsize) s->r * (gsize) s->s * (gsize) s->c * (gsize) s->k);
  job->packed = scratch;
  job->turned = scratch + packed;
  job->workers = scratch + packed + turned;
  space_at (&job->plan, backward, job->workers, &job->worker_size);
  return packed + turned + job->worker_size * (gsize) n_workers;
}

gsize
sk_conv_blocks_scratch (const SkConvShape *shape, int n_workers) {
  float nothing[1];
  Job forward = job_new (shape, FALSE), backward = job_new (shape, TRUE);

  return MAX (lay_out (&forward, FALSE, nothing, n_workers),
              lay_out (&backward, TRUE, nothing, n_workers));
}

static void
pack_part (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gboolean turned = job->backward != NULL;
  int chunks = turned ? job->plan.width : job->plan.depth;
  gsize begin, end;

  sk_share ((gsize) chunks * SK_VL, worker, n_workers, &begin, &end);
  job->transform->filters (job->packed, &job->plan, job->w, turned, begin, end);
}

/* Transposes (rows,columns) of each tap, in squares that stay in the cache. */
static void
turn_part (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  gsize rows = (gsize) filter_rows (&job->plan), columns = (gsize) job->plan.shape->k;
  gsize begin, end;

  sk_share (rows, worker, n_workers, &begin, &end);
  for (int tap = 0; tap < filter_taps (&job->plan); tap++) {
    const float *w = job->backward->w + (gsize) tap * rows * columns;
    float *turned = job->turned + (gsize) tap * rows * columns;

    for (gsize row = begin; row < end; row += 16)
      for (gsize column = 0; column < columns; column += 16)
        for (gsize j = column; j < MIN (column + 16, columns); j++)
          for (gsize i = row; i < MIN (row + 16, end); i++)
            turned[j * rows + i] = w[i * columns + j];
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

/* Columns of filters multiplied between two looks at what to fetch. */
static int
columns_at_once (const SkConvPlan *plan, int columns) {
  return plan->points > 1 ? columns : MIN (columns, 2 * SK_NR);
}

static int
prefetch_parts (const SkConvPlan *plan, int columns) {
  int at_once = columns_at_once (plan, columns);

  return plan->points * ((columns + at_once - 1) / at_once);
}

/* m = v·u for one point, fetching what comes next meanwhile. */
static void
product_with_prefetch (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
                       const float *u, const SkConvPlan *plan, int n, int depth,
                       int columns, SkPrefetch *prefetch, int n_prefetch) {
  int step = columns_at_once (plan, columns);

  for (int j = 0; j < columns; j += step) {
    for (int i = 0; i < n_prefetch; i++)
      sk_prefetch_some (&prefetch[i]);
    sk_product (m + (gsize) j * m_layout.chunk, m_layout, v, v_layout,
                u + (gsize) j * (gsize) depth * SK_VL * SK_VL, n, depth,
                MIN (step, columns - j));
  }
}

/* Rows begin … end of a tensor of @row floats each. */
static SkPrefetch
prefetch_rows (const float *data, gsize row, gsize begin, gsize end, int parts,
               gboolean write) {
  return sk_prefetch (data ? data + begin * row : NULL,
                      end > begin ? (end - begin) * row : 0, parts, write);
}

/* What the block after this one reads of x. */
static SkPrefetch
prefetch_input (const SkConvPlan *plan, const float *x, gsize next, gsize end,
                int parts) {
  gsize stop = MIN (next + (gsize) plan->block, end);

  return prefetch_rows (x, (gsize) plan->shape->w * (gsize) plan->shape->c,
                        sk_conv_plan_input_rows (plan, next),
                        sk_conv_plan_input_rows (plan, stop), parts, FALSE);
}

/* The rows of an output (or its gradient) that tiles first … end lie on. */
static SkPrefetch
prefetch_output (const SkConvPlan *plan, const float *y, gsize first, gsize end,
                 int parts, gboolean write) {
  return prefetch_rows (y, (gsize) plan->shape->q * (gsize) plan->shape->k,
                        sk_conv_plan_output_rows (plan, first),
                        sk_conv_plan_output_rows (plan, end), parts, write);
}

/* V of a block: made by the transform, or pixels where they are. */
typedef struct {
  const float *data;
  SkLayout layout;
  gsize stride; /* between points */
} Source;

static Source
source_of (const Job *job, const SkOperand *x, const Space *space, gsize first, int n) {
  const SkConvPlan *plan = &job->plan;
  gsize c = (gsize) plan->shape->c;

  if (sk_conv_plan_is_direct (plan) && x->scale == NULL && !x->relu)
    return (Source){ x->data + first * c, { .row = c, .chunk = SK_VL }, 0 };
  job->transform->input (space->v, plan, x, first, n);
  return (Source){ space->v, plan->v_layout, plan->v_stride };
}

/* Forward is cut by tiles of all pictures, so one picture feeds all workers. */
static void
forward_part (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkConvPlan *plan = &job->plan;
  const SkConvForward *args = job->forward;
  Space space = space_of (job, worker);
  const int parts = prefetch_parts (plan, plan->width);
  gsize begin, end;

  if (args->sums) {
    memset (space.sums, 0, 2 * (gsize) plan->shape->k * sizeof (double));
    space.block.totals = space.sums;
  }
  sk_share ((gsize) plan->shape->n * sk_conv_plan_tiles (plan), worker, n_workers,
            &begin, &end);
  for (gsize first = begin; first < end; first += (gsize) plan->block) {
    int n = (int) MIN ((gsize) plan->block, end - first);

    SkPrefetch prefetch[2] = {
      prefetch_input (plan, args->x.data, first + (gsize) n, end, parts),
      prefetch_output (plan, args->y, first, first + (gsize) n, parts, TRUE),
    };

    Source v = source_of (job, &args->x, &space, first, n);

    for (int point = 0; point < plan->points; point++)
      product_with_prefetch (space.m + (gsize) point * plan->m_stride, plan->m_layout,
                             v.data + (gsize) point * v.stride, v.layout,
                             job->u + (gsize) point * plan->u_stride, plan, n,
                             plan->depth, plan->width, prefetch, 2);
    job->transform->output (plan, args, space.m, first, n, &space.block);
  }
}

void
sk_conv_blocks_forward (const SkConvShape *shape, const SkConvForward *args,
                        float *scratch, SkPool *pool) {
  Job job = job_new (shape, FALSE);

  lay_out (&job, FALSE, scratch, sk_pool_size (pool));
  job.forward = args;
  job.w = args->w;
  job.u = args->packed;
  if (job.u == NULL) {
    sk_pool_run (pool, pack_part, &job);
    job.u = job.packed;
  }
  sk_pool_run (pool, forward_part, &job);
  if (args->sums)
    gather_sums (&job, args->sums, 2 * (gsize) shape->k, sk_pool_size (pool));
}

/* Products of one block: dU first, as dV takes the place of V. */
static void
backward_products (const Job *job, const Space *space, gsize first, int n,
                   gboolean fresh, SkPrefetch *prefetch, int n_prefetch) {
  const SkConvPlan *plan = &job->plan;
  const SkConvBackward *args = job->backward;
  const gboolean direct = sk_conv_plan_is_direct (plan);
  gsize c = (gsize) plan->shape->c;
  SkLayout dv_layout = direct ? (SkLayout){ .row = c, .chunk = SK_VL } : plan->v_layout;
  Source v = { 0 };

  if (args->dw)
    v = source_of (job, &args->x, space, first, n);
  job->transform->gradient (space->m, plan, &args->dy, first, n);
  for (int point = 0; point < plan->points; point++) {
    const float *e = space->m + (gsize) point * plan->m_stride;
    float *dv = direct && args->dx ? args->dx + first * c
                                   : space->v + (gsize) point * plan->v_stride;

    if (args->dw)
      sk_product_outer (space->du + (gsize) point * plan->u_stride,
                        v.data + (gsize) point * v.stride, v.layout, e, plan->m_layout,
                        n, plan->depth, plan->width, fresh);
    if (args->dx)
      product_with_prefetch (dv, dv_layout, e, plan->m_layout,
                             job->packed + (gsize) point * plan->u_stride, plan, n,
                             plan->width, plan->depth, prefetch, n_prefetch);
    else
      for (int i = 0; i < n_prefetch; i++)
        sk_prefetch_some (&prefetch[i]);
  }
}

static void
clear_du (const Job *job, const Space *space) {
  memset (space->du, 0, (gsize) job->plan.points * job->plan.u_stride * sizeof (float));
}

/* Backward is cut by pictures: tiles overlap within one. */
static void
backward_part (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkConvPlan *plan = &job->plan;
  const SkConvBackward *args = job->backward;
  const SkConvShape *s = plan->shape;
  Space space = space_of (job, worker);
  gsize tiles = sk_conv_plan_tiles (plan), hw = (gsize) s->h * (gsize) s->w;
  const int parts = args->dx ? prefetch_parts (plan, plan->depth) : plan->points;
  gsize begin, end, cleared, summed;

  if (args->sums)
    memset (space.sums, 0, 2 * (gsize) s->c * sizeof (double));
  sk_share ((gsize) s->n, worker, n_workers, &begin, &end);
  if (begin == end && args->dw)
    clear_du (job, &space);
  cleared = summed = begin;
  for (gsize first = begin * tiles; first < end * tiles; first += (gsize) plan->block) {
    int n = (int) MIN ((gsize) plan->block, end * tiles - first);
    gsize touched = (first + (gsize) n + tiles - 1) / tiles;
    gsize complete = (first + (gsize) n) / tiles;

    gsize next = first + (gsize) n,
          stop = MIN (next + (gsize) plan->block, end * tiles);
    SkPrefetch prefetch[3] = {
      prefetch_output (plan, args->dy.data, next, stop, parts, FALSE),
      prefetch_output (plan, args->dy.z, next, stop, parts, FALSE),
      prefetch_input (plan, args->dw ? args->x.data : NULL, next, end * tiles, parts),
    };

    backward_products (job, &space, first, n, first == begin * tiles, prefetch, 3);
    if (args->dx == NULL)
      continue;
    if (!sk_conv_plan_is_direct (plan)) {
      memset (args->dx + cleared * hw * (gsize) s->c, 0,
              (touched - cleared) * hw * (gsize) s->c * sizeof (float));
      job->transform->scatter (args->dx, plan, space.v, first, n);
    }
    cleared = touched;
    if (args->sums)
      sk_conv_input_sums (args, summed * hw, (complete - summed) * hw, s->c, space.sums,
                          space.floats);
    summed = complete;
  }
}

static void
filter_gradient_part (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  float *du[MAX_WORKERS];
  gsize begin, end;

  for (int i = 0; i < n_workers; i++)
    du[i] = space_of (job, i).du;
  sk_share ((gsize) job->plan.depth * SK_VL, worker, n_workers, &begin, &end);
  job->transform->filter_gradient (job->backward->dw, &job->plan, du, n_workers, begin,
                                   end);
}

void
sk_conv_blocks_backward (const SkConvShape *shape, const SkConvBackward *args,
                         float *scratch, SkPool *pool) {
  Job job = job_new (shape, TRUE);

  g_assert (sk_pool_size (pool) <= MAX_WORKERS);
  lay_out (&job, TRUE, scratch, sk_pool_size (pool));
  job.backward = args;
  if (args->dx) {
    sk_pool_run (pool, turn_part, &job);
    job.w = job.turned;
    sk_pool_run (pool, pack_part, &job);
  }
  sk_pool_run (pool, backward_part, &job);
  if (args->dw)
    sk_pool_run (pool, filter_gradient_part, &job);
  if (args->sums)
    gather_sums (&job, args->sums, 2 * (gsize) shape->c, sk_pool_size (pool));
}

gsize
sk_conv_blocks_packed_size (const SkConvShape *shape) {
  SkConvPlan plan = sk_conv_plan (shape, FALSE);

  return packed_size (&plan);
}

void
sk_conv_blocks_pack (float *packed, const float *w, const SkConvShape *shape) {
  Job job = job_new (shape, FALSE);

  job.packed = packed;
  job.w = w;
  pack_part (&job, 0, 1);
}
