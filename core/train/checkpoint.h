#pragma once

#include "network.h"
#include "optimizer.h"

/* The resume state: everything that decides how a run goes on, in one file. */

/* Where a run stands. Plain data, saved bit for bit. */
typedef struct {
  gint64 step; /* optimiser steps done */
  gint64 epoch; /* epochs ended */
  gint64 batch; /* batches done of the epoch under way */
  gint64 n_seen, n_correct; /* pictures of the epoch under way */
  double loss_sum; /* over these pictures */
  double seconds, waited; /* of the epoch under way */
  double lr_factor;
  double best_accuracy; /* −1: none yet */
} SkPosition;

/* What is saved; borrowed. */
typedef struct {
  const SkPlan *plan;
  SkParameters *parameters;
  SkOptimizer *optimizer;
  SkNetwork *network; /* which groups are frozen, and every λ */
  SkPosition *position;
} SkCheckpoint;

/**
 * sk_checkpoint_save:
 *
 * Replaces @path in one moment; on a full disk the old state stays whole.
 */
gboolean
sk_checkpoint_save (const char *path, const SkCheckpoint *checkpoint, GError **error);

/**
 * sk_checkpoint_load:
 * @checkpoint: made for the same recipe; overwritten
 * @error: SK_ERROR_FORMAT where it is of another run; then nothing was overwritten
 */
gboolean
sk_checkpoint_load (const char *path, const SkCheckpoint *checkpoint, GError **error);
