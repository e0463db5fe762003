/* What a network would say after each of its blocks: means over pixels that change nothing
 * else, class means and nearest ones against a naive reference in double, and a staircase
 * that ends at the network's own accuracy. */

#include <glib/gstdio.h>

#include "errors.h"
#include "exit-study.h"
#include "file-fixture.h"
#include "network-fixture.h"

#define SIDE 32
#define CLASSES 10
#define N_TRAIN 70
#define N_TEST 150
#define BATCH 16 /* neither split is a multiple of it */

/* The kinds of blocks and shortcuts there are, and plain networks. */
static const char *const nets[] = { "resnet20",       "resnet20-b", "resnet18-cifar",
                                    "resnet50-cifar", "plain20",    "plain18-cifar" };

typedef struct {
  Fixture net; /* without anything that the study asks for */
  SkNetwork *network; /* with it, on the same weights */
  SkNetwork *open; /* every op on its own */
  char *folder;
  SkDataset *dataset;
  SkTransform transform;
} Lab;

static void
lab_open (Lab *self, const char *net) {
  g_autofree char *spec = NULL;

  self->folder = g_dir_make_tmp ("skipscope-test-XXXXXX", NULL);
  spec = make_cifar10 (self->folder, N_TRAIN, N_TEST);
  self->dataset = sk_dataset_open (spec, 0, NULL, NULL);
  g_assert_nonnull (self->dataset);
  self->transform = sk_transform_default (SIDE);
  fixture_open (&self->net, net, BATCH, SIDE, CLASSES, 0, 2);
  self->network = sk_network_new (self->net.plan, self->net.parameters,
                                  SK_NETWORK_BLOCK_MEANS, self->net.pool, NULL);
  self->open = sk_network_new (self->net.plan, self->net.parameters,
                               SK_NETWORK_UNFUSED | SK_NETWORK_KEEP_BLOCKS,
                               self->net.pool, NULL);
  if (self->net.plan->variant.skips)
    for (int b = 0; b < self->net.plan->n_blocks; b += 2) {
      sk_network_set_lambda (self->net.network, b, 0.7f);
      sk_network_set_lambda (self->network, b, 0.7f);
      sk_network_set_lambda (self->open, b, 0.7f);
    }
}

static void
lab_close (Lab *self) {
  sk_network_free (self->network);
  sk_network_free (self->open);
  fixture_close (&self->net);
  sk_dataset_unref (self->dataset);
  remove_tree (self->folder);
  g_free (self->folder);
}

/* --- the naive reference ----------------------------------------------------------- */

/* (n,C) of each block: GAP for a whole split, in double. */
typedef struct {
  double **of; /* (n_blocks) */
  int n_blocks;
} Features;

static void
features_clear (Features *self) {
  for (int b = 0; b < self->n_blocks; b++)
    g_free (self->of[b]);
  g_free (self->of);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Features, features_clear)

static int
channels_of (const Lab *self, int block) {
  return self->net.plan->ops[self->net.plan->blocks[block].last].c;
}

/* Of the @n pictures from @first on, which the network has just looked at. */
static void
add_features (Lab *self, Features *features, int first, int n) {
  for (int b = 0; b < features->n_blocks; b++) {
    int last = self->net.plan->blocks[b].last, channels = channels_of (self, b);
    int pixels = self->net.plan->ops[last].h * self->net.plan->ops[last].w;
    const float *out = sk_network_output (self->open, last, NULL);

    for (int i = 0; i < n * pixels; i++)
      for (int c = 0; c < channels; c++)
        features->of[b][(first + i / pixels) * channels + c] +=
            (double) out[i * channels + c] / pixels;
  }
}

static Features
slow_features (Lab *self, SkSplit split) {
  int n = sk_dataset_count (self->dataset, split), n_blocks = self->net.plan->n_blocks;
  Features features = { g_new (double *, n_blocks), n_blocks };
  g_autofree float *input = g_new (float, BATCH *SIDE *SIDE * 3);

  for (int b = 0; b < n_blocks; b++)
    features.of[b] = g_new0 (double, n *channels_of (self, b));
  for (int i = 0; i < n; i++) {
    SkImage image = { 0 };

    g_assert_true (sk_dataset_read (self->dataset, split, i, &image, NULL));
    sk_transform_apply (&self->transform, &image, SK_AUGMENT_NONE, NULL,
                        input + i % BATCH * SIDE * SIDE * 3);
    sk_image_clear (&image);
    if (i % BATCH < BATCH - 1 && i < n - 1)
      continue;
    sk_network_forward (self->open, input, i % BATCH + 1, FALSE);
    add_features (self, &features, i - i % BATCH, i % BATCH + 1);
  }
  return features;
}

