#pragma once

#include "conv-transform.h"
#include "prefetch.h"

/* What conv-forward.c and conv-backward.c share: one convolution under way, its scratch,
 * its filters in the form that is multiplied with, and products that fetch meanwhile. */

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
} SkConvJob;

/* One worker's scratch. */
typedef struct {
  double *sums; /* (2,K) or (2,C) */
  SkBlockSums block; /* of forward */
  float *floats; /* (2,C) of backward */
  float *v; /* V, then dV */
  float *m; /* M, or E */
  float *du;
} SkConvSpace;

/* V of a block: made by the transform, or pixels where they are. */
typedef struct {
  const float *data;
  SkLayout layout;
  gsize stride; /* between points */
} SkConvSource;

SkConvJob
sk_conv_job_new (const SkConvShape *shape, gboolean backward);

/* Cuts @scratch into what all share (nothing where u is there already) and what each
 * worker has. Returns its size; with @scratch NULL that is all it does. */
gsize
sk_conv_job_lay_out (SkConvJob *self, gboolean backward, float *scratch, int n_workers);

SkConvSpace
sk_conv_job_space (const SkConvJob *self, int worker);

/* Packs this worker's part of job->w; backward packs a transpose. */
void
sk_conv_job_pack (gpointer job, int worker, int n_workers);

/* to (columns,rows) = from (rows,columns) transposed; their rows are @to_row and
 * @from_row floats apart. */
void
sk_conv_turn (float *to, gsize to_row, const float *from, gsize from_row, gsize rows,
              gsize columns);

/* sums (n) = those of all workers, in their order. */
void
sk_conv_job_gather_sums (const SkConvJob *self, double *sums, gsize n, int n_workers);

/* V of @n tiles from tile @first on. */
SkConvSource
sk_conv_job_source (const SkConvJob *self, const SkOperand *x, const SkConvSpace *space,
                    gsize first, int n);

/* Calls that sk_conv_product() will make of sk_prefetch_some() for a block with filters
 * of @columns chunks. */
int
sk_conv_prefetch_parts (const SkConvPlan *plan, int columns);

/* What the block of tiles that begins with @next reads of x. */
SkPrefetch
sk_conv_prefetch_input (const SkConvPlan *plan, const float *x, gsize next, gsize end,
                        int parts);

/* The rows of an output (or its gradient) that tiles first … end lie on. */
SkPrefetch
sk_conv_prefetch_output (const SkConvPlan *plan, const float *y, gsize first, gsize end,
                         int parts, gboolean write);

/* m = v·u for one point of a block, fetching what comes next meanwhile. */
void
sk_conv_product (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
                 const float *u, const SkConvPlan *plan, int n, int depth, int columns,
                 SkPrefetch *prefetch, int n_prefetch);
