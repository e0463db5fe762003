/* The residual join, forwards and backwards, each one pass over memory. */

#include "join.h"

#include "reduce.h"
#include "vec.h"

typedef struct {
  const SkJoinForward *forward;
  const SkJoinBackward *backward;
  gsize pixels;
  int c;
  float *scratch;
} Job;

/* A probe's numbers come after the channels' in a worker's doubles. */
static double *
probe_of (const Job *job, int worker) {
  return sk_partial (job->scratch, job->c, worker) + 4 * (gsize) job->c;
}

/* What a run of pixels adds up to, over all channels. */
typedef struct {
  SkVec branch, shortcut;
  SkMask dead;
} ForwardSums;

static inline void
forward_vector (const SkJoinForward *args, gsize offset, int i, int n,
                ForwardSums *sums) {
  SkLane branch = sk_operand_lane (&args->branch, i, n);
  SkVec f = sk_lane_value (&branch, sk_load_part (args->branch.data + offset, n));
  SkVec s = f;

  if (args->shortcut.data) {
    SkLane shortcut = sk_operand_lane (&args->shortcut, i, n);
    SkVec p = sk_lane_value (&shortcut, sk_load_part (args->shortcut.data + offset, n));

    s += sk_splat (args->lambda) * p;
    sums->shortcut += p * p;
  }
  sums->branch += f * f;
  sums->dead -= s <= 0;
  sk_store_part (args->out + offset, sk_clear (s, s <= 0), n);
}

static void
forward (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkJoinForward *args = job->forward;
  const int whole = job->c / SK_VL * SK_VL;
  double *probe = probe_of (job, worker);
  gsize c = (gsize) job->c, begin, end;

  probe[0] = probe[1] = probe[2] = 0;
  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += SK_RUN_PIXELS) {
    ForwardSums sums = { 0 };

    for (gsize pixel = at; pixel < MIN (at + SK_RUN_PIXELS, end); pixel++) {
      for (int i = 0; i < whole; i += SK_VL)
        forward_vector (args, pixel * c + (gsize) i, i, SK_VL, &sums);
      if (whole < job->c)
        forward_vector (args, pixel * c + (gsize) whole, whole, job->c - whole, &sums);
    }
    probe[0] += (double) sk_sum (sums.branch);
    probe[1] += (double) sk_sum (sums.shortcut);
    for (int lane = 0; lane < SK_VL; lane++)
      probe[2] += sums.dead[lane];
    /* Lanes past the last channel are zeros: they counted as dead. */
    if (whole < job->c)
      probe[2] -= (double) ((gsize) (SK_VL - job->c + whole) *
                            (MIN (at + SK_RUN_PIXELS, end) - at));
  }
}

void
sk_join_forward (const SkJoinForward *args, gsize pixels, int c, float *scratch,
                 SkPool *pool) {
  Job job = { .forward = args, .pixels = pixels, .c = c, .scratch = scratch };
  double sums[3];

  sk_pool_run (pool, forward, &job);
  if (args->probe == NULL)
    return;
  sk_partial_sum (sums, scratch, c, 4 * (gsize) c, 3, sk_pool_size (pool));
  *args->probe = (SkJoinProbe){ .branch_square = sums[0],
                                .shortcut_square = sums[1],
                                .dead = (gint64) sums[2] };
}

/* What a run of pixels adds up to, over all channels. */
typedef struct {
  SkVec skip, residual, dot, sum;
} BackwardSums;

/* @floats: (3,C) Σg, Σg·z[0], Σg·z[1] of the run. */
static inline void
backward_vector (const SkJoinBackward *args, gsize offset, int i, int c, int n,
                 BackwardSums *sums, float *floats) {
  SkVec residual = sk_load_part (args->residual + offset, n);
  SkVec g = residual;

  sums->residual += residual * residual;
  if (args->skip) {
    SkVec skip = sk_splat (args->skip_scale) * sk_load_part (args->skip + offset, n);

    g += skip;
    sums->skip += skip * skip;
    sums->dot += skip * residual;
  }
  sums->sum += g * g;
  if (args->dx)
    sk_store_part (args->dx + offset, g, n);
  if (args->value.data) {
    SkLane value = sk_operand_lane (&args->value, i, n);
    SkVec z = sk_load_part (args->value.data + offset, n);

    g = sk_clear (g, value.scale * z + value.shift <= 0);
  }
  sk_store_part (args->g + offset, g, n);
  if (args->z[0] || args->z[1])
    sk_store_part (floats + i, sk_load_part (floats + i, n) + g, n);
  for (int j = 0; j < 2; j++)
    if (args->z[j]) {
      float *dot = floats + (j + 1) * c + i;
      SkVec z = sk_load_part (args->z[j] + offset, n);

      sk_store_part (dot, sk_load_part (dot, n) + g * z, n);
    }
}

static void
flush_backward (const Job *job, double *partial, double *probe,
                const BackwardSums *sums, float *floats) {
  gsize c = (gsize) job->c;

  for (gsize i = 0; i < c; i++) {
    partial[i] += (double) floats[i];
    partial[2 * c + i] += (double) floats[i];
    floats[i] = 0;
  }
  sk_partial_flush (partial + c, floats + c, c);
  sk_partial_flush (partial + 3 * c, floats + 2 * c, c);
  probe[0] += (double) sk_sum (sums->skip);
  probe[1] += (double) sk_sum (sums->residual);
  probe[2] += (double) sk_sum (sums->dot);
  probe[3] += (double) sk_sum (sums->sum);
}

static void
backward (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  const SkJoinBackward *args = job->backward;
  const int whole = job->c / SK_VL * SK_VL;
  double *partial = sk_partial (job->scratch, job->c, worker);
  float *floats = sk_partial_floats (job->scratch, job->c, worker);
  gsize c = (gsize) job->c, begin, end;

  memset (partial, 0, (4 * c + 4) * sizeof (double));
  memset (floats, 0, 3 * c * sizeof (float));
  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += SK_RUN_PIXELS) {
    BackwardSums sums = { 0 };

    for (gsize pixel = at; pixel < MIN (at + SK_RUN_PIXELS, end); pixel++) {
      for (int i = 0; i < whole; i += SK_VL)
        backward_vector (args, pixel * c + (gsize) i, i, job->c, SK_VL, &sums, floats);
      if (whole < job->c)
        backward_vector (args, pixel * c + (gsize) whole, whole, job->c, job->c - whole,
                         &sums, floats);
    }
    flush_backward (job, partial, probe_of (job, worker), &sums, floats);
  }
}

void
sk_join_backward (const SkJoinBackward *args, gsize pixels, int c, float *scratch,
                  SkPool *pool) {
  Job job = { .backward = args, .pixels = pixels, .c = c, .scratch = scratch };
  const int n_workers = sk_pool_size (pool);
  double sums[4];

  sk_pool_run (pool, backward, &job);
  for (int j = 0; j < 2; j++)
    if (args->z[j])
      sk_partial_sum (args->sums[j], scratch, c, 2 * (gsize) j * (gsize) c,
                      2 * (gsize) c, n_workers);
  if (args->probe == NULL)
    return;
  sk_partial_sum (sums, scratch, c, 4 * (gsize) c, 4, n_workers);
  *args->probe = (SkJoinGradientProbe){ .skip_square = sums[0],
                                        .residual_square = sums[1],
                                        .dot = sums[2],
                                        .sum_square = sums[3] };
}
