#include "training-lane.h"

#include <glib/gstdio.h>

#include "command-queue.h"
#include "errors.h"
#include "run-folder.h"
#include "lane-race.h"
#include "lane-run.h"
#include "past-run.h"
#include "race-folder.h"
#include "summary.h"

/* Until told otherwise. */
#define WITHOUT_END (-1)

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
  SkCommandKind opening_for; /* PLAN or START */
  char *opening_spec;

  SkLaneRun *run; /* (nullable) */
  SkLaneRace *race; /* (nullable): never beside a run */
  int to_step; /* 0: paused; n: so many steps, then paused; or WITHOUT_END */
};

/* --- what other threads call ------------------------------------------------------- */

static gboolean
interrupts (const SkTrainingLane *self, const SkCommand *command) {
  switch (command->kind) {
  case SK_COMMAND_STOP:
    return TRUE;
  case SK_COMMAND_RESUME_RUN:
    return self->opening_for == SK_COMMAND_PLAN;
  case SK_COMMAND_PLAN:
  case SK_COMMAND_START:
  case SK_COMMAND_RACE:
    /* Nobody waits for data that were to be looked at only; a start is not called off by
     * somebody looking at other data. */
    return (command->kind != SK_COMMAND_PLAN || self->opening_for == SK_COMMAND_PLAN) &&
           command->recipe &&
           g_strcmp0 (command->recipe->data, self->opening_spec) != 0;
  default:
    return FALSE;
  }
}

static void
interrupt_opening (SkTrainingLane *self, const SkCommand *command) {
  pthread_mutex_lock (&self->opening_mutex);
  if (self->opening && (command == NULL || interrupts (self, command)))
    g_cancellable_cancel (self->opening);
  pthread_mutex_unlock (&self->opening_mutex);
}

void
sk_training_lane_send (SkTrainingLane *self, SkCommand *command) {
  /* What takes effect before its turn comes is counted first, and counted back when it is
   * obeyed: so it can neither be missed nor stay behind. */
  if (command->kind == SK_COMMAND_PAUSE)
    sk_board_pause_sent (self->board);
  if (command->kind == SK_COMMAND_STOP)
    g_atomic_int_inc (&self->cancel);
  interrupt_opening (self, command);
  sk_command_queue_push (&self->queue, command);
}

void
sk_training_lane_cancel (SkTrainingLane *self) {
  g_atomic_int_inc (&self->cancel);
  sk_command_queue_close (&self->queue);
  interrupt_opening (self, NULL);
}

/* --- on the lane's thread ---------------------------------------------------------- */

static gboolean
is_under_way (const SkTrainingLane *self) {
  return self->run != NULL || self->race != NULL;
}

static void
show (SkTrainingLane *self, SkPhase phase, const char *message) {
  SkSnapshot *state = sk_board_lock (self->board);

  state->phase = phase;
  state->pause_pending = is_under_way (self) && self->to_step > 0;
  g_free (state->message);
  state->message = g_strdup (message);
  sk_board_unlock (self->board, TRUE);
}

static SkDataset *
open_data (SkTrainingLane *self, const SkRecipe *recipe, SkCommandKind kind,
           GError **error) {
  g_autoptr (GCancellable) opening = g_cancellable_new ();
  SkDataset *dataset;

  pthread_mutex_lock (&self->opening_mutex);
  self->opening = opening;
  self->opening_for = kind;
  self->opening_spec = g_strdup (recipe->data);
  pthread_mutex_unlock (&self->opening_mutex);

  /* A STOP that came before there was anything to interrupt. */
  if (g_atomic_int_get (&self->cancel) > 0)
    g_cancellable_cancel (opening);
  if (g_cancellable_is_cancelled (opening)) {
    dataset = NULL;
    g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "Cancelled");
  } else {
    dataset = sk_data_cache_open (self->cache, recipe->data, opening, error);
  }

  pthread_mutex_lock (&self->opening_mutex);
  self->opening = NULL;
  g_clear_pointer (&self->opening_spec, g_free);
  pthread_mutex_unlock (&self->opening_mutex);
  return dataset;
}

