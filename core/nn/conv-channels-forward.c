#include "channel-walk.h"

/* The convolution that makes channels k … k + SK_SLICE − 1 of the output. */
static SkConvForward
slice_of_forward (const SkConvForward *args, int k) {
  SkConvForward slice = *args;

  slice.y += k;
  slice.w += k;
  slice.bias = args->bias ? args->bias + k : NULL;
  slice.add = args->add ? args->add + k : NULL;
  return slice;
}

/* M of a slice: point by point, as V of a point is small. */
static void
multiply_forward (const SkChannelWalk *walk, const SkChannelSpace *space) {
  const SkConvPlan *plan = &walk->job.plan, *slice = &walk->slice;

  for (int point = 0; point < plan->points; point++) {
    gboolean first;
    int filter = sk_conv_plan_filter (plan, point, &first);

    for (gsize i = 0; i < sk_channel_walk_blocks (walk); i++) {
      SkChannelBlock block = sk_channel_walk_block (walk, space, i);

      sk_product (block.m + (gsize) point * slice->m_stride, slice->m_layout,
                  block.v + (gsize) point * plan->v_stride, plan->v_layout,
                  space->u + (gsize) filter * slice->u_stride, block.n, plan->depth,
                  SK_SLICE_CHUNKS);
    }
  }
}

static void
forward_part (gpointer data, int worker, int n_workers) {
  const SkChannelWalk *walk = data;
  const SkConvJob *job = &walk->job;
  const SkConvShape *s = job->plan.shape;
  SkChannelSpace space = sk_channel_walk_space (walk, worker);
  SkBlockSums sums = { SK_SLICE, space.floats, space.floats + SK_SLICE,
                       space.floats + 2 * SK_SLICE, NULL };
  gsize begin, end;

  if (job->forward->sums)
    sums.totals = space.sums;
  sk_share ((gsize) s->k / SK_SLICE, worker, n_workers, &begin, &end);
  for (int k = (int) begin * SK_SLICE; k < (int) end * SK_SLICE; k += SK_SLICE) {
    SkConvForward args = slice_of_forward (job->forward, k);

    memset (space.sums, 0, 2 * SK_SLICE * sizeof (double));
    job->transform->filters (space.u, &walk->slice, args.w, FALSE, 0, (gsize) s->c);
    multiply_forward (walk, &space);
    for (gsize i = 0; i < sk_channel_walk_blocks (walk); i++) {
      SkChannelBlock block = sk_channel_walk_block (walk, &space, i);

      job->transform->output (&walk->slice, &args, block.m, block.first, block.n,
                              &sums);
    }
    if (args.sums)
      sk_channel_add_sums (args.sums, space.sums, k, s->k);
  }
}

void
sk_conv_channels_forward (const SkConvShape *shape, const SkConvForward *args,
                          float *scratch, SkPool *pool) {
  SkChannelWalk walk = sk_channel_walk_new (shape, FALSE);

  walk.job.forward = args;
  sk_channel_walk_lay_out (&walk, FALSE, scratch, sk_pool_size (pool));
  if (args->sums)
    memset (args->sums, 0, 2 * (gsize) shape->k * sizeof (double));
  sk_channel_walk_run (&walk, forward_part, pool);
}
