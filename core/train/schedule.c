/* The learning rate over a run. */

#include <math.h>

#include "recipe.h"

/* PyTorch's OneCycleLR: up from a 25th over the first 30 %, down to a 10,000th of that,
 * both along half a cosine. */
#define ONECYCLE_RISE 0.3
#define ONECYCLE_START (1 / 25.0)
#define ONECYCLE_END (ONECYCLE_START / 1e4)

gint64
sk_recipe_total_steps (const SkRecipe *self, int steps_per_epoch) {
  return self->steps > 0 ? self->steps : (gint64) self->epochs * steps_per_epoch;
}

/* The first step of the second phase; where there is none, the end of the run. */
static gint64
second_phase (const SkRecipe *self, int steps_per_epoch) {
  gint64 total = sk_recipe_total_steps (self, steps_per_epoch);

  return self->unfreeze > 0 ? MIN ((gint64) self->unfreeze * steps_per_epoch, total)
                            : total;
}

int
sk_recipe_phase (const SkRecipe *self, gint64 step, int steps_per_epoch) {
  gint64 change = second_phase (self, steps_per_epoch);

  return step >= change && change < sk_recipe_total_steps (self, steps_per_epoch);
}

SkManner
sk_recipe_manner (const SkRecipe *self, int phase) {
  if (phase == 0)
    return (SkManner){ self->optimizer,    self->lr,       self->momentum,
                       self->weight_decay, self->nesterov, self->augment };
  return (SkManner){ self->unfreeze_optimizer, self->unfreeze_lr,
                     self->unfreeze_momentum,  self->unfreeze_weight_decay,
                     self->nesterov,           self->unfreeze_augment };
}

/* From @a to @b, along half a cosine, as @t goes from 0 to 1. */
static double
anneal (double a, double b, double t) {
  return b + (a - b) * (1 + cos (G_PI * CLAMP (t, 0, 1))) / 2;
}

static double
one_cycle (gint64 step, gint64 total) {
  double rise_end = ONECYCLE_RISE * (double) total - 1;
  double last = (double) total - 1;

  if ((double) step <= rise_end && rise_end > 0)
    return anneal (ONECYCLE_START, 1, (double) step / rise_end);
  /* A run too short to rise begins at the top. */
  rise_end = MAX (rise_end, 0);
  return anneal (1, ONECYCLE_END,
                 ((double) step - rise_end) / MAX (last - rise_end, 1));
}

static double
step_decay (gint64 epoch, gint64 n_epochs) {
  double factor = 1;

  for (int i = 1; i <= 3; i++)
    if (epoch * 10 >= 3 * i * n_epochs)
      factor /= 10;
  return factor;
}

float
sk_recipe_lr (const SkRecipe *self, gint64 step, int steps_per_epoch) {
  int phase = sk_recipe_phase (self, step, steps_per_epoch);
  gint64 change = second_phase (self, steps_per_epoch);
  gint64 begin = phase > 0 ? change : 0;
  gint64 total =
      phase > 0 ? sk_recipe_total_steps (self, steps_per_epoch) - change : change;
  gint64 n_epochs = (total + steps_per_epoch - 1) / steps_per_epoch;
  gint64 epoch = (step - begin) / steps_per_epoch;
  gint64 warmup = (gint64) ((double) self->warmup * steps_per_epoch + 0.5);
  double factor = 1;

  step -= begin;
  switch (self->schedule) {
  case SK_SCHEDULE_COSINE:
    factor = anneal (1, 0, (double) epoch / (double) n_epochs);
    break;
  case SK_SCHEDULE_STEP:
    factor = step_decay (epoch, n_epochs);
    break;
  case SK_SCHEDULE_ONECYCLE:
    factor = one_cycle (step, total);
    break;
  case SK_SCHEDULE_CONSTANT:
  default:
    break;
  }
  if (step < warmup)
    factor *= (double) (step + 1) / (double) warmup;
  return (float) ((double) sk_recipe_manner (self, phase).lr * factor);
}
