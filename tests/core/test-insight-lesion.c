/* Blocks taken out of a network: both walks against networks in which the block really is
 * not there, forwards that begin in the middle, and the study that is made of them. */

#include "errors.h"
#include "lesion.h"
#include "network-fixture.h"

#define SIDE 16

/* A second network with weights of its own, equal to the fixture's. */
typedef struct {
  SkPlan *plan;
  SkParameters *parameters;
  SkNetwork *network;
} Twin;

static void
twin_open (Twin *self, const Fixture *fixture, const SkVariant *variant) {
  self->plan = sk_plan_new (variant, fixture->plan->n, SIDE, SIDE, 10, NULL);
  self->parameters = sk_parameters_new (self->plan, NULL);
  g_assert_cmpuint (self->plan->n_values, ==, fixture->plan->n_values);
  sk_parameters_copy (self->parameters, fixture->parameters);
  self->network = sk_network_new (self->plan, self->parameters, SK_NETWORK_UNFUSED,
                                  fixture->pool, NULL);
}

static void
twin_close (Twin *self) {
  sk_network_free (self->network);
  sk_parameters_free (self->parameters);
  sk_plan_unref (self->plan);
}

/* F(x) = 0: its last batch norm gives zeros. */
static void
silence (Twin *self, int block) {
  const SkOp *norm = &self->plan->ops[self->plan->blocks[block].branch];

  for (int i = 0; i < 2; i++)
    memset (sk_parameters_at (self->parameters, self->plan, norm->parameter + i), 0,
            sizeof (float) * (gsize) norm->c);
  sk_parameters_changed (self->parameters);
}

/* The logits without @block, computed by what knows nothing of bypasses. Of a plain
 * network: by a residual one whose skips are all cut but that block's. */
static void
reference (const Fixture *fixture, int block, float *logits) {
  SkVariant variant = fixture->plan->variant;
  Twin twin;

  if (!variant.skips)
    variant.shortcut = SK_SHORTCUT_PAD;
  variant.skips = TRUE;
  twin_open (&twin, fixture, &variant);
  for (int b = 0; b < twin.plan->n_blocks; b++)
    if (fixture->plan->variant.skips)
      sk_network_set_lambda (twin.network, b, sk_network_lambda (fixture->network, b));
    else
      sk_network_set_lambda (twin.network, b, b == block ? 1 : 0);
  if (block >= 0)
    silence (&twin, block);
  memcpy (logits,
          sk_network_forward (twin.network, fixture->images, fixture->plan->n, FALSE),
          sizeof (float) * (gsize) fixture->plan->n * 10);
  twin_close (&twin);
}

static void
check_blocks (const char *net, SkNetworkFlags flags, gboolean faded) {
  const gsize n_logits = 3 * 10;
  g_autofree float *expected = g_new (float, n_logits);
  Fixture fixture;

  fixture_open (&fixture, net, 3, SIDE, 10, flags | SK_NETWORK_RESUMABLE, 2);
  for (int b = 0; b < fixture.plan->n_blocks && faded; b++)
    sk_network_set_lambda (fixture.network, b, b % 4 == 1 ? 0 : 0.4f + 0.1f * b);
  sk_network_forward (fixture.network, fixture.images, 3, FALSE);
  for (int b = fixture.plan->n_blocks - 1; b >= -1; b--) {
    const float *logits;

    reference (&fixture, b, expected);
    if (b < 0) {
      logits = sk_network_forward_from (fixture.network, 0);
    } else {
      sk_network_set_bypassed (fixture.network, b, TRUE);
      g_assert_true (sk_network_is_bypassed (fixture.network, b));
      logits = sk_network_forward_from (fixture.network, b);
      sk_network_set_bypassed (fixture.network, b, FALSE);
    }
    if (fixture_distance (logits, expected, n_logits) > 1e-5)
      g_error ("%s without block %d: off by %g", net, b,
               fixture_distance (logits, expected, n_logits));
  }
  fixture_close (&fixture);
}

static void
test_blocks_that_are_not_there (void) {
  static const char *const nets[] = { "resnet20",       "resnet20-b", "resnet18-cifar",
                                      "resnet50-cifar", "plain20",    "plain18-cifar",
                                      "plain50-cifar" };

  for (guint i = 0; i < G_N_ELEMENTS (nets); i++)
    for (int j = 0; j < 2; j++) {
      check_blocks (nets[i], j ? SK_NETWORK_UNFUSED : 0, FALSE);
      if (nets[i][0] == 'r')
        check_blocks (nets[i], j ? SK_NETWORK_UNFUSED : 0, TRUE);
    }
}