static gboolean
is_cancelled (const GError *error) {
  return g_error_matches (error, SK_ERROR, SK_ERROR_CANCELLED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

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

static void
plan (SkTrainingLane *self, const SkRecipe *recipe) {
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (GError) error = NULL;

  if (is_under_way (self) || recipe == NULL)
    return;
  /* The network at once; its data may take a while to open. */
  g_free (show_plan (self, recipe, NULL, NULL, SK_PHASE_IDLE));
  dataset = open_data (self, recipe, SK_COMMAND_PLAN, &error);
  if (dataset == NULL && is_cancelled (error))
    return;
  g_free (show_plan (self, recipe, dataset, error, SK_PHASE_IDLE));
}

static void
end_race (SkTrainingLane *self, SkPhase phase, const char *message) {
  SkSnapshot *state = sk_board_lock (self->board);

  state->seconds_left = phase == SK_PHASE_FINISHED ? 0 : -1;
  state->images_per_s = 0;
  sk_board_unlock (self->board, FALSE);
  g_clear_pointer (&self->race, sk_lane_race_free);
  show (self, phase, message);
}

static void
stop_race (SkTrainingLane *self) {
  g_autoptr (GError) error = NULL;

  sk_race_save (self->race->race, &error);
  end_race (self, SK_PHASE_STOPPED, error ? error->message : NULL);
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
  show (self, phase, message);
}

static void
stop (SkTrainingLane *self) {
  g_autoptr (GError) error = NULL;

  if (self->race)
    stop_race (self);
  if (self->run == NULL)
    return;
  if (sk_trainer_save (self->run->trainer, &error))
    end_run (self, SK_PHASE_STOPPED, NULL);
  else
    end_run (self, SK_PHASE_STOPPED, error->message);
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
    dataset = open_data (self, recipe, SK_COMMAND_START, error);
    if (dataset == NULL)
      return FALSE;
    problem = show_plan (self, recipe, dataset, NULL, SK_PHASE_PREPARING);
  }
  if (problem) {
    g_set_error_literal (error, SK_ERROR, SK_ERROR_ARGUMENT, problem);
    return FALSE;
  }
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

  stop (self);
  self->to_step = WITHOUT_END;
  if (begin_run (self, recipe, dir, resume, &error))
    return;
  if (is_cancelled (error))
    show (self, SK_PHASE_IDLE, NULL);
  else
    show (self, SK_PHASE_FAILED, error->message);
}

/* Opens data and builds the networks; phases and messages are the caller's. */
static gboolean
begin_race (SkTrainingLane *self, const SkRecipe *recipe, const char *const *nets,
            const char *dir, gboolean resume, GError **error) {
  g_autoptr (SkDataset) dataset = NULL;
  g_autofree char *made = NULL;

  if (!sk_lane_race_show_entry (self->board, recipe, nets, NULL, error))
    return FALSE;
  dataset = open_data (self, recipe, SK_COMMAND_RACE, error);
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
start_race (SkTrainingLane *self, const SkRecipe *recipe, char **nets, const char *dir,
            gboolean resume) {
  g_autoptr (GError) error = NULL;

  self->to_step = WITHOUT_END;
  if (begin_race (self, recipe, (const char *const *) nets, dir, resume, &error))
    return;
  if (is_cancelled (error))
    show (self, SK_PHASE_IDLE, NULL);
  else
    show (self, SK_PHASE_FAILED, error->message);
}

static void
race (SkTrainingLane *self, const SkCommand *command) {
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) nets = NULL;

  stop (self);
  nets = sk_race_parse_nets (command->nets ? command->nets : SK_RACE_TWINS, &error);
  if (nets == NULL)
    show (self, SK_PHASE_FAILED, error->message);
  else
    start_race (self, command->recipe, nets, command->path, FALSE);
}

static void
resume_race (SkTrainingLane *self, const char *dir) {
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) nets = NULL;
  SkRecipe recipe = { 0 };

  if (sk_race_folder_read (dir, &recipe, &nets, &error)) {
    start_race (self, &recipe, nets, dir, TRUE);
    sk_recipe_clear (&recipe);
  } else {
    show (self, SK_PHASE_FAILED, error->message);
  }
}

