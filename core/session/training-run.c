#include "training-private.h"

#include <glib/gstdio.h>

#include "errors.h"
#include "past-run.h"
#include "run-folder.h"
#include "summary.h"

/* Draws another network than the last run's: what was measured there belongs to that.
 * Returns (transfer full) (nullable) why it cannot be trained. */
static char *
show_plan (SkTrainingLane *self, const SkRecipe *recipe, SkDataset *dataset,
           const GError *error, SkPhase phase) {
  SkSummary summary = { 0 };
  SkPlan *plan = sk_summary_describe (&summary, recipe, dataset, error);
  char *problem = g_strdup (summary.problem);
  SkSnapshot *state = sk_board_lock (self->board);

  sk_summary_clear (&state->summary);
  state->summary = summary;
  state->phase = phase;
  sk_snapshot_forget_run (state);
  state->plan = plan;
  if (plan)
    state->frozen = sk_summary_frozen (plan, recipe);
  if (dataset)
    state->class_names = sk_dataset_class_names (dataset);
  sk_board_unlock (self->board, TRUE);
  return problem;
}

void
sk_training_lane_plan (SkTrainingLane *self, const SkRecipe *recipe) {
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  if (self->run != NULL || self->race != NULL || recipe == NULL)
    return;
  /* The network at once; its data may take a while to open. */
  g_free (show_plan (self, recipe, NULL, NULL, SK_PHASE_IDLE));
  dataset = sk_training_lane_open_data (self, recipe, SK_COMMAND_PLAN, &error);
  if (dataset == NULL && sk_training_lane_is_cancelled (error))
    return;
  g_free (show_plan (self, recipe, dataset, error, SK_PHASE_IDLE));
}

/* Opens data and builds the run; phases and messages are the caller's. */
static gboolean
begin_run (SkTrainingLane *self, const SkRecipe *recipe, const char *dir,
           gboolean resume, GError **error) {
  g_autoptr (SkDataset) dataset = NULL;
  g_autofree char *made = NULL;
  g_autofree char *problem = NULL;

  problem = show_plan (self, recipe, NULL, NULL, SK_PHASE_PREPARING);
  if (problem == NULL) {
    dataset = sk_training_lane_open_data (self, recipe, SK_COMMAND_START, error);
    if (dataset == NULL)
      return FALSE;
    problem = show_plan (self, recipe, dataset, NULL, SK_PHASE_PREPARING);
  }
  if (problem)
    return sk_refuse (error, SK_ERROR_ARGUMENT, "%s", problem);
  if (dir == NULL) {
    made = sk_run_folder_create (recipe->net, error);
    if (made == NULL)
      return FALSE;
  }
  self->run = sk_lane_run_new (self->board, self->exchange, recipe, dataset,
                               dir ? dir : made, resume, &self->cancel, error);
  if (self->run == NULL && made)
    g_rmdir (made); /* only where nothing was put into it */
  return self->run != NULL;
}

static void
start (SkTrainingLane *self, const SkRecipe *recipe, const char *dir, gboolean resume) {
  g_autoptr (GError) error = NULL;

  self->to_step = SK_WITHOUT_END;
  if (!begin_run (self, recipe, dir, resume, &error))
    sk_training_lane_show_refusal (self, error);
}

void
sk_training_lane_start_run (SkTrainingLane *self, const SkRecipe *recipe,
                            const char *dir) {
  start (self, recipe, dir, FALSE);
}

void
sk_training_lane_resume_run (SkTrainingLane *self, const char *dir) {
  g_autoptr (GError) error = NULL;
  SkRecipe recipe = { 0 };

  if (dir && sk_trainer_read_recipe (dir, &recipe, &error)) {
    /* The run has weights of its own by now; those it began with may be gone. */
    g_clear_pointer (&recipe.init, g_free);
    start (self, &recipe, dir, TRUE);
    sk_recipe_clear (&recipe);
  } else {
    sk_training_lane_show (self, SK_PHASE_FAILED,
                           error ? error->message
                                 : "No run folder was named to go on from.");
  }
}

/* A folder that cannot be read changes nothing of what is shown. */
void
sk_training_lane_view_run (SkTrainingLane *self, const SkCommand *command) {
  SkAnswer *answer = sk_answer_new (SK_COMMAND_VIEW_RUN, command->serial);
  g_autoptr (GError) error = NULL;
  SkSnapshot *state;

  answer->file = g_strdup (command->path);
  state = sk_board_lock (self->board);
  if (self->run != NULL || self->race != NULL)
    answer->error = g_strdup ("a run is under way: stop it first");
  else if (!sk_past_run_read (command->path, state, &error))
    answer->error = g_strdup (error->message);
  g_ptr_array_add (state->answers, answer);
  sk_board_unlock (self->board, TRUE);
}

static void
end_run (SkTrainingLane *self, SkPhase phase, const char *message) {
  SkSnapshot *state;
  char *model;

  sk_lane_run_share_weights (self->run);
  model = sk_exchange_end_run (self->exchange);
  state = sk_board_lock (self->board);
  g_free (state->model);
  state->model = model;
  state->seconds_left = phase == SK_PHASE_FINISHED ? 0 : -1;
  state->images_per_s = 0;
  sk_board_unlock (self->board, FALSE);
  g_clear_pointer (&self->run, sk_lane_run_free);
  sk_training_lane_show (self, phase, message);
}

void
sk_training_lane_stop_run (SkTrainingLane *self) {
  g_autoptr (GError) error = NULL;

  if (sk_trainer_save (self->run->trainer, &error))
    end_run (self, SK_PHASE_STOPPED, NULL);
  else
    end_run (self, SK_PHASE_STOPPED, error->message);
}

void
sk_training_lane_roll_back_run (SkTrainingLane *self) {
  g_autoptr (GError) error = NULL;

  if (self->run == NULL)
    return;
  self->to_step = 0;
  if (!sk_lane_run_roll_back (self->run, &error))
    sk_training_lane_show (self, SK_PHASE_PAUSED, error->message);
}

void
sk_training_lane_advance_run (SkTrainingLane *self) {
  g_autofree char *message = NULL;

  switch (sk_lane_run_step (self->run, &message)) {
  case SK_LANE_STEPPED:
    if (self->to_step > 0 && --self->to_step == 0) {
      sk_lane_run_share_weights (self->run);
      sk_training_lane_show (self, SK_PHASE_PAUSED, NULL);
    }
    break;
  case SK_LANE_PREPARED:
    break;
  case SK_LANE_FINISHED:
    end_run (self, SK_PHASE_FINISHED, NULL);
    break;
  case SK_LANE_DIVERGED:
    self->to_step = 0;
    sk_training_lane_show (self, SK_PHASE_DIVERGED, message);
    break;
  case SK_LANE_CANCELLED:
    break; /* the command that asked for it is next in the queue */
  case SK_LANE_FAILED:
    /* What was learnt until now is not lost with it. */
    sk_trainer_save (self->run->trainer, NULL);
    end_run (self, SK_PHASE_FAILED, message);
    break;
  }
}
