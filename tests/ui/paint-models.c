#include "paint-models.h"

#include <math.h>

static double
noise (GRand *rand) {
  return g_rand_double (rand) + g_rand_double (rand) + g_rand_double (rand) - 1.5;
}

void
paint_models_fill_curves (SkCurves *curves, int n_steps, int n_epochs) {
  GRand *rand = g_rand_new_with_seed (7);
  int per_epoch = MAX (n_steps / MAX (n_epochs, 1), 1);

  for (int step = 1; step <= n_steps; step++) {
    double t = (double) step / n_steps;
    double loss =
        0.18 + 2.1 * exp (-5 * t) + 0.12 * noise (rand) * (0.4 + exp (-3 * t));
    double accuracy = 0.94 - 0.84 * exp (-5.5 * t) + 0.035 * noise (rand);
    SkTrainPoint point = { .step = step,
                           .epoch = (double) step / per_epoch,
                           .loss = MAX (loss, 0.01),
                           .accuracy = CLAMP (accuracy, 0, 1),
                           .lr = 0.05 * (1 + cos (G_PI * t)) };

    sk_curves_add_train (curves, &point, 1);
    if (step % per_epoch == 0) {
      SkTestPoint test = { .step = step,
                           .epoch = step / per_epoch,
                           .test_loss = 0.33 + 1.8 * exp (-5 * t) + 0.05 * noise (rand),
                           .test_accuracy =
                               0.905 - 0.7 * exp (-5 * t) + 0.012 * noise (rand) };

      sk_curves_add_test (curves, &test, 1);
    }
  }
  g_rand_free (rand);
}

/* Residual networks keep their gradient, plain ones lose it (or blow it up). */
static void
fill_states (PaintModels *self) {
  GRand *rand = g_rand_new_with_seed (11);
  const SkPlan *plan = self->plan;
  gboolean plain = !plan->variant.skips;

  self->snapshot.blocks = g_new0 (SkBlockState, plan->n_blocks);
  self->snapshot.layers = g_new0 (SkLayerState, plan->n_parameters);
  self->snapshot.frozen = g_new0 (gboolean, plan->n_groups);
  for (int i = 0; i < plan->n_blocks; i++) {
    double depth = 1 - (double) i / plan->n_blocks; /* 1: at the stem */
    double g = 3e-5 * pow (10, (plain ? 3.4 : 0.9) * depth + 0.12 * noise (rand));
    SkBlockState *state = &self->snapshot.blocks[i];

    state->gradient = g;
    state->skip = plain ? 0 : g * (0.75 + 0.1 * noise (rand));
    state->residual = plain ? g : g * pow (10, -0.75 + 0.35 * noise (rand));
    /* cos from ‖g‖² = ‖skip‖² + ‖res‖² + 2 ⟨skip, res⟩ need not hold in a drawing */
    state->agreement = plain ? 0 : 0.35 * sin (2.1 * i);
    state->share = plain ? 0 : 0.8 + 0.3 * state->agreement;
    state->gain = 1.06 + 0.1 * noise (rand);
    state->branch = 0.9 / sqrt (i + 1) * (1 + 0.2 * noise (rand));
    state->gamma = 0.9 + 0.15 * noise (rand);
    state->dead = 0.4 + 0.2 * noise (rand);
    state->lambda = 1;
  }
  for (int i = 0; i < plan->n_parameters; i++) {
    double depth = 1 - (double) i / plan->n_parameters;
    SkLayerState *layer = &self->snapshot.layers[i];

    layer->gradient_norm =
        0.02 * pow (10, (plain ? 2.8 : 0.8) * depth + 0.3 * noise (rand));
    layer->gradient_rms = layer->gradient_norm / 60;
    layer->weight_norm = 4;
    layer->update_ratio = 1e-3;
  }
  g_rand_free (rand);
}

PaintModels *
paint_models_new (const char *net, int n_steps, int n_epochs) {
  PaintModels *self = g_new0 (PaintModels, 1);
  GError *error = NULL;
  SkVariant variant;

  g_assert_true (sk_variant_find (net, &variant, &error));
  g_assert_no_error (error);
  self->plan = sk_plan_new (&variant, 1, 0, 0, 0, &error);
  g_assert_no_error (error);
  fill_states (self);
  self->curves = sk_curves_new ();
  paint_models_fill_curves (self->curves, n_steps, n_epochs);
  self->bars = sk_bars_new (self->plan, SK_LAYER_GRADIENT_NORM);
  sk_bars_update (self->bars, self->plan, self->snapshot.layers, self->snapshot.frozen);
  sk_graph_live_take (&self->live, self->plan, &self->snapshot);
  return self;
}

void
paint_models_free (PaintModels *self) {
  g_free (self->snapshot.blocks);
  g_free (self->snapshot.layers);
  g_free (self->snapshot.frozen);
  sk_curves_free (self->curves);
  sk_bars_free (self->bars);
  sk_plan_unref (self->plan);
  g_free (self);
}

SkStrip *
paint_models_strip (const PaintModels *self, int n_columns) {
  SkStrip *strip = sk_strip_new (self->plan, SK_STRIP_BLOCKS);
  int n = self->plan->n_blocks;
  g_autofree SkBlockState *states = g_new0 (SkBlockState, n);
  GRand *rand = g_rand_new_with_seed (5);

  for (int i = 0; i < n_columns; i++) {
    double t = (double) i / n_columns;

    for (int row = 0; row < n; row++)
      states[row].gradient =
          self->snapshot.blocks[row].gradient *
          pow (10, -1.2 * t + 0.9 * exp (-8 * t) + 0.15 * noise (rand));
    if (i == n_columns * 4 / 5)
      states[n / 2].gradient = NAN;
    sk_strip_append (strip, 10 * (i + 1), states, NULL);
  }
  g_rand_free (rand);
  return strip;
}
