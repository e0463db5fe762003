#include "training-lane.h"

#include "errors.h"
#include "race-folder.h"
#include "training-private.h"

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

void
sk_training_lane_show (SkTrainingLane *self, SkPhase phase, const char *message) {
  SkSnapshot *state = sk_board_lock (self->board);

  state->phase = phase;
  state->pause_pending = is_under_way (self) && self->to_step > 0;
  g_free (state->message);
  state->message = g_strdup (message);
  sk_board_unlock (self->board, TRUE);
}

SkDataset *
sk_training_lane_open_data (SkTrainingLane *self, const SkRecipe *recipe,
                            SkCommandKind kind, GError **error) {
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

gboolean
sk_training_lane_is_cancelled (const GError *error) {
  return g_error_matches (error, SK_ERROR, SK_ERROR_CANCELLED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

void
sk_training_lane_show_refusal (SkTrainingLane *self, const GError *error) {
  if (sk_training_lane_is_cancelled (error))
    sk_training_lane_show (self, SK_PHASE_IDLE, NULL);
  else
    sk_training_lane_show (self, SK_PHASE_FAILED, error->message);
}

static void
stop (SkTrainingLane *self) {
  if (self->race)
    sk_training_lane_stop_race (self);
  if (self->run)
    sk_training_lane_stop_run (self);
}

static void
resume_run (SkTrainingLane *self, const char *dir) {
  stop (self);
  if (dir && sk_race_folder_is (dir))
    sk_training_lane_resume_race (self, dir);
  else
    sk_training_lane_resume_run (self, dir);
}

static void
pause_run (SkTrainingLane *self) {
  sk_board_pause_obeyed (self->board);
  if (is_under_way (self) && self->to_step == SK_WITHOUT_END) {
    self->to_step = 0;
    if (self->run)
      sk_lane_run_share_weights (self->run);
    sk_training_lane_show (self, SK_PHASE_PAUSED, NULL);
    return;
  }
  /* Steps asked for one by one end after the one that comes next. */
  self->to_step = MIN (self->to_step, 1);
  sk_board_lock (self->board);
  sk_board_unlock (self->board, TRUE);
}

static void
run_on (SkTrainingLane *self, gboolean one_step) {
  if (!is_under_way (self))
    return;
  if (one_step)
    self->to_step = MAX (self->to_step, 0) + 1;
  else
    self->to_step = SK_WITHOUT_END;
  sk_training_lane_show (self, SK_PHASE_RUNNING, NULL);
}

/* What may be changed while it runs. */
static void
touch (SkLaneRun *run, const SkCommand *command) {
  if (command->kind == SK_COMMAND_LR)
    sk_lane_run_set_lr_factor (run, command->value);
  else if (command->kind == SK_COMMAND_FREEZE)
    sk_lane_run_set_frozen (run, command->group, command->flag);
  else
    sk_lane_run_set_lambda (run, command);
}

static void
obey (SkTrainingLane *self, const SkCommand *command) {
  /* Whatever comes after a fader was moved comes after its event. */
  if (self->run && command->kind != SK_COMMAND_LAMBDA)
    sk_lane_run_rest_fader (self->run, TRUE);
  switch (command->kind) {
  case SK_COMMAND_PLAN:
    sk_training_lane_plan (self, command->recipe);
    break;
  case SK_COMMAND_START:
    if (command->recipe) {
      stop (self);
      sk_training_lane_start_run (self, command->recipe, command->path);
    }
    break;
  case SK_COMMAND_RACE:
    if (command->recipe) {
      stop (self);
      sk_training_lane_start_race (self, command);
    }
    break;
  case SK_COMMAND_RESUME_RUN:
    resume_run (self, command->path);
    break;
  case SK_COMMAND_VIEW_RUN:
    sk_training_lane_view_run (self, command);
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
    sk_training_lane_roll_back_run (self);
    break;
  case SK_COMMAND_STOP:
    g_atomic_int_add (&self->cancel, -1);
    stop (self);
    break;
  case SK_COMMAND_LR:
  case SK_COMMAND_FREEZE:
  case SK_COMMAND_LAMBDA:
    if (self->run)
      touch (self->run, command);
    break;
  default:
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
      sk_training_lane_advance_race (self);
    else if (command == NULL && running)
      sk_training_lane_advance_run (self);
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
    sk_training_lane_show (
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
