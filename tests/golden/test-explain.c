/* Grad-CAM and early exits against PyTorch: the same weights and picture, the same maps,
 * means over pixels, and logits. */

#include <math.h>

#include "case.h"
#include "exits.h"
#include "explainer.h"

#define TOLERANCE 1e-3 /* of a map's largest value */
#define MEANS_TOLERANCE 1e-4 /* of the largest mean or logit */

static const GoldenCase cases[] = {
  { .file = "explain-resnet20", .net = "resnet20", .classes = 10, .n = 4, 32, 32 },
  { .file = "explain-resnet18", .net = "resnet18", .classes = 7, .n = 6, 96, 80 },
  { .file = "explain-resnet50", .net = "resnet50", .classes = 5, .n = 6, 96, 96 },
};

static double
worst_of (const float *ours, const float *theirs, gsize count) {
  double worst = 0, largest = 0;

  for (gsize i = 0; i < count; i++) {
    worst = fmax (worst, fabs ((double) ours[i] - (double) theirs[i]));
    largest = fmax (largest, fabs ((double) theirs[i]));
  }
  return worst / largest;
}

static void
test_grad_cam (gconstpointer data) {
  g_autoptr (SkExplainer) explainer = NULL;
  g_autofree float *class = NULL, **maps = NULL;
  g_autoptr (GError) error = NULL;
  double worst = 0;
  Golden golden;
  gsize count;

  golden_open (&golden, data, 0, 2);
  golden_load (&golden, 0);
  class = golden_expected (&golden, "class", &count);
  explainer = sk_explainer_new (golden.plan, golden.parameters, golden.pool, &error);
  g_assert_no_error (error);
  maps = g_new (float *, golden.plan->n_blocks);
  for (int b = 0; b < golden.plan->n_blocks; b++) {
    const SkOp *op = &golden.plan->ops[golden.plan->blocks[b].last];

    maps[b] = g_new (float, (gsize) op->h *(gsize) op->w);
  }
  sk_explainer_look (explainer, golden.images);
  sk_explainer_grad_cam (explainer, (int) class[0], maps);
  for (int b = 0; b < golden.plan->n_blocks; b++) {
    g_autofree char *name = g_strdup_printf ("cam %d", b);
    g_autofree float *expected = golden_expected (&golden, name, &count);
    const SkOp *op = &golden.plan->ops[golden.plan->blocks[b].last];

    g_assert_cmpuint (count, ==, (gsize) op->h * (gsize) op->w);
    worst = fmax (worst, worst_of (maps[b], expected, count));
    g_free (maps[b]);
  }
  g_test_message ("%s: %.1e", golden.description->file, worst);
  g_assert_cmpfloat (worst, <, TOLERANCE);
  golden_close (&golden);
}

/* The expected tensor "@what @block" against @ours, of which it may be the beginning. */
static double
worst_against (const Golden *golden, const char *what, int block, const float *ours,
               gsize most) {
  g_autofree char *name = g_strdup_printf ("%s %d", what, block);
  gsize count;
  g_autofree float *expected = golden_expected (golden, name, &count);

  g_assert_cmpuint (count, >, 0);
  g_assert_cmpuint (count, <=, most);
  return worst_of (ours, expected, count);
}

/* By the network that evaluates and by the explainer. */
static void
test_exits (gconstpointer data) {
  g_autoptr (SkExplainer) explainer = NULL;
  g_autofree float *features = NULL, *logits = NULL;
  double worst = 0;
  Golden golden;
  int head;

  golden_open (&golden, data, SK_NETWORK_BLOCK_MEANS, 2);
  golden_load (&golden, 0);
  explainer = sk_explainer_new (golden.plan, golden.parameters, golden.pool, NULL);
  features = g_new (float, golden.plan->ops[golden.plan->n_ops - 2].c);
  logits = g_new (float, golden.plan->classes);
  head = sk_exits_first_head (golden.plan);
  sk_explainer_look (explainer, golden.images);
  sk_network_forward (golden.network, golden.images, 1, FALSE);
  for (int b = 0; b < golden.plan->n_blocks; b++) {
    const float *mean = sk_network_block_mean (golden.network, b);
    gsize channels = (gsize) golden.plan->ops[golden.plan->blocks[b].last].c;

    sk_explainer_pool (explainer, b, features);
    worst = fmax (worst, worst_against (&golden, "mean", b, features, channels));
    worst = fmax (worst, worst_against (&golden, "mean", b, mean, channels));
    if (b < head)
      continue;
    sk_explainer_head (explainer, b, logits);
    worst = fmax (worst, worst_against (&golden, "exit", b, logits,
                                        (gsize) golden.plan->classes));
    worst =
        fmax (worst, worst_against (&golden, "exit", b,
                                    sk_network_forward_head (golden.network, mean, 1),
                                    (gsize) golden.plan->classes));
  }
  g_test_message ("%s: %.1e", golden.description->file, worst);
  g_assert_cmpfloat (worst, <, MEANS_TOLERANCE);
  golden_close (&golden);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strconcat ("/explain/grad-cam/", cases[i].net, NULL);

    g_autofree char *exits = g_strconcat ("/explain/exits/", cases[i].net, NULL);

    g_test_add_data_func (name, &cases[i], test_grad_cam);
    g_test_add_data_func (exits, &cases[i], test_exits);
  }
  return g_test_run ();
}
