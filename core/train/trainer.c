/* The loop: a batch at a time. */

#include "trainer.h"

#include <math.h>
#include <string.h>

#include "culprit.h"
#include "errors.h"
#include "json.h"
#include "telemetry.h"
#include "trainer-state.h"

gboolean
sk_trainer_at_end_of_epoch (const SkTrainer *self) {
  return self->position.batch >= self->n_batches ||
         (self->position.step >= self->total && self->position.batch > 0);
}

gboolean
sk_trainer_finished (const SkTrainer *self) {
  return self->position.step >= self->total && !sk_trainer_at_end_of_epoch (self);
}

gboolean
sk_trainer_is_cancelled (const SkTrainer *self) {
  return self->cancel != NULL && g_atomic_int_get (self->cancel);
}

static const SkBatch *
take_batch (SkTrainer *self) {
  if (self->trunk.keeping)
    return sk_trunk_batch (self);
  if (self->pending == NULL)
    self->pending = sk_loader_next (self->loader);
  return self->pending;
}

static void
keep_statistics (SkTrainer *self) {
  memcpy (self->kept_statistics, self->parameters->statistics,
          self->plan->n_statistics * sizeof (float));
}

static void
restore_statistics (SkTrainer *self) {
  memcpy (self->parameters->statistics, self->kept_statistics,
          self->plan->n_statistics * sizeof (float));
}

static void
read_frozen (SkTrainer *self) {
  for (int i = 0; i < self->plan->n_groups; i++)
    self->frozen[i] = sk_network_is_frozen (self->network, i);
}

/* Nothing is updated, and the batch is tried again: with a smaller rate it may do. */
static void
refuse_step (SkTrainer *self, const SkBatch *batch, SkStep *result) {
  if (isfinite (result->loss))
    result->loss = NAN; /* it is a gradient, or a statistic */
  /* Before the search, so that it starts from what was sound, and after it. */
  restore_statistics (self);
  if (batch->images != NULL)
    self->culprit =
        sk_find_culprit (self->network, self->parameters, self->recipe.bn_mode,
                         batch->images, batch->n, self->pool);
  else /* nothing else was computed */
    self->culprit = g_strdup (self->plan->ops[self->plan->n_ops - 1].name);
  restore_statistics (self);
  sk_optimizer_measure (self->optimizer, self->parameters->values,
                        sk_network_gradients (self->network), self->layers);
}

static void
log_step (SkTrainer *self, const SkStep *step) {
  g_autoptr (GString) line = NULL;

  if (self->run == NULL || step->n == 0)
    return;
  line = g_string_new (NULL);
  g_string_append_printf (line, "{\"step\":%" G_GINT64_FORMAT ",\"loss\":", step->step);
  sk_json_append_float (line, (float) step->loss);
  g_string_append (line, ",\"accuracy\":");
  sk_json_append_float (line, (float) step->n_correct / (float) MAX (step->n, 1));
  g_string_append (line, ",\"lr\":");
  sk_json_append_float (line, step->lr);
  g_string_append_c (line, '}');
  sk_run_add_step (self->run, line->str);
}

static void
advance (SkTrainer *self, SkStep *result, double waited) {
  SkPosition *position = &self->position;

  position->step++;
  position->batch++;
  position->n_seen += result->n;
  position->n_correct += result->n_correct;
  position->loss_sum += result->loss * result->n;
  position->seconds += result->seconds;
  position->waited += waited;
  result->step = position->step;
  self->pending = NULL;
}

/* Forward, loss, backward. FALSE: cancelled on the way. */
static gboolean
compute (SkTrainer *self, const SkBatch *batch, SkStep *result) {
  if (batch->images != NULL)
    sk_network_forward (self->network, batch->images, batch->n, TRUE);
  else
    sk_trunk_forward (self, batch);
  if (sk_trainer_is_cancelled (self))
    return FALSE;
  result->loss = sk_network_loss (self->network, batch->labels,
                                  self->recipe.label_smoothing, &result->n_correct);
  sk_network_backward (self->network);
  return !sk_trainer_is_cancelled (self);
}

/* Pictures that batch norm can make nothing of: all broken, or a single one where maps
 * are one pixel. */
static gboolean
is_too_small (const SkTrainer *self, const SkBatch *batch) {
  return batch->n == 0 || (batch->n == 1 && self->smallest_map == 1 &&
                           g_strcmp0 (self->recipe.bn_mode, "statistics") != 0);
}

/* Running statistics are part of what is kept: a variance beyond a float's range would
 * spoil every evaluation though the loss, which does not see it, is finite. */
static gboolean
went_well (SkTrainer *self, double loss) {
  float sum = 0;

  for (gsize i = 0; i < self->plan->n_statistics; i++)
    sum += self->parameters->statistics[i] * 0.0f;
  return isfinite (loss) && sum == 0 &&
         sk_optimizer_is_finite (self->optimizer, sk_network_gradients (self->network),
                                 self->frozen);
}

static void
update (SkTrainer *self, float lr) {
  gboolean probes = self->recipe.probes;

  sk_optimizer_step (self->optimizer, self->parameters->values,
                     sk_network_gradients (self->network), lr, self->frozen,
                     probes ? self->layers : NULL);
  if (!probes)
    return;
  /* Now: an evaluation goes over what the walks left. */
  sk_measure_blocks (self->blocks, self->network, self->parameters, self->layers);
  self->measured = TRUE;
}

