#include "lane-clock.h"

#include "errors.h"

/* The window draws 60 frames a second: more snapshots would only be merged. */
#define PUBLISH_EVERY (G_USEC_PER_SEC / 60)

void
sk_lane_clock_begin (SkSnapshot *state, const SkTrainer *trainer) {
  int per_epoch = MAX (sk_trainer_steps_per_epoch (trainer), 1);

  state->step = sk_trainer_steps_done (trainer);
  state->n_steps = sk_trainer_steps_total (trainer);
  state->n_epochs = (int) ((state->n_steps + per_epoch - 1) / per_epoch);
  state->epoch = (int) MIN (state->step / per_epoch + 1, state->n_epochs);
  state->lr = sk_trainer_lr (trainer);
  state->images_per_s = 0;
  state->seconds_left = -1;
  state->evaluating = 0;
  state->preparing = 0;
  state->pause_pending = FALSE;
}

gboolean
sk_lane_clock_is_due (SkLaneClock *self, gboolean now) {
  gint64 time = g_get_monotonic_time ();

  if (!now && time - self->published_at < PUBLISH_EVERY)
    return FALSE;
  self->published_at = time;
  return TRUE;
}

void
sk_lane_clock_report (const SkLaneClock *self, SkSnapshot *state,
                      const SkTrainer *trainer) {
  int per_epoch = MAX (sk_trainer_steps_per_epoch (trainer), 1);
  gint64 left = state->n_steps - state->step;
  gint64 epochs_left = (left + per_epoch - 1) / per_epoch;
  double step_seconds = sk_pace_step_seconds (&self->pace);

  if (step_seconds <= 0)
    return;
  state->images_per_s = sk_pace_images_per_s (&self->pace);
  state->seconds_left =
      (double) left * step_seconds + (double) epochs_left * self->evaluation_seconds;
}

void
sk_lane_clock_begin_evaluation (SkLaneClock *self) {
  SkSnapshot *state = sk_board_lock (self->board);

  self->evaluation_begin = g_get_monotonic_time ();
  state->phase = SK_PHASE_EVALUATING;
  state->evaluating = 0;
  sk_board_unlock (self->board, TRUE);
}

gboolean
sk_lane_clock_end_evaluation (SkLaneClock *self, int n_networks, const GError *error) {
  gint64 spent = g_get_monotonic_time () - self->evaluation_begin;

  if (g_error_matches (error, SK_ERROR, SK_ERROR_CANCELLED)) {
    sk_board_lock (self->board)->evaluating = 0;
    sk_board_unlock (self->board, FALSE);
    return FALSE;
  }
  self->evaluation_seconds = (double) spent / G_USEC_PER_SEC * n_networks;
  return TRUE;
}

void
sk_lane_clock_progress_cb (double fraction, gpointer data) {
  SkLaneClock *self = data;

  if (!sk_lane_clock_is_due (self, FALSE))
    return;
  sk_board_lock (self->board)->evaluating = fraction;
  sk_board_unlock (self->board, TRUE);
}
