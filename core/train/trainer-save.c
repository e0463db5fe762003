/* The end of an epoch, and what a trainer leaves on the disk. */

#include <math.h>

#include "errors.h"
#include "trainer-state.h"

/* Seconds between saved states, where epochs take less. */
#define SAVE_EVERY 5

SkCheckpoint
sk_trainer_checkpoint (SkTrainer *self) {
  return (SkCheckpoint){ self->plan, self->parameters, self->optimizer, self->network,
                         &self->position };
}

SkWeightsInfo
sk_trainer_info (const SkTrainer *self, char ***class_names) {
  SkWeightsInfo info = { .variant = self->plan->variant,
                         .classes = self->plan->classes,
                         .has_normalisation = TRUE,
                         .side = self->transform.side,
                         .resize = self->transform.resize,
                         .bicubic = self->transform.filter == SK_FILTER_BICUBIC };
  char **names = g_new0 (char *, self->plan->classes + 1);

  for (int i = 0; i < self->plan->classes; i++)
    names[i] = (char *) sk_dataset_class_name (self->dataset, i);
  for (int i = 0; i < 3; i++) {
    info.mean[i] = self->transform.mean[i];
    info.std[i] = self->transform.std[i];
  }
  info.class_names = names;
  *class_names = names;
  return info;
}

static gboolean
save_weights (SkTrainer *self, const char *name, GError **error) {
  g_autofree char *path = sk_run_path (self->run, name);
  g_autofree char **names = NULL;
  SkWeightsInfo info = sk_trainer_info (self, &names);

  return sk_weights_save (path, self->plan, self->parameters, &info, error);
}

gboolean
sk_trainer_save (SkTrainer *self, GError **error) {
  SkCheckpoint checkpoint = sk_trainer_checkpoint (self);
  g_autofree char *path = NULL;

  if (self->run == NULL)
    return TRUE;
  path = sk_run_path (self->run, "resume.safetensors");
  sk_trainer_flush_record (self);
  return sk_run_flush (self->run, error) &&
         sk_checkpoint_save (path, &checkpoint, error) &&
         save_weights (self, "last.safetensors", error);
}

/* FALSE: cancelled; there being no test split is no error. */
static gboolean
evaluate (SkTrainer *self, SkEpoch *result, GError **error) {
  SkEvaluation evaluation;
  g_autoptr (GError) problem = NULL;

  result->test_loss = result->test_accuracy = NAN;
  if (sk_dataset_count (self->dataset, SK_SPLIT_TEST) == 0)
    return TRUE;
  if (sk_trunk_may_evaluate (self)) {
    if (!sk_trunk_evaluate (self, &evaluation))
      return sk_refuse (error, SK_ERROR_CANCELLED, "the evaluation was cancelled");
    if (evaluation.images > 0) {
      result->test_loss = evaluation.loss;
      result->test_accuracy = evaluation.top1;
    }
    return TRUE;
  }
  if (sk_evaluate_with_progress (self->network, self->dataset, SK_SPLIT_TEST,
                                 &self->transform, &evaluation, self->progress,
                                 self->progress_data, self->cancel, &problem)) {
    result->test_loss = evaluation.loss;
    result->test_accuracy = evaluation.top1;
    return TRUE;
  }
  if (!g_error_matches (problem, SK_ERROR, SK_ERROR_CANCELLED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
describe_epoch (const SkTrainer *self, SkEpoch *result) {
  const SkPosition *position = &self->position;
  double n = (double) MAX (position->n_seen, 1);

  *result = (SkEpoch){
    .epoch = (int) position->epoch + 1,
    .step = position->step,
    .train_loss = position->loss_sum / n,
    .train_accuracy = (double) position->n_correct / n,
    .lr = sk_recipe_lr (&self->recipe, MAX (position->step - 1, 0), self->n_batches) *
          (float) position->lr_factor,
    .images_per_s = (double) position->n_seen / MAX (position->seconds, 1e-9),
    .waited = position->waited,
    .kept = self->trunk.keeping,
  };
}

/* Epochs learnt from kept features may take less than saving them: the state then waits,
 * but not long, and not where the run goes on otherwise. */
static gboolean
may_wait (SkTrainer *self, const SkEpoch *epoch) {
  gint64 now = g_get_monotonic_time ();

  if (epoch->kept && self->trunk.keeping && !sk_trainer_finished (self) &&
      now - self->saved_at < SAVE_EVERY * G_USEC_PER_SEC)
    return TRUE;
  self->saved_at = now;
  return FALSE;
}

/* Metrics first, the state last: what a resumed run finds beyond its state it makes
 * again, bit for bit. */
static gboolean
save_epoch (SkTrainer *self, const SkEpoch *epoch, gboolean is_best, GError **error) {
  g_autofree char *json =
      sk_epoch_to_json (epoch, self->plan, sk_trainer_blocks (self));

  return sk_run_add_epoch (self->run, json, error) &&
         (!is_best || save_weights (self, "best.safetensors", error)) &&
         (may_wait (self, epoch) || sk_trainer_save (self, error));
}

gboolean
sk_trainer_end_epoch (SkTrainer *self, SkEpoch *result, GError **save_error) {
  gint64 begun = g_get_monotonic_time ();
  double training = self->position.seconds;
  gboolean is_best;

  g_return_val_if_fail (sk_trainer_at_end_of_epoch (self), FALSE);

  describe_epoch (self, result);
  if (!evaluate (self, result, save_error))
    return FALSE;
  result->seconds =
      training + (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  /* Without a test split the training accuracy has to do. */
  is_best =
      (isnan (result->test_accuracy) ? result->train_accuracy : result->test_accuracy) >
      self->position.best_accuracy;
  if (is_best)
    self->position.best_accuracy =
        isnan (result->test_accuracy) ? result->train_accuracy : result->test_accuracy;
  sk_trunk_tell (self, result);
  sk_trainer_next_epoch (self);
  return self->run == NULL || save_epoch (self, result, is_best, save_error);
}
