#pragma once

#include "command-queue.h"
#include "lane-race.h"
#include "lane-run.h"
#include "training-lane.h"

/* What the training lane's files share. One obeys commands and decides whose turn it is,
 * one has a run, one a race; all of it happens on the lane's thread. */

/* Steps to do, until told otherwise. */
#define SK_WITHOUT_END (-1)

struct _SkTrainingLane {
  pthread_t thread;
  gboolean started;
  SkCommandQueue queue;
  SkBoard *board;
  SkExchange *exchange;
  SkDataCache *cache;

  gint cancel; /* STOPs sent and not obeyed, and one for closing; atomic */

  pthread_mutex_t opening_mutex; /* of the three below */
  GCancellable *opening; /* (nullable): data are being opened */
  SkCommandKind opening_for; /* PLAN, START or RACE */
  char *opening_spec;

  SkLaneRun *run; /* (nullable) */
  SkLaneRace *race; /* (nullable): never beside a run */
  int to_step; /* 0: paused; n: so many steps, then paused; or SK_WITHOUT_END */
};

/* Publishes where the lane is now. @message: (nullable) */
void
sk_training_lane_show (SkTrainingLane *self, SkPhase phase, const char *message);

/* Publishes that what was to begin did not; where it was called off nothing is said. */
void
sk_training_lane_show_refusal (SkTrainingLane *self, const GError *error);

/* What opening data or building networks says when it was called off. */
gboolean
sk_training_lane_is_cancelled (const GError *error);

/**
 * sk_training_lane_open_data:
 * @kind: of the command that wants them: says which other commands interrupt it
 *
 * Returns: (transfer full)
 */
SkDataset *
sk_training_lane_open_data (SkTrainingLane *self, const SkRecipe *recipe,
                            SkCommandKind kind, GError **error);

/* training-run.c. Neither a run nor a race may be under way when one begins. */
void
sk_training_lane_plan (SkTrainingLane *self, const SkRecipe *recipe);

/* @dir: (nullable): its folder; NULL: a new one */
void
sk_training_lane_start_run (SkTrainingLane *self, const SkRecipe *recipe,
                            const char *dir);

/* @dir: (nullable): NULL is refused */
void
sk_training_lane_resume_run (SkTrainingLane *self, const char *dir);

/* Shows a run that nobody trains. */
void
sk_training_lane_view_run (SkTrainingLane *self, const SkCommand *command);

/* One step. */
void
sk_training_lane_advance_run (SkTrainingLane *self);

void
sk_training_lane_roll_back_run (SkTrainingLane *self);

/* Saves and ends it. */
void
sk_training_lane_stop_run (SkTrainingLane *self);

/* training-race.c */
void
sk_training_lane_start_race (SkTrainingLane *self, const SkCommand *command);

void
sk_training_lane_resume_race (SkTrainingLane *self, const char *dir);

void
sk_training_lane_advance_race (SkTrainingLane *self);

void
sk_training_lane_stop_race (SkTrainingLane *self);
