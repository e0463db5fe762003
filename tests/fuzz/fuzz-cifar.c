/* Any bytes as an archive of CIFAR. */

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dataset.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_open (const char *kind, int file) {
  g_autofree char *spec = g_strdup_printf ("%s:/proc/self/fd/%d", kind, file);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) set = sk_dataset_open (spec, 1, NULL, &error);

  g_assert ((set == NULL) == (error != NULL));
  for (int split = 0; set && split < 2; split++)
    for (int i = 0; i < sk_dataset_count (set, (SkSplit) split); i++) {
      int label = sk_dataset_label (set, (SkSplit) split, i);
      SkImage image;

      g_assert (label >= 0 && label < sk_dataset_classes (set));
      g_assert (sk_dataset_read (set, (SkSplit) split, i, &image, NULL));
      sk_image_clear (&image);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  int file = memfd_create ("cifar", MFD_CLOEXEC);

  g_assert (file >= 0);
  if (write (file, data, size) == (ssize_t) size) {
    try_open ("cifar10", file);
    try_open ("cifar100", file);
  }
  close (file);
  return 0;
}
