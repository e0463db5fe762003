/* Weight files of one container, READER's: any bytes either become tensors that lie within
 * them, or are refused with a reason; and what was read maps onto a network, or is refused.
 * meson.build makes a program of this for every reader. */

#include <stddef.h>
#include <stdint.h>

#include "pytorch-private.h"
#include "safetensors.h"
#include "weights.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Every element of every tensor is reached, so that the sanitizers see bad bounds. Views
 * may show few bytes as many elements: those beyond a limit are left alone. */
static void
read_tensors (const SkTensorFile *file) {
  const gsize limit = 1 << 20;

  for (guint i = 0; i < file->tensors->len; i++) {
    const SkTensor *tensor = g_ptr_array_index (file->tensors, i);
    g_autofree float *values = NULL;
    g_autofree guint8 *bytes = NULL;

    if (tensor->count > limit)
      continue;
    values = g_new (float, MAX (tensor->count, 1));
    sk_tensor_to_floats (tensor, values);
    bytes = g_malloc (MAX (tensor->count, 1) * sk_dtype_size (tensor->dtype));
    sk_tensor_to_bytes (tensor, bytes);
  }
}

static void
map_tensors (const SkTensorFile *file) {
  SkWeightsInfo info = { 0 };
  g_autoptr (SkPlan) plan = NULL;

  if (sk_weights_inspect_file (file, NULL, &info, NULL))
    plan = sk_plan_new (&info.variant, 1, 0, 0, info.classes, NULL);
  for (int fit = SK_FIT_WHOLE; plan != NULL && fit <= SK_FIT_PARTS; fit++) {
    g_autoptr (GPtrArray) rows = sk_weights_map (file, plan, (SkFit) fit, NULL);

    g_assert (rows == NULL || rows->len >= (guint) plan->n_parameters);
  }
  sk_weights_info_clear (&info);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = READER (bytes, &error);

  g_assert ((file == NULL) == (error != NULL));
  if (file != NULL) {
    read_tensors (file);
    map_tensors (file);
  }
  return 0;
}
