#include "channel-walk.h"

#include "arena.h"
#include "reduce.h"

/* Filters (C·K) from which on this walk is the faster one (README.md). */
#define LEAST_FORWARD (256 * 512)
#define LEAST_BACKWARD (256 * 256)

/* Floats of V, and of E, of a group: they stay in the third-level cache. With stride 2
 * backward reads an E of 81 points again for every slice, and half as much is faster. */
#define GROUP_FLOATS (2700 * 1024)
#define STRIDED_BACKWARD_FLOATS (1350 * 1024)

/* Tiles of a block: dU of a slice is loaded and stored once for each. A multiple of SK_MR,
 * and no power of two, or chunks would share the sets of the cache. */
#define BLOCK 132

gboolean
sk_conv_channels_serve (const SkConvShape *shape, gboolean backward, int n_workers) {
  SkConvPlan plan = sk_conv_plan (shape, backward);
  gsize least = backward ? LEAST_BACKWARD : LEAST_FORWARD;

  return plan.winograd && shape->c % SK_SLICE == 0 && shape->k % SK_SLICE == 0 &&
         (gsize) shape->c * (gsize) shape->k >= least &&
         MIN (shape->c, shape->k) / SK_SLICE >= n_workers;
}

/* Tiles that fill the register blocks of @tiles tiles. */
static gsize
whole_rows (gsize tiles) {
  return (tiles + SK_MR - 1) / SK_MR * SK_MR;
}

static gsize
blocks_for (const SkConvPlan *plan, gsize tiles) {
  return (tiles + (gsize) plan->block - 1) / (gsize) plan->block;
}

SkChannelWalk
sk_channel_walk_new (const SkConvShape *shape, gboolean backward) {
  SkChannelWalk walk = { .job = sk_conv_job_new (shape, backward) };
  SkConvPlan *plan = &walk.job.plan;
  gsize tiles = sk_conv_plan_tiles (plan);
  gsize floats =
      backward && shape->stride == 2 ? STRIDED_BACKWARD_FLOATS : GROUP_FLOATS;
  gsize limit = floats / ((gsize) plan->points * (gsize) MAX (shape->c, shape->k));

  walk.pictures = CLAMP (limit / tiles, 1, (gsize) shape->n);
  plan->block = (int) MIN (BLOCK, whole_rows (walk.pictures * tiles));
  walk.blocks = blocks_for (plan, walk.pictures * tiles);
  sk_conv_plan_lay_out (plan);
  walk.slice = *plan;
  if (backward)
    walk.slice.depth = SK_SLICE_CHUNKS;
  else
    walk.slice.width = SK_SLICE_CHUNKS;
  sk_conv_plan_lay_out (&walk.slice);
  return walk;
}

/* Floats of a block. */
static gsize
block_floats (const SkConvPlan *plan, gsize stride) {
  return sk_arena_round ((gsize) plan->points * stride);
}

/* Floats of a block of M, or dV, of a slice. */
static gsize
slice_block (const SkChannelWalk *walk) {
  const SkConvPlan *slice = &walk->slice;

  return block_floats (slice, slice->depth < walk->job.plan.depth ? slice->v_stride
                                                                  : slice->m_stride);
}

gsize
sk_channel_walk_lay_out (SkChannelWalk *self, gboolean backward, float *scratch,
                         int n_workers) {
  const SkConvPlan *plan = &self->job.plan;
  gsize v = self->blocks * block_floats (plan, plan->v_stride);
  gsize e = backward ? self->blocks * block_floats (plan, plan->m_stride) : 0;
  gsize u = sk_arena_round ((gsize) plan->filters * self->slice.u_stride);
  gsize turned = sk_arena_round (9 * SK_SLICE * (gsize) plan->shape->k);
  gsize worker = sk_partial_size (SK_SLICE) * 2 + self->blocks * slice_block (self) + u;

  if (backward)
    worker += u + turned;
  if (scratch) {
    self->v = scratch;
    self->e = scratch + v;
    self->workers = self->e + e;
    self->worker_size = worker;
  }
  return v + e + worker * (gsize) n_workers;
}

gsize
sk_conv_channels_scratch (const SkConvShape *shape, gboolean backward, int n_workers) {
  SkChannelWalk walk = sk_channel_walk_new (shape, backward);

  return sk_channel_walk_lay_out (&walk, backward, NULL, n_workers);
}

SkChannelSpace
sk_channel_walk_space (const SkChannelWalk *walk, int worker) {
  float *base = walk->workers + walk->worker_size * (gsize) worker;
  gsize u = sk_arena_round ((gsize) walk->slice.filters * walk->slice.u_stride);
  SkChannelSpace space = { .sums = (double *) (void *) base,
                           .floats = sk_partial_floats (base, SK_SLICE, 0) };

  space.m = base + sk_partial_size (SK_SLICE) * 2;
  space.u = space.m + walk->blocks * slice_block (walk);
  space.du = space.u + u;
  space.turned = space.du + u;
  return space;
}

SkChannelBlock
sk_channel_walk_block (const SkChannelWalk *walk, const SkChannelSpace *space,
                       gsize i) {
  const SkConvPlan *plan = &walk->job.plan;
  gsize begin = i * (gsize) plan->block;

  return (SkChannelBlock){ .first = walk->first + begin,
                           .n = (int) MIN ((gsize) plan->block, walk->n - begin),
                           .v = walk->v + i * block_floats (plan, plan->v_stride),
                           .e = walk->e + i * block_floats (plan, plan->m_stride),
                           .m = space->m + i * slice_block (walk) };
}

gsize
sk_channel_walk_blocks (const SkChannelWalk *self) {
  return blocks_for (&self->job.plan, self->n);
}

/* x → V, dy → E of the group: cut by tiles. */
static void
transform_part (gpointer data, int worker, int n_workers) {
  const SkChannelWalk *walk = data;
  const SkConvJob *job = &walk->job;
  const SkConvPlan *plan = &job->plan;
  const SkConvBackward *backward = job->backward;
  const SkOperand *x = backward ? &backward->x : &job->forward->x;
  gsize begin, end, block = (gsize) plan->block;

  sk_share (walk->n, worker, n_workers, &begin, &end);
  for (gsize tile = begin, stop; tile < end; tile = stop) {
    gsize i = tile / block, slot = tile % block * SK_VL;
    int n;

    stop = MIN ((i + 1) * block, end);
    n = (int) (stop - tile);
    if (!backward || backward->dw)
      job->transform->input (walk->v + i * block_floats (plan, plan->v_stride) + slot,
                             plan, x, walk->first + tile, n);
    if (backward)
      job->transform->gradient (walk->e + i * block_floats (plan, plan->m_stride) +
                                    slot,
                                plan, &backward->dy, walk->first + tile, n);
  }
}

void
sk_channel_add_sums (double *to, const double *from, int c, int n_channels) {
  for (int i = 0; i < SK_SLICE; i++) {
    to[c + i] += from[i];
    to[n_channels + c + i] += from[SK_SLICE + i];
  }
}

void
sk_channel_walk_run (SkChannelWalk *walk, SkPoolFunc slices, SkPool *pool) {
  gsize tiles = sk_conv_plan_tiles (&walk->job.plan);
  gsize n = (gsize) walk->job.plan.shape->n;

  for (gsize picture = 0; picture < n; picture += walk->pictures) {
    walk->first = picture * tiles;
    walk->n = MIN (walk->pictures, n - picture) * tiles;
    sk_pool_run (pool, transform_part, walk);
    sk_pool_run (pool, slices, walk);
  }
}
