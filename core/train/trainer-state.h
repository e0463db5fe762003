#pragma once

#include "checkpoint.h"
#include "loader.h"
#include "optimizer.h"
#include "run.h"
#include "trainer.h"
#include "weights.h"

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

  SkPosition position;
  gint64 total;
  int n_batches; /* of an epoch */
  int smallest_map; /* pixels of the smallest map that batch norm sees */

  float *kept_statistics; /* as they were before the step under way */
  gboolean *frozen; /* (n_groups) as the network has it, for the optimiser */
  SkLayerProbe *layers;
  SkBlockState *blocks; /* (n_blocks) of the last step */
  gboolean measured; /* @blocks are of a step of this run */
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

/* What is stored beside the weights. Borrows from the trainer, but for @class_names:
 * g_free(). */
SkWeightsInfo
sk_trainer_info (const SkTrainer *self, char ***class_names);
