#pragma once

#include "conv-channels.h"
#include "conv-job.h"

/* What conv-channels-forward.c and conv-channels-backward.c share: the walk over groups of
 * pictures, its scratch, and the transforms that all workers make together. */

/* Channels of a slice: two vectors of the widest kind. */
#define SK_SLICE 32
#define SK_SLICE_CHUNKS (SK_SLICE / SK_VL)

/* One convolution under way. */
typedef struct {
  SkConvJob job;
  SkConvPlan slice; /* the same of SK_SLICE channels: of K, or backward of C */
  gsize pictures; /* of a group, at most */
  gsize blocks; /* of a group, at most */
  float *v, *e; /* of a group, block by block */
  float *workers;
  gsize worker_size;
  gsize first, n; /* the group's tiles */
} SkChannelWalk;

/* One worker's scratch. */
typedef struct {
  double *sums; /* (2,SK_SLICE) */
  float *floats; /* (3,SK_SLICE) */
  float *u, *du; /* of a slice */
  float *m; /* M of a slice, or dV, block by block */
  float *turned; /* (9,K,SK_SLICE) filters transposed */
} SkChannelSpace;

/* A block of the group. */
typedef struct {
  gsize first; /* tile of the batch */
  int n; /* tiles */
  const float *v, *e;
  float *m;
} SkChannelBlock;

SkChannelWalk
sk_channel_walk_new (const SkConvShape *shape, gboolean backward);

/* Cuts @scratch and returns its size; with @scratch NULL that is all it does. */
gsize
sk_channel_walk_lay_out (SkChannelWalk *self, gboolean backward, float *scratch,
                         int n_workers);

SkChannelSpace
sk_channel_walk_space (const SkChannelWalk *self, int worker);

/* Blocks of the group under way. */
gsize
sk_channel_walk_blocks (const SkChannelWalk *self);

SkChannelBlock
sk_channel_walk_block (const SkChannelWalk *self, const SkChannelSpace *space, gsize i);

/* to (2,@n_channels) += from (2,SK_SLICE), from channel @c on. */
void
sk_channel_add_sums (double *to, const double *from, int c, int n_channels);

/* Group by group: V, and E, by all workers together; then @slices. */
void
sk_channel_walk_run (SkChannelWalk *self, SkPoolFunc slices, SkPool *pool);
