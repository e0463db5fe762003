#include "past-run.h"

#include "errors.h"
#include "history.h"
#include "replay.h"
#include "summary.h"
#include "trainer.h"
#include "weights.h"

/* What is found out before the state is touched. */
typedef struct {
  SkRecipe recipe;
  SkPlan *plan;
  char **class_names; /* (nullable) */
  SkReplay *replay; /* (nullable) */
  int steps_per_epoch; /* 0: nothing says it */
} Found;

static void
found_clear (Found *self) {
  sk_recipe_clear (&self->recipe);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_clear_pointer (&self->class_names, g_strfreev);
  g_clear_pointer (&self->replay, sk_replay_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

/* How many classes there are is known to the weights it saved, and to its record. */
static int
find_classes (Found *self, const char *run_dir, GError **error) {
  g_autofree char *path = g_build_filename (run_dir, "last.safetensors", NULL);
  SkWeightsInfo info = { 0 };
  int classes;

  self->replay = sk_replay_open (run_dir, NULL);
  if (self->replay != NULL)
    self->steps_per_epoch = sk_replay_steps_per_epoch (self->replay);
  if (sk_weights_inspect (path, self->recipe.net, &info, NULL)) {
    classes = info.classes;
    self->class_names = g_steal_pointer (&info.class_names);
    sk_weights_info_clear (&info);
    return classes;
  }
  if (self->replay != NULL)
    return sk_replay_plan (self->replay)->classes;
  g_set_error (error, SK_ERROR, SK_ERROR_FILE,
               "%s: nothing was saved or recorded in it yet; resume it to begin anew",
               run_dir);
  return 0;
}

static gboolean
find (Found *self, const char *run_dir, GError **error) {
  SkVariant variant;
  int classes;

  if (!sk_trainer_read_recipe (run_dir, &self->recipe, error) ||
      !sk_recipe_find_variant (&self->recipe, &variant, error))
    return FALSE;
  classes = find_classes (self, run_dir, error);
  if (classes == 0)
    return FALSE;
  self->plan = sk_plan_new (&variant, self->recipe.batch, 0, 0, classes, error);
  return self->plan != NULL;
}

/* @record: (nullable) */
static void
take_measurements (SkSnapshot *state, const SkPlan *plan, const SkRecipe *recipe,
                   const SkRecord *record) {
  g_clear_pointer (&state->layers, g_free);
  g_clear_pointer (&state->blocks, g_free);
  g_clear_pointer (&state->frozen, g_free);
  g_free (state->lambda);
  state->lambda = g_new (float, plan->n_blocks);
  for (int i = 0; i < plan->n_blocks; i++)
    state->lambda[i] = record != NULL ? record->blocks[i].lambda : 1;
  if (record == NULL) {
    state->frozen = sk_summary_frozen (plan, recipe);
    return;
  }
  state->layers =
      g_memdup2 (record->layers, sizeof *record->layers * (gsize) plan->n_parameters);
  state->blocks =
      g_memdup2 (record->blocks, sizeof *record->blocks * (gsize) plan->n_blocks);
  state->frozen =
      g_memdup2 (record->frozen, sizeof *record->frozen * (gsize) plan->n_groups);
}

/* A run without a record still says how long its epochs were. */
static int
epoch_length (const GArray *test_points) {
  const SkTestPoint *first = (const SkTestPoint *) test_points->data;

  return test_points->len > 0
             ? (int) CLAMP (first->step / first->epoch, 1, (gint64) G_MAXINT)
             : 1;
}

static gint64
last_step (const SkSnapshot *state) {
  const GArray *points = state->train_points;

  return points->len > 0 ? g_array_index (points, SkTrainPoint, points->len - 1).step
                         : 0;
}

static gboolean
append_cb (gsize index, const SkRecord *record, gpointer data) {
  SkSnapshot *state = data;

  if (record->point.step > last_step (state))
    g_array_append_val (state->train_points, record->point);
  return TRUE;
}

static void
read_curves (Found *found, const char *run_dir, SkSnapshot *state) {
  sk_snapshot_forget_points (state);
  if (found->steps_per_epoch == 0) {
    g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (SkTrainPoint));
    g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (SkTestPoint));

    sk_history_read (run_dir, 1, steps, epochs, NULL);
    found->steps_per_epoch = epoch_length (epochs);
  }
  sk_history_read (run_dir, found->steps_per_epoch, state->train_points,
                   state->test_points, state->events);
  /* A run that was killed had recorded more than it had saved. */
  if (found->replay != NULL)
    sk_replay_walk (found->replay, sk_replay_find (found->replay, last_step (state)),
                    G_MAXSIZE, 1, append_cb, state);
}

static void
set_position (SkSnapshot *state, const Found *found) {
  const SkTrainPoint *last = state->train_points->len > 0
                                 ? &g_array_index (state->train_points, SkTrainPoint,
                                                   state->train_points->len - 1)
                                 : NULL;
  int per_epoch = found->steps_per_epoch;

  state->step = last != NULL ? last->step : 0;
  state->lr = last != NULL ? last->lr : 0;
  state->lr_factor = 1;
  state->n_steps = sk_recipe_total_steps (&found->recipe, per_epoch);
  state->n_epochs = (int) MIN ((state->n_steps + per_epoch - 1) / per_epoch, G_MAXINT);
  state->epoch = (int) CLAMP ((state->step - 1) / per_epoch + 1, 1, state->n_epochs);
  state->phase = state->step >= state->n_steps ? SK_PHASE_FINISHED : SK_PHASE_STOPPED;
  state->images_per_s = 0;
  state->seconds_left = state->phase == SK_PHASE_FINISHED ? 0 : -1;
  state->evaluating = state->preparing = 0;
  state->n_findings = 0;
}

static void
set_summary (SkSnapshot *state, const Found *found) {
  sk_summary_clear (&state->summary);
  state->summary.parameters = found->plan->n_trainable;
  state->summary.macs = found->plan->macs;
  state->summary.classes = found->plan->classes;
  state->summary.steps_per_epoch = found->steps_per_epoch;
}

gboolean
sk_past_run_read (const char *run_dir, SkSnapshot *state, GError **error) {
  g_auto (Found) found = { 0 };
  const SkRecord *record = NULL;

  if (!find (&found, run_dir, error))
    return FALSE;
  if (found.replay != NULL && sk_replay_count (found.replay) > 0)
    record = sk_replay_read (found.replay, sk_replay_count (found.replay) - 1);
  /* The record of another network was left by a folder that was used twice. */
  if (record != NULL && g_strcmp0 (sk_replay_plan (found.replay)->variant.name,
                                   found.plan->variant.name) != 0)
    record = NULL;

  state->run_serial++;
  g_clear_pointer (&state->message, g_free);
  g_clear_pointer (&state->race, sk_race_state_free);
  g_clear_pointer (&state->plan, sk_plan_unref);
  state->plan = sk_plan_ref (found.plan);
  sk_recipe_clear (&state->recipe);
  sk_recipe_copy (&state->recipe, &found.recipe);
  g_free (state->run_dir);
  state->run_dir = g_strdup (run_dir);
  g_strfreev (state->class_names);
  state->class_names = g_steal_pointer (&found.class_names);
  take_measurements (state, found.plan, &found.recipe, record);
  read_curves (&found, run_dir, state);
  set_position (state, &found);
  set_summary (state, &found);
  return TRUE;
}