/* A network from which a block of the same shape was taken is one with a block fewer. */
static void
check_shorter (const char *net) {
  Fixture whole, shorter;
  SkVariant variant;
  SkPlan *plan;
  const float *a, *b;

  fixture_open (&whole, net, 2, SIDE, 10, SK_NETWORK_RESUMABLE, 1);
  fixture_open (&shorter, net, 2, SIDE, 10, 0, 1);
  variant = whole.plan->variant;
  variant.depths[1]--;
  plan = sk_plan_new (&variant, 2, SIDE, SIDE, 10, NULL);
  sk_network_free (shorter.network);
  sk_parameters_free (shorter.parameters);
  shorter.parameters = sk_parameters_new (plan, NULL);
  for (int i = 0; i < plan->n_parameters; i++) {
    int from = sk_plan_find_parameter (whole.plan, plan->parameters[i].name);

    memcpy (sk_parameters_at (shorter.parameters, plan, i),
            sk_parameters_at (whole.parameters, whole.plan, from),
            sizeof (float) * plan->parameters[i].count);
  }
  sk_parameters_changed (shorter.parameters);
  shorter.network = sk_network_new (plan, shorter.parameters, 0, shorter.pool, NULL);
  for (int i = 0; i < whole.plan->n_blocks; i++)
    if (whole.plan->blocks[i].stage == 2 &&
        whole.plan->blocks[i].index == variant.depths[1])
      sk_network_set_bypassed (whole.network, i, TRUE);
  a = sk_network_forward (whole.network, whole.images, 2, FALSE);
  b = sk_network_forward (shorter.network, whole.images, 2, FALSE);
  g_assert_cmpfloat (fixture_distance (a, b, 20), <, 1e-5);
  sk_plan_unref (plan);
  fixture_close (&whole);
  fixture_close (&shorter);
}

static void
test_a_shorter_network (void) {
  check_shorter ("resnet20");
  check_shorter ("resnet50-cifar");
  check_shorter ("plain20");
}

static void
test_probe_set (void) {
  g_autoptr (SkDataset) dataset = sk_dataset_open ("builtin", 0, NULL, NULL);
  SkTransform transform = sk_transform_default (32);
  g_autoptr (SkProbeSet) small =
      sk_probe_set_new (dataset, SK_SPLIT_TEST, &transform, 37, 5);
  g_autoptr (SkProbeSet) large =
      sk_probe_set_new (dataset, SK_SPLIT_TEST, &transform, 64, 5);
  g_autoptr (SkProbeSet) other =
      sk_probe_set_new (dataset, SK_SPLIT_TEST, &transform, 64, 6);
  g_autoptr (SkProbeSet) all =
      sk_probe_set_new (dataset, SK_SPLIT_TEST, &transform, G_MAXINT, 5);
  g_autofree guint8 *seen = g_new0 (guint8, sk_dataset_count (dataset, SK_SPLIT_TEST));
  int counts[10] = { 0 };

  g_assert_cmpint (small->n, ==, 37);
  g_assert_cmpint (all->n, ==, sk_dataset_count (dataset, SK_SPLIT_TEST));
  g_assert_cmpmem (small->indices, 37 * sizeof (int), large->indices,
                   37 * sizeof (int));
  g_assert_cmpint (memcmp (large->indices, other->indices, 64 * sizeof (int)), !=, 0);
  for (int i = 0; i < 64; i++)
    counts[sk_dataset_label (dataset, SK_SPLIT_TEST, large->indices[i])]++;
  for (int c = 0; c < 10; c++)
    g_assert_cmpint (counts[c], ==, c < 4 ? 7 : 6);
  for (int i = 0; i < all->n; i++)
    g_assert_cmpint (seen[all->indices[i]]++, ==, 0);
}

typedef struct {
  Fixture net;
  SkDataset *dataset;
  SkProbeSet *probe;
} Lab;

static void
lab_open (Lab *self, const char *net) {
  SkTransform transform = sk_transform_default (32);

  fixture_open (&self->net, net, 4, 32, 10, SK_NETWORK_RESUMABLE, 2);
  self->dataset = sk_dataset_open ("builtin", 0, NULL, NULL);
  self->probe = sk_probe_set_new (self->dataset, SK_SPLIT_TEST, &transform, 6, 1);
}

