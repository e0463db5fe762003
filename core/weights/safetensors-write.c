/* Writing safetensors. */

#include "safetensors.h"

#include <string.h>

#include "errors.h"
#include "files.h"
#include "json.h"

static gsize
element_count (const SkTensorToWrite *tensor) {
  gsize count = 1;

  for (int i = 0; i < tensor->n_dims; i++)
    count *= (gsize) tensor->shape[i];
  return count;
}

static gsize
byte_count (const SkTensorToWrite *tensor) {
  return element_count (tensor) * sk_dtype_size (tensor->dtype);
}

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

static void
append_metadata (GString *text, GHashTable *metadata) {
  g_autoptr (GList) keys = g_hash_table_get_keys (metadata);

  keys = g_list_sort (keys, (GCompareFunc) strcmp);
  g_string_append (text, "\"__metadata__\":{");
  for (GList *l = keys; l != NULL; l = l->next) {
    sk_json_append_string (text, l->data);
    g_string_append_c (text, ':');
    sk_json_append_string (text, g_hash_table_lookup (metadata, l->data));
    if (l->next != NULL)
      g_string_append_c (text, ',');
  }
  g_string_append_c (text, '}');
}

static GString *
build_header (GPtrArray *order, GHashTable *metadata) {
  GString *text = g_string_new ("{");
  guint64 at = 0;

  if (metadata != NULL && g_hash_table_size (metadata) > 0)
    append_metadata (text, metadata);
  for (guint i = 0; i < order->len; i++) {
    const SkTensorToWrite *tensor = order->pdata[i];
    guint64 end = at + byte_count (tensor);

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

/* Rounded to the nearest, ties to even; what is too large becomes infinite. */
static guint16
half_from_float (float value) {
  guint32 bits, sign, magnitude;
  guint32 dropped, half, rest;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000;
  magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return (guint16) (sign | 0x7e00);
  if (magnitude >= 0x47800000)
    return (guint16) (sign | 0x7c00);
  if (magnitude < 0x33000000)
    return (guint16) sign;
  if (magnitude < 0x38800000) { /* subnormal as half */
    guint32 shift = 126 - (magnitude >> 23);
    guint32 fraction = (magnitude & 0x7fffff) | 0x800000;

    half = fraction >> shift;
    rest = fraction & ((1u << shift) - 1);
    dropped = 1u << (shift - 1);
  } else {
    half = (magnitude - 0x38000000) >> 13;
    rest = magnitude & 0x1fff;
    dropped = 0x1000;
  }
  if (rest > dropped || (rest == dropped && (half & 1) != 0))
    half++;
  return (guint16) (sign | half);
}

static gboolean
write_halves (SkOutput *output, const float *data, gsize count, GError **error) {
  guint16 buffer[4096];

  for (gsize i = 0; i < count;) {
    gsize n = MIN (count - i, G_N_ELEMENTS (buffer));

    for (gsize j = 0; j < n; j++)
      buffer[j] = GUINT16_TO_LE (half_from_float (data[i + j]));
    if (!sk_output_write (output, buffer, n * sizeof *buffer, error))
      return FALSE;
    i += n;
  }
  return TRUE;
}

/* Bytes of each element turned around, for machines that keep the high one first. */
static gboolean
write_swapped (SkOutput *output, const guint8 *data, gsize count, gsize size,
               GError **error) {
  for (gsize i = 0; i < count; i++) {
    guint8 element[8];

    for (gsize b = 0; b < size; b++)
      element[b] = data[i * size + size - 1 - b];
    if (!sk_output_write (output, element, size, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_data (SkOutput *output, const SkTensorToWrite *tensor, GError **error) {
  gsize count = element_count (tensor);

  if (tensor->dtype == SK_DTYPE_F16)
    return write_halves (output, tensor->data, count, error);
  if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
    return write_swapped (output, tensor->data, count, sk_dtype_size (tensor->dtype),
                          error);
  return sk_output_write (output, tensor->data, byte_count (tensor), error);
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
