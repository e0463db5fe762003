/* What is shown of every residual block, against PyTorch's autograd: telemetry.py wrote
 * each quantity down as it is defined, on networks of every kind of block and shortcut,
 * with skips that are whole, faded and cut. */

#include <math.h>

#include "case.h"
#include "optimizer.h"
#include "telemetry.h"

/* float32 in PyTorch differs from float64 by less than 1e-6 here; Winograd's transforms
 * round a little more. */
#define TOLERANCE 1e-4

/* What a mistake has to differ by. */
#define VISIBLE 5e-4

/* Weight gradients of a layer before batch norm are what is left of large terms. */
#define UPDATE_TOLERANCE 3e-4
/* Rounding may turn one output of a ReLU on or off, which DEAD tells: the gradients of the
 * weights that made it then differ by what that output carries. */
#define FLIPPED_UPDATE_TOLERANCE 2e-3

#define RATE 30.0f
#define DECAY 1e-4f

static const float lambdas[] = { 0, 0.3f, 1 };

typedef struct {
  const char *tensor; /* of telemetry.safetensors */
  GoldenCase description;
  gboolean mixed; /* λ is 0, 0.3 and 1 in turn */
} Case;

#define CASE(tensor, net, classes, n, h, w, mixed, frozen)                             \
  {                                                                                    \
    tensor,                                                                            \
        { "telemetry", net, classes, n, h, w, 0, TRUE, FALSE, SK_BN_TRAIN, frozen },   \
        mixed                                                                          \
  }

static const Case cases[] = {
  CASE ("resnet20", "resnet20", 10, 4, 32, 32, FALSE, NULL),
  CASE ("resnet20 mixed", "resnet20", 10, 4, 32, 32, TRUE, NULL),
  CASE ("resnet20-b mixed", "resnet20-b", 10, 4, 24, 32, TRUE, NULL),
  CASE ("plain20", "plain20", 10, 4, 32, 32, FALSE, NULL),
  CASE ("resnet18 mixed", "resnet18", 7, 6, 96, 80, TRUE, NULL),
  CASE ("resnet18-cifar", "resnet18-cifar", 10, 6, 32, 32, FALSE, NULL),
  CASE ("resnet18-cifar frozen", "resnet18-cifar", 10, 6, 32, 32, FALSE, "stem,layer1"),
  CASE ("resnet50-cifar", "resnet50-cifar", 10, 6, 24, 24, FALSE, NULL),
  CASE ("resnet50-cifar mixed", "resnet50-cifar", 10, 6, 24, 24, TRUE, NULL),
};

/* A row of the file. */
typedef enum {
  GRADIENT,
  SKIP,
  RESIDUAL,
  SHARE,
  RESIDUAL_SHARE,
  AGREEMENT,
  GAIN,
  BRANCH,
  GAMMA,
  UPDATE,
  DEAD,
  N_QUANTITIES,
} Quantity;

static const char *const quantities[] = {
  "gradient", "skip",   "residual", "share",  "residual share", "agreement",
  "gain",     "branch", "gamma",    "update", "dead",
};

/* Every second γ at a branch's end is negative. */
static void
flip_gammas (const Golden *golden) {
  for (int b = 0; b < golden->plan->n_blocks; b++) {
    int index = golden->plan->ops[golden->plan->blocks[b].branch].parameter;
    float *gamma = sk_parameters_at (golden->parameters, golden->plan, index);

    for (gsize i = 1; i < golden->plan->parameters[index].count; i += 2)
      gamma[i] = -gamma[i];
  }
}

static SkOptimizer *
new_optimizer (const Golden *golden) {
  g_autoptr (GError) error = NULL;
  SkOptimizer *optimizer;
  SkRecipe recipe;

  sk_recipe_init (&recipe);
  recipe.weight_decay = DECAY;
  optimizer = sk_optimizer_new (&recipe, golden->plan, golden->pool, &error);
  g_assert_no_error (error);
  sk_recipe_clear (&recipe);
  return optimizer;
}

/* One training step, measured as the trainer does. (transfer full) */
static SkBlockState *
step (Golden *golden, const Case *test, SkNetworkFlags flags) {
  g_autoptr (SkOptimizer) optimizer = NULL;
  g_autofree SkLayerProbe *layers = NULL;
  g_autofree gboolean *frozen = NULL;
  SkBlockState *states;

  golden_open (golden, &test->description, SK_NETWORK_TRAIN | flags, 2);
  flip_gammas (golden);
  for (int b = 0; test->mixed && b < golden->plan->n_blocks; b++)
    sk_network_set_lambda (golden->network, b, lambdas[b % 3]);
  optimizer = new_optimizer (golden);
  layers = g_new0 (SkLayerProbe, golden->plan->n_parameters);
  frozen = g_new0 (gboolean, golden->plan->n_groups);
  states = g_new0 (SkBlockState, golden->plan->n_blocks);
  for (int g = 0; g < golden->plan->n_groups; g++)
    frozen[g] = sk_network_is_frozen (golden->network, g);
  golden_load (golden, 0);
  sk_network_forward (golden->network, golden->images, test->description.n, TRUE);
  sk_network_loss (golden->network, golden->labels, 0, NULL);
  sk_network_backward (golden->network);
  sk_optimizer_step (optimizer, golden->parameters->values,
                     sk_network_gradients (golden->network), RATE, frozen, layers);
  sk_measure_blocks (states, golden->network, golden->parameters, layers);
  return states;
}

