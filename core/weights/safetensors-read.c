/* Reading safetensors. The header is believed only after every rule of the format held:
 * it would otherwise be an instruction to read anywhere. */

#include "safetensors.h"

#include <string.h>

#include "errors.h"
#include "json.h"
#include "metadata.h"

typedef struct {
  guint64 begin, end;
  const char *name;
} Range;

static gboolean
read_integer (JsonNode *node, gint64 *value) {
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return *value >= 0;
}

static JsonArray *
member_array (JsonObject *object, const char *name) {
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                      : NULL;
}

static gboolean
read_shape (SkTensor *tensor, JsonArray *shape, GError **error) {
  gint64 count = 1;
  gboolean empty = FALSE;
  guint n = json_array_get_length (shape);

  if (n > SK_TENSOR_MAX_DIMS)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "“%s” has %u dimensions; up to %d are read", tensor->name, n,
                      SK_TENSOR_MAX_DIMS);
  tensor->n_dims = (int) n;
  for (guint i = 0; i < n; i++) {
    if (!read_integer (json_array_get_element (shape, i), &tensor->shape[i]))
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "the shape of “%s” is not a list of sizes", tensor->name);
    empty |= tensor->shape[i] == 0;
  }
  for (guint i = n; i-- > 0;) {
    tensor->stride[i] = empty ? 0 : count;
    if (!empty && __builtin_mul_overflow (count, tensor->shape[i], &count))
      return sk_refuse (error, SK_ERROR_FORMAT, "the shape of “%s” is too large",
                        tensor->name);
  }
  tensor->count = empty ? 0 : (gsize) count;
  return TRUE;
}

static gboolean
read_tensor (SkTensor *tensor, JsonNode *node, const guint8 *data, guint64 size,
             Range *range, GError **error) {
  JsonObject *object;
  JsonNode *dtype;
  JsonArray *shape, *offsets;
  gint64 begin, end, bytes;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return sk_refuse (error, SK_ERROR_FORMAT, "“%s” does not describe a tensor",
                      tensor->name);
  object = json_node_get_object (node);
  dtype = json_object_get_member (object, "dtype");
  shape = member_array (object, "shape");
  offsets = member_array (object, "data_offsets");
  if (dtype == NULL || !JSON_NODE_HOLDS_VALUE (dtype) ||
      json_node_get_string (dtype) == NULL || shape == NULL || offsets == NULL ||
      json_array_get_length (offsets) != 2)
    return sk_refuse (error, SK_ERROR_FORMAT, "“%s” lacks dtype, shape or data_offsets",
                      tensor->name);
  if (!sk_dtype_from_name (json_node_get_string (dtype), &tensor->dtype))
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "“%s” is of type %.40s, which is not read; convert it to F32",
                      tensor->name, json_node_get_string (dtype));
  if (!read_shape (tensor, shape, error))
    return FALSE;
  if (!read_integer (json_array_get_element (offsets, 0), &begin) ||
      !read_integer (json_array_get_element (offsets, 1), &end) || begin > end ||
      (guint64) end > size)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "“%s” lies outside the file's %" G_GUINT64_FORMAT " bytes",
                      tensor->name, size);
  if (__builtin_mul_overflow ((gint64) tensor->count,
                              (gint64) sk_dtype_size (tensor->dtype), &bytes) ||
      bytes != end - begin)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "“%s” has another size than its shape and type say",
                      tensor->name);
  tensor->data = data + begin;
  *range = (Range){ (guint64) begin, (guint64) end, tensor->name };
  return TRUE;
}

static gboolean
read_metadata (SkTensorFile *file, JsonNode *node, GError **error) {
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return sk_refuse (error, SK_ERROR_FORMAT, "__metadata__ is not an object");
  return sk_metadata_take (file->metadata, json_node_get_object (node), error);
}

static int
compare_ranges (gconstpointer a, gconstpointer b) {
  const Range *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

/* No hole, no overlap, nothing after the last. */
static gboolean
check_tiling (GArray *ranges, guint64 size, GError **error) {
  guint64 at = 0;

  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++) {
    const Range *range = &g_array_index (ranges, Range, i);

    if (range->begin != at)
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "“%s” begins at byte %" G_GUINT64_FORMAT
                        " of the data, %s %" G_GUINT64_FORMAT,
                        range->name, range->begin,
                        range->begin > at ? "a hole follows" : "but another ends at",
                        at);
    at = range->end;
  }
  if (at != size)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "the tensors end at byte %" G_GUINT64_FORMAT
                      " of the data, the file holds %" G_GUINT64_FORMAT,
                      at, size);
  return TRUE;
}

static gboolean
read_entries (SkTensorFile *file, JsonObject *root, const guint8 *data, guint64 size,
              GError **error) {
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, root);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    Range range;

    if (strcmp (name, "__metadata__") == 0) {
      if (!read_metadata (file, node, error))
        return FALSE;
      continue;
    }
    if (!read_tensor (sk_tensor_file_add (file, name), node, data, size, &range, error))
      return FALSE;
    g_array_append_val (ranges, range);
  }
  return check_tiling (ranges, size, error);
}

static gboolean
parse_header (SkTensorFile *file, const char *header, gsize length, const guint8 *data,
              guint64 size, GError **error) {
  g_autoptr (JsonNode) root = NULL;

  if (length == 0 || header[0] != '{')
    return sk_refuse (error, SK_ERROR_FORMAT, "its header does not begin with “{”");
  /* The file, a tensor, its shape. */
  root = sk_json_parse (header, length, 3, error);
  if (root == NULL) {
    g_prefix_error (error, "its header is ");
    return FALSE;
  }
  if (!JSON_NODE_HOLDS_OBJECT (root))
    return sk_refuse (error, SK_ERROR_FORMAT, "its header is not a JSON object");
  return read_entries (file, json_node_get_object (root), data, size, error);
}

static SkTensorFile *
parse (GBytes *bytes, GError **error) {
  g_autoptr (SkTensorFile) file = sk_tensor_file_new ("safetensors");
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint64 length;

  if (size < 8) {
    sk_refuse (error, SK_ERROR_FORMAT, "it is %" G_GSIZE_FORMAT " bytes long", size);
    return NULL;
  }
  memcpy (&length, data, 8);
  length = GUINT64_FROM_LE (length);
  if (length > SK_SAFETENSORS_MAX_HEADER || length > size - 8) {
    sk_refuse (error, SK_ERROR_FORMAT,
               "its header would be %" G_GUINT64_FORMAT " bytes long, the file has "
               "%" G_GSIZE_FORMAT,
               length, size);
    return NULL;
  }
  g_ptr_array_add (file->buffers, g_bytes_ref (bytes));
  if (!parse_header (file, (const char *) data + 8, (gsize) length, data + 8 + length,
                     size - 8 - length, error))
    return NULL;
  return g_steal_pointer (&file);
}

SkTensorFile *
sk_safetensors_parse (GBytes *bytes, GError **error) {
  g_autoptr (GError) problem = NULL;
  SkTensorFile *file = parse (bytes, &problem);

  if (file != NULL)
    return file;
  if (g_error_matches (problem, SK_ERROR, SK_ERROR_FORMAT))
    g_prefix_error (&problem, "not a valid safetensors file: ");
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
