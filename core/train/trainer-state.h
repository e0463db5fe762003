#pragma once

#include "checkpoint.h"
#include "kept-features.h"
#include "loader.h"
#include "optimizer.h"
#include "recorder.h"
#include "run.h"
#include "trainer.h"
#include "weights.h"

/* What is kept while everything before the head is frozen; begins as zeros. */
typedef struct {
  gboolean keeping; /* the epoch under way is learnt from features; the loader rests */
  gboolean refused; /* there was no room for them */
  SkFeatures *features[2]; /* (nullable) by split; training pictures view by view */
  float *lambdas; /* (n_blocks) with which they were computed */
  SkLoader *loader; /* (nullable): of the pass that computes them */
  int first; /* row of that pass's first picture */
  double seconds[2]; /* that the first pass over a split took */
  gboolean passed; /* some were computed in the epoch under way */
  gboolean told, told_speed;
  guint32 *order; /* (training pictures) of epoch @order_epoch */
  gint64 order_epoch;
  SkBatch batch; /* of the step under way: without images */
  float *rows; /* (batch,C) its features */
} SkTrunk;

/* What a trainer is made of; for the trainer's own files. */
struct _SkTrainer {
  SkRecipe recipe;
  SkDataset *dataset;
  SkTransform transform;
  SkPool *pool; /* not owned */
  SkPlan *plan;
  SkParameters *parameters;
  SkNetwork *network;
  SkOptimizer *optimizer;
  SkLoader *loader;
  SkRun *run; /* (nullable) */
  SkRecorder *recorder; /* (nullable) */
  gboolean record_failed; /* and that was said */
  char *warning; /* (nullable): not taken yet */

  SkPosition position;
  gint64 total;
  int n_batches; /* of an epoch */
  int smallest_map; /* pixels of the smallest map that batch norm sees */

  float *kept_statistics; /* as they were before the step under way */
  gboolean *frozen; /* (n_groups) as the network has it, for the optimiser */
  gboolean *frozen_at_first; /* (n_groups) as the recipe has it */
  SkLayerProbe *layers;
  SkBlockState *blocks; /* (n_blocks) of the last step */
  gboolean measured; /* @blocks are of a step of this run */
  gint64 saved_at; /* µs, monotonic: the state, at the end of an epoch */
  int phase; /* of the recipe's two */
  SkTrunk trunk;
  GQueue news; /* (element-type utf8) not taken yet */
  const SkBatch *pending; /* (nullable): a batch that was taken but not learnt from */
  char *culprit;
  const gint *cancel;
  SkProgressFunc progress;
  gpointer progress_data;
};

SkCheckpoint
sk_trainer_checkpoint (SkTrainer *self);

/* Whether the epoch's last batch is done and sk_trainer_end_epoch() is awaited. */
gboolean
sk_trainer_at_end_of_epoch (const SkTrainer *self);

gboolean
sk_trainer_is_cancelled (const SkTrainer *self);

/* trainer-phase.c: the phase that the position says, after building and loading. */
void
sk_trainer_sync_phase (SkTrainer *self);

/* The loader, or what was kept, from the position on. */
void
sk_trainer_start_epoch (SkTrainer *self);

/* The position goes to the next epoch's beginning, which may be the next phase's. */
void
sk_trainer_next_epoch (SkTrainer *self);

/* How training pictures are augmented now. */
SkAugment
sk_trainer_augment (const SkTrainer *self);

/* An event that was the trainer's own doing. */
void
sk_trainer_tell (SkTrainer *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* trainer-trunk.c: whether epochs can be learnt from kept features as things stand;
 * forgets those that are right no more. */
gboolean
sk_trunk_may_keep (SkTrainer *self);

/* Whether the features that the epoch needs are known. */
gboolean
sk_trunk_is_ready (SkTrainer *self);

/* A batch of them. @error: SK_ERROR_CANCELLED */
gboolean
sk_trunk_compute_some (SkTrainer *self, SkStep *result, GError **error);

/* (transfer none): of the step that comes, without images */
const SkBatch *
sk_trunk_batch (SkTrainer *self);

void
sk_trunk_forward (SkTrainer *self, const SkBatch *batch);

gboolean
sk_trunk_may_evaluate (SkTrainer *self);

/* FALSE: cancelled */
gboolean
sk_trunk_evaluate (SkTrainer *self, SkEvaluation *result);

void
sk_trunk_tell (SkTrainer *self, const SkEpoch *epoch);

void
sk_trunk_forget (SkTrainer *self);

void
sk_trunk_clear (SkTrainer *self);

/* What is stored beside the weights. Borrows from the trainer, but for @class_names:
 * g_free(). */
SkWeightsInfo
sk_trainer_info (const SkTrainer *self, char ***class_names);

/* Prepares to record the run; nothing is written yet. */
void
sk_trainer_open_record (SkTrainer *self, int steps_per_epoch);

/* Keeps what the step just done has measured. */
void
sk_trainer_record (SkTrainer *self, const SkStep *step);

void
sk_trainer_flush_record (SkTrainer *self);

/* Forgets what the run folder says of later steps than @step. */
gboolean
sk_trainer_cut_back (SkTrainer *self, gint64 step, GError **error);