/* (CLASSES,C) */
static double *
slow_means (Lab *self, const double *features, int channels) {
  double *means = g_new0 (double, CLASSES *channels);
  int counts[CLASSES] = { 0 };

  for (int i = 0; i < N_TRAIN; i++) {
    int label = sk_dataset_label (self->dataset, SK_SPLIT_TRAIN, i);

    counts[label]++;
    for (int c = 0; c < channels; c++)
      means[label * channels + c] += features[i * channels + c];
  }
  for (int k = 0; k < CLASSES; k++)
    for (int c = 0; c < channels; c++)
      means[k * channels + c] /= counts[k];
  return means;
}

/* The largest of @scores; @close: whether another is as good as it. */
static int
best_of (const double *scores, gboolean *close) {
  int best = 0;

  for (int k = 1; k < CLASSES; k++)
    if (scores[k] > scores[best])
      best = k;
  *close = FALSE;
  for (int k = 0; k < CLASSES; k++)
    if (k != best && scores[best] - scores[k] < 1e-5 * fabs (scores[best]))
      *close = TRUE;
  return best;
}

static int
slow_nearest (const double *means, const double *features, int channels,
              gboolean *close) {
  double scores[CLASSES] = { 0 };

  for (int k = 0; k < CLASSES; k++) {
    for (int c = 0; c < channels; c++)
      scores[k] += pow (features[c] - means[k * channels + c], 2);
    scores[k] = -sqrt (scores[k]);
  }
  return best_of (scores, close);
}

static int
slow_head (const Lab *self, const double *features, int channels, gboolean *close) {
  const SkPlan *plan = self->net.plan;
  int first = plan->ops[plan->n_ops - 1].parameter;
  const float *w = sk_parameters_at (self->net.parameters, plan, first);
  const float *bias = sk_parameters_at (self->net.parameters, plan, first + 1);
  double scores[CLASSES];

  for (int k = 0; k < CLASSES; k++) {
    scores[k] = (double) bias[k];
    for (int c = 0; c < channels; c++)
      scores[k] += features[c] * (double) w[k * channels + c];
  }
  return best_of (scores, close);
}

/* --- means over pixels ------------------------------------------------------------- */

/* The same bits with and without them; the last block's are what the head reads. */
static void
test_block_means (gconstpointer net) {
  Lab lab;
  const SkPlan *plan;

  lab_open (&lab, net);
  plan = lab.net.plan;
  for (int n = BATCH; n > 0; n -= 9) {
    const float *expected = sk_network_forward (lab.net.network, lab.net.images, n, 0);
    const float *logits = sk_network_forward (lab.network, lab.net.images, n, 0);
    gsize channels = (gsize) plan->ops[plan->n_ops - 2].c;

    g_assert_cmpmem (logits, sizeof (float) * (gsize) n * CLASSES, expected,
                     sizeof (float) * (gsize) n * CLASSES);
    g_assert_cmpmem (sk_network_block_mean (lab.network, plan->n_blocks - 1),
                     sizeof (float) * (gsize) n * channels,
                     sk_network_features (lab.net.network),
                     sizeof (float) * (gsize) n * channels);
  }
  lab_close (&lab);
}

/* --- class means ------------------------------------------------------------------- */

static void
check_block (Lab *lab, const SkClassMeans *means, int block, const double *train,
             const double *test) {
  int channels = means->channels[block], differ = 0, clear = 0;
  g_autofree double *expected = slow_means (lab, train, channels);
  g_autofree float *features = g_new (float, channels);
  double largest = 0;

  for (int i = 0; i < CLASSES * channels; i++)
    largest = fmax (largest, fabs (expected[i]));
  for (int i = 0; i < CLASSES * channels; i++)
    g_assert_cmpfloat_with_epsilon ((double) means->means[block][i], expected[i],
                                    2e-5 * largest);
  for (int i = 0; i < N_TEST; i++) {
    gboolean close;
    int nearest = slow_nearest (expected, test + i * channels, channels, &close);

    for (int c = 0; c < channels; c++)
      features[c] = (float) test[i * channels + c];
    if (close)
      continue;
    clear++;
    differ += sk_class_means_nearest (means, block, features) != nearest;
  }
  g_assert_cmpint (differ, ==, 0);
  g_assert_cmpint (clear, >, N_TEST * 9 / 10);
}