/* The program shows one share; the other is what is left of one, where there is any
 * gradient. */
static void
row_of (const SkBlockState *state, double row[N_QUANTITIES]) {
  row[GRADIENT] = state->gradient;
  row[SKIP] = state->skip;
  row[RESIDUAL] = state->residual;
  row[SHARE] = state->share;
  row[RESIDUAL_SHARE] = state->gradient > 0 ? 1 - state->share : 0;
  row[AGREEMENT] = state->agreement;
  row[GAIN] = state->gain;
  row[BRANCH] = state->branch;
  row[GAMMA] = state->gamma;
  row[UPDATE] = state->update;
  row[DEAD] = state->dead;
}

/* Relative; shares and cosines against one, which they could be. */
static double
error_of (Quantity quantity, double ours, double expected) {
  double error = fabs (ours - expected);

  if (!isfinite (ours))
    return G_MAXDOUBLE;
  if (quantity == SHARE || quantity == RESIDUAL_SHARE || quantity == AGREEMENT ||
      error == 0)
    return error;
  return error / MAX (fabs (expected), 1e-30);
}

static double
tolerance_of (int quantity, gboolean flipped) {
  if (quantity != UPDATE)
    return TOLERANCE;
  return flipped ? FLIPPED_UPDATE_TOLERANCE : UPDATE_TOLERANCE;
}

static void
check_case (const Case *test, SkNetworkFlags flags) {
  Golden golden;
  g_autofree SkBlockState *states = step (&golden, test, flags);
  gsize count;
  g_autofree float *expected = golden_expected (&golden, test->tensor, &count);
  double worst[N_QUANTITIES] = { 0 };
  g_autoptr (GString) text = g_string_new (test->tensor);

  g_assert_nonnull (expected);
  g_assert_cmpuint (count, ==, N_QUANTITIES * (gsize) golden.plan->n_blocks);
  for (int b = 0; b < golden.plan->n_blocks; b++) {
    double row[N_QUANTITIES];

    row_of (&states[b], row);
    for (int q = 0; q < N_QUANTITIES; q++)
      worst[q] = MAX (worst[q],
                      error_of ((Quantity) q, row[q], expected[b * N_QUANTITIES + q]));
  }
  for (int q = 0; q < N_QUANTITIES; q++)
    g_string_append_printf (text, ", %s %.0e", quantities[q], worst[q]);
  g_test_message ("%s", text->str);
  for (int q = 0; q < N_QUANTITIES; q++)
    g_assert_cmpfloat (worst[q], <, tolerance_of (q, worst[DEAD] > 0));
  golden_close (&golden);
}

static void
test_unfused (gconstpointer data) {
  check_case (data, SK_NETWORK_UNFUSED);
}

static void
test_fused (gconstpointer data) {
  check_case (data, 0);
}

static void
test_lean (gconstpointer data) {
  check_case (data, SK_NETWORK_LEAN);
}

/* A formula that somebody might have written instead. */
typedef struct {
  const char *name;
  Quantity quantity;
  double (*formula) (const SkBlockProbe *probe, const SkBlockState *state);
} Mistake;

static double
share_without_dot (const SkBlockProbe *probe, const SkBlockState *state) {
  return probe->skip_square /
         (probe->skip_square + probe->residual_square + 2 * probe->dot);
}

static double
share_of_lengths (const SkBlockProbe *probe, const SkBlockState *state) {
  return state->skip / (state->skip + state->residual);
}

static double
share_of_residual (const SkBlockProbe *probe, const SkBlockState *state) {
  return 1 - state->share;
}

static double
gradient_without_dot (const SkBlockProbe *probe, const SkBlockState *state) {
  return sqrt ((probe->skip_square + probe->residual_square) / probe->n_in);
}

static double
gradient_by_outputs (const SkBlockProbe *probe, const SkBlockState *state) {
  return state->gradient * sqrt ((double) probe->n_in / probe->n_out);
}

static double
agreement_with_sum (const SkBlockProbe *probe, const SkBlockState *state) {
  return (probe->skip_square + probe->dot) /
         sqrt (probe->skip_square *
               (probe->skip_square + probe->residual_square + 2 * probe->dot));
}

