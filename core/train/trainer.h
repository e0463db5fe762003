#pragma once

#include "dataset.h"
#include "evaluate.h"
#include "measured.h"
#include "network.h"
#include "probe.h"
#include "recipe.h"
#include "transform.h"

/* One network in training: data, network, optimiser, position, run folder. */
typedef struct _SkTrainer SkTrainer;

typedef struct {
  gint64 step; /* optimiser steps done */
  int epoch; /* epochs done, so the one under way counts from 0 */
  double loss; /* of this batch */
  int n, n_correct;
  double
      preparing; /* > 0: share of the pictures that the frozen trunk has been shown so
                       far; the step has not been taken, and nothing else here counts */
  float lr;
  double seconds; /* this step's, waiting for data included */
  gboolean epoch_ended;
} SkStep;

typedef struct {
  int epoch; /* 1 … */
  gint64 step;
  double train_loss, train_accuracy; /* means over the epoch's pictures */
  double test_loss, test_accuracy; /* NaN where there is no test split */
  float lr;
  double images_per_s; /* training proper */
  double seconds; /* evaluation included */
  double waited; /* of these, waiting for data */
  gboolean kept; /* learnt from what a frozen trunk had made of the pictures */
} SkEpoch;

/**
 * sk_trainer_new:
 * @recipe: copied
 * @dataset: reffed
 * @run_dir: (nullable): where checkpoints and metrics go; it must not hold a run, unless
 *   @resume
 * @resume: go on from @run_dir's last checkpoint, with its recipe
 * @pool: not owned
 *
 * Returns: (transfer full): sk_trainer_free()
 */
SkTrainer *
sk_trainer_new (const SkRecipe *recipe, SkDataset *dataset, const char *run_dir,
                gboolean resume, SkPool *pool, GError **error);

/**
 * sk_trainer_new_cancellable:
 * @cancel: as for sk_trainer_set_cancel(), from the beginning: drawing the weights of a
 *   large network takes seconds
 */
SkTrainer *
sk_trainer_new_cancellable (const SkRecipe *recipe, SkDataset *dataset,
                            const char *run_dir, gboolean resume, SkPool *pool,
                            const gint *cancel, GError **error);

void
sk_trainer_free (SkTrainer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkTrainer, sk_trainer_free)

/* The recipe in a run folder's run.json: says which data to open before going on with it.
 * @recipe: (out): sk_recipe_clear() */
gboolean
sk_trainer_read_recipe (const char *run_dir, SkRecipe *recipe, GError **error);

/* Bytes that sk_trainer_new() takes: network, parameters, gradients, optimiser state.
 * @plan: for recipe->batch pictures */
guint64
sk_trainer_memory (const SkPlan *plan, const SkRecipe *recipe, int n_workers);

/**
 * sk_trainer_step:
 * @result: (out)
 * @error: SK_ERROR_CANCELLED; SK_ERROR_FILE where a dataset vanished
 *
 * One batch: forward, loss, backward, update. When the loss is not finite nothing is
 * updated, @result->loss says so, and sk_trainer_culprit() names the layer. After
 * SK_ERROR_CANCELLED everything that is saved, running statistics too, stands as before
 * the step, and the next step takes the same batch again. While everything before the head
 * is frozen (with fixed statistics, and pictures unaugmented or in a few views), what it
 * makes of the pictures is computed once: calls that did a part of that say so by
 * @result->preparing, and are to be repeated.
 */
gboolean
sk_trainer_step (SkTrainer *self, SkStep *result, GError **error);

/* After a step that ended an epoch: evaluates the test split, appends metrics.jsonl, saves
 * checkpoint, last.safetensors and best.safetensors. Where saving fails (a full disk)
 * @save_error says why, @result is complete and training may go on. Where it was cancelled
 * (SK_ERROR_CANCELLED) the epoch has not ended yet: save, resume and call it again. */
gboolean
sk_trainer_end_epoch (SkTrainer *self, SkEpoch *result, GError **save_error);

/* Saves the resume state and last.safetensors now, each atomically. Nothing to do without
 * a run folder. */
gboolean
sk_trainer_save (SkTrainer *self, GError **error);

/**
 * sk_trainer_roll_back:
 * @error: where the saved state cannot be read: then nothing has changed
 *
 * Back to the last saved state, or to the beginning where none was saved: for a run that
 * diverged, whose weights may be spoilt though they are finite. The factor on the learning
 * rate stays as it is; what was frozen comes back with the state.
 */
gboolean
sk_trainer_roll_back (SkTrainer *self, GError **error);

gboolean
sk_trainer_finished (const SkTrainer *self);

/* 0, or 1 after the moment of unfreezing. */
int
sk_trainer_phase (const SkTrainer *self);

/* (transfer full) (nullable): the next thing that the trainer did of itself and that was
 * not taken yet: it unfroze everything, it keeps features. It is logged as an event. */
char *
sk_trainer_take_news (SkTrainer *self);

/* Where it stands and where it ends. */
gint64
sk_trainer_steps_done (const SkTrainer *self);

gint64
sk_trainer_steps_total (const SkTrainer *self);

int
sk_trainer_steps_per_epoch (const SkTrainer *self);

/* Of the next step. */
float
sk_trainer_lr (const SkTrainer *self);

/* Multiplies the schedule from now on; 1 unless set. Logged as an event. */
void
sk_trainer_set_lr_factor (SkTrainer *self, float factor);

/* Notes in the run's steps.jsonl what was done to it, at the step where it stands. */
void
sk_trainer_log_event (SkTrainer *self, const char *text);

/**
 * sk_epoch_to_json:
 * @blocks: (plan->n_blocks) (nullable): of its last step, as sk_trainer_blocks() has them
 *
 * Returns: (transfer full): an epoch as a line of metrics.jsonl
 */
char *
sk_epoch_to_json (const SkEpoch *epoch, const SkPlan *plan, const SkBlockState *blocks);

/* Told while an epoch's test split is evaluated. */
void
sk_trainer_set_progress (SkTrainer *self, SkProgressFunc func, gpointer data);

SkNetwork *
sk_trainer_network (SkTrainer *self);

/* From a picture to what its network reads: the recipe's mean and std, or the default. */
const SkTransform *
sk_trainer_transform (const SkTrainer *self);

const SkParameters *
sk_trainer_parameters (const SkTrainer *self);

const SkRecipe *
sk_trainer_recipe (const SkTrainer *self);

/* (plan->n_parameters), of the last step. Running statistics hold zeros. */
const SkLayerProbe *
sk_trainer_layers (const SkTrainer *self);

/* (plan->n_blocks), of the last step that updated something. NULL: none has, or nothing
 * is measured. */
const SkBlockState *
sk_trainer_blocks (const SkTrainer *self);

/* (transfer full) (nullable): what went wrong on the side and does not stop the training,
 * each thing once: the run's record could not be written */
char *
sk_trainer_take_warning (SkTrainer *self);

/* Name of the first tensor (walking backward: forward activations, then gradients) that
 * stopped being finite in the last step; NULL: none. */
const char *
sk_trainer_culprit (const SkTrainer *self);

/* Checked between operations; when TRUE a step returns SK_ERROR_CANCELLED. */
void
sk_trainer_set_cancel (SkTrainer *self, const gint *flag);
