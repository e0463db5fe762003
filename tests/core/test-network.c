/* A whole network: finite differences, fused against unfused, one thread against two,
 * inference against training, and whether it can learn eight pictures by heart. */

#include "network-fixture.h"

static const char *const nets[] = { "resnet20",       "resnet20-b", "plain20",
                                    "resnet18-cifar", "resnet18",   "resnet50-cifar" };

/* Moves one group along its own gradient: the loss must rise as steeply as the gradient is
 * long. ReLUs that switch on the way make it a little uneven. */
static void
check_slope (Fixture *fixture, int group, double tolerance) {
  const SkGroup *range = &fixture->plan->groups[group];
  float *values = fixture->parameters->values + range->offset;
  g_autofree float *start = g_memdup2 (values, range->count * sizeof (float));
  g_autofree float *gradient = NULL;
  double norm, step, up, down;

  fixture_step (fixture);
  gradient = g_memdup2 (sk_network_gradients (fixture->network) + range->offset,
                        range->count * sizeof (float));
  norm = fixture_norm (gradient, range->count);
  g_assert_cmpfloat (norm, >, 0);
  step = 5e-4 / norm;
  for (gsize i = 0; i < range->count; i++)
    values[i] = (float) (start[i] + step * gradient[i] / norm);
  up = fixture_loss (fixture, TRUE);
  for (gsize i = 0; i < range->count; i++)
    values[i] = (float) (start[i] - step * gradient[i] / norm);
  down = fixture_loss (fixture, TRUE);
  memcpy (values, start, range->count * sizeof (float));
  g_test_message ("%s: slope %.4f of the gradient's length", range->name,
                  (up - down) / (2 * step) / norm);
  g_assert_cmpfloat (fabs ((up - down) / (2 * step) / norm - 1), <, tolerance);
}

static void
test_finite_differences (gconstpointer data) {
  SkNetworkFlags flags = GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++) {
    Fixture fixture;

    fixture_open (&fixture, nets[i], 4, g_str_equal (nets[i], "resnet18") ? 64 : 16, 5,
                  SK_NETWORK_TRAIN | flags, 2);
    /* With fifty layers over maps this small a ReLU switches at every step. */
    if (g_str_has_prefix (nets[i], "resnet50"))
      fixture_settle (&fixture);
    for (int b = 0; b < fixture.plan->n_blocks; b++)
      sk_network_set_lambda (fixture.network, b, 0.4f + 0.05f * b);
    for (int g = 0; g < fixture.plan->n_groups; g += 3)
      check_slope (&fixture, g, 0.03);
    fixture_close (&fixture);
  }
}

static void
check_same_probe (const SkBlockProbe *a, const SkBlockProbe *b) {
  const double tolerance = 2e-4;
  double dot_scale = sqrt (b->skip_square * b->residual_square);

  g_assert_cmpfloat (fabs (a->skip_square - b->skip_square), <=,
                     tolerance * b->skip_square);
  g_assert_cmpfloat (fabs (a->residual_square - b->residual_square), <=,
                     tolerance * b->residual_square);
  g_assert_cmpfloat (fabs (a->dot - b->dot), <=, tolerance * dot_scale);
  g_assert_cmpfloat (fabs (a->out_square - b->out_square), <=,
                     tolerance * b->out_square);
  g_assert_cmpfloat (fabs (a->branch_square - b->branch_square), <=,
                     tolerance * b->branch_square);
  g_assert_cmpfloat (fabs (a->shortcut_square - b->shortcut_square), <=,
                     tolerance * b->shortcut_square);
  g_assert_cmpint (ABS (a->dead - b->dead), <=, 2 + b->n_out / 10000);
  g_assert_cmpint (a->n_in, ==, b->n_in);
  g_assert_cmpint (a->n_out, ==, b->n_out);
}

/* Both walks compute the same sums in another order, on settled networks: they differ by
 * rounding only. */
