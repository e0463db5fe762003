#include "conv-blocks.h"
#include "conv-channels.h"
#include "conv-job.h"

/* Forward is cut by tiles of all pictures, so one picture feeds all workers. */
static void
forward_part (gpointer data, int worker, int n_workers) {
  const SkConvJob *job = data;
  const SkConvPlan *plan = &job->plan;
  const SkConvForward *args = job->forward;
  SkConvSpace space = sk_conv_job_space (job, worker);
  const int parts = sk_conv_prefetch_parts (plan, plan->width);
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
      sk_conv_prefetch_input (plan, args->x.data, first + (gsize) n, end, parts),
      sk_conv_prefetch_output (plan, args->y, first, first + (gsize) n, parts, TRUE),
    };
    SkConvSource v = sk_conv_job_source (job, &args->x, &space, first, n);

    for (int point = 0; point < plan->points; point++) {
      gboolean fresh;
      int filter = sk_conv_plan_filter (plan, point, &fresh);

      sk_conv_product (space.m + (gsize) point * plan->m_stride, plan->m_layout,
                       v.data + (gsize) point * v.stride, v.layout,
                       job->u + (gsize) filter * plan->u_stride, plan, n, plan->depth,
                       plan->width, prefetch, 2);
    }
    job->transform->output (plan, args, space.m, first, n, &space.block);
  }
}

void
sk_conv_blocks_forward (const SkConvShape *shape, const SkConvForward *args,
                        float *scratch, SkPool *pool) {
  SkConvJob job = sk_conv_job_new (shape, FALSE);

  if (args->packed == NULL &&
      sk_conv_channels_serve (shape, FALSE, sk_pool_size (pool))) {
    sk_conv_channels_forward (shape, args, scratch, pool);
    return;
  }
  job.forward = args;
  job.w = args->w;
  job.u = args->packed;
  sk_conv_job_lay_out (&job, FALSE, scratch, sk_pool_size (pool));
  if (job.u == NULL) {
    sk_pool_run (pool, sk_conv_job_pack, &job);
    job.u = job.packed;
  }
  sk_pool_run (pool, forward_part, &job);
  if (args->sums)
    sk_conv_job_gather_sums (&job, args->sums, 2 * (gsize) shape->k,
                             sk_pool_size (pool));
}
