/* A training with an illness provoked on purpose, and what the doctor is to judge it by:
 *
 *   doctor-trace RECIPE [lambda=X] [factor=STEP:X] [every=N] > TRACE
 *
 * RECIPE: a recipe's JSON object, as in run.json; what it leaves out is the default.
 * lambda: of every skip, factor: on the learning rate from that step on, every: steps
 * between two looks at the blocks. What the doctor costs is told on standard error. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "vitals-trace.h"

typedef struct {
  float lambda, factor;
  gint64 factor_at;
  int every;
} Provocation;

static void
parse (Provocation *self, int argc, char **argv) {
  *self = (Provocation){ .lambda = 1, .factor_at = -1, .every = 5 };
  for (int i = 2; i < argc; i++) {
    const char *value = strchr (argv[i], '=');

    if (g_str_has_prefix (argv[i], "lambda="))
      self->lambda = (float) g_ascii_strtod (value + 1, NULL);
    else if (g_str_has_prefix (argv[i], "every="))
      self->every = atoi (value + 1);
    else if (g_str_has_prefix (argv[i], "factor=") && strchr (value, ':') != NULL) {
      self->factor_at = atoi (value + 1);
      self->factor = (float) g_ascii_strtod (strchr (value, ':') + 1, NULL);
    }
  }
}

/* What the doctor takes of a step, in µs. */
typedef struct {
  SkDoctor *doctor;
  gint64 total, steps;
  double training; /* seconds */
} Cost;

static void
add_cost (Cost *self, SkTrainer *trainer, const SkStep *step) {
  gint64 begin = g_get_monotonic_time ();
  SkVitals vitals;

  sk_vitals_measure (&vitals, trainer, step, sk_doctor_wants_blocks (step->step));
  sk_doctor_observe (self->doctor, &vitals);
  self->total += g_get_monotonic_time () - begin;
  self->training += step->seconds;
  self->steps++;
}

static void
tell_cost (const Cost *self) {
  double each = (double) self->total / (double) MAX (self->steps, 1);

  fprintf (stderr, "the doctor took %.1f µs of a step's %.0f ms, %.4f %%\n", each,
           1e3 * self->training / (double) MAX (self->steps, 1),
           (double) self->total / 1e4 / MAX (self->training, 1e-9));
}

static void
run (SkTrainer *trainer, const Provocation *how) {
  SkNetwork *network = sk_trainer_network (trainer);
  const SkPlan *plan = sk_network_plan (network);
  g_autoptr (GString) text = g_string_new (NULL);
  Cost cost = { .doctor = sk_doctor_new (plan, 0) };
  SkVitals vitals;
  SkStep step;

  g_string_printf (text, "# %s, weight decay %g, %d steps an epoch\n",
                   plan->variant.name,
                   (double) sk_trainer_recipe (trainer)->weight_decay,
                   sk_trainer_steps_per_epoch (trainer));
  for (int i = 0; i < plan->n_blocks; i++)
    sk_network_set_lambda (network, i, how->lambda);
  while (!sk_trainer_finished (trainer) && sk_trainer_step (trainer, &step, NULL)) {
    if (!isfinite (step.loss)) {
      g_string_append_printf (text, "# no number after step %" G_GINT64_FORMAT ": %s\n",
                              step.step, sk_trainer_culprit (trainer));
      break;
    }
    sk_vitals_measure (&vitals, trainer, &step,
                       step.step <= 5 || step.step % how->every == 0);
    vitals_trace_write (text, &vitals, plan->n_blocks);
    add_cost (&cost, trainer, &step);
    fputs (text->str, stdout);
    fflush (stdout);
    g_string_truncate (text, 0);
    if (step.step == how->factor_at)
      sk_trainer_set_lr_factor (trainer, how->factor);
    if (step.epoch_ended)
      sk_trainer_end_epoch (trainer, &(SkEpoch){ 0 }, NULL);
  }
  fputs (text->str, stdout);
  tell_cost (&cost);
  sk_doctor_free (cost.doctor);
}

int
main (int argc, char **argv) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkPool) pool = NULL;
  g_autoptr (SkTrainer) trainer = NULL;
  Provocation how;
  SkRecipe recipe;

  if (argc < 2 || !sk_recipe_from_json (&recipe, argv[1], &error)) {
    fprintf (stderr, "doctor-trace: %s\n", error ? error->message : "no recipe");
    return 2;
  }
  parse (&how, argc, argv);
  dataset = sk_dataset_open (recipe.data, SK_DATASET_SEED, NULL, &error);
  if (dataset != NULL) {
    pool = sk_pool_new (recipe.threads, 0);
    trainer = sk_trainer_new (&recipe, dataset, NULL, FALSE, pool, &error);
  }
  if (trainer == NULL) {
    fprintf (stderr, "doctor-trace: %s\n", error->message);
    return 1;
  }
  run (trainer, &how);
  sk_recipe_clear (&recipe);
  return 0;
}
