#pragma once

#include "board.h"
#include "pace.h"
#include "trainer.h"

/* What a run and a race under way have in common: how fast they go, how long it will take,
 * and when there is a snapshot of it. */
typedef struct {
  SkBoard *board; /* not owned */
  SkPace pace;
  double evaluation_seconds; /* at the end of an epoch, as the last one took */
  gint64 evaluation_begin; /* µs, monotonic: of the one under way */
  gint64 published_at; /* µs, monotonic */
} SkLaneClock;

/* @state: locked: it stands where @trainer does, and nothing was timed yet. */
void
sk_lane_clock_begin (SkSnapshot *state, const SkTrainer *trainer);

/**
 * sk_lane_clock_is_due:
 * @now: in any case
 *
 * Returns: whether to publish, as often as somebody can look; then that is noted as done
 */
gboolean
sk_lane_clock_is_due (SkLaneClock *self, gboolean now);

/* @state: locked: speed and time left. */
void
sk_lane_clock_report (const SkLaneClock *self, SkSnapshot *state,
                      const SkTrainer *trainer);

/* Publishes that the end of an epoch begins. */
void
sk_lane_clock_begin_evaluation (SkLaneClock *self);

/**
 * sk_lane_clock_end_evaluation:
 * @n_networks: that are evaluated in turn, of which this was one
 * @error: (nullable): of sk_trainer_end_epoch()
 *
 * Returns: FALSE where it was cancelled: the epoch has not ended
 */
gboolean
sk_lane_clock_end_evaluation (SkLaneClock *self, int n_networks, const GError *error);

/* An SkProgressFunc; data: the clock. Publishes how far an evaluation is. */
void
sk_lane_clock_progress_cb (double fraction, gpointer data);
