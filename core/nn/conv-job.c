#include "conv-job.h"

#include "arena.h"
#include "conv-blocks.h"
#include "conv-channels.h"
#include "patches.h"
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

static const SkConvTransform strided = {
  .input = sk_strided_input,
  .output = sk_strided_output,
  .gradient = sk_strided_gradient,
  .scatter = sk_strided_scatter,
  .filters = sk_strided_filters,
  .filter_gradient = sk_strided_filter_gradient,
};

static const SkConvTransform patches = {
  .input = sk_patches_input,
  .output = sk_patches_output,
  .gradient = sk_patches_gradient,
  .scatter = sk_patches_scatter,
  .filters = sk_patches_filters,
  .filter_gradient = sk_patches_filter_gradient,
};

SkConvJob
sk_conv_job_new (const SkConvShape *shape, gboolean backward) {
  SkConvJob job = { .plan = sk_conv_plan (shape, backward) };

  if (!job.plan.winograd)
    job.transform = &patches;
  else
    job.transform = shape->stride == 2 ? &strided : &winograd;
  return job;
}

static gsize
packed_floats (const SkConvPlan *plan) {
  return sk_arena_round ((gsize) plan->filters * plan->u_stride);
}

/* Floats of a block's V, or its M. */
static gsize
points_of (const SkConvPlan *plan, gboolean v) {
  return sk_arena_round ((gsize) plan->points * (v ? plan->v_stride : plan->m_stride));
}

gsize
sk_conv_job_lay_out (SkConvJob *self, gboolean backward, float *scratch,
                     int n_workers) {
  gsize packed = self->u ? 0 : packed_floats (&self->plan), worker;
  const SkConvShape *s = self->plan.shape;

  worker = sk_partial_size (MAX (s->c, s->k)) * 2 + points_of (&self->plan, TRUE) +
           points_of (&self->plan, FALSE) + (backward ? packed : 0);
  if (scratch) {
    self->packed = scratch;
    /* Filters are transposed before the workers begin, in memory that is theirs later:
     * dU alone is larger. */
    self->workers = self->turned = scratch + packed;
    self->worker_size = worker;
  }
  return packed + worker * (gsize) n_workers;
}

SkConvSpace
sk_conv_job_space (const SkConvJob *self, int worker) {
  const SkConvShape *s = self->plan.shape;
  float *base = self->workers + self->worker_size * (gsize) worker;
  float *floats = sk_partial_floats (base, MAX (s->c, s->k), 0);
  float *v = base + sk_partial_size (MAX (s->c, s->k)) * 2;
  float *m = v + points_of (&self->plan, TRUE);

  return (SkConvSpace){ .sums = (double *) (void *) base,
                        .block = { s->k, floats, floats + s->k, floats + 2 * s->k },
                        .floats = floats,
                        .v = v,
                        .m = m,
                        .du = m + points_of (&self->plan, FALSE) };
}

/* Of the walk that serves @shape. */
static gsize
scratch_of (const SkConvShape *shape, gboolean backward, int n_workers) {
  SkConvJob job = sk_conv_job_new (shape, backward);

  if (sk_conv_channels_serve (shape, backward, n_workers))
    return sk_conv_channels_scratch (shape, backward, n_workers);
  return sk_conv_job_lay_out (&job, backward, NULL, n_workers);
}

gsize
sk_conv_blocks_scratch (const SkConvShape *shape, int n_workers) {
  return MAX (
      MAX (scratch_of (shape, FALSE, n_workers), scratch_of (shape, TRUE, n_workers)),
      sk_conv_blocks_packed_scratch (shape, n_workers));
}

gsize
sk_conv_blocks_packed_scratch (const SkConvShape *shape, int n_workers) {
  SkConvJob forward = sk_conv_job_new (shape, FALSE);
  const float somewhere = 0;

  forward.u = &somewhere;
  return sk_conv_job_lay_out (&forward, FALSE, NULL, n_workers);
}

void
sk_conv_job_pack (gpointer job_data, int worker, int n_workers) {
  const SkConvJob *job = job_data;
  gboolean turned = job->backward != NULL;
  int chunks = turned ? job->plan.width : job->plan.depth;
  gsize begin, end;

  sk_share ((gsize) chunks * SK_VL, worker, n_workers, &begin, &end);
  job->transform->filters (job->packed, &job->plan, job->w, turned, begin, end);
}

/* In squares that stay in the cache. */
void
sk_conv_turn (float *to, gsize to_row, const float *from, gsize from_row, gsize rows,
              gsize columns) {
  for (gsize row = 0; row < rows; row += 16)
    for (gsize column = 0; column < columns; column += 16)
      for (gsize j = column; j < MIN (column + 16, columns); j++)
        for (gsize i = row; i < MIN (row + 16, rows); i++)
          to[j * to_row + i] = from[i * from_row + j];
}

gsize
sk_conv_blocks_packed_size (const SkConvShape *shape) {
  SkConvPlan plan = sk_conv_plan (shape, FALSE);

  return packed_floats (&plan);
}

void
sk_conv_blocks_pack (float *packed, const float *w, const SkConvShape *shape) {
  SkConvJob job = sk_conv_job_new (shape, FALSE);

  job.packed = packed;
  job.w = w;
  sk_conv_job_pack (&job, 0, 1);
}

void
sk_conv_job_gather_sums (const SkConvJob *self, double *sums, gsize n, int n_workers) {
  for (gsize i = 0; i < n; i++) {
    sums[i] = 0;
    for (int worker = 0; worker < n_workers; worker++)
      sums[i] += sk_conv_job_space (self, worker).sums[i];
  }
}

SkConvSource
sk_conv_job_source (const SkConvJob *self, const SkOperand *x, const SkConvSpace *space,
                    gsize first, int n) {
  const SkConvPlan *plan = &self->plan;
  gsize c = (gsize) plan->shape->c;

  if (sk_conv_plan_is_direct (plan) && x->scale == NULL && !x->relu)
    return (SkConvSource){ x->data + first * c, { .row = c, .chunk = SK_VL }, 0 };
  self->transform->input (space->v, plan, x, first, n);
  return (SkConvSource){ space->v, plan->v_layout, plan->v_stride };
}

/* Columns of filters multiplied between two looks at what to fetch. */
static int
columns_at_once (const SkConvPlan *plan, int columns) {
  return plan->points > 1 ? columns : MIN (columns, 2 * SK_NR);
}

int
sk_conv_prefetch_parts (const SkConvPlan *plan, int columns) {
  int at_once = columns_at_once (plan, columns);

  return plan->points * ((columns + at_once - 1) / at_once);
}

void
sk_conv_product (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
                 const float *u, const SkConvPlan *plan, int n, int depth, int columns,
                 SkPrefetch *prefetch, int n_prefetch) {
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

SkPrefetch
sk_conv_prefetch_input (const SkConvPlan *plan, const float *x, gsize next, gsize end,
                        int parts) {
  gsize stop = MIN (next + (gsize) plan->block, end);

  return prefetch_rows (x, (gsize) plan->shape->w * (gsize) plan->shape->c,
                        sk_conv_plan_input_rows (plan, next),
                        sk_conv_plan_input_rows (plan, stop), parts, FALSE);
}

SkPrefetch
sk_conv_prefetch_output (const SkConvPlan *plan, const float *y, gsize first, gsize end,
                         int parts, gboolean write) {
  return prefetch_rows (y, (gsize) plan->shape->q * (gsize) plan->shape->k,
                        sk_conv_plan_output_rows (plan, first),
                        sk_conv_plan_output_rows (plan, end), parts, write);
}
