/* The edges of a network: batches that are not full, a variance of one value, stopping on
 * the way, and backward from wherever the caller likes. */

#include "errors.h"
#include "network-fixture.h"

static const SkNetworkFlags walks[] = { 0, SK_NETWORK_UNFUSED };

static gboolean
all_zero (const float *values, gsize count) {
  for (gsize i = 0; i < count; i++)
    if (values[i] != 0)
      return FALSE;
  return TRUE;
}

/* A batch that is not full equals a network built for that many. */
static void
test_partial_batches (void) {
  const SkNetworkFlags flags[] = { SK_NETWORK_TRAIN,
                                   SK_NETWORK_TRAIN | SK_NETWORK_UNFUSED, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++) {
    Fixture large, small;
    gboolean trains = flags[i] & SK_NETWORK_TRAIN;

    fixture_open (&large, "resnet20-b", 7, 16, 5, flags[i], 2);
    fixture_open (&small, "resnet20-b", 3, 16, 5, flags[i], 2);
    memcpy (large.labels, small.labels, 3 * sizeof (int));
    g_assert_cmpfloat (
        fixture_distance (sk_network_forward (large.network, small.images, 3, trains),
                          sk_network_forward (small.network, small.images, 3, trains),
                          15),
        <, 1e-6);
    if (trains) {
      sk_network_loss (large.network, small.labels, 0, NULL);
      sk_network_loss (small.network, small.labels, 0, NULL);
      sk_network_backward (large.network);
      sk_network_backward (small.network);
      g_assert_cmpfloat (fixture_distance (sk_network_gradients (large.network),
                                           sk_network_gradients (small.network),
                                           small.plan->n_values),
                         <, 1e-5);
    }
    fixture_close (&large);
    fixture_close (&small);
  }
}

/* One picture and a 1×1 map: a variance of one value does not exist. */
static void
test_one_value_per_channel (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkParameters) parameters = NULL;
  g_autoptr (SkPool) pool = sk_pool_new (1, 0);
  g_autoptr (SkNetwork) fixed = NULL;
  SkVariant variant;
  Fixture fixture;
  const float *logits;

  g_assert_true (sk_variant_find ("resnet18-stem7", &variant, NULL));
  plan = sk_plan_new (&variant, 1, 32, 32, 5, NULL);
  parameters = sk_parameters_new (plan, NULL);
  sk_parameters_initialise (parameters, plan, 1, FALSE);
  g_assert_null (sk_network_new (plan, parameters, SK_NETWORK_TRAIN, pool, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "layer4.0.bn1"));
  g_assert_nonnull (strstr (error->message, "batch of 2"));
  fixed = sk_network_new (plan, parameters,
                          SK_NETWORK_TRAIN | SK_NETWORK_FIXED_STATISTICS, pool, NULL);
  g_assert_nonnull (fixed);

  /* As the last batch of an epoch it may come: running statistics stand in. */
  fixture_open (&fixture, "resnet18-stem7", 2, 32, 5, SK_NETWORK_TRAIN, 2);
  logits = sk_network_forward (fixture.network, fixture.images, 1, TRUE);
  for (int i = 0; i < 5; i++)
    g_assert_true (isfinite (logits[i]));
  sk_network_loss (fixture.network, fixture.labels, 0, NULL);
  sk_network_backward (fixture.network);
  for (gsize i = 0; i < fixture.plan->n_values; i++)
    g_assert_true (isfinite (sk_network_gradients (fixture.network)[i]));
  fixture_close (&fixture);
}

/* A flag that is up: no walk does anything. */
static void
test_cancelling (void) {
  gint flag = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (walks); i++) {
    Fixture fixture;
    g_autofree float *before = NULL;
    gsize size;

    fixture_open (&fixture, "resnet20", 4, 16, 5, SK_NETWORK_TRAIN | walks[i], 2);
    size = fixture.plan->n_statistics * sizeof (float);
    sk_network_set_cancel (fixture.network, &flag);
    fixture_step (&fixture);
    g_assert_false (
        all_zero (sk_network_gradients (fixture.network), fixture.plan->n_values));
    before = g_memdup2 (fixture.parameters->statistics, size);
    g_atomic_int_set (&flag, 1);
    fixture_step (&fixture);
    g_assert_true (
        all_zero (sk_network_gradients (fixture.network), fixture.plan->n_values));
    g_assert_cmpmem (before, size, fixture.parameters->statistics, size);
    g_atomic_int_set (&flag, 0);
    fixture_close (&fixture);
  }
}

/* Backward starts from whatever gradient by the logits the caller writes: that of one
 * logit has no cross terms, so two logits' gradients add up. */
static void
test_gradient_of_a_logit (void) {
  Fixture fixture;
  g_autofree float *sum = NULL;
  float *start;

  fixture_open (&fixture, "resnet18-cifar", 1, 32, 5,
                SK_NETWORK_TRAIN | SK_NETWORK_FIXED_STATISTICS, 2);
  sum = g_new0 (float, fixture.plan->n_values);
  start = sk_network_logits_gradient (fixture.network);
  for (int pass = 0; pass < 3; pass++) {
    sk_network_forward (fixture.network, fixture.images, 1, FALSE);
    for (int k = 0; k < 5; k++)
      start[k] = pass == 2 ? (k < 2) : (k == pass);
    sk_network_backward (fixture.network);
    if (pass < 2)
      for (gsize i = 0; i < fixture.plan->n_values; i++)
        sum[i] += sk_network_gradients (fixture.network)[i];
  }
  g_assert_cmpfloat (fixture_distance (sk_network_gradients (fixture.network), sum,
                                       fixture.plan->n_values),
                     <, 1e-5);
  fixture_close (&fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/partial", test_partial_batches);
  g_test_add_func ("/network/one-value", test_one_value_per_channel);
  g_test_add_func ("/network/cancel", test_cancelling);
  g_test_add_func ("/network/logit", test_gradient_of_a_logit);
  return g_test_run ();
}
