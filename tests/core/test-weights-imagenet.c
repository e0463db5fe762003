/* Real networks against PyTorch's logits: every container, both block kinds, other sizes
 * than the usual one. */

#include <math.h>

#include "file-fixture.h"
#include "network.h"
#include "weights.h"

/* The largest error against the largest logit; float32 in another order of sums, and
 * Winograd's transforms, stay well below it. */
#define TOLERANCE 1e-4

/* The README's picture: element i in (N,C,H,W) order, from a multiplicative hash. */
static float *
synthetic_pictures (int n, int h, int w) {
  float *images = g_new (float, (gsize) n *h *w * 3);

  for (guint64 i = 0; i < (guint64) n * h * w * 3; i++) {
    guint64 x = i % w, y = i / w % h, c = i / w / h % 3, picture = i / w / h / 3;
    double value = (double) (i * 2654435761u % ((guint64) 1 << 32)) / 4294967296.0;

    images[((picture * h + y) * w + x) * 3 + c] = (float) (value * 4 - 2);
  }
  return images;
}

/* Relative to the largest logit. */
static double
worst_error (const SkTensorFile *file, const char *net, const SkTensor *reference,
             int h, int w) {
  int n = (int) reference->shape[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (SkPool) pool = sk_pool_new (2, 0);
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkParameters) parameters = NULL;
  g_autoptr (SkNetwork) network = NULL;
  g_autofree float *images = synthetic_pictures (n, h, w);
  g_autofree float *want = g_new (float, reference->count);
  const float *logits;
  SkWeightsInfo info;
  double worst = 0, largest = 0;

  g_assert_true (sk_weights_inspect_file (file, NULL, &info, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (info.variant.name, ==, net);
  plan = sk_plan_new (&info.variant, n, h, w, info.classes, &error);
  g_assert_no_error (error);
  parameters = sk_parameters_new (plan, &error);
  g_assert_true (sk_weights_load_file (file, plan, parameters, FALSE, NULL, &error));
  network = sk_network_new (plan, parameters, 0, pool, &error);
  g_assert_no_error (error);
  logits = sk_network_forward (network, images, n, FALSE);
  sk_tensor_to_floats (reference, want);
  for (gsize i = 0; i < reference->count; i++) {
    worst = MAX (worst, fabs ((double) logits[i] - (double) want[i]));
    largest = MAX (largest, fabs ((double) want[i]));
  }
  sk_weights_info_clear (&info);
  return worst / largest;
}

static const struct {
  const char *file, *net, *logits;
  int h, w;
} cases[] = {
  { "resnet20-12fca82f.th", "resnet20", "cifar.resnet20.logits", 32, 32 },
  { "resnet20-cifar10-zip.pth", "resnet20", "cifar.resnet20.logits", 32, 32 },
  { "resnet20-cifar10.safetensors", "resnet20", "cifar.resnet20.logits", 32, 32 },
  { "resnet32-d509ac18.th", "resnet32", "cifar.resnet32.logits", 32, 32 },
  { "resnet18-imagenet.safetensors.xz", "resnet18", "imagenet.resnet18.logits", 224,
    224 },
  { "resnet18-imagenet-f32.pth.xz", "resnet18", "imagenet.resnet18.logits.192x160", 192,
    160 },
  { "resnet50-imagenet.safetensors.xz", "resnet50", "imagenet.resnet50.logits", 224,
    224 },
};

static void
test_logits (gconstpointer data) {
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *folder = shared_path ("weights");
  g_autofree char *path = g_build_filename (folder, cases[i].file, NULL);
  g_autofree char *reference_path =
      g_build_filename (folder, "reference-logits.safetensors", NULL);
  g_autoptr (SkTensorFile) reference = NULL, file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const SkTensor *logits;
  double worst;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("needs shared/data/weights/");
    return;
  }
  reference = sk_tensor_file_read (reference_path, &error);
  g_assert_no_error (error);
  bytes = unpack_xz (path);
  file = sk_tensor_file_parse (bytes, &error);
  g_assert_no_error (error);
  logits = sk_tensor_file_find (reference, cases[i].logits);
  g_assert_nonnull (logits);
  worst = worst_error (file, cases[i].net, logits, cases[i].h, cases[i].w);
  g_test_message ("%s (%s): %.2g", cases[i].file, file->container, worst);
  g_assert_cmpfloat (worst, <, TOLERANCE);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/imagenet/", cases[i].file, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_logits);
  }
  return g_test_run ();
}
