/* The real CIFAR-10: its counts, and the mean that everybody publishes. */

#include "dataset.h"
#include "file-fixture.h"

static void
test_cifar10_real (void) {
  g_autofree char *path = shared_path ("cifar-10-binary.tar.xz");
  g_autofree char *spec = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) set = NULL;
  double sum[3] = { 0 };
  int n[10] = { 0 };

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("needs shared/data/cifar-10-binary.tar.xz");
    return;
  }
  spec = g_strconcat ("cifar10:", path, NULL);
  set = sk_dataset_open (spec, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), ==, 50000);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TEST), ==, 10000);
  for (int i = 0; i < 50000; i++) {
    SkImage image;

    n[sk_dataset_label (set, SK_SPLIT_TRAIN, i)]++;
    g_assert_true (sk_dataset_read (set, SK_SPLIT_TRAIN, i, &image, NULL));
    for (int k = 0; k < 3072; k++)
      sum[k % 3] += image.pixels[k];
    sk_image_clear (&image);
  }
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (n[i], ==, 5000);
  g_assert_cmpfloat_with_epsilon (sum[0] / 255 / 50000 / 1024, 0.4914, 1e-4);
  g_assert_cmpfloat_with_epsilon (sum[1] / 255 / 50000 / 1024, 0.4822, 1e-4);
  g_assert_cmpfloat_with_epsilon (sum[2] / 255 / 50000 / 1024, 0.4465, 1e-4);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sets/cifar10/real", test_cifar10_real);
  return g_test_run ();
}
