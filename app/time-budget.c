#include "time-budget.h"

#include <math.h>

/* The first steps warm caches and the loader up; then this long, or this many. */
#define WARM_UP_STEPS 2
#define TRIAL_SECONDS 3.0
#define TRIAL_STEPS 40

/* Evaluating a picture against training on one: a forward without a backward, and some
 * for what evaluation does besides. */
#define EVALUATION_COST 0.4

/* Kept in hand for a machine that is busier later. */
#define RESERVE 0.92

static double
seconds_since (gint64 begun) {
  return (double) (g_get_monotonic_time () - begun) / G_USEC_PER_SEC;
}

/* Seconds a step takes; < 0 with @error. */
static double
measure_step (const SkRecipe *recipe, SkDataset *dataset, SkPool *pool,
              const gint *cancel, GError **error) {
  g_autoptr (SkTrainer) trainer =
      sk_trainer_new (recipe, dataset, NULL, FALSE, pool, error);
  gint64 begun = 0;
  int n = 0;

  if (trainer == NULL)
    return -1;
  sk_trainer_set_cancel (trainer, cancel);
  for (int i = 0; i < WARM_UP_STEPS + TRIAL_STEPS; i++) {
    SkStep step;

    if (i == WARM_UP_STEPS)
      begun = g_get_monotonic_time ();
    if (i > WARM_UP_STEPS && seconds_since (begun) > TRIAL_SECONDS)
      break;
    if (!sk_trainer_step (trainer, &step, error))
      return -1;
    /* A frozen trunk looks at the pictures once: that is no step. */
    if (step.preparing > 0) {
      i--;
      continue;
    }
    n += i >= WARM_UP_STEPS;
    if (step.epoch_ended)
      break;
  }
  return n > 0 ? seconds_since (begun) / n : TRIAL_SECONDS;
}

gboolean
sk_fit_to_time (SkRecipe *recipe, SkDataset *dataset, SkPool *pool, double seconds,
                const gint *cancel, GError **error) {
  gint64 begun = g_get_monotonic_time ();
  double step = measure_step (recipe, dataset, pool, cancel, error);
  double n_train = sk_dataset_count (dataset, SK_SPLIT_TRAIN);
  double n_test = sk_dataset_count (dataset, SK_SPLIT_TEST);
  double evaluation, epoch, left;

  if (step < 0)
    return FALSE;
  evaluation = EVALUATION_COST * step * n_test / recipe->batch;
  epoch = ceil (n_train / recipe->batch) * step + evaluation;
  left = (seconds - seconds_since (begun)) * RESERVE;
  if (left >= epoch) {
    recipe->epochs = MIN (recipe->epochs, (int) (left / epoch));
    recipe->steps = 0;
  } else {
    recipe->steps = MAX (1, (gint64) ((left - evaluation) / step));
  }
  return TRUE;
}
