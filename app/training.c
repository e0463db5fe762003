#include "training.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "errors.h"
#include "history.h"
#include "points.h"
#include "telemetry.h"
#include "training-doctor.h"

void
sk_training_init (SkTraining *self, SkTrainer *trainer, SkInterrupt *interrupt,
                  SkProgress *progress) {
  *self = (SkTraining){
    .trainer = trainer,
    .interrupt = interrupt,
    .progress = progress,
    .train_points = g_array_new (FALSE, FALSE, sizeof (SkTrainPoint)),
    .test_points = g_array_new (FALSE, FALSE, sizeof (SkTestPoint)),
    .best_accuracy = -1,
  };
}

void
sk_training_clear (SkTraining *self) {
  g_clear_pointer (&self->doctor, sk_doctor_free);
  g_clear_pointer (&self->layers, g_free);
  g_clear_pointer (&self->blocks, g_free);
  g_clear_pointer (&self->train_points, g_array_unref);
  g_clear_pointer (&self->test_points, g_array_unref);
}

static void
remember_probes (SkTraining *self) {
  const SkPlan *plan = sk_network_plan (sk_trainer_network (self->trainer));
  const SkBlockState *blocks = sk_trainer_blocks (self->trainer);

  if (blocks == NULL)
    return;
  if (self->layers == NULL)
    self->layers = g_new0 (SkLayerState, (gsize) plan->n_parameters);
  sk_measure_layers (self->layers, plan, sk_trainer_layers (self->trainer));
  g_free (self->blocks);
  self->blocks = g_memdup2 (blocks, sizeof *blocks * (gsize) plan->n_blocks);
}

static void
remember_step (SkTraining *self, const SkStep *step) {
  SkTrainPoint point =
      sk_train_point (step, sk_trainer_steps_per_epoch (self->trainer));

  g_array_append_val (self->train_points, point);
  remember_probes (self);
  sk_pace_add (&self->pace, step->seconds, step->n);
  self->images += step->n;
  self->correct += step->n_correct;
  self->loss_sum += step->loss * step->n;
}

static void
show_progress (SkTraining *self, const SkStep *step) {
  gint64 total = sk_trainer_steps_total (self->trainer);
  gint64 fresh = step->step - self->first_step;
  int per_epoch = sk_trainer_steps_per_epoch (self->trainer);
  double seconds = (double) (g_get_monotonic_time () - self->begun) / G_USEC_PER_SEC;
  SkProgressState state = {
    .epoch = (int) MIN ((step->step - 1) / per_epoch + 1, G_MAXINT),
    .n_epochs = (int) MIN ((total + per_epoch - 1) / per_epoch, G_MAXINT),
    .done = (double) step->step / (double) MAX (total, 1),
    .images_per_s = sk_pace_images_per_s (&self->pace),
    /* Evaluations are in what has passed, so they are in what is to come. */
    .seconds_left = fresh >= 3 ? seconds / fresh * (total - step->step) : -1,
    .loss = self->loss_sum / MAX (self->images, 1),
    .accuracy = (double) self->correct / MAX (self->images, 1),
  };

  sk_progress_update (self->progress, &state);
}

static void
print_epoch_json (SkTraining *self) {
  g_autofree char *line = sk_training_epoch_json (self);

  puts (line);
  fflush (stdout);
}

static void
print_epoch_text (const SkEpoch *epoch) {
  g_autofree char *test =
      isfinite (epoch->test_accuracy)
          ? g_strdup_printf (_ ("test loss %.3f accuracy %.1f %%"), epoch->test_loss,
                             100 * epoch->test_accuracy)
          : g_strdup (_ ("no test pictures"));

  g_print (
      _ ("epoch %d  train loss %.3f accuracy %.1f %%  %s  lr %.4g  %.0f images/s\n"),
      epoch->epoch, epoch->train_loss, 100 * epoch->train_accuracy, test, epoch->lr,
      epoch->images_per_s);
}

static void
note_best (SkTraining *self, int epoch, double test_accuracy) {
  if (test_accuracy > self->best_accuracy) {
    self->best_accuracy = test_accuracy;
    self->best_epoch = epoch;
  }
}

void
sk_training_read_history (SkTraining *self, const char *run_dir) {
  sk_history_read (run_dir, sk_trainer_steps_per_epoch (self->trainer),
                   self->train_points, self->test_points, NULL);
  for (guint i = 0; i < self->test_points->len; i++) {
    const SkTestPoint *point = &g_array_index (self->test_points, SkTestPoint, i);

    note_best (self, point->epoch, (double) point->test_accuracy);
    self->last = (SkEpoch){ .epoch = point->epoch,
                            .step = point->step,
                            .train_loss = (double) point->train_loss,
                            .train_accuracy = (double) point->train_accuracy,
                            .test_loss = (double) point->test_loss,
                            .test_accuracy = (double) point->test_accuracy };
  }
}

