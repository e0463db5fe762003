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

static void
forward_block (const Job *job, gsize begin, gsize end, int i, double *probe) {
  const SkJoinForward *args = job->forward;
  const gboolean plain = args->shortcut.data == NULL;
  int n = sk_lanes_at (i, job->c);
  SkLane branch = sk_operand_lane (&args->branch, i, n);
  SkLane shortcut = sk_operand_lane (&args->shortcut, i, n);
  SkVec lambda = sk_splat (plain ? 0 : args->lambda);
  SkVec f_square = { 0 }, p_square = { 0 };
  SkMask dead = { 0 };

  for (gsize pixel = begin; pixel < end; pixel++) {
    gsize offset = pixel * (gsize) job->c + (gsize) i;
    SkVec f = sk_lane_value (&branch, sk_load_part (args->branch.data + offset, n));
    SkVec s = f;

    if (!plain) {
      SkVec p =
          sk_lane_value (&shortcut, sk_load_part (args->shortcut.data + offset, n));

      s += lambda * p;
      p_square += p * p;
    }
    f_square += f * f;
    dead -= s <= 0;
    sk_store_part (args->out + offset, sk_clear (s, s <= 0), n);
  }
  /* Lanes past the last channel hold the shift's padding, so zeros: they count as dead
   * and as nothing else. */
  probe[0] += (double) sk_sum (f_square);
  probe[1] += (double) sk_sum (p_square);
  for (int lane = 0; lane < n; lane++)
    probe[2] += dead[lane];
}

static void
forward (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  double *probe = probe_of (job, worker);
  gsize step = sk_block_pixels (job->c), begin, end;

  probe[0] = probe[1] = probe[2] = 0;
  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += step)
    for (int i = 0; i < job->c; i += SK_VL)
      forward_block (job, at, MIN (at + step, end), i, probe);
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

/* What a block of pixels adds up to, for one vector of channels. */
typedef struct {
  SkVec g, gz[2]; /* Σg, Σg·z */
  SkVec skip, residual, dot, sum;
} Sums;

static inline SkVec
backward_pixel (const SkJoinBackward *args, const SkLane *value, gsize offset, int n,
                Sums *sums) {
  SkVec residual = sk_load_part (args->residual + offset, n);
  SkVec dx = residual, g;

  sums->residual += residual * residual;
  if (args->skip) {
    SkVec skip = sk_splat (args->skip_scale) * sk_load_part (args->skip + offset, n);

    dx += skip;
    sums->skip += skip * skip;
    sums->dot += skip * residual;
  }
  sums->sum += dx * dx;
  if (args->dx)
    sk_store_part (args->dx + offset, dx, n);
  g = dx;
  if (args->value.data) {
    SkVec z = sk_load_part (args->value.data + offset, n);

    g = sk_clear (g, value->scale * z + value->shift <= 0);
  }
  sk_store_part (args->g + offset, g, n);
  sums->g += g;
  return g;
}

static void
backward_block (const Job *job, gsize begin, gsize end, int i, double *partial,
                double *probe) {
  const SkJoinBackward *args = job->backward;
  gsize c = (gsize) job->c;
  int n = sk_lanes_at (i, job->c);
  SkLane value = sk_operand_lane (&args->value, i, n);
  Sums sums = { 0 };

  for (gsize pixel = begin; pixel < end; pixel++) {
    gsize offset = pixel * c + (gsize) i;
    SkVec g = backward_pixel (args, &value, offset, n, &sums);

    for (int j = 0; j < 2; j++)
      if (args->z[j])
        sums.gz[j] += g * sk_load_part (args->z[j] + offset, n);
  }
  for (int j = 0; j < 2; j++)
    if (args->z[j]) {
      sk_add_to_doubles (partial + 2 * (gsize) j * c + i, sums.g, n);
      sk_add_to_doubles (partial + (2 * (gsize) j + 1) * c + i, sums.gz[j], n);
    }
  probe[0] += (double) sk_sum (sums.skip);
  probe[1] += (double) sk_sum (sums.residual);
  probe[2] += (double) sk_sum (sums.dot);
  probe[3] += (double) sk_sum (sums.sum);
}

static void
backward (gpointer data, int worker, int n_workers) {
  const Job *job = data;
  double *partial = sk_partial (job->scratch, job->c, worker);
  double *probe = probe_of (job, worker);
  gsize step = sk_block_pixels (job->c), begin, end;

  memset (partial, 0, (4 * (gsize) job->c + 4) * sizeof (double));
  sk_share (job->pixels, worker, n_workers, &begin, &end);
  for (gsize at = begin; at < end; at += step)
    for (int i = 0; i < job->c; i += SK_VL)
      backward_block (job, at, MIN (at + step, end), i, partial, probe);
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
