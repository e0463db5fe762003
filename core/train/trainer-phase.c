/* A run's two phases: the head alone, then everything in a manner of its own. Which phase
 * it is follows from the position, so a resumed run is in the right one; it is entered
 * where an epoch ends, before that is saved, so that the saved state belongs to it. */

#include "trainer-state.h"

/* Of the state as it is: at the end of an epoch it still belongs to the steps done. */
static int
phase_of_state (const SkTrainer *self) {
  gint64 step = self->position.step - (sk_trainer_at_end_of_epoch (self) ? 1 : 0);

  return sk_recipe_phase (&self->recipe, MAX (step, 0), self->n_batches);
}

SkAugment
sk_trainer_augment (const SkTrainer *self) {
  if (!sk_recipe_manner (&self->recipe, self->phase).augment)
    return SK_AUGMENT_NONE;
  return self->plan->h <= 32 ? SK_AUGMENT_CIFAR : SK_AUGMENT_RANDOM_RESIZED_CROP;
}

/* Whether the recipe has everything before the head frozen in this phase. */
static gboolean
freezes_trunk (const SkTrainer *self) {
  g_autofree gboolean *frozen = g_new0 (gboolean, self->plan->n_groups);

  if (self->phase > 0 || self->recipe.freeze == NULL ||
      !sk_plan_select_groups (self->plan, self->recipe.freeze, frozen, NULL))
    return FALSE;
  for (int i = 0; i < self->plan->n_groups; i++)
    if (!frozen[i] && i != self->plan->ops[self->plan->n_ops - 1].group)
      return FALSE;
  return TRUE;
}

/* Loader and optimiser as the phase has them; the optimiser's state stays. */
static void
set_phase (SkTrainer *self, int phase) {
  SkManner manner = sk_recipe_manner (&self->recipe, phase);

  self->phase = phase;
  sk_optimizer_set_manner (self->optimizer, &manner);
  self->pending = NULL;
  g_clear_pointer (&self->loader, sk_loader_free);
  self->loader = sk_loader_new (self->dataset, SK_SPLIT_TRAIN, &self->transform,
                                sk_trainer_augment (self), self->plan->n,
                                self->recipe.seed, self->recipe.shuffle, 0);
  if (freezes_trunk (self))
    sk_loader_set_views (self->loader, self->recipe.views);
  self->n_batches = sk_loader_n_batches (self->loader);
  self->total = sk_recipe_total_steps (&self->recipe, self->n_batches);
}

void
sk_trainer_sync_phase (SkTrainer *self) {
  sk_trunk_forget (self);
  set_phase (self, 0);
  if (phase_of_state (self) > 0)
    set_phase (self, 1);
  sk_trainer_start_epoch (self);
}

void
sk_trainer_start_epoch (SkTrainer *self) {
  SkPosition *position = &self->position;

  self->pending = NULL;
  self->trunk.keeping = sk_trunk_may_keep (self);
  if (self->trunk.keeping)
    return; /* the loader rests */
  if (sk_trainer_at_end_of_epoch (self))
    sk_loader_start (self->loader, (int) position->epoch + 1, 0);
  else
    sk_loader_start (self->loader, (int) position->epoch, (int) position->batch);
}

void
sk_trainer_next_epoch (SkTrainer *self) {
  SkPosition *position = &self->position;
  SkManner manner;

  position->epoch++;
  position->batch = 0;
  position->n_seen = position->n_correct = 0;
  position->loss_sum = position->seconds = position->waited = 0;
  if (sk_trainer_finished (self))
    return;
  if (phase_of_state (self) == self->phase) {
    /* Somebody may have frozen the trunk, or a part of it may learn again. */
    if (sk_trunk_may_keep (self) != self->trunk.keeping)
      sk_trainer_start_epoch (self);
    return;
  }
  sk_trunk_forget (self);
  set_phase (self, 1);
  sk_optimizer_reset (self->optimizer);
  for (int i = 0; i < self->plan->n_groups; i++)
    sk_network_set_frozen (self->network, i, FALSE);
  sk_trainer_start_epoch (self);
  manner = sk_recipe_manner (&self->recipe, 1);
  sk_trainer_tell (self, "everything learns: %s, learning rate %g",
                   sk_optimizer_name (manner.optimizer), (double) manner.lr);
}

int
sk_trainer_phase (const SkTrainer *self) {
  return self->phase;
}

void
sk_trainer_tell (SkTrainer *self, const char *format, ...) {
  va_list args;
  char *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  sk_trainer_log_event (self, text);
  g_queue_push_tail (&self->news, text);
}

char *
sk_trainer_take_news (SkTrainer *self) {
  return g_queue_pop_head (&self->news);
}