static void
remember_epoch (SkTraining *self) {
  SkTestPoint point = sk_test_point (&self->last);

  g_array_append_val (self->test_points, point);
  note_best (self, self->last.epoch, self->last.test_accuracy);
}

/* What the trainer did of itself: it unfroze everything, it keeps features. */
static void
print_news (SkTraining *self) {
  char *news;

  while ((news = sk_trainer_take_news (self->trainer)) != NULL) {
    g_printerr ("%s\n", news);
    g_free (news);
  }
}

/* FALSE: interrupted; the epoch ends when the run goes on. */
static gboolean
end_epoch (SkTraining *self) {
  g_autoptr (GError) save_error = NULL;

  if (!sk_trainer_end_epoch (self->trainer, &self->last, &save_error) &&
      g_error_matches (save_error, SK_ERROR, SK_ERROR_CANCELLED))
    return FALSE;
  remember_epoch (self);
  sk_progress_clear (self->progress);
  if (self->as_json)
    print_epoch_json (self);
  else
    print_epoch_text (&self->last);
  /* A full disk now need not be full at the end. */
  if (save_error != NULL)
    g_printerr (_ ("skipscope: %s; the training goes on\n"), save_error->message);
  print_news (self);
  self->images = self->correct = 0;
  self->loss_sum = 0;
  return TRUE;
}

static void
print_warning (SkTraining *self) {
  g_autofree char *warning = sk_trainer_take_warning (self->trainer);

  if (warning == NULL)
    return;
  sk_progress_clear (self->progress);
  g_printerr ("skipscope: %s\n", warning);
}

char *
sk_training_describe_break (const SkTrainer *trainer) {
  const char *culprit = sk_trainer_culprit (trainer);

  return culprit ? g_strdup_printf (_ ("; the first layer to break was %s"), culprit)
                 : g_strdup ("");
}

/* A resumed run would keep its rate and break again, so what helps is another one. */
static SkTrainingEnd
diverge (SkTraining *self, const SkStep *step, GError **error) {
  g_autofree char *broken = sk_training_describe_break (self->trainer);
  g_autofree char *saved = g_build_filename (self->dir, "last.safetensors", NULL);

  if (g_file_test (saved, G_FILE_TEST_EXISTS))
    sk_refuse (error, SK_ERROR_ARGUMENT,
               _ ("the loss of step %" PRId64 " is not a finite number%s. The weights "
                  "that were saved before are kept in %s: begin a new run with them "
                  "(--init %s), and with a smaller --lr or --warmup"),
               step->step + 1, broken, self->dir, self->dir);
  else
    sk_refuse (error, SK_ERROR_ARGUMENT,
               _ ("the loss of step %" PRId64
                  " is not a finite number%s. No weights were "
                  "saved before: begin anew in another folder, with a smaller --lr or "
                  "--warmup"),
               step->step + 1, broken);
  return SK_TRAINING_DIVERGED;
}

static SkTrainingEnd
save_and_leave (SkTraining *self, SkTrainingEnd how, GError **error) {
  return sk_trainer_save (self->trainer, error) ? how : SK_TRAINING_FAILED;
}

SkTrainingEnd
sk_training_run (SkTraining *self, GError **error) {
  self->begun = g_get_monotonic_time ();
  self->first_step = sk_trainer_steps_done (self->trainer);
  sk_trainer_set_cancel (self->trainer, sk_interrupt_flag (self->interrupt));

  while (!sk_trainer_finished (self->trainer)) {
    g_autoptr (GError) failure = NULL;
    SkStep step;

    if (sk_interrupt_asked (self->interrupt))
      return save_and_leave (self, SK_TRAINING_INTERRUPTED, error);
    if (self->deadline > 0 && g_get_monotonic_time () > self->deadline)
      return save_and_leave (self, SK_TRAINING_OUT_OF_TIME, error);
    if (!sk_trainer_step (self->trainer, &step, &failure)) {
      if (g_error_matches (failure, SK_ERROR, SK_ERROR_CANCELLED))
        continue;
      g_propagate_error (error, g_steal_pointer (&failure));
      return SK_TRAINING_FAILED;
    }
    if (step.preparing > 0) {
      sk_progress_note (self->progress,
                        _ ("showing the pictures to the frozen trunk, once …"));
      continue;
    }
    if (!isfinite (step.loss))
      return diverge (self, &step, error);
    print_warning (self);
    if (step.n > 0) {
      remember_step (self, &step);
      sk_training_examine (self, &step);
      show_progress (self, &step);
    }
    if (step.epoch_ended && !end_epoch (self))
      continue; /* at the top the signal is seen */
  }
  return SK_TRAINING_FINISHED;
}
