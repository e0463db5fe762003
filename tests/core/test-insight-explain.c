/* Questions about one picture: parts that sum to the logit, exits, covered pictures. */

#include "exits.h"
#include "network-fixture.h"
#include "occlusion.h"
#include "waterfall.h"

/* The kinds of blocks and shortcuts there are, and a plain network. */
static const char *const nets[] = { "resnet20",       "resnet20-b", "resnet18",
                                    "resnet50-cifar", "resnet50",   "plain20" };

static int
side_of (const char *net) {
  return strstr (net, "20") ? 32 : 64;
}

static SkExplainer *
open_net (Fixture *fixture, const char *net) {
  g_autoptr (GError) error = NULL;
  SkExplainer *explainer;

  fixture_open (fixture, net, 2, side_of (net), 6, 0, 2);
  explainer =
      sk_explainer_new (fixture->plan, fixture->parameters, fixture->pool, &error);
  g_assert_no_error (error);
  return explainer;
}

static void
test_parts_sum_to_the_logit (gconstpointer data) {
  Fixture fixture;
  g_autoptr (SkExplainer) explainer = open_net (&fixture, data);
  const float *expected =
      sk_network_forward (fixture.network, fixture.images, 1, FALSE);
  const float *logits = sk_explainer_look (explainer, fixture.images);

  for (int class = 0; class < 6; class ++) {
    double sum, size;
    SkWaterfall fall;

    g_assert_cmpfloat (fabs ((double) logits[class] - (double) expected[class]), <,
                       1e-4 * fmax (1, fabs ((double) expected[class])));
    sk_waterfall_fill (&fall, explainer, class);
    sum = fall.bias + fall.stem;
    size = fabs (fall.bias) + fabs (fall.stem);
    for (int b = 0; b < fall.n_blocks; b++) {
      const SkOp *op = &fixture.plan->ops[fixture.plan->blocks[b].last];
      double of_map = 0;

      for (int i = 0; i < op->h * op->w; i++)
        of_map += (double) fall.maps[b][i];
      g_assert_cmpfloat (fabs (of_map - fall.blocks[b]), <,
                         1e-4 * fmax (1, fabs (fall.blocks[b])));
      sum += fall.blocks[b];
      size += fabs (fall.blocks[b]);
    }
    g_assert_cmpfloat (fall.logit, ==, (double) logits[class]);
    g_assert_cmpfloat (fabs (sum - fall.logit), <, 1e-5 * size);
    sk_waterfall_clear (&fall);
  }
  fixture_close (&fixture);
}

/* A block's part is what the logit loses, to first order, when its branch is scaled:
 * along the skips alone that is exact while no unit crosses zero. */
static void
test_last_block_is_a_derivative (void) {
  const float h = 1e-3f;
  Fixture fixture;
  g_autoptr (SkExplainer) explainer = open_net (&fixture, "resnet20");
  const SkBlock *last = &fixture.plan->blocks[fixture.plan->n_blocks - 1];
  int norm = fixture.plan->ops[last->branch].parameter;
  double before, after;
  SkWaterfall fall;

  sk_explainer_look (explainer, fixture.images);
  sk_waterfall_fill (&fall, explainer, 1);
  before = fall.logit;
  /* γ and β of the branch's last batch norm times 1 + h: F times 1 + h. */
  for (int i = 0; i < 2; i++) {
    float *values = sk_parameters_at (fixture.parameters, fixture.plan, norm + i);

    for (gsize j = 0; j < fixture.plan->parameters[norm + i].count; j++)
      values[j] *= 1 + h;
  }
  after = (double) sk_explainer_look (explainer, fixture.images)[1];
  g_assert_cmpfloat (
      fabs ((after - before) / (double) h - fall.blocks[fall.n_blocks - 1]), <,
      0.02 * fmax (0.1, fabs (fall.blocks[fall.n_blocks - 1])));
  sk_waterfall_clear (&fall);
  fixture_close (&fixture);
}

static void
test_exits (gconstpointer data) {
  Fixture fixture;
  g_autoptr (SkExplainer) explainer = open_net (&fixture, data);
  const float *logits = sk_explainer_look (explainer, fixture.images);
  int n = fixture.plan->n_blocks;
  g_autofree float *exits = g_new0 (float, n * 6);

  if (!fixture.plan->variant.skips) {
    g_assert_false (sk_explainer_exits (explainer, exits));
    fixture_close (&fixture);
    return;
  }
  g_assert_true (sk_explainer_exits (explainer, exits));
  g_assert_cmpfloat (fixture_distance (exits + (n - 1) * 6, logits, 6), <, 1e-5);

  /* A network whose later branches are nothing says at its end what exit 0 says here. */
  for (int b = 1; b < n; b++) {
    int norm = fixture.plan->ops[fixture.plan->blocks[b].branch].parameter;

    for (int i = 0; i < 2; i++)
      memset (sk_parameters_at (fixture.parameters, fixture.plan, norm + i), 0,
              fixture.plan->parameters[norm + i].count * sizeof (float));
  }
  sk_parameters_changed (fixture.parameters);
  logits = sk_network_forward (fixture.network, fixture.images, 1, FALSE);
  g_assert_cmpfloat (fixture_distance (exits, logits, 6), <, 1e-5);
  fixture_close (&fixture);
}

