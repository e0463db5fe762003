#pragma once

#include "board.h"
#include "doctor.h"
#include "exchange.h"
#include "lane-clock.h"
#include "trainer.h"

/* Every core trains, and the window still gets its turn. */
#define SK_LANE_NICENESS 10

/* A run under way, as the training lane sees it: the trainer, its workers, and what is
 * told of them. */
typedef struct {
  SkBoard *board; /* not owned */
  SkExchange *exchange; /* not owned */
  SkDataset *dataset;
  SkPool *pool;
  SkTrainer *trainer;
  SkDoctor *doctor;
  const SkPlan *plan; /* the trainer's network's */
  char *dir;

  SkLaneClock clock;

  char *fader; /* (nullable): the event that a fader in motion will be */
  int fader_begin, fader_end; /* the blocks it is moved for */
  gint64 fader_at; /* µs, monotonic: when it was moved last */
} SkLaneRun;

typedef enum {
  SK_LANE_STEPPED,
  SK_LANE_PREPARED, /* the step is still to come: a frozen trunk looks at the pictures */
  SK_LANE_FINISHED, /* that was the last step */
  SK_LANE_DIVERGED, /* the loss is no number, and nothing was updated */
  SK_LANE_CANCELLED, /* asked to stop: as if the step had not begun */
  SK_LANE_FAILED,
} SkLaneOutcome;

/**
 * sk_lane_run_new:
 * @dir: the run folder
 * @resume: go on from what is in it
 * @cancel: read between operations
 *
 * Builds everything, offers its weights to the inquiry lane, and publishes the run as
 * begun. The state's summary is that of this recipe already.
 */
SkLaneRun *
sk_lane_run_new (SkBoard *board, SkExchange *exchange, const SkRecipe *recipe,
                 SkDataset *dataset, const char *dir, gboolean resume,
                 const gint *cancel, GError **error);

void
sk_lane_run_free (SkLaneRun *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkLaneRun, sk_lane_run_free)

/**
 * sk_lane_run_step:
 * @message: (out) (transfer full): why it diverged or failed
 *
 * One batch, and the end of an epoch where it was the last. Publishes what was measured,
 * as often as somebody can look.
 */
SkLaneOutcome
sk_lane_run_step (SkLaneRun *self, char **message);

/* To the last saved state, and published as standing there, paused. */
gboolean
sk_lane_run_roll_back (SkLaneRun *self, GError **error);

/* Leaves its weights, as they are after the last step, to the inquiry lane. */
void
sk_lane_run_share_weights (SkLaneRun *self);

/* What may be changed while it runs; each is an event on the time axis: lane-touch.c. */
void
sk_lane_run_set_lr_factor (SkLaneRun *self, float factor);

void
sk_lane_run_set_frozen (SkLaneRun *self, int group, gboolean frozen);

/* A LAMBDA. Where it says that a fader is moving, its event waits until that rests. */
void
sk_lane_run_set_lambda (SkLaneRun *self, const SkCommand *command);

/**
 * sk_lane_run_rest_fader:
 * @now: the fader is at rest, whenever it was moved
 *
 * Notes where a fader has come to rest.
 *
 * Returns: seconds after which to ask again; 0: no fader is moving
 */
double
sk_lane_run_rest_fader (SkLaneRun *self, gboolean now);

/* @state: locked: marks the step where the run stands. */
void
sk_lane_run_append_event (SkLaneRun *self, SkSnapshot *state, const char *text);

/* What the last step measured, written to the state: lane-report.c. */
void
sk_lane_run_measure_layers (SkLaneRun *self, SkSnapshot *state);

void
sk_lane_run_measure_blocks (SkLaneRun *self, SkSnapshot *state);

/* Lets the doctor look at the step. */
void
sk_lane_run_examine (SkLaneRun *self, const SkStep *step);

/* What the doctor says, written to the state. */
void
sk_lane_run_report_findings (SkLaneRun *self, SkSnapshot *state);

/* What went wrong on the side, while training goes on. */
void
sk_lane_run_report_warning (SkLaneRun *self, SkSnapshot *state);
