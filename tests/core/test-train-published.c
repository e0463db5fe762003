/* The public CIFAR-10 weights are right about as many pictures as PyTorch is. */

#include <math.h>

#include "evaluate.h"
#include "weights.h"

/* PyTorch's count; a few pictures lie so near a border that another order of the sums
 * decides. */
#define PYTORCH_RIGHT 9173
#define WITHIN 3

static void
test_resnet20 (void) {
  const char *given = g_getenv ("SKIPSCOPE_SHARED");
  const char *shared = given != NULL ? given : "../shared";
  g_autofree char *weights =
      g_build_filename (shared, "data/weights/resnet20-cifar10.safetensors", NULL);
  g_autofree char *archive =
      g_build_filename (shared, "data/cifar-10-binary.tar.xz", NULL);
  g_autofree char *spec = g_strconcat ("cifar10:", archive, NULL);
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkParameters) parameters = NULL;
  g_autoptr (SkNetwork) network = NULL;
  g_autoptr (SkPool) pool = sk_pool_new (0, 0);
  g_autoptr (GError) error = NULL;
  SkTransform transform = sk_transform_default (32);
  SkEvaluation result;
  SkWeightsInfo info;

  if (!g_file_test (weights, G_FILE_TEST_EXISTS) ||
      !g_file_test (archive, G_FILE_TEST_EXISTS)) {
    g_test_skip ("needs shared/data/weights/ and shared/data/cifar-10-binary.tar.xz");
    return;
  }
  g_assert_true (sk_weights_inspect (weights, NULL, &info, &error));
  for (int i = 0; i < 3; i++) {
    transform.mean[i] = info.mean[i];
    transform.std[i] = info.std[i];
  }
  dataset = sk_dataset_open (spec, 0, NULL, &error);
  g_assert_no_error (error);
  plan = sk_plan_new (&info.variant, 100, 0, 0, info.classes, &error);
  parameters = sk_parameters_new (plan, &error);
  g_assert_true (sk_weights_load (weights, plan, parameters, FALSE, NULL, &error));
  network = sk_network_new (plan, parameters, 0, pool, &error);
  g_assert_no_error (error);
  g_assert_true (
      sk_evaluate (network, dataset, SK_SPLIT_TEST, &transform, &result, NULL, &error));
  g_test_message ("%.0f of %d right, top 5 %.4f, loss %.4f",
                  result.top1 * result.images, result.images, result.top5, result.loss);
  g_assert_cmpint (result.images, ==, 10000);
  g_assert_cmpfloat (fabs (result.top1 * 10000 - PYTORCH_RIGHT), <=, WITHIN + 0.5);
  sk_weights_info_clear (&info);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/published/resnet20", test_resnet20);
  return g_test_run ();
}