static void
resume_run (SkTrainingLane *self, const char *dir) {
  g_autoptr (GError) error = NULL;
  SkRecipe recipe = { 0 };

  stop (self);
  if (dir && sk_race_folder_is (dir)) {
    resume_race (self, dir);
    return;
  }
  if (dir && sk_trainer_read_recipe (dir, &recipe, &error)) {
    /* The run has weights of its own by now; those it began with may be gone. */
    g_clear_pointer (&recipe.init, g_free);
    start (self, &recipe, dir, TRUE);
    sk_recipe_clear (&recipe);
  } else {
    show (self, SK_PHASE_FAILED,
          error ? error->message : "No run folder was named to go on from.");
  }
}

static void
view_run (SkTrainingLane *self, const char *dir) {
  g_autoptr (GError) error = NULL;
  SkSnapshot *state;

  if (is_under_way (self) || dir == NULL)
    return;
  state = sk_board_lock (self->board);
  if (!sk_past_run_read (dir, state, &error)) {
    state->phase = SK_PHASE_FAILED;
    g_free (state->message);
    state->message = g_strdup (error->message);
  }
  sk_board_unlock (self->board, TRUE);
}

static void
pause_run (SkTrainingLane *self) {
  sk_board_pause_obeyed (self->board);
  if (is_under_way (self) && self->to_step == WITHOUT_END) {
    self->to_step = 0;
    if (self->run)
      sk_lane_run_share_weights (self->run);
    show (self, SK_PHASE_PAUSED, NULL);
    return;
  }
  /* Steps asked for one by one end after the one that comes next. */
  self->to_step = MIN (self->to_step, 1);
  sk_board_lock (self->board);
  sk_board_unlock (self->board, TRUE);
}

static void
roll_back (SkTrainingLane *self) {
  g_autoptr (GError) error = NULL;

  if (self->run == NULL)
    return;
  self->to_step = 0;
  if (!sk_lane_run_roll_back (self->run, &error))
    show (self, SK_PHASE_PAUSED, error->message);
}

static void
run_on (SkTrainingLane *self, gboolean one_step) {
  if (!is_under_way (self))
    return;
  if (one_step)
    self->to_step = MAX (self->to_step, 0) + 1;
  else
    self->to_step = WITHOUT_END;
  show (self, SK_PHASE_RUNNING, NULL);
}

static void
obey (SkTrainingLane *self, const SkCommand *command) {
  /* Whatever comes after a fader was moved comes after its event. */
  if (self->run && command->kind != SK_COMMAND_LAMBDA)
    sk_lane_run_rest_fader (self->run, TRUE);
  switch (command->kind) {
  case SK_COMMAND_PLAN:
    plan (self, command->recipe);
    break;
  case SK_COMMAND_START:
    if (command->recipe)
      start (self, command->recipe, command->path, FALSE);
    break;
  case SK_COMMAND_RACE:
    if (command->recipe)
      race (self, command);
    break;
  case SK_COMMAND_RESUME_RUN:
    resume_run (self, command->path);
    break;
  case SK_COMMAND_VIEW_RUN:
    view_run (self, command->path);
    break;
  case SK_COMMAND_PAUSE:
    pause_run (self);
    break;
  case SK_COMMAND_RESUME:
    run_on (self, FALSE);
    break;
  case SK_COMMAND_STEP:
    run_on (self, TRUE);
    break;
  case SK_COMMAND_ROLL_BACK:
    roll_back (self);
    break;
  case SK_COMMAND_STOP:
    g_atomic_int_add (&self->cancel, -1);
    stop (self);
    break;
  case SK_COMMAND_LR:
    if (self->run)
      sk_lane_run_set_lr_factor (self->run, command->value);
    break;
  case SK_COMMAND_FREEZE:
    if (self->run)
      sk_lane_run_set_frozen (self->run, command->group, command->flag);
    break;
  case SK_COMMAND_LAMBDA:
    if (self->run)
      sk_lane_run_set_lambda (self->run, command);
    break;
  default:
    break;
  }
}