static void
test_class_means (gconstpointer net) {
  Lab lab;
  g_autoptr (SkProbeSet) probe = NULL;
  g_autoptr (SkClassMeans) means = NULL;
  g_auto (Features) train = { 0 }, test = { 0 };
  float *features;

  lab_open (&lab, net);
  train = slow_features (&lab, SK_SPLIT_TRAIN);
  test = slow_features (&lab, SK_SPLIT_TEST);
  probe = sk_class_means_choose (lab.dataset, &lab.transform);
  g_assert_cmpint (probe->split, ==, SK_SPLIT_TRAIN);
  g_assert_cmpint (probe->n, ==, N_TRAIN);
  means = sk_class_means_new (lab.network, probe, NULL, NULL, NULL, NULL);
  g_assert_cmpint (means->images, ==, N_TRAIN);
  g_assert_cmpint (means->n_blocks, >, 0);
  for (int b = 0; b < means->n_blocks; b++)
    check_block (&lab, means, b, train.of[b], test.of[b]);

  /* Each mean is nearest to itself, but for a class without pictures: that is never. */
  features = means->means[0];
  g_assert_cmpint (sk_class_means_nearest (means, 0, features), ==, 0);
  means->counts[0] = 0;
  g_assert_cmpint (sk_class_means_nearest (means, 0, features), >, 0);
  features[0] = NAN;
  g_assert_cmpint (sk_class_means_nearest (means, 0, features), ==, -1);
  lab_close (&lab);
}

/* --- the staircase ----------------------------------------------------------------- */

static void
progress_cb (double fraction, gpointer data) {
  double *told = data;

  g_assert_cmpfloat (fraction, >, *told);
  g_assert_cmpfloat (fraction, <=, 1);
  *told = fraction;
}

/* How many are right after @block, and of how many that is not clear. */
static int
slow_count (Lab *lab, int block, SkExitRule rule, const double *train,
            const double *test, int *n_close) {
  int channels = channels_of (lab, block), n_correct = 0;
  g_autofree double *means = slow_means (lab, train, channels);

  *n_close = 0;
  for (int i = 0; i < N_TEST; i++) {
    const double *features = test + i * channels;
    gboolean close;
    int said = rule == SK_EXIT_RULE_HEAD
                   ? slow_head (lab, features, channels, &close)
                   : slow_nearest (means, features, channels, &close);

    *n_close += close;
    n_correct += said == sk_dataset_label (lab->dataset, SK_SPLIT_TEST, i);
  }
  return n_correct;
}

static void
check_steps (Lab *lab, const SkExits *exits) {
  const SkPlan *plan = lab->net.plan;
  int last_stage = plan->blocks[plan->n_blocks - 1].stage;
  g_auto (Features) train = slow_features (lab, SK_SPLIT_TRAIN);
  g_auto (Features) test = slow_features (lab, SK_SPLIT_TEST);

  g_assert_cmpint (exits->n_steps, ==, plan->n_blocks);
  for (int b = 0; b < exits->n_steps; b++) {
    const SkExitStep *step = &exits->steps[b];
    SkExitRule rule =
        plan->blocks[b].stage == last_stage ? SK_EXIT_RULE_HEAD : SK_EXIT_RULE_MEANS;
    int n_close,
        expected = slow_count (lab, b, rule, train.of[b], test.of[b], &n_close);

    g_assert_cmpstr (step->block, ==, plan->blocks[b].name);
    g_assert_cmpint (step->stage, ==, plan->blocks[b].stage);
    g_assert_cmpint (step->rule, ==, rule);
    g_assert_cmpint (abs (step->n_correct - expected), <=, n_close);
  }
}

