#include "lane-run.h"

#include <math.h>

#include "errors.h"
#include "history.h"
#include "points.h"

static gboolean
offer_weights (SkLaneRun *self, GError **error) {
  g_auto (GStrv) names = sk_dataset_class_names (self->dataset);
  SkModel *model =
      sk_model_new (sk_exchange_tick (self->exchange), self->plan,
                    sk_trainer_transform (self->trainer), self->dir, names, error);

  if (model == NULL)
    return FALSE;
  model->dataset = sk_dataset_ref (self->dataset);
  model->step = sk_trainer_steps_done (self->trainer);
  sk_parameters_copy (model->parameters, sk_trainer_parameters (self->trainer));
  sk_exchange_offer (self->exchange, model);
  return TRUE;
}

/* A run that goes on keeps the factor it was given. */
static float
factor_of (const SkTrainer *trainer) {
  float schedule =
      sk_recipe_lr (sk_trainer_recipe (trainer), sk_trainer_steps_done (trainer),
                    MAX (sk_trainer_steps_per_epoch (trainer), 1));

  return schedule > 0 ? sk_trainer_lr (trainer) / schedule : 1;
}

/* Everything that was said of another run is forgotten.
 * @event: (nullable): how it came to stand where it does, with the curves until there */
static void
publish_begin (SkLaneRun *self, SkPhase phase, const char *event) {
  const SkRecipe *recipe = sk_trainer_recipe (self->trainer);
  SkNetwork *network = sk_trainer_network (self->trainer);
  int per_epoch = MAX (sk_trainer_steps_per_epoch (self->trainer), 1);
  SkSnapshot *state = sk_board_lock (self->board);

  state->run_serial++;
  state->phase = phase;
  g_clear_pointer (&state->message, g_free);
  g_clear_pointer (&state->plan, sk_plan_unref);
  state->plan = sk_plan_ref (self->plan);
  sk_recipe_clear (&state->recipe);
  sk_recipe_copy (&state->recipe, recipe);
  g_free (state->run_dir);
  state->run_dir = g_strdup (self->dir);
  g_free (state->model);
  state->model = g_strdup_printf ("%s in training", self->plan->variant.title);
  g_strfreev (state->class_names);
  state->class_names = sk_dataset_class_names (self->dataset);
  g_clear_pointer (&state->layers, g_free);
  g_clear_pointer (&state->blocks, g_free);
  g_free (state->frozen);
  state->frozen = g_new0 (gboolean, self->plan->n_groups);
  for (int i = 0; i < self->plan->n_groups; i++)
    state->frozen[i] = sk_network_is_frozen (network, i);
  g_free (state->lambda);
  state->lambda = g_new (float, self->plan->n_blocks);
  for (int i = 0; i < self->plan->n_blocks; i++)
    state->lambda[i] = sk_network_lambda (network, i);
  sk_exchange_set_lambda (self->exchange, state->lambda);

  sk_snapshot_forget_points (state);
  if (event) {
    sk_history_read (self->dir, per_epoch, state->train_points, state->test_points,
                     state->events);
    sk_lane_run_append_event (self, state, event);
  }
  sk_lane_clock_begin (state, self->trainer);
  state->lr_factor = factor_of (self->trainer);
  state->n_findings = 0;
  sk_board_unlock (self->board, TRUE);
}

SkLaneRun *
sk_lane_run_new (SkBoard *board, SkExchange *exchange, const SkRecipe *recipe,
                 SkDataset *dataset, const char *dir, gboolean resume,
                 const gint *cancel, GError **error) {
  g_autoptr (SkLaneRun) self = g_new0 (SkLaneRun, 1);

  self->board = self->clock.board = board;
  self->exchange = exchange;
  self->dataset = sk_dataset_ref (dataset);
  self->dir = g_strdup (dir);
  self->pool = sk_pool_new (recipe->threads, SK_LANE_NICENESS);
  self->trainer = sk_trainer_new_cancellable (recipe, dataset, dir, resume, self->pool,
                                              cancel, error);
  if (self->trainer == NULL)
    return NULL;
  sk_trainer_set_cancel (self->trainer, cancel);
  sk_trainer_set_progress (self->trainer, sk_lane_clock_progress_cb, &self->clock);
  self->plan = sk_network_plan (sk_trainer_network (self->trainer));
  self->doctor = sk_doctor_new (self->plan, recipe->weight_decay);
  if (!offer_weights (self, error))
    return NULL;
  publish_begin (self, SK_PHASE_RUNNING, resume ? "resumed" : NULL);
  return g_steal_pointer (&self);
}

void
sk_lane_run_free (SkLaneRun *self) {
  if (self == NULL)
    return;
  g_free (self->fader);
  g_clear_pointer (&self->doctor, sk_doctor_free);
  g_clear_pointer (&self->trainer, sk_trainer_free);
  g_clear_pointer (&self->pool, sk_pool_free);
  g_clear_pointer (&self->dataset, sk_dataset_unref);
  g_free (self->dir);
  g_free (self);
}

static void
record_preparing (SkLaneRun *self, double fraction) {
  sk_board_lock (self->board)->preparing = fraction < 1 ? fraction : 0;
  sk_board_unlock (self->board, sk_lane_clock_is_due (&self->clock, FALSE));
}

/* What the trainer did of itself at the end of an epoch. */
static void
record_news (SkLaneRun *self, SkSnapshot *state) {
  SkNetwork *network = sk_trainer_network (self->trainer);
  char *news;

  while ((news = sk_trainer_take_news (self->trainer)) != NULL) {
    sk_lane_run_append_event (self, state, news);
    g_free (news);
  }
  state->lr = sk_trainer_lr (self->trainer);
  for (int i = 0; i < self->plan->n_groups; i++)
    state->frozen[i] = sk_network_is_frozen (network, i);
  for (int i = 0; state->blocks && i < self->plan->n_blocks; i++)
    state->blocks[i].frozen = state->frozen[self->plan->blocks[i].group];
}