static void
check_same (Fixture *fused, Fixture *plain, int n) {
  const SkPlan *plan = fused->plan;
  const float *a = sk_network_forward (fused->network, fused->images, n, TRUE);
  const float *b = sk_network_forward (plain->network, plain->images, n, TRUE);
  double worst = fixture_distance (a, b, (gsize) n * plan->classes);

  g_assert_cmpfloat (worst, <, 1e-4);
  g_assert_cmpfloat (fabs (sk_network_loss (fused->network, fused->labels, 0.1f, NULL) -
                           sk_network_loss (plain->network, plain->labels, 0.1f, NULL)),
                     <, 1e-4);
  sk_network_backward (fused->network);
  sk_network_backward (plain->network);
  worst = MAX (worst, fixture_gradient_distance (fused, plain));
  g_assert_cmpfloat (worst, <, 2e-4);
  g_assert_cmpfloat (fixture_distance (fused->parameters->statistics,
                                       plain->parameters->statistics,
                                       plan->n_statistics),
                     <, 1e-5);
  for (int i = 0; i < plan->n_blocks; i++)
    check_same_probe (&sk_network_probes (fused->network)[i],
                      &sk_network_probes (plain->network)[i]);
  g_test_message ("%s, %d pictures: %.1e", plan->variant.name, n, worst);
}

static void
check_same_blocks (Fixture *fused, Fixture *plain, int n) {
  const SkPlan *plan = fused->plan;

  for (int i = 0; i < 2 * plan->n_blocks; i++) {
    const SkBlock *block = &plan->blocks[i / 2];
    int op = i % 2 ? block->branch : block->last;
    gsize count =
        (gsize) n * plan->ops[op].h * plan->ops[op].w * (gsize) plan->ops[op].c;
    const float *a, *b, *da, *db;

    a = sk_network_output (fused->network, op, &da);
    b = sk_network_output (plain->network, op, &db);
    g_assert_cmpfloat (fixture_distance (a, b, count), <, 1e-4);
    g_assert_cmpfloat (fixture_distance (da, db, count), <, 2e-4);
  }
}

static void
test_fused_equals_unfused (gconstpointer data) {
  SkNetworkFlags flags = SK_NETWORK_TRAIN | GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++) {
    int side = g_str_equal (nets[i], "resnet18") ? 64 : 20;
    Fixture fused, plain;

    fixture_open (&fused, nets[i], 6, side, 5, flags, 2);
    fixture_open (&plain, nets[i], 6, side, 5, flags | SK_NETWORK_UNFUSED, 2);
    fixture_settle (&fused);
    fixture_settle (&plain);
    for (int b = 0; b < fused.plan->n_blocks; b++) {
      sk_network_set_lambda (fused.network, b, 0.5f + 0.1f * b);
      sk_network_set_lambda (plain.network, b, 0.5f + 0.1f * b);
    }
    check_same (&fused, &plain, 6);
    if (flags & SK_NETWORK_KEEP_BLOCKS)
      check_same_blocks (&fused, &plain, 6);
    check_same (&fused, &plain, 3);
    fixture_close (&fused);
    fixture_close (&plain);
  }
}

static void
test_threads_agree (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++) {
    int side = g_str_equal (nets[i], "resnet18") ? 48 : 16;
    Fixture one, two, again;
    gsize count;

    fixture_open (&one, nets[i], 5, side, 5, SK_NETWORK_TRAIN, 1);
    fixture_open (&two, nets[i], 5, side, 5, SK_NETWORK_TRAIN, 2);
    fixture_open (&again, nets[i], 5, side, 5, SK_NETWORK_TRAIN, 2);
    fixture_settle (&one);
    fixture_settle (&two);
    fixture_settle (&again);
    fixture_step (&one);
    fixture_step (&two);
    fixture_step (&again);
    count = one.plan->n_values;
    g_assert_cmpfloat (fixture_gradient_distance (&one, &two), <, 2e-4);
    /* The same number of threads: the same bits. */
    g_assert_cmpmem (sk_network_gradients (two.network), count * sizeof (float),
                     sk_network_gradients (again.network), count * sizeof (float));
    g_assert_cmpmem (
        two.parameters->statistics, one.plan->n_statistics * sizeof (float),
        again.parameters->statistics, one.plan->n_statistics * sizeof (float));
    fixture_close (&one);
    fixture_close (&two);
    fixture_close (&again);
  }
}

/* An inference network, folded, says what the training one says in evaluation; and hears
 * of new weights. */