static void
lab_close (Lab *self) {
  sk_probe_set_free (self->probe);
  sk_dataset_unref (self->dataset);
  fixture_close (&self->net);
}

/* Picture by picture, each set a forward of its own from the pixels on. */
static SkLesionScore
slow_score (const Lab *self, const SkLesionSet *set) {
  const SkPlan *plan = self->net.plan;
  g_autofree float *image = g_new (float, 32 * 32 * 3);
  g_autoptr (SkNetwork) network =
      sk_network_new (self->net.plan, self->net.parameters,
                      SK_NETWORK_UNFUSED | SK_NETWORK_RESUMABLE, self->net.pool, NULL);
  SkLesionScore score = { 0 };
  int label;

  for (int b = 0; b < plan->n_blocks && set; b++)
    sk_network_set_bypassed (network, b, set->cut[b]);
  for (int i = 0; i < self->probe->n; i++) {
    SkVerdict verdict;

    g_assert_cmpint (sk_probe_set_read (self->probe, i, 1, image, &label), ==, 1);
    sk_verdict_judge (&verdict, sk_network_forward (network, image, 1, FALSE), 10,
                      label);
    score.n++;
    score.n_correct += verdict.rank == 0;
    score.loss += verdict.loss;
  }
  return score;
}

static void
assert_score (const SkLesionScore *score, SkLesionScore expected) {
  g_assert_cmpint (score->n, ==, expected.n);
  g_assert_cmpint (abs (score->n_correct - expected.n_correct), <=, 1);
  g_assert_cmpfloat_with_epsilon (score->loss, expected.loss,
                                  1e-4 * fabs (expected.loss));
}

typedef struct {
  double last;
  int calls;
} Told;

static void
progress_cb (double fraction, gpointer data) {
  Told *told = data;

  g_assert_cmpfloat (fraction, >=, told->last);
  g_assert_cmpfloat (fraction, <=, 1);
  told->last = fraction;
  told->calls++;
}

static void
check_study (const char *net) {
  g_autoptr (SkLesions) lesions = NULL;
  g_autoptr (SkLesions) copy = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gboolean *cut = NULL;
  Told told = { 0 };
  Lab lab;

  lab_open (&lab, net);
  lesions = sk_lesions_new (lab.net.plan);
  cut = g_new0 (gboolean, lab.net.plan->n_blocks);
  cut[1] = cut[4] = TRUE;
  g_assert_cmpint (sk_lesions_add (lesions, cut), ==, lab.net.plan->n_blocks);
  sk_lesions_add_random (lesions, 2, 2, 9);
  g_assert_cmpint (lesions->n_sets, ==, lab.net.plan->n_blocks + 1 + 4);
  for (int k = 1; k <= 2; k++)
    for (int i = 0; i < 2; i++)
      g_assert_cmpint (sk_lesions_random (lesions, k)[i].n_cut, ==, k);
  g_assert_true (sk_lesion_study (lesions, lab.net.network, lab.probe, progress_cb,
                                  &told, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (told.last, ==, 1);
  g_assert_cmpint (told.calls, ==, 2 * (lesions->n_sets + 1));
  g_assert_cmpint (lesions->images, ==, 6);
  copy = sk_lesions_copy (lesions);
  assert_score (&copy->whole, slow_score (&lab, NULL));
  for (int i = 0; i < copy->n_sets; i++)
    assert_score (&copy->sets[i].score, slow_score (&lab, &copy->sets[i]));
  lab_close (&lab);
}

static void
test_study (void) {
  check_study ("resnet20");
  check_study ("resnet50-cifar");
  check_study ("plain20");
}

static void
test_cancel (void) {
  g_autoptr (SkLesions) lesions = NULL;
  g_autoptr (GError) error = NULL;
  const gint cancel = TRUE;
  Lab lab;

  lab_open (&lab, "resnet20");
  lesions = sk_lesions_new (lab.net.plan);
  g_assert_false (sk_lesion_study (lesions, lab.net.network, lab.probe, NULL, NULL,
                                   &cancel, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_CANCELLED);
  lab_close (&lab);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/insight/lesion/blocks", test_blocks_that_are_not_there);
  g_test_add_func ("/insight/lesion/shorter", test_a_shorter_network);
  g_test_add_func ("/insight/lesion/probe-set", test_probe_set);
  g_test_add_func ("/insight/lesion/study", test_study);
  g_test_add_func ("/insight/lesion/cancel", test_cancel);
  return g_test_run ();
}