static void
advance_race (SkTrainingLane *self) {
  g_autofree char *message = NULL;

  switch (sk_lane_race_step (self->race, &message)) {
  case SK_LANE_STEPPED:
    if (self->to_step > 0 && --self->to_step == 0)
      show (self, SK_PHASE_PAUSED, NULL);
    break;
  case SK_LANE_FINISHED:
    /* What diverged in the last epoch is saved where it stood. */
    sk_race_save (self->race->race, NULL);
    end_race (self, SK_PHASE_FINISHED, NULL);
    break;
  case SK_LANE_FAILED:
    sk_race_save (self->race->race, NULL);
    end_race (self, SK_PHASE_FAILED, message);
    break;
  default: /* within a round; or called off, and who did is next in the queue */
    break;
  }
}

static void
advance (SkTrainingLane *self) {
  g_autofree char *message = NULL;

  switch (sk_lane_run_step (self->run, &message)) {
  case SK_LANE_STEPPED:
    if (self->to_step > 0 && --self->to_step == 0) {
      sk_lane_run_share_weights (self->run);
      show (self, SK_PHASE_PAUSED, NULL);
    }
    break;
  case SK_LANE_PREPARED:
    break;
  case SK_LANE_FINISHED:
    end_run (self, SK_PHASE_FINISHED, NULL);
    break;
  case SK_LANE_DIVERGED:
    self->to_step = 0;
    show (self, SK_PHASE_DIVERGED, message);
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

/* Without @running it sleeps until there is one, or a fader has rested. */
static SkCommand *
next_command (SkTrainingLane *self, gboolean running) {
  double rest = self->run ? sk_lane_run_rest_fader (self->run, FALSE) : 0;

  if (running || rest <= 0)
    return sk_command_queue_pop (&self->queue, !running);
  return sk_command_queue_pop_within (&self->queue, rest);
}

static void *
lane_main (void *data) {
  SkTrainingLane *self = data;

  /* The lane is worker 0 of its pool, so it stands back as the others do. */
  sk_thread_set_niceness (SK_LANE_NICENESS);
  for (;;) {
    gboolean running = is_under_way (self) && self->to_step != 0;
    /* Asked before popping: once closed, nothing more arrives. */
    gboolean closed = sk_command_queue_is_closed (&self->queue);
    g_autoptr (SkCommand) command = next_command (self, running);

    if (command && (!closed || command->kind == SK_COMMAND_STOP))
      obey (self, command);
    else if (command == NULL && closed)
      break;
    else if (command == NULL && running && self->race)
      advance_race (self);
    else if (command == NULL && running)
      advance (self);
  }
  g_clear_pointer (&self->run, sk_lane_run_free);
  g_clear_pointer (&self->race, sk_lane_race_free);
  return NULL;
}

SkTrainingLane *
sk_training_lane_new (SkBoard *board, SkExchange *exchange, SkDataCache *cache) {
  SkTrainingLane *self = g_new0 (SkTrainingLane, 1);

  self->board = board;
  self->exchange = exchange;
  self->cache = cache;
  sk_command_queue_init (&self->queue);
  pthread_mutex_init (&self->opening_mutex, NULL);
  self->started = pthread_create (&self->thread, NULL, lane_main, self) == 0;
  if (!self->started)
    show (
        self, SK_PHASE_FAILED,
        "No thread could be started for training. Close other programs and try again.");
  return self;
}

void
sk_training_lane_free (SkTrainingLane *self) {
  if (self->started)
    pthread_join (self->thread, NULL);
  sk_command_queue_clear (&self->queue);
  pthread_mutex_destroy (&self->opening_mutex);
  g_free (self);
}
