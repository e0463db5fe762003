#include "training-private.h"

#include <glib/gstdio.h>

#include "race-folder.h"
#include "run-folder.h"

/* Opens data and builds the networks; phases and messages are the caller's. */
static gboolean
begin (SkTrainingLane *self, const SkRecipe *recipe, const char *const *nets,
       const char *dir, gboolean resume, GError **error) {
  g_autoptr (SkDataset) dataset = NULL;
  g_autofree char *made = NULL;

  if (!sk_lane_race_show_entry (self->board, recipe, nets, NULL, error))
    return FALSE;
  dataset = sk_training_lane_open_data (self, recipe, SK_COMMAND_RACE, error);
  if (dataset == NULL ||
      !sk_lane_race_show_entry (self->board, recipe, nets, dataset, error))
    return FALSE;
  if (dir == NULL) {
    made = sk_run_folder_create ("race", error);
    if (made == NULL)
      return FALSE;
  }
  self->race = sk_lane_race_new (self->board, recipe, nets, dataset, dir ? dir : made,
                                 resume, &self->cancel, error);
  if (self->race == NULL && made)
    g_rmdir (made); /* only where nothing was put into it */
  return self->race != NULL;
}

static void
start (SkTrainingLane *self, const SkRecipe *recipe, char **nets, const char *dir,
       gboolean resume) {
  g_autoptr (GError) error = NULL;

  self->to_step = SK_WITHOUT_END;
  if (!begin (self, recipe, (const char *const *) nets, dir, resume, &error))
    sk_training_lane_show_refusal (self, error);
}

void
sk_training_lane_start_race (SkTrainingLane *self, const SkCommand *command) {
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) nets =
      sk_race_parse_nets (command->nets ? command->nets : SK_RACE_TWINS, &error);

  if (nets == NULL)
    sk_training_lane_show (self, SK_PHASE_FAILED, error->message);
  else
    start (self, command->recipe, nets, command->path, FALSE);
}

void
sk_training_lane_resume_race (SkTrainingLane *self, const char *dir) {
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) nets = NULL;
  SkRecipe recipe = { 0 };

  if (sk_race_folder_read (dir, &recipe, &nets, &error)) {
    start (self, &recipe, nets, dir, TRUE);
    sk_recipe_clear (&recipe);
  } else {
    sk_training_lane_show (self, SK_PHASE_FAILED, error->message);
  }
}

static void
end (SkTrainingLane *self, SkPhase phase, const char *message) {
  SkSnapshot *state = sk_board_lock (self->board);

  state->seconds_left = phase == SK_PHASE_FINISHED ? 0 : -1;
  state->images_per_s = 0;
  sk_board_unlock (self->board, FALSE);
  g_clear_pointer (&self->race, sk_lane_race_free);
  sk_training_lane_show (self, phase, message);
}

void
sk_training_lane_stop_race (SkTrainingLane *self) {
  g_autoptr (GError) error = NULL;

  sk_race_save (self->race->race, &error);
  end (self, SK_PHASE_STOPPED, error ? error->message : NULL);
}

void
sk_training_lane_advance_race (SkTrainingLane *self) {
  g_autofree char *message = NULL;

  switch (sk_lane_race_step (self->race, &message)) {
  case SK_LANE_STEPPED:
    if (self->to_step > 0 && --self->to_step == 0)
      sk_training_lane_show (self, SK_PHASE_PAUSED, NULL);
    break;
  case SK_LANE_FINISHED:
    /* What diverged in the last epoch is saved where it stood. */
    sk_race_save (self->race->race, NULL);
    end (self, SK_PHASE_FINISHED, NULL);
    break;
  case SK_LANE_FAILED:
    sk_race_save (self->race->race, NULL);
    end (self, SK_PHASE_FAILED, message);
    break;
  default: /* within a round; or called off, and who did is next in the queue */
    break;
  }
}
