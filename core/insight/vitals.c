#include "vitals.h"

#include <math.h>
#include <stdlib.h>

/* A plan of more weights than this takes its median of the first ones: ResNet-152 has 155
 * convolutions. */
#define MAX_RATIOS 512

static int
compare (const void *a, const void *b) {
  const float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* Shifts start at 0, so their first ratio would be infinite; scales are few. */
static gboolean
is_weight (const SkParameter *parameter) {
  return parameter->kind == SK_PARAMETER_CONV || parameter->kind == SK_PARAMETER_LINEAR;
}

static void
measure_updates (SkVitals *self, const SkNetwork *network, const SkLayerProbe *layers) {
  const SkPlan *plan = sk_network_plan (network);
  float ratios[MAX_RATIOS];
  double square = 0;
  int n = 0;

  for (int i = 0; i < plan->n_parameters; i++) {
    if (!is_weight (&plan->parameters[i]) || !sk_network_learns (network, i))
      continue;
    square += layers[i].weight_norm * layers[i].weight_norm;
    if (n < MAX_RATIOS && isfinite (layers[i].update_ratio))
      ratios[n++] = (float) layers[i].update_ratio;
  }
  qsort (ratios, (gsize) n, sizeof *ratios, compare);
  self->n_learning = n;
  self->update = n > 0 ? ratios[n / 2] : 0;
  self->weight = (float) sqrt (square);
}

void
sk_vitals_measure (SkVitals *self, SkTrainer *trainer, const SkStep *step,
                   gboolean blocks) {
  const SkRecipe *recipe = sk_trainer_recipe (trainer);
  float scheduled = sk_recipe_lr (recipe, step->step - 1,
                                  MAX (sk_trainer_steps_per_epoch (trainer), 1));

  *self = (SkVitals){
    .step = step->step,
    .loss = (float) step->loss,
    .lr = step->lr,
    .schedule = recipe->lr > 0 ? scheduled / recipe->lr : 0,
    .blocks = blocks ? sk_trainer_blocks (trainer) : NULL,
  };
  measure_updates (self, sk_trainer_network (trainer), sk_trainer_layers (trainer));
}
