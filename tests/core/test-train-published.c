/* The public CIFAR-10 weights are right about as many pictures as PyTorch is. */

#include <math.h>

#include "evaluate.h"
#include "file-fixture.h"
#include "weights.h"

/* A few pictures lie so near a border that another order of the sums decides. */
#define WITHIN 3

static const struct {
  const char *file;
  int right; /* PyTorch's count, of 10,000 */
} cases[] = {
  { "resnet20-cifar10.safetensors", 9173 },
  { "resnet20-cifar10-zip.pth", 9173 },
  { "resnet20-12fca82f.th", 9173 },
  { "resnet32-d509ac18.th", 9263 },
};

typedef struct {
  SkDataset *dataset; /* (nullable): opened once, as unpacking it takes its time */
  char *folder; /* of the weights */
} Shared;

static Shared shared;

static void
open_shared (void) {
  g_autofree char *archive = shared_path ("cifar-10-binary.tar.xz");
  g_autofree char *spec = g_strconcat ("cifar10:", archive, NULL);
  g_autoptr (GError) error = NULL;

  shared.folder = shared_path ("weights");
  if (!g_file_test (archive, G_FILE_TEST_EXISTS))
    return;
  shared.dataset = sk_dataset_open (spec, 0, NULL, &error);
  g_assert_no_error (error);
}

static void
test_right (gconstpointer data) {
  gsize index = GPOINTER_TO_SIZE (data);
  g_autofree char *weights = g_build_filename (shared.folder, cases[index].file, NULL);
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkParameters) parameters = NULL;
  g_autoptr (SkNetwork) network = NULL;
  g_autoptr (SkPool) pool = sk_pool_new (0, 0);
  g_autoptr (GError) error = NULL;
  SkTransform transform = sk_transform_default (32);
  SkEvaluation result;
  SkWeightsInfo info;

  if (shared.dataset == NULL || !g_file_test (weights, G_FILE_TEST_EXISTS)) {
    g_test_skip ("needs shared/data/weights/ and shared/data/cifar-10-binary.tar.xz");
    return;
  }
  g_assert_true (sk_weights_inspect (weights, NULL, &info, &error));
  for (int i = 0; i < 3; i++) {
    transform.mean[i] = info.mean[i];
    transform.std[i] = info.std[i];
  }
  plan = sk_plan_new (&info.variant, 100, 0, 0, info.classes, &error);
  parameters = sk_parameters_new (plan, &error);
  g_assert_true (
      sk_weights_load (weights, plan, parameters, SK_FIT_WHOLE, NULL, &error));
  network = sk_network_new (plan, parameters, 0, pool, &error);
  g_assert_no_error (error);
  g_assert_true (sk_evaluate (network, shared.dataset, SK_SPLIT_TEST, &transform,
                              &result, NULL, &error));
  g_test_message ("%s: %.0f of %d right, top 5 %.4f, loss %.4f", cases[index].file,
                  result.top1 * result.images, result.images, result.top5, result.loss);
  g_assert_cmpint (result.images, ==, 10000);
  g_assert_cmpfloat (fabs (result.top1 * 10000 - cases[index].right), <=, WITHIN + 0.5);
  sk_weights_info_clear (&info);
}

int
main (int argc, char **argv) {
  int status;

  g_test_init (&argc, &argv, NULL);
  open_shared ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/published/", cases[i].file, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_right);
  }
  status = g_test_run ();
  g_clear_pointer (&shared.dataset, sk_dataset_unref);
  g_free (shared.folder);
  return status;
}