static void
test_staircase (gconstpointer net) {
  Lab lab;
  g_autoptr (GArray) plain = g_array_new (FALSE, FALSE, sizeof (SkVerdict));
  g_autoptr (GArray) verdicts = g_array_new (FALSE, FALSE, sizeof (SkVerdict));
  g_autoptr (SkExits) exits = NULL;
  g_autoptr (SkClassMeans) means = NULL;
  g_autoptr (GError) error = NULL;
  SkExitStudy study = { .split = SK_SPLIT_TEST, .progress = progress_cb };
  double told = 0;

  lab_open (&lab, net);
  study.network = lab.network;
  study.dataset = lab.dataset;
  study.transform = &lab.transform;
  study.data = &told;
  exits = sk_exit_study (&study, verdicts, &means, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (told, ==, 1);
  g_assert_cmpint (exits->images, ==, N_TEST);
  g_assert_cmpint (exits->classes, ==, CLASSES);
  g_assert_cmpint (exits->mean_images, ==, N_TRAIN);
  g_assert_cmpint (means->images, ==, N_TRAIN);

  /* The evaluation beside it is the plain one, and the last step its accuracy. */
  g_assert_true (sk_evaluate_pictures (lab.net.network, lab.dataset, SK_SPLIT_TEST,
                                       &lab.transform, plain, NULL, NULL, NULL,
                                       &error));
  g_assert_cmpmem (verdicts->data, verdicts->len * sizeof (SkVerdict), plain->data,
                   plain->len * sizeof (SkVerdict));
  g_assert_cmpfloat (
      sk_exits_accuracy (exits, exits->n_steps - 1), ==,
      sk_verdicts_mean ((const SkVerdict *) plain->data, plain->len).top1);
  check_steps (&lab, exits);
  lab_close (&lab);
}

/* A flat folder that is a test as a whole: only the head can be asked. */
static void
test_no_training_pictures (void) {
  gsize size;
  g_autofree guint8 *bmp = make_bmp (SIDE, SIDE, &size);
  g_autofree char *root = g_dir_make_tmp ("skipscope-test-XXXXXX", NULL);
  g_autofree char *spec = g_strconcat ("folder:", root, NULL);
  g_autoptr (GArray) verdicts = g_array_new (FALSE, FALSE, sizeof (SkVerdict));
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkExits) exits = NULL;
  g_autoptr (SkClassMeans) means = NULL;
  g_autoptr (GError) error = NULL;
  SkExitStudy study = { .split = SK_SPLIT_TEST };
  Lab lab;

  for (int i = 0; i < 6; i++) {
    g_autofree char *dir = g_strdup_printf ("%s/class%d", root, i % 2);
    g_autofree char *path = g_strdup_printf ("%s/%d.bmp", dir, i);

    memset (bmp + BMP_PIXELS, 40 * i, size - BMP_PIXELS);
    g_mkdir_with_parents (dir, 0700);
    g_assert_true (g_file_set_contents (path, (char *) bmp, (gssize) size, NULL));
  }
  dataset = sk_dataset_open_for_evaluation (spec, 0, NULL, &error);
  g_assert_no_error (error);
  lab_open (&lab, "resnet20");
  study.network = lab.network;
  study.dataset = dataset;
  study.transform = &lab.transform;
  exits = sk_exit_study (&study, verdicts, &means, &error);
  g_assert_no_error (error);
  g_assert_null (means);
  g_assert_cmpint (exits->mean_images, ==, 0);
  g_assert_cmpint (exits->n_steps, ==, 3);
  g_assert_cmpstr (exits->steps[0].block, ==, "layer3.0");
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (exits->steps[i].rule, ==, SK_EXIT_RULE_HEAD);
  g_assert_cmpint (exits->images, ==, 6);
  lab_close (&lab);
  remove_tree (root);
}

static void
stop_cb (double fraction, gpointer data) {
  if (fraction > 0.5)
    g_atomic_int_set ((gint *) data, TRUE);
}

static void
test_cancel (void) {
  gint cancel = TRUE;
  g_autoptr (GArray) verdicts = g_array_new (FALSE, FALSE, sizeof (SkVerdict));
  g_autoptr (SkClassMeans) means = NULL;
  SkExitStudy study = { .split = SK_SPLIT_TEST, .cancel = &cancel };
  Lab lab;

  lab_open (&lab, "resnet20");
  study.network = lab.network;
  study.dataset = lab.dataset;
  study.transform = &lab.transform;
  /* While means are taken, and while pictures are looked at. */
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sk_exit_study (&study, verdicts, &means, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_CANCELLED);
    g_assert_null (means);
    cancel = FALSE;
    study.progress = stop_cb;
    study.data = &cancel;
  }
  lab_close (&lab);
}

static void
test_ids (void) {
  g_assert_cmpstr (sk_exit_rule_id (SK_EXIT_RULE_MEANS), ==, "nearest-mean");
  g_assert_cmpstr (sk_exit_rule_id (SK_EXIT_RULE_HEAD), ==, "head");
  g_assert_cmpstr (sk_exit_rule_id (SK_EXIT_RULE_SKIPS), ==, "skips");
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++) {
    g_autofree char *pixels = g_strconcat ("/exits/block-means/", nets[i], NULL);
    g_autofree char *means = g_strconcat ("/exits/class-means/", nets[i], NULL);
    g_autofree char *stairs = g_strconcat ("/exits/staircase/", nets[i], NULL);

    g_test_add_data_func (pixels, nets[i], test_block_means);
    g_test_add_data_func (means, nets[i], test_class_means);
    g_test_add_data_func (stairs, nets[i], test_staircase);
  }
  g_test_add_func ("/exits/no-training-pictures", test_no_training_pictures);
  g_test_add_func ("/exits/cancel", test_cancel);
  g_test_add_func ("/exits/ids", test_ids);
  return g_test_run ();
}
