/* Writing safetensors. */

#include "safetensors.h"

#include <string.h>

#include "errors.h"
#include "files.h"
#include "json.h"
#include "metadata.h"

/* Wide types first, so that each tensor is aligned to its elements. */
static int
compare_tensors (gconstpointer a, gconstpointer b) {
  const SkTensorToWrite *x = *(const SkTensorToWrite *const *) a;
  const SkTensorToWrite *y = *(const SkTensorToWrite *const *) b;
  gsize x_size = sk_dtype_size (x->dtype), y_size = sk_dtype_size (y->dtype);

  if (x_size != y_size)
    return x_size > y_size ? -1 : 1;
  return strcmp (x->name, y->name);
}

static GString *
build_header (GPtrArray *order, GHashTable *metadata) {
  GString *text = g_string_new ("{");
  guint64 at = 0;

  if (metadata != NULL && g_hash_table_size (metadata) > 0) {
    g_string_append (text, "\"__metadata__\":");
    sk_metadata_append (text, metadata);
  }
  for (guint i = 0; i < order->len; i++) {
    const SkTensorToWrite *tensor = order->pdata[i];
    guint64 end = at + sk_tensor_to_write_size (tensor);

    if (text->len > 1)
      g_string_append_c (text, ',');
    sk_json_append_string (text, tensor->name);
    g_string_append_printf (text, ":{\"dtype\":\"%s\",\"shape\":[",
                            sk_dtype_name (tensor->dtype));
    for (int d = 0; d < tensor->n_dims; d++)
      g_string_append_printf (text, "%s%" G_GINT64_FORMAT, d > 0 ? "," : "",
                              tensor->shape[d]);
    g_string_append_printf (
        text, "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}", at,
        end);
    at = end;
  }
  g_string_append_c (text, '}');
  while (text->len % 8 != 0)
    g_string_append_c (text, ' ');
  return text;
}

static gboolean
write_data (SkOutput *output, const SkTensorToWrite *tensor, GError **error) {
  gsize size = sk_tensor_to_write_size (tensor);
  g_autofree guint8 *bytes = NULL;

  if (tensor->raw || (tensor->dtype != SK_DTYPE_F16 && G_BYTE_ORDER == G_LITTLE_ENDIAN))
    return sk_output_write (output, tensor->data, size, error);
  bytes = g_malloc (MAX (size, 1));
  sk_tensor_to_write_bytes (tensor, bytes);
  return sk_output_write (output, bytes, size, error);
}

gboolean
sk_safetensors_write (const char *path, const SkTensorToWrite *tensors, int n_tensors,
                      GHashTable *metadata, GError **error) {
  g_autoptr (SkOutput) output = sk_output_new (path, error);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GString) header = NULL;
  guint64 length;

  if (output == NULL)
    return FALSE;
  for (int i = 0; i < n_tensors; i++)
    g_ptr_array_add (order, (gpointer) &tensors[i]);
  g_ptr_array_sort (order, compare_tensors);
  header = build_header (order, metadata);
  length = GUINT64_TO_LE ((guint64) header->len);
  if (!sk_output_write (output, &length, sizeof length, error) ||
      !sk_output_write (output, header->str, header->len, error))
    return FALSE;
  for (guint i = 0; i < order->len; i++)
    if (!write_data (output, order->pdata[i], error))
      return FALSE;
  return sk_output_commit (output, error);
}
