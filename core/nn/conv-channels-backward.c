#include "channel-walk.h"
#include "conv-sums.h"

/* The convolution whose input is channels c … c + SK_SLICE − 1. */
static SkConvBackward
slice_of_backward (const SkConvBackward *args, int c, int width) {
  SkConvBackward slice = *args;

  slice.dx = args->dx ? args->dx + c : NULL;
  slice.dw = args->dw ? args->dw + (gsize) c * (gsize) width : NULL;
  slice.w += (gsize) c * (gsize) width;
  slice.x.data += c;
  slice.x.scale = args->x.scale ? args->x.scale + c : NULL;
  slice.x.shift = args->x.scale ? args->x.shift + c : NULL;
  return slice;
}

/* Uᵀ of a slice. */
static void
turn_filters (const SkChannelWalk *walk, const SkChannelSpace *space, const float *w) {
  const SkConvShape *s = walk->slice.shape;
  SkConvShape narrow = *s;
  SkConvPlan plan = walk->slice;
  gsize k = (gsize) s->k;

  for (gsize tap = 0; tap < 9; tap++)
    sk_conv_turn (space->turned + tap * k * SK_SLICE, SK_SLICE,
                  w + tap * (gsize) s->c * k, k, SK_SLICE, k);
  narrow.c = SK_SLICE;
  plan.shape = &narrow;
  walk->job.transform->filters (space->u, &plan, space->turned, TRUE, 0, k);
}

/* dU and dV of a slice for one point, whose E is in the cache then. */
static void
multiply_point (const SkChannelWalk *walk, const SkChannelSpace *space,
                const SkConvBackward *args, int c, int point) {
  const SkConvPlan *plan = &walk->job.plan, *slice = &walk->slice;
  gsize column = (gsize) (c / SK_VL) * plan->v_layout.chunk;
  gboolean first;
  gsize filter = (gsize) sk_conv_plan_filter (plan, point, &first) * slice->u_stride;

  for (gsize i = 0; i < sk_channel_walk_blocks (walk); i++) {
    SkChannelBlock block = sk_channel_walk_block (walk, space, i);
    const float *e = block.e + (gsize) point * plan->m_stride;

    if (args->dw)
      sk_product_outer (space->du + filter,
                        block.v + (gsize) point * plan->v_stride + column,
                        plan->v_layout, e, plan->m_layout, block.n, SK_SLICE_CHUNKS,
                        plan->width, first && i == 0);
    if (args->dx)
      sk_product (block.m + (gsize) point * slice->v_stride, slice->v_layout, e,
                  plan->m_layout, space->u + filter, block.n, plan->width,
                  SK_SLICE_CHUNKS);
  }
}

/* dV → dx of a slice, and its sums. */
static void
finish_dx (const SkChannelWalk *walk, const SkChannelSpace *space,
           const SkConvBackward *args) {
  const SkConvShape *s = walk->slice.shape;
  gsize tiles = sk_conv_plan_tiles (&walk->slice);
  gsize pixels = (gsize) s->h * (gsize) s->w, c = (gsize) s->c;
  gsize begin = walk->first / tiles * pixels, n = walk->n / tiles * pixels;

  for (gsize pixel = begin; pixel < begin + n; pixel++)
    memset (args->dx + pixel * c, 0, SK_SLICE * sizeof (float));
  for (gsize i = 0; i < sk_channel_walk_blocks (walk); i++) {
    SkChannelBlock block = sk_channel_walk_block (walk, space, i);

    walk->job.transform->scatter (args->dx, &walk->slice, block.m, block.first,
                                  block.n);
  }
  memset (space->sums, 0, 2 * SK_SLICE * sizeof (double));
  if (args->sums)
    sk_conv_input_sums (args, begin, n, c, SK_SLICE, space->sums, space->floats);
}

static void
backward_part (gpointer data, int worker, int n_workers) {
  const SkChannelWalk *walk = data;
  const SkConvJob *job = &walk->job;
  const SkConvShape *s = job->plan.shape;
  SkChannelSpace space = sk_channel_walk_space (walk, worker);
  gsize begin, end;

  sk_share ((gsize) s->c / SK_SLICE, worker, n_workers, &begin, &end);
  for (int c = (int) begin * SK_SLICE; c < (int) end * SK_SLICE; c += SK_SLICE) {
    SkConvBackward args = slice_of_backward (job->backward, c, s->k);

    if (args.dx)
      turn_filters (walk, &space, args.w);
    for (int point = 0; point < job->plan.points; point++)
      multiply_point (walk, &space, &args, c, point);
    if (args.dw)
      job->transform->filter_gradient (args.dw, &walk->slice, &space.du, 1, 0,
                                       SK_SLICE);
    if (args.dx)
      finish_dx (walk, &space, &args);
    if (args.sums)
      sk_channel_add_sums (args.sums, space.sums, c, s->c);
  }
}

void
sk_conv_channels_backward (const SkConvShape *shape, const SkConvBackward *args,
                           float *scratch, SkPool *pool) {
  SkChannelWalk walk = sk_channel_walk_new (shape, TRUE);

  walk.job.backward = args;
  sk_channel_walk_lay_out (&walk, TRUE, scratch, sk_pool_size (pool));
  if (args->sums)
    memset (args->sums, 0, 2 * (gsize) shape->c * sizeof (double));
  sk_channel_walk_run (&walk, backward_part, pool);
}