/* What the explainer pools is what the network that evaluates does, and its head's answer
 * in the last stage that of the skips alone, where there are skips. */
static void
test_pools (gconstpointer data) {
  Fixture fixture;
  g_autoptr (SkExplainer) explainer = open_net (&fixture, data);
  const SkPlan *plan = fixture.plan;
  g_autoptr (SkNetwork) network = sk_network_new (
      fixture.plan, fixture.parameters, SK_NETWORK_BLOCK_MEANS, fixture.pool, NULL);
  g_autofree float *exits = g_new0 (float, plan->n_blocks * 6);
  int head = sk_exits_first_head (plan);

  sk_network_forward (network, fixture.images, 1, FALSE);
  sk_explainer_look (explainer, fixture.images);
  for (int b = 0; b < plan->n_blocks; b++) {
    int channels = plan->ops[plan->blocks[b].last].c;
    g_autofree float *features = g_new (float, channels);

    sk_explainer_pool (explainer, b, features);
    g_assert_cmpfloat (
        fixture_distance (features, sk_network_block_mean (network, b), channels), <,
        1e-5);
  }
  if (sk_explainer_exits (explainer, exits))
    for (int b = head; b < plan->n_blocks; b++) {
      float logits[6];

      sk_explainer_head (explainer, b, logits);
      g_assert_cmpfloat (fixture_distance (logits, exits + b * 6, 6), <, 1e-6);
    }
  fixture_close (&fixture);
}

static void
count_cb (double fraction, gpointer data) {
  *(double *) data = fraction;
}

static void
test_occlusion (void) {
  double fraction = 0;
  SkOcclusion one_by_one, occlusion;
  Fixture fixture, single;
  gint stop = 1;

  fixture_open (&fixture, "resnet20", 4, 32, 6, 0, 2);
  fixture_open (&single, "resnet20", 1, 32, 6, 0, 2);
  g_assert_true (sk_occlusion_fill (&occlusion, fixture.network, fixture.images, 2,
                                    count_cb, &fraction, NULL));
  g_assert_cmpfloat (fraction, ==, 1);
  g_assert_cmpint (occlusion.rows, ==, 7);
  g_assert_cmpint (occlusion.columns, ==, 7);
  g_assert_true (sk_occlusion_fill (&one_by_one, single.network, fixture.images, 2,
                                    NULL, NULL, NULL));
  g_assert_cmpfloat (fixture_distance (occlusion.lost, one_by_one.lost, 49), <, 1e-3);
  g_assert_cmpfloat (fixture_norm (occlusion.lost, 49), >, 0);

  /* Where there is nothing to cover, nothing is lost. */
  memset (fixture.images, 0, 32 * 32 * 3 * sizeof (float));
  sk_occlusion_clear (&occlusion);
  g_assert_true (sk_occlusion_fill (&occlusion, fixture.network, fixture.images, 2,
                                    NULL, NULL, NULL));
  for (int i = 0; i < 49; i++)
    g_assert_cmpfloat (fabs ((double) occlusion.lost[i]), <, 1e-6);
  sk_occlusion_clear (&occlusion);
  g_assert_false (sk_occlusion_fill (&occlusion, fixture.network, fixture.images, 2,
                                     NULL, NULL, &stop));
  g_assert_null (occlusion.lost);
  sk_occlusion_clear (&one_by_one);
  fixture_close (&fixture);
  fixture_close (&single);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++) {
    g_autofree char *parts = g_strconcat ("/explain/parts/", nets[i], NULL);
    g_autofree char *exits = g_strconcat ("/explain/exits/", nets[i], NULL);

    g_test_add_data_func (parts, nets[i], test_parts_sum_to_the_logit);
    g_autofree char *pools = g_strconcat ("/explain/pools/", nets[i], NULL);

    g_test_add_data_func (exits, nets[i], test_exits);
    g_test_add_data_func (pools, nets[i], test_pools);
  }
  g_test_add_func ("/explain/derivative", test_last_block_is_a_derivative);
  g_test_add_func ("/explain/occlusion", test_occlusion);
  return g_test_run ();
}