static void
record_step (SkLaneRun *self, const SkStep *step) {
  gboolean publish = sk_lane_clock_is_due (&self->clock, step->epoch_ended);
  SkSnapshot *state = sk_board_lock (self->board);

  sk_lane_run_report_warning (self, state);
  if (step->n > 0) { /* else every file of the batch was broken */
    SkTrainPoint point =
        sk_train_point (step, sk_trainer_steps_per_epoch (self->trainer));

    g_array_append_val (state->train_points, point);
  }
  state->step = step->step;
  state->epoch = MIN (step->epoch + 1, state->n_epochs);
  state->lr = step->lr;
  sk_lane_run_report_findings (self, state);
  /* Converting what was measured costs more than a point: only for who can look. */
  if (publish) {
    if (step->n > 0 && sk_trainer_recipe (self->trainer)->probes) {
      sk_lane_run_measure_layers (self, state);
      sk_lane_run_measure_blocks (self, state);
    }
    state->n_skipped = sk_dataset_n_skipped (self->dataset);
    sk_lane_clock_report (&self->clock, state, self->trainer);
  }
  sk_board_unlock (self->board, publish);
}

static void
record_epoch (SkLaneRun *self, const SkEpoch *epoch, const GError *save_error) {
  SkSnapshot *state = sk_board_lock (self->board);
  SkTestPoint point = sk_test_point (epoch);

  g_array_append_val (state->test_points, point);
  g_clear_pointer (&state->message, g_free);
  if (save_error) {
    state->message = g_strdup (save_error->message);
    sk_lane_run_append_event (self, state, "not saved");
  }
  state->phase = SK_PHASE_RUNNING;
  state->evaluating = 0;
  record_news (self, state);
  sk_lane_clock_report (&self->clock, state, self->trainer);
  sk_board_unlock (self->board, TRUE);
}

/* Returns FALSE where it was cancelled. */
static gboolean
end_epoch (SkLaneRun *self) {
  g_autoptr (GError) error = NULL;
  SkEpoch epoch;

  sk_lane_clock_begin_evaluation (&self->clock);
  sk_lane_run_rest_fader (self, TRUE);
  sk_trainer_end_epoch (self->trainer, &epoch, &error);
  if (!sk_lane_clock_end_evaluation (&self->clock, 1, error))
    return FALSE;
  record_epoch (self, &epoch, error);
  return TRUE;
}

static char *
record_divergence (SkLaneRun *self, const SkStep *step) {
  const char *culprit = sk_trainer_culprit (self->trainer);
  SkSnapshot *state = sk_board_lock (self->board);

  /* Which layers hold what is no number; the blocks stay as they last were. */
  sk_lane_run_measure_layers (self, state);
  sk_doctor_diverged (self->doctor, step->step, culprit);
  sk_lane_run_report_findings (self, state);
  sk_board_unlock (self->board, FALSE);
  return g_strdup_printf ("The loss is no longer a number after step %" G_GINT64_FORMAT
                          "%s%s. The last good weights are kept: lower the learning "
                          "rate, say to a tenth, and resume; if that does not "
                          "help, roll back to the last saved state.",
                          step->step, culprit ? "; first to go was " : "",
                          culprit ? culprit : "");
}

SkLaneOutcome
sk_lane_run_step (SkLaneRun *self, char **message) {
  g_autoptr (GError) error = NULL;
  SkStep step;

  /* A run may be opened again that had already come to its end. */
  if (sk_trainer_finished (self->trainer))
    return SK_LANE_FINISHED;
  if (!sk_trainer_step (self->trainer, &step, &error)) {
    if (g_error_matches (error, SK_ERROR, SK_ERROR_CANCELLED))
      return SK_LANE_CANCELLED;
    *message = g_strdup (error->message);
    return SK_LANE_FAILED;
  }
  if (step.preparing > 0) {
    record_preparing (self, step.preparing);
    return SK_LANE_PREPARED;
  }
  if (!isfinite (step.loss)) {
    *message = record_divergence (self, &step);
    return SK_LANE_DIVERGED;
  }
  sk_pace_add (&self->clock.pace, step.seconds, step.n);
  sk_lane_run_examine (self, &step);
  record_step (self, &step);
  sk_exchange_refresh (self->exchange, sk_trainer_parameters (self->trainer), step.step,
                       step.epoch_ended);
  if (step.epoch_ended && !end_epoch (self))
    return SK_LANE_CANCELLED;
  return sk_trainer_finished (self->trainer) ? SK_LANE_FINISHED : SK_LANE_STEPPED;
}

gboolean
sk_lane_run_roll_back (SkLaneRun *self, GError **error) {
  gint64 before = sk_trainer_steps_done (self->trainer);
  g_autofree char *text = NULL;

  if (!sk_trainer_roll_back (self->trainer, error))
    return FALSE;
  text = g_strdup_printf ("rolled back from step %" G_GINT64_FORMAT, before);
  sk_trainer_log_event (self->trainer, text);
  sk_lane_run_share_weights (self);
  sk_doctor_forget (self->doctor);
  publish_begin (self, SK_PHASE_PAUSED, text);
  return TRUE;
}

void
sk_lane_run_share_weights (SkLaneRun *self) {
  sk_exchange_refresh (self->exchange, sk_trainer_parameters (self->trainer),
                       sk_trainer_steps_done (self->trainer), TRUE);
}
