/* What a network is told: what learns, what batch norm does, how much of a skip counts. */

#include "network-fixture.h"

static const SkNetworkFlags walks[] = { 0, SK_NETWORK_UNFUSED };

static gboolean
all_zero (const float *values, gsize count) {
  for (gsize i = 0; i < count; i++)
    if (values[i] != 0)
      return FALSE;
  return TRUE;
}

static void
freeze (Fixture *fixture, const char *what) {
  g_autofree gboolean *selected = g_new0 (gboolean, fixture->plan->n_groups);

  g_assert_true (sk_plan_select_groups (fixture->plan, what, selected, NULL));
  for (int g = 0; g < fixture->plan->n_groups; g++)
    sk_network_set_frozen (fixture->network, g, selected[g]);
}

/* Frozen groups get no gradient, their statistics stay bit by bit, and what learns gets
 * the gradient that it gets where everything learns and the frozen part's batch norm is
 * as fixed. */
static void
check_frozen (const char *net, SkNetworkFlags flags, const char *what) {
  Fixture fixture, free;
  g_autofree float *statistics = NULL;
  const SkPlan *plan;

  fixture_open (&fixture, net, 4, 16, 5, SK_NETWORK_TRAIN | flags, 2);
  fixture_open (&free, net, 4, 16, 5, SK_NETWORK_TRAIN | flags, 2);
  plan = fixture.plan;
  freeze (&fixture, what);
  for (int g = 0; g < plan->n_groups; g++)
    if (sk_network_is_frozen (fixture.network, g))
      sk_network_set_bn_mode (free.network, g, SK_BN_STATISTICS);
  statistics =
      g_memdup2 (fixture.parameters->statistics, plan->n_statistics * sizeof (float));
  fixture_step (&fixture);
  fixture_step (&free);
  for (int g = 0; g < plan->n_groups; g++) {
    const SkGroup *group = &plan->groups[g];
    const float *ours = sk_network_gradients (fixture.network) + group->offset;
    const float *theirs = sk_network_gradients (free.network) + group->offset;
    gboolean moved = memcmp (statistics + group->stat_offset,
                             fixture.parameters->statistics + group->stat_offset,
                             group->stat_count * sizeof (float)) != 0;

    if (sk_network_is_frozen (fixture.network, g)) {
      g_assert_true (all_zero (ours, group->count));
      g_assert_false (moved);
    } else {
      g_assert_cmpmem (ours, group->count * sizeof (float), theirs,
                       group->count * sizeof (float));
      g_assert_true (moved || group->stat_count == 0);
    }
  }
  fixture_close (&fixture);
  fixture_close (&free);
}

static void
test_frozen_groups (void) {
  const char *const choices[] = { "stem",        "stem,layer1",       "trunk", "layer2",
                                  "layer2.1,fc", "layer3.0,layer1.1", "fc" };

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (walks); j++) {
      check_frozen ("resnet20-b", walks[j], choices[i]);
      check_frozen ("resnet20", walks[j], choices[i]);
    }
  check_frozen ("resnet50-cifar", 0, "stem,layer1");
  check_frozen ("resnet18", 0, "stem,layer1.0");
  check_frozen ("plain20", 0, "stem,layer1");
}

/* The walk comes no further than it must: the blocks before tell of no gradient. */
static void
test_backward_stops (void) {
  for (gsize j = 0; j < G_N_ELEMENTS (walks); j++) {
    Fixture fixture;
    const SkBlockProbe *probes;

    fixture_open (&fixture, "resnet20", 4, 16, 5, SK_NETWORK_TRAIN | walks[j], 2);
    freeze (&fixture, "stem,layer1,layer2");
    fixture_step (&fixture);
    probes = sk_network_probes (fixture.network);
    for (int b = 0; b < fixture.plan->n_blocks; b++) {
      g_assert_cmpint (probes[b].out_square > 0, ==, b >= 6);
      g_assert_cmpint (probes[b].residual_square > 0, ==, b > 6);
      g_assert_cmpint (probes[b].skip_square > 0, ==, b > 6);
      g_assert_cmpfloat (probes[b].branch_square, >, 0);
    }
    /* Nothing learns at all: nothing happens. */
    freeze (&fixture, "trunk,fc");
    fixture_step (&fixture);
    g_assert_true (
        all_zero (sk_network_gradients (fixture.network), fixture.plan->n_values));
    fixture_close (&fixture);
  }
}

static void
test_what_is_to_be_updated (void) {
  Fixture fixture;

  fixture_open (&fixture, "resnet20", 2, 16, 5, SK_NETWORK_TRAIN, 1);
  sk_network_set_frozen (fixture.network, 0, TRUE);
  sk_network_set_bn_mode (fixture.network, 1, SK_BN_AFFINE);
  sk_network_set_bn_mode (fixture.network, 2, SK_BN_STATISTICS);
  for (int i = 0; i < fixture.plan->n_parameters; i++) {
    const SkParameter *parameter = &fixture.plan->parameters[i];
    gboolean running = parameter->kind == SK_PARAMETER_BN_MEAN ||
                       parameter->kind == SK_PARAMETER_BN_VAR;
    gboolean norm = parameter->kind == SK_PARAMETER_BN_SCALE ||
                    parameter->kind == SK_PARAMETER_BN_SHIFT;
    gboolean expected =
        !running && parameter->group != 0 && !(norm && parameter->group == 1);

    g_assert_cmpint (sk_network_learns (fixture.network, i), ==, expected);
  }
  fixture_close (&fixture);
}

