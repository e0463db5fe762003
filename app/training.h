#pragma once

#include "doctor.h"
#include "interrupt.h"
#include "pace.h"
#include "progress.h"
#include "snapshot.h"
#include "trainer.h"

/* A training without a window: the loop of `skipscope train`, and what it remembers for
 * the pictures that it leaves behind. */
typedef struct {
  SkTrainer *trainer; /* not owned */
  SkInterrupt *interrupt; /* not owned */
  SkProgress *progress; /* not owned */
  const char *dir; /* of the run; not owned */
  gboolean as_json;
  gint64 deadline; /* monotonic microseconds; 0: none */

  SkLayerState *layers; /* (plan->n_parameters) of the last step; NULL: not probed */
  SkBlockState *blocks; /* (plan->n_blocks) of the last step; NULL: not probed */
  GArray *train_points; /* of SkTrainPoint */
  GArray *test_points; /* of SkTestPoint */
  SkEpoch last; /* newest epoch; epoch 0: none yet */
  double best_accuracy; /* of the test pictures; < 0: none yet */
  int best_epoch;

  SkDoctor *doctor; /* (nullable): nothing was measured yet */
  guint said; /* bits of SkFindingKind that hold and were said */

  gint64 begun; /* monotonic microseconds */
  gint64 first_step; /* done when it began */
  gint64 images; /* of the epoch under way */
  gint64 correct;
  double loss_sum;
  SkPace pace;
} SkTraining;

typedef enum {
  SK_TRAINING_FINISHED,
  SK_TRAINING_INTERRUPTED, /* by a signal; saved */
  SK_TRAINING_OUT_OF_TIME, /* the deadline passed; saved */
  SK_TRAINING_DIVERGED, /* the loss is not finite; error says where */
  SK_TRAINING_FAILED, /* error says why */
} SkTrainingEnd;

void
sk_training_init (SkTraining *self, SkTrainer *trainer, SkInterrupt *interrupt,
                  SkProgress *progress);

void
sk_training_clear (SkTraining *self);

/* Fills in the curves of a run that goes on, from its folder. What cannot be read is left
 * out: the curves are for looking at. */
void
sk_training_read_history (SkTraining *self, const char *run_dir);

/* (transfer full): "; the first layer to break was fc", or nothing where none is known:
 * what goes on in a sentence that says that the loss is not finite. */
char *
sk_training_describe_break (const SkTrainer *trainer);

/**
 * sk_training_run:
 *
 * Steps until the recipe is done, a signal or the deadline comes, or something breaks.
 * Prints a line an epoch.
 */
SkTrainingEnd
sk_training_run (SkTraining *self, GError **error);
