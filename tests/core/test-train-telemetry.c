/* What the walks measured, as it is shown: shares, agreement and gains of two vectors
 * whose sums are known by hand; γ and the update of a block against the weights
 * themselves. */

#include "network-fixture.h"
#include "optimizer.h"
#include "telemetry.h"

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-6)

/* g_skip = (3, 0), g_res = (1, 2): g = (4, 2). */
static void
test_shares_of_two_vectors (void) {
  SkBlockProbe probe = {
    .skip_square = 9,
    .residual_square = 5,
    .dot = 3,
    .out_square = 32,
    .branch_square = 1,
    .shortcut_square = 16,
    .dead = 2,
    .n_in = 2,
    .n_out = 8,
  };
  SkBlockState state = sk_block_state (&probe, 0.5f, TRUE);

  NEAR (state.gradient, sqrt (20.0 / 2));
  NEAR (state.skip, sqrt (9.0 / 2));
  NEAR (state.residual, sqrt (5.0 / 2));
  NEAR (state.share, 12.0 / 20);
  NEAR (state.agreement, 3 / sqrt (45.0));
  NEAR (state.gain, sqrt (10.0) / 2);
  NEAR (state.branch, 0.25);
  NEAR (state.dead, 0.25);
  NEAR (state.lambda, 0.5);
  g_assert_true (state.frozen);
}

/* The two shares are signed and sum to one: here the branch works against the skip. */
static void
test_shares_may_be_negative (void) {
  /* g_skip = (2), g_res = (−1): g = (1). */
  SkBlockProbe probe = {
    .skip_square = 4, .residual_square = 1, .dot = -2, .n_in = 1, .n_out = 1
  };
  SkBlockState skip = sk_block_state (&probe, 1, FALSE);

  NEAR (skip.share, 2);
  NEAR (skip.agreement, -1);
}

static void
test_nothing_measured_is_nothing (void) {
  SkBlockProbe probe = { 0 };
  SkBlockState state = sk_block_state (&probe, 1, FALSE);

  NEAR (state.gradient, 0);
  NEAR (state.share, 0);
  NEAR (state.agreement, 0);
  NEAR (state.gain, 0);
  NEAR (state.branch, 0);
  NEAR (state.dead, 0);

  /* Two parts that cancel, up to rounding. */
  probe = (SkBlockProbe){
    .skip_square = 1, .residual_square = 1, .dot = -1.0000000001, .n_in = 1, .n_out = 1
  };
  state = sk_block_state (&probe, 1, FALSE);
  NEAR (state.gradient, 0);
  g_assert_true (isfinite (state.share));
}

/* ‖after − before‖ / ‖before‖ over the convolutions of @block, projection included. */
static double
block_update (const SkPlan *plan, const SkBlock *block, const float *before,
              const float *after) {
  double moved = 0, weight = 0;

  for (int i = 0; i < plan->n_parameters; i++) {
    const SkParameter *parameter = &plan->parameters[i];

    if (parameter->group != block->group || parameter->kind != SK_PARAMETER_CONV)
      continue;
    for (gsize j = parameter->offset; j < parameter->offset + parameter->count; j++) {
      moved += pow ((double) after[j] - (double) before[j], 2);
      weight += pow ((double) before[j], 2);
    }
  }
  return sqrt (moved / weight);
}

static double
block_gamma (const SkPlan *plan, const SkBlock *block, const float *values) {
  g_autofree char *name = g_strconcat (plan->ops[block->branch].name, ".weight", NULL);
  const SkParameter *gamma = &plan->parameters[sk_plan_find_parameter (plan, name)];
  double sum = 0;

  for (gsize i = 0; i < gamma->count; i++)
    sum += fabs ((double) values[gamma->offset + i]);
  return sum / (double) gamma->count;
}

/* One step of a network whose second block is frozen. */
static void
test_blocks_of_a_network (gconstpointer name) {
  Fixture fixture;
  SkRecipe recipe;
  g_autoptr (GError) error = NULL;
  g_autoptr (SkOptimizer) optimizer = NULL;
  g_autofree SkLayerProbe *layers = NULL;
  g_autofree SkBlockState *states = NULL;
  g_autofree gboolean *frozen = NULL;
  g_autofree float *before = NULL;
  const SkPlan *plan;

  fixture_open (&fixture, name, 4, 16, 10, SK_NETWORK_TRAIN, 2);
  plan = fixture.plan;
  sk_recipe_init (&recipe);
  optimizer = sk_optimizer_new (&recipe, plan, fixture.pool, &error);
  g_assert_no_error (error);
  layers = g_new0 (SkLayerProbe, plan->n_parameters);
  states = g_new0 (SkBlockState, plan->n_blocks);
  frozen = g_new0 (gboolean, plan->n_groups);
  frozen[plan->blocks[1].group] = TRUE;
  sk_network_set_frozen (fixture.network, plan->blocks[1].group, TRUE);
  sk_network_set_lambda (fixture.network, 0, 0.25f);
  before = g_memdup2 (fixture.parameters->values, plan->n_values * sizeof (float));

  sk_network_forward (fixture.network, fixture.images, 4, TRUE);
  sk_network_loss (fixture.network, fixture.labels, 0, NULL);
  sk_network_backward (fixture.network);
  sk_optimizer_step (optimizer, fixture.parameters->values,
                     sk_network_gradients (fixture.network), 0.1f, frozen, layers);
  sk_measure_blocks (states, fixture.network, fixture.parameters, layers);

  for (int b = 0; b < plan->n_blocks; b++) {
    const SkBlock *block = &plan->blocks[b];
    const SkBlockProbe *probe = &sk_network_probes (fixture.network)[b];
    const SkOp *in = &plan->ops[block->input], *out = &plan->ops[block->last];

    g_assert_cmpint (probe->n_in, ==, 4 * in->h * in->w * in->c);
    g_assert_cmpint (probe->n_out, ==, 4 * out->h * out->w * out->c);
    NEAR (states[b].gamma, block_gamma (plan, block, fixture.parameters->values));
    NEAR (states[b].update,
          block_update (plan, block, before, fixture.parameters->values));
    NEAR (states[b].lambda, b == 0 ? 0.25 : 1);
    g_assert_cmpint (states[b].frozen, ==, b == 1);
    g_assert_cmpint (states[b].non_finite, ==, 0);
    g_assert_cmpfloat (states[b].gradient, >, 0);
    g_assert_cmpfloat (states[b].gain, >, 0);
    if (b != 1)
      g_assert_cmpfloat (states[b].update, >, 1e-4);
  }
  NEAR (states[1].update, 0);

  layers[plan->ops[plan->blocks[2].first].parameter].non_finite = 3;
  sk_measure_blocks (states, fixture.network, fixture.parameters, layers);
  g_assert_cmpint (states[2].non_finite, ==, 3);
  sk_measure_blocks (states, fixture.network, fixture.parameters, NULL);
  NEAR (states[0].update, 0);
  sk_recipe_clear (&recipe);
  fixture_close (&fixture);
}

int
main (int argc, char **argv) {
  const char *const nets[] = { "resnet20", "resnet20-b", "plain20", "resnet18-cifar",
                               "resnet50-cifar" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/telemetry/shares", test_shares_of_two_vectors);
  g_test_add_func ("/telemetry/negative", test_shares_may_be_negative);
  g_test_add_func ("/telemetry/nothing", test_nothing_measured_is_nothing);
  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++) {
    g_autofree char *path = g_strconcat ("/telemetry/blocks/", nets[i], NULL);

    g_test_add_data_func (path, nets[i], test_blocks_of_a_network);
  }
  return g_test_run ();
}