static void
test_batch_norm_modes (void) {
  for (gsize j = 0; j < G_N_ELEMENTS (walks); j++)
    for (int mode = SK_BN_TRAIN; mode <= SK_BN_STATISTICS; mode++) {
      Fixture fixture;
      g_autofree float *before = NULL;
      const SkPlan *plan;

      fixture_open (&fixture, "resnet18-cifar", 4, 16, 5, SK_NETWORK_TRAIN | walks[j],
                    2);
      plan = fixture.plan;
      before = g_memdup2 (fixture.parameters->statistics,
                          plan->n_statistics * sizeof (float));
      for (int g = 0; g < plan->n_groups; g++)
        sk_network_set_bn_mode (fixture.network, g, mode);
      fixture_step (&fixture);
      for (int i = 0; i < plan->n_parameters; i++) {
        const SkParameter *parameter = &plan->parameters[i];
        gsize size = parameter->count * sizeof (float);

        if (parameter->kind == SK_PARAMETER_BN_VAR)
          g_assert_cmpint (memcmp (before + parameter->offset,
                                   fixture.parameters->statistics + parameter->offset,
                                   size) != 0,
                           ==, mode != SK_BN_STATISTICS);
        if (parameter->kind == SK_PARAMETER_BN_SCALE)
          g_assert_cmpint (
              all_zero (sk_network_gradients (fixture.network) + parameter->offset,
                        parameter->count),
              ==, mode == SK_BN_AFFINE);
        if (parameter->kind == SK_PARAMETER_CONV)
          g_assert_false (
              all_zero (sk_network_gradients (fixture.network) + parameter->offset,
                        parameter->count));
      }
      fixture_close (&fixture);
    }
}

/* Evaluation moves nothing. */
static void
test_evaluation_moves_nothing (void) {
  Fixture fixture;
  g_autofree float *before = NULL;
  gsize size;

  fixture_open (&fixture, "resnet20", 4, 16, 5, SK_NETWORK_TRAIN, 2);
  size = fixture.plan->n_statistics * sizeof (float);
  before = g_memdup2 (fixture.parameters->statistics, size);
  fixture_loss (&fixture, FALSE);
  sk_network_backward (fixture.network);
  g_assert_cmpmem (before, size, fixture.parameters->statistics, size);
  g_assert_false (
      all_zero (sk_network_gradients (fixture.network), fixture.plan->n_values));
  fixture_close (&fixture);
}

/* ∂L/∂x is the sum of its two terms: ‖g‖² = ‖g_skip‖² + ‖g_res‖² + 2⟨g_skip, g_res⟩ is
 * what the block before measured of its output. λ = 0 leaves the residual term alone. */
static void
test_gradient_terms_add_up (void) {
  const char *const nets[] = { "resnet20", "resnet18-cifar", "resnet50-cifar" };

  for (gsize i = 0; i < G_N_ELEMENTS (nets) * G_N_ELEMENTS (walks); i++) {
    Fixture fixture;
    const SkBlockProbe *probes;

    fixture_open (&fixture, nets[i / 2], 4, 16, 5, SK_NETWORK_TRAIN | walks[i % 2], 2);
    for (int b = 0; b < fixture.plan->n_blocks; b++)
      sk_network_set_lambda (fixture.network, b, b % 3 == 1 ? 0 : 0.3f * b);
    g_assert_cmpfloat (sk_network_lambda (fixture.network, 2), ==, 0.3f * 2);
    fixture_step (&fixture);
    probes = sk_network_probes (fixture.network);
    for (int b = 0; b < fixture.plan->n_blocks; b++) {
      double sum =
          probes[b].skip_square + probes[b].residual_square + 2 * probes[b].dot;

      g_assert_cmpfloat (probes[b].residual_square, >, 0);
      if (b % 3 == 1) {
        g_assert_cmpfloat (probes[b].skip_square, ==, 0);
        g_assert_cmpfloat (probes[b].dot, ==, 0);
      } else if (b > 0) {
        g_assert_cmpfloat (probes[b].skip_square, >, 0);
      }
      if (b > 0)
        g_assert_cmpfloat (fabs (probes[b - 1].out_square / sum - 1), <, 1e-5);
      g_assert_cmpint (probes[b].dead, >, 0);
      g_assert_cmpint (probes[b].dead, <, probes[b].n_out);
    }
    fixture_close (&fixture);
  }
}

static void
test_probing_can_be_off (void) {
  Fixture fixture, probing;

  fixture_open (&fixture, "resnet20", 4, 16, 5, SK_NETWORK_TRAIN, 2);
  fixture_open (&probing, "resnet20", 4, 16, 5, SK_NETWORK_TRAIN, 2);
  sk_network_set_probing (fixture.network, FALSE);
  fixture_step (&fixture);
  fixture_step (&probing);
  g_assert_cmpfloat (sk_network_probes (fixture.network)[3].residual_square, ==, 0);
  g_assert_cmpmem (
      sk_network_gradients (fixture.network), fixture.plan->n_values * sizeof (float),
      sk_network_gradients (probing.network), fixture.plan->n_values * sizeof (float));
  fixture_close (&fixture);
  fixture_close (&probing);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/frozen", test_frozen_groups);
  g_test_add_func ("/network/frozen/stops", test_backward_stops);
  g_test_add_func ("/network/learns", test_what_is_to_be_updated);
  g_test_add_func ("/network/batch-norm", test_batch_norm_modes);
  g_test_add_func ("/network/evaluation", test_evaluation_moves_nothing);
  g_test_add_func ("/network/probes/sum", test_gradient_terms_add_up);
  g_test_add_func ("/network/probes/off", test_probing_can_be_off);
  return g_test_run ();
}