static double
agreement_of_squares (const SkBlockProbe *probe, const SkBlockState *state) {
  return probe->dot / (probe->skip_square * probe->residual_square);
}

static double
gain_of_norms (const SkBlockProbe *probe, const SkBlockState *state) {
  return state->gain * sqrt ((double) probe->n_in / probe->n_out);
}

static double
gain_upside_down (const SkBlockProbe *probe, const SkBlockState *state) {
  return 1 / state->gain;
}

static double
gain_of_skip (const SkBlockProbe *probe, const SkBlockState *state) {
  return state->gain * state->skip / state->gradient;
}

static double
branch_against_faded (const SkBlockProbe *probe, const SkBlockState *state) {
  return state->branch / MAX (state->lambda, 1e-3f);
}

static double
branch_of_squares (const SkBlockProbe *probe, const SkBlockState *state) {
  return state->branch * state->branch;
}

static double
dead_of_inputs (const SkBlockProbe *probe, const SkBlockState *state) {
  return (double) probe->dead / probe->n_in;
}

static double
skip_before_fading (const SkBlockProbe *probe, const SkBlockState *state) {
  return state->skip / MAX (state->lambda, 1e-3f);
}

static const Mistake mistakes[] = {
  { "share without the product", SHARE, share_without_dot },
  { "share of lengths", SHARE, share_of_lengths },
  { "share of the other path", SHARE, share_of_residual },
  { "gradient without the product", GRADIENT, gradient_without_dot },
  { "gradient by the wrong count", GRADIENT, gradient_by_outputs },
  { "agreement with the sum", AGREEMENT, agreement_with_sum },
  { "agreement without roots", AGREEMENT, agreement_of_squares },
  { "gain of norms", GAIN, gain_of_norms },
  { "gain upside down", GAIN, gain_upside_down },
  { "gain of the skip alone", GAIN, gain_of_skip },
  { "branch against what is faded", BRANCH, branch_against_faded },
  { "branch of squares", BRANCH, branch_of_squares },
  { "dead of the inputs", DEAD, dead_of_inputs },
  { "skip before it fades", SKIP, skip_before_fading },
};

/* The mean of γ for that of |γ|. */
static void
check_signed_mean (const Golden *golden, const float *expected) {
  const SkPlan *plan = golden->plan;
  double worst = 0;

  for (int b = 0; b < plan->n_blocks; b++) {
    int index = plan->ops[plan->blocks[b].branch].parameter;
    const float *values = sk_parameters_at (golden->parameters, plan, index);
    double gamma = 0;

    for (gsize i = 0; i < plan->parameters[index].count; i++)
      gamma += values[i] / (double) plan->parameters[index].count;
    worst = MAX (worst, error_of (GAMMA, gamma, expected[b * N_QUANTITIES + GAMMA]));
  }
  g_test_message ("mean of signed scales: %.0e", worst);
  g_assert_cmpfloat (worst, >, VISIBLE);
}

/* Were a formula wrong, the file would say so: each of these is far from it. */
static void
test_mistakes_are_seen (gconstpointer data) {
  const Case *test = data;
  Golden golden;
  g_autofree SkBlockState *states = step (&golden, test, 0);
  const SkBlockProbe *probes = sk_network_probes (golden.network);
  gsize count;
  g_autofree float *expected = golden_expected (&golden, test->tensor, &count);

  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    Quantity quantity = mistakes[i].quantity;
    double worst = 0;

    for (int b = 0; b < golden.plan->n_blocks; b++) {
      double wrong = mistakes[i].formula (&probes[b], &states[b]);

      /* Where a skip is cut much is nothing over nothing: that proves nothing. */
      if (isfinite (wrong))
        worst = MAX (worst,
                     error_of (quantity, wrong, expected[b * N_QUANTITIES + quantity]));
    }
    g_test_message ("%s: %.0e", mistakes[i].name, worst);
    g_assert_cmpfloat (worst, >, VISIBLE);
  }
  check_signed_mean (&golden, expected);
  golden_close (&golden);
}

int
main (int argc, char **argv) {
  const char *const mistaken[] = { "resnet20 mixed", "resnet20-b mixed",
                                   "resnet50-cifar mixed", NULL };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const struct {
      const char *name;
      GTestDataFunc func;
    } walks[] = { { "unfused", test_unfused },
                  { "fused", test_fused },
                  { "lean", test_lean },
                  { "mistakes", test_mistakes_are_seen } };

    for (gsize j = 0; j < G_N_ELEMENTS (walks); j++) {
      g_autofree char *path =
          g_strdup_printf ("/golden/telemetry/%s/%s", walks[j].name, cases[i].tensor);

      if (walks[j].func != test_mistakes_are_seen ||
          g_strv_contains (mistaken, cases[i].tensor))
        g_test_add_data_func (path, &cases[i], walks[j].func);
    }
  }
  return g_test_run ();
}
