#include "lane-race.h"

#include <math.h>

#include "errors.h"
#include "points.h"
#include "race-report.h"
#include "summary.h"

/* The first network stands for all in what is said of the data. */
gboolean
sk_lane_race_show_entry (SkBoard *board, const SkRecipe *recipe,
                         const char *const *nets, SkDataset *dataset, GError **error) {
  SkRecipe first = { 0 };
  SkSummary summary = { 0 };
  SkPlan *plan;
  SkRaceState *entry;
  SkSnapshot *state;
  g_autofree char *problem = NULL;

  sk_recipe_copy (&first, recipe);
  g_free (first.net);
  first.net = g_strdup (nets[0]);
  first.skips = TRUE;
  plan = sk_summary_describe (&summary, &first, dataset, NULL);
  sk_recipe_clear (&first);
  problem = g_strdup (summary.problem);
  entry = sk_race_report_entry (nets, dataset ? sk_dataset_classes (dataset) : 0);

  state = sk_board_lock (board);
  sk_snapshot_forget_run (state);
  sk_summary_clear (&state->summary);
  state->summary = summary;
  state->phase = SK_PHASE_PREPARING;
  state->plan = plan;
  state->race = entry;
  sk_board_unlock (board, TRUE);
  if (problem != NULL)
    g_set_error_literal (error, SK_ERROR, SK_ERROR_ARGUMENT, problem);
  return problem == NULL;
}

/* @resumed: its curves come with it */
static void
publish_begin (SkLaneRace *self, const SkRecipe *recipe, gboolean resumed) {
  SkTrainer *first = sk_race_trainer (self->race, 0);
  SkSnapshot *state = sk_board_lock (self->board);

  state->run_serial++;
  state->phase = SK_PHASE_RUNNING;
  g_clear_pointer (&state->message, g_free);
  sk_race_state_free (state->race);
  state->race = sk_race_report (self->race);
  sk_recipe_clear (&state->recipe);
  sk_recipe_copy (&state->recipe, recipe);
  g_free (state->recipe.net);
  state->recipe.net = g_strdup (sk_race_net (self->race, 0));
  g_free (state->run_dir);
  state->run_dir = g_strdup (self->dir);
  sk_snapshot_forget_points (state);
  if (resumed)
    sk_race_report_history (self->race, state->race_points, state->race_epochs,
                            state->race_departures);
  sk_lane_clock_begin (state, first);
  state->lr_factor = 1;
  sk_board_unlock (self->board, TRUE);
}

SkLaneRace *
sk_lane_race_new (SkBoard *board, const SkRecipe *recipe, const char *const *nets,
                  SkDataset *dataset, const char *dir, gboolean resume,
                  const gint *cancel, GError **error) {
  g_autoptr (SkLaneRace) self = g_new0 (SkLaneRace, 1);

  self->board = self->clock.board = board;
  self->dataset = sk_dataset_ref (dataset);
  self->dir = g_strdup (dir);
  self->pool = sk_pool_new (recipe->threads, SK_LANE_NICENESS);
  self->race =
      sk_race_new (recipe, nets, dataset, dir, resume, self->pool, cancel, error);
  if (self->race == NULL)
    return NULL;
  for (int i = 0; i < sk_race_count (self->race); i++)
    sk_trainer_set_progress (sk_race_trainer (self->race, i), sk_lane_clock_progress_cb,
                             &self->clock);
  publish_begin (self, recipe, resume);
  return g_steal_pointer (&self);
}

void
sk_lane_race_free (SkLaneRace *self) {
  if (self == NULL)
    return;
  g_clear_pointer (&self->race, sk_race_free);
  g_clear_pointer (&self->pool, sk_pool_free);
  g_clear_pointer (&self->dataset, sk_dataset_unref);
  g_free (self->dir);
  g_free (self);
}

static void
clock_turn (SkLaneRace *self, const SkRaceTurn *turn) {
  self->round_seconds += turn->step.seconds;
  self->round_images += turn->step.n;
  if (!turn->round_ended || self->round_images == 0)
    return;
  sk_pace_add (&self->clock.pace, self->round_seconds, self->round_images);
  self->round_seconds = self->round_images = 0;
}

