#include "race-state.h"

static void
contestant_clear (SkContestant *self) {
  g_free (self->net);
  g_free (self->dir);
  g_clear_pointer (&self->plan, sk_plan_unref);
  g_free (self->culprit);
  g_free (self->gradients);
}

void
sk_race_state_free (SkRaceState *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < self->n; i++)
    contestant_clear (&self->contestants[i]);
  g_free (self->contestants);
  g_free (self);
}

SkRaceState *
sk_race_state_copy (const SkRaceState *self) {
  SkRaceState *copy;

  if (self == NULL)
    return NULL;
  copy = g_new0 (SkRaceState, 1);
  copy->n = self->n;
  copy->contestants =
      g_memdup2 (self->contestants, sizeof *self->contestants * (gsize) self->n);
  for (int i = 0; i < self->n; i++) {
    SkContestant *one = &copy->contestants[i];

    one->net = g_strdup (one->net);
    one->dir = g_strdup (one->dir);
    one->plan = sk_plan_ref (one->plan);
    one->culprit = g_strdup (one->culprit);
    one->gradients = g_memdup2 (one->gradients,
                                sizeof *one->gradients * (gsize) one->plan->n_blocks);
  }
  return copy;
}

void
sk_race_recipe_init (SkRecipe *recipe) {
  sk_recipe_init (recipe);
  recipe->steps = 150;
  recipe->batch = 64;
  recipe->lr = 0.02f;
  recipe->schedule = SK_SCHEDULE_CONSTANT;
}
