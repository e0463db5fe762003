#pragma once

#include "board.h"
#include "exchange.h"
#include "trainer.h"

/* Every core trains, and the window still gets its turn. */
#define SK_TRAINING_NICENESS 10

/* A run under way, as the training lane sees it: the trainer, its workers, and what is
 * told of them. */
typedef struct {
  SkBoard *board; /* not owned */
  SkExchange *exchange; /* not owned */
  SkDataset *dataset;
  SkPool *pool;
  SkTrainer *trainer;
  const SkPlan *plan; /* the trainer's network's */
  char *dir;

  double seconds, images, steps; /* of late: older ones count less and less */
  double evaluation_seconds; /* the last one's */
  gint64 published_at; /* µs, monotonic */
} SkTraining;

typedef enum {
  SK_TRAINING_STEPPED,
  SK_TRAINING_FINISHED, /* that was the last step */
  SK_TRAINING_DIVERGED, /* the loss is no number, and nothing was updated */
  SK_TRAINING_CANCELLED, /* asked to stop: as if the step had not begun */
  SK_TRAINING_FAILED,
} SkTrainingOutcome;

/**
 * sk_training_new:
 * @dir: the run folder
 * @resume: go on from what is in it
 * @cancel: read between operations
 *
 * Builds everything, offers its weights to the inquiry lane, and publishes the run as
 * begun. The state's summary is that of this recipe already.
 */
SkTraining *
sk_training_new (SkBoard *board, SkExchange *exchange, const SkRecipe *recipe,
                 SkDataset *dataset, const char *dir, gboolean resume,
                 const gint *cancel, GError **error);

void
sk_training_free (SkTraining *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkTraining, sk_training_free)

/**
 * sk_training_step:
 * @message: (out) (transfer full): why it diverged or failed
 *
 * One batch, and the end of an epoch where it was the last. Publishes what was measured,
 * as often as somebody can look.
 */
SkTrainingOutcome
sk_training_step (SkTraining *self, char **message);

/* Leaves its weights, as they are after the last step, to the inquiry lane. */
void
sk_training_share_weights (SkTraining *self);

/* What may be changed while it runs; each is an event on the time axis. */
void
sk_training_set_lr_factor (SkTraining *self, float factor);

void
sk_training_set_frozen (SkTraining *self, int group, gboolean frozen);

void
sk_training_set_lambda (SkTraining *self, int block, float lambda);

/* What the last step measured, written to the state: training-report.c. */
void
sk_training_measure_layers (SkTraining *self, SkSnapshot *state);

void
sk_training_measure_blocks (SkTraining *self, SkSnapshot *state);

/* Speed and time left, from a step that took @seconds for @images. */
void
sk_training_clock (SkTraining *self, double seconds, int images);

void
sk_training_report_speed (SkTraining *self, SkSnapshot *state);