static gboolean
learn (SkTrainer *self, const SkBatch *batch, SkStep *result, GError **error) {
  keep_statistics (self);
  if (!compute (self, batch, result)) {
    restore_statistics (self);
    return sk_refuse (error, SK_ERROR_CANCELLED, "the step was cancelled");
  }
  read_frozen (self);
  if (!went_well (self, result->loss))
    refuse_step (self, batch, result);
  else
    update (self, result->lr);
  return TRUE;
}

/* A part of what has to be known before the step can be taken. The curve stands still. */
static gboolean
prepare_step (SkTrainer *self, SkStep *result, gint64 begun, GError **error) {
  SkPosition *position = &self->position;

  if (!sk_trunk_compute_some (self, result, error))
    return FALSE;
  result->loss = position->loss_sum / (double) MAX (position->n_seen, 1);
  result->seconds = (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  position->seconds += result->seconds;
  return TRUE;
}

static gboolean
refuse_empty (SkTrainer *self, GError **error) {
  return sk_refuse (error, SK_ERROR_FORMAT,
                    "none of the %d pictures to learn from of %s can be read: see why "
                    "each was left out, or choose other data",
                    sk_dataset_count (self->dataset, SK_SPLIT_TRAIN),
                    sk_dataset_title (self->dataset));
}

gboolean
sk_trainer_step (SkTrainer *self, SkStep *result, GError **error) {
  gint64 begun = g_get_monotonic_time ();
  const SkBatch *batch;
  double waited;

  g_return_val_if_fail (!sk_trainer_finished (self), FALSE);

  g_clear_pointer (&self->culprit, g_free);
  *result = (SkStep){ .step = self->position.step,
                      .epoch = (int) self->position.epoch,
                      .lr = sk_trainer_lr (self),
                      .epoch_ended = sk_trainer_at_end_of_epoch (self) };
  if (result->epoch_ended) /* resumed between the last batch and its evaluation */
    return TRUE;
  if (sk_trainer_is_cancelled (self))
    return sk_refuse (error, SK_ERROR_CANCELLED, "the step was cancelled");
  if (self->trunk.keeping && !sk_trunk_may_keep (self))
    sk_trainer_start_epoch (self);
  if (self->trunk.keeping && !sk_trunk_is_ready (self))
    return prepare_step (self, result, begun, error);
  batch = take_batch (self);
  waited = (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  if (is_too_small (self, batch)) {
    /* The curve goes on where it is. */
    result->loss = self->position.loss_sum / (double) MAX (self->position.n_seen, 1);
  } else {
    result->n = batch->n;
    if (!learn (self, batch, result, error))
      return FALSE;
  }
  result->seconds = (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
  if (!isfinite (result->loss))
    return TRUE;
  advance (self, result, waited);
  log_step (self, result);
  sk_trainer_record (self, result);
  result->epoch_ended = sk_trainer_at_end_of_epoch (self);
  return !result->epoch_ended || self->position.n_seen > 0 ||
         refuse_empty (self, error);
}

float
sk_trainer_lr (const SkTrainer *self) {
  return sk_recipe_lr (&self->recipe, self->position.step, self->n_batches) *
         (float) self->position.lr_factor;
}

gint64
sk_trainer_steps_done (const SkTrainer *self) {
  return self->position.step;
}

gint64
sk_trainer_steps_total (const SkTrainer *self) {
  return self->total;
}

int
sk_trainer_steps_per_epoch (const SkTrainer *self) {
  return self->n_batches;
}

void
sk_trainer_log_event (SkTrainer *self, const char *text) {
  g_autoptr (GString) line = NULL;

  if (self->run == NULL)
    return;
  line = g_string_new (NULL);
  g_string_append_printf (
      line, "{\"step\":%" G_GINT64_FORMAT ",\"event\":", self->position.step);
  sk_json_append_string (line, text);
  g_string_append_c (line, '}');
  sk_run_add_step (self->run, line->str);
}

void
sk_trainer_set_lr_factor (SkTrainer *self, float factor) {
  g_autofree char *text = g_strdup_printf ("learning rate × %g", (double) factor);

  g_return_if_fail (isfinite (factor) && factor >= 0);

  self->position.lr_factor = (double) factor;
  sk_trainer_log_event (self, text);
}

void
sk_trainer_set_progress (SkTrainer *self, SkProgressFunc func, gpointer data) {
  self->progress = func;
  self->progress_data = data;
}

SkNetwork *
sk_trainer_network (SkTrainer *self) {
  return self->network;
}

const SkTransform *
sk_trainer_transform (const SkTrainer *self) {
  return &self->transform;
}

const SkParameters *
sk_trainer_parameters (const SkTrainer *self) {
  return self->parameters;
}

const SkRecipe *
sk_trainer_recipe (const SkTrainer *self) {
  return &self->recipe;
}

const SkLayerProbe *
sk_trainer_layers (const SkTrainer *self) {
  return self->layers;
}

const SkBlockState *
sk_trainer_blocks (const SkTrainer *self) {
  return self->measured ? self->blocks : NULL;
}

const char *
sk_trainer_culprit (const SkTrainer *self) {
  return self->culprit;
}

void
sk_trainer_set_cancel (SkTrainer *self, const gint *flag) {
  self->cancel = flag;
  sk_network_set_cancel (self->network, flag);
}