static void
test_inference_equals_evaluation (void) {
  const SkNetworkFlags ways[] = { 0, SK_NETWORK_KEEP_BLOCKS, SK_NETWORK_UNFUSED };

  for (gsize i = 0; i < G_N_ELEMENTS (nets) * G_N_ELEMENTS (ways); i++) {
    const char *net = nets[i % G_N_ELEMENTS (nets)];
    SkNetworkFlags flags = ways[i / G_N_ELEMENTS (nets)];
    g_autoptr (SkNetwork) inference = NULL;
    g_autofree float *logits = NULL;
    Fixture fixture;

    fixture_open (&fixture, net, 5, 32, 5, SK_NETWORK_TRAIN, 2);
    inference =
        sk_network_new (fixture.plan, fixture.parameters, flags, fixture.pool, NULL);
    for (int b = 0; b < fixture.plan->n_blocks; b++) {
      sk_network_set_lambda (fixture.network, b, 0.7f);
      sk_network_set_lambda (inference, b, 0.7f);
    }
    for (int round = 0; round < 2; round++) {
      const float *evaluated =
          sk_network_forward (fixture.network, fixture.images, 5, FALSE);
      const float *inferred = sk_network_forward (inference, fixture.images, 5, FALSE);

      g_assert_cmpfloat (fixture_distance (inferred, evaluated, 25), <, 2e-5);
      if (round == 1) {
        g_assert_cmpfloat (fixture_distance (inferred, logits, 25), >, 1e-3);
        break;
      }
      logits = g_memdup2 (inferred, 25 * sizeof (float));
      fixture_step (&fixture);
      for (gsize j = 0; j < fixture.plan->n_values; j++)
        fixture.parameters->values[j] -=
            0.1f * sk_network_gradients (fixture.network)[j];
    }
    fixture_close (&fixture);
  }
}

static void
test_eight_pictures_are_learnt (gconstpointer data) {
  const char *net = data;
  g_autofree float *momentum = NULL;
  double loss = 0;
  int n_correct = 0;
  Fixture fixture;

  fixture_open (&fixture, net, 8, 32, 10, SK_NETWORK_TRAIN, 2);
  sk_parameters_initialise (fixture.parameters, fixture.plan, 1, FALSE);
  momentum = g_new0 (float, fixture.plan->n_values);
  for (int step = 0; step < 60; step++) {
    const float *gradients = sk_network_gradients (fixture.network);

    sk_network_forward (fixture.network, fixture.images, 8, TRUE);
    loss = sk_network_loss (fixture.network, fixture.labels, 0, &n_correct);
    sk_network_backward (fixture.network);
    for (gsize i = 0; i < fixture.plan->n_values; i++) {
      momentum[i] = 0.9f * momentum[i] + gradients[i];
      fixture.parameters->values[i] -= 0.01f * momentum[i];
    }
  }
  g_test_message ("%s: loss %.4f", net, loss);
  g_assert_cmpfloat (loss, <, 0.05);
  g_assert_cmpint (n_correct, ==, 8);
  fixture_close (&fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/slope/fused", NULL, test_finite_differences);
  g_test_add_data_func ("/network/slope/unfused", GINT_TO_POINTER (SK_NETWORK_UNFUSED),
                        test_finite_differences);
  g_test_add_data_func ("/network/fused", NULL, test_fused_equals_unfused);
  g_test_add_data_func ("/network/fused/lean", GINT_TO_POINTER (SK_NETWORK_LEAN),
                        test_fused_equals_unfused);
  g_test_add_data_func ("/network/fused/kept", GINT_TO_POINTER (SK_NETWORK_KEEP_BLOCKS),
                        test_fused_equals_unfused);
  g_test_add_func ("/network/threads", test_threads_agree);
  g_test_add_func ("/network/inference", test_inference_equals_evaluation);
  g_test_add_data_func ("/network/learns/resnet20", "resnet20",
                        test_eight_pictures_are_learnt);
  g_test_add_data_func ("/network/learns/plain20", "plain20",
                        test_eight_pictures_are_learnt);
  g_test_add_data_func ("/network/learns/resnet18-cifar", "resnet18-cifar",
                        test_eight_pictures_are_learnt);
  return g_test_run ();
}