static void
append_departures (const SkLaneRace *self, SkSnapshot *state, gint64 step) {
  for (int i = 0; i < state->race->n; i++) {
    const SkContestant *one = &state->race->contestants[i];
    SkRaceDeparture departure = { i, step, SK_RACE_UNKNOWN };

    if (!one->plan->variant.skips)
      departure.block = sk_race_departure (self->race, i, step);
    if (departure.block != SK_RACE_UNKNOWN)
      g_array_append_val (state->race_departures, departure);
  }
}

/* Gradients and steps are shown of whole rounds: then they are of the same batch. */
static void
record_turn (SkLaneRace *self, const SkRaceTurn *turn) {
  gboolean publish = sk_lane_clock_is_due (&self->clock, turn->step.epoch_ended);
  SkSnapshot *state = sk_board_lock (self->board);

  if (turn->step.n > 0 && isfinite (turn->step.loss)) {
    SkRacePoint racing = {
      turn->contestant,
      sk_train_point (&turn->step,
                      sk_trainer_steps_per_epoch (sk_race_trainer (self->race, 0))),
    };

    g_array_append_val (state->race_points, racing);
  }
  if (turn->round_ended) {
    state->step = turn->step.step;
    state->epoch = MIN (turn->step.epoch + 1, state->n_epochs);
    state->lr = turn->step.lr;
    sk_race_report_update (state->race, self->race, -1);
    append_departures (self, state, turn->step.step);
    sk_lane_clock_report (&self->clock, state, sk_race_trainer (self->race, 0));
  }
  if (publish)
    state->n_skipped = sk_dataset_n_skipped (self->dataset);
  sk_board_unlock (self->board, publish);
}

static void
record_epoch (SkLaneRace *self, int contestant, const SkEpoch *epoch,
              const GError *save_error) {
  SkSnapshot *state = sk_board_lock (self->board);
  SkRaceEpoch racing = { contestant, sk_test_point (epoch) };

  g_array_append_val (state->race_epochs, racing);
  g_clear_pointer (&state->message, g_free);
  if (save_error)
    state->message = g_strdup (save_error->message);
  state->phase = SK_PHASE_RUNNING;
  state->evaluating = 0;
  sk_race_report_update (state->race, self->race, -1);
  sk_board_unlock (self->board, TRUE);
}

/* Returns FALSE where it was cancelled. */
static gboolean
end_epoch (SkLaneRace *self, int contestant) {
  g_autoptr (GError) error = NULL;
  SkEpoch epoch;

  sk_lane_clock_begin_evaluation (&self->clock);
  sk_race_end_epoch (self->race, contestant, &epoch, &error);
  if (!sk_lane_clock_end_evaluation (&self->clock, sk_race_count (self->race), error))
    return FALSE;
  record_epoch (self, contestant, &epoch, error);
  return TRUE;
}

SkLaneOutcome
sk_lane_race_step (SkLaneRace *self, char **message) {
  g_autoptr (GError) error = NULL;
  SkRaceTurn turn;

  /* A race may be opened again that had already come to its end. */
  if (sk_race_is_over (self->race))
    return SK_LANE_FINISHED;
  if (!sk_race_step (self->race, &turn, &error)) {
    if (g_error_matches (error, SK_ERROR, SK_ERROR_CANCELLED))
      return SK_LANE_CANCELLED;
    *message = g_strdup (error->message);
    return SK_LANE_FAILED;
  }
  clock_turn (self, &turn);
  record_turn (self, &turn);
  if (isfinite (turn.step.loss) && turn.step.epoch_ended &&
      !end_epoch (self, turn.contestant))
    return SK_LANE_CANCELLED;
  if (sk_race_is_over (self->race))
    return SK_LANE_FINISHED;
  return turn.round_ended ? SK_LANE_STEPPED : SK_LANE_PREPARED;
}
