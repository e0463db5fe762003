/* The config.json that timm writes beside its weights: its "pretrained_cfg" says how
 * pictures are prepared. */

#include "origin.h"

#include <math.h>
#include <string.h>

#include "files.h"
#include "json.h"

#define MAX_CONFIG ((guint64) 1 << 20)
#define MAX_SIDE 4096

static double
read_number (JsonObject *object, const char *name) {
  JsonNode *node = json_object_get_member (object, name);
  GType type;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NAN;
  type = json_node_get_value_type (node);
  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double (node)
                                                       : NAN;
}

/* Three finite numbers. */
static gboolean
read_triple (JsonObject *object, const char *name, double out[3]) {
  JsonNode *node = json_object_get_member (object, name);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  if (json_array_get_length (array) != 3)
    return FALSE;
  for (guint i = 0; i < 3; i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_VALUE (element) ||
        (json_node_get_value_type (element) != G_TYPE_DOUBLE &&
         json_node_get_value_type (element) != G_TYPE_INT64))
      return FALSE;
    out[i] = json_node_get_double (element);
    if (!isfinite (out[i]))
      return FALSE;
  }
  return TRUE;
}

/* The size and crop that the weights are tested with, which may be larger than those they
 * were trained with. */
static gboolean
read_size (JsonObject *config, SkWeightsInfo *info) {
  double size[3], crop = read_number (config, "test_crop_pct");

  if (!read_triple (config, "test_input_size", size) &&
      !read_triple (config, "input_size", size))
    return FALSE;
  if (isnan (crop))
    crop = read_number (config, "crop_pct");
  if (size[1] != size[2] || size[1] < 1 || size[1] > MAX_SIDE ||
      size[1] != rint (size[1]) || !(crop > 0.1 && crop <= 1))
    return FALSE;
  info->side = (int) size[1];
  info->resize = (int) floor (size[1] / crop);
  return TRUE;
}

static void
read_config (JsonObject *config, SkWeightsInfo *info) {
  const char *interpolation = NULL;
  JsonNode *node = json_object_get_member (config, "interpolation");
  double mean[3], std[3];

  if (!read_triple (config, "mean", mean) || !read_triple (config, "std", std) ||
      std[0] <= 0 || std[1] <= 0 || std[2] <= 0 || !read_size (config, info))
    return;
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
    interpolation = json_node_get_string (node);
  for (int i = 0; i < 3; i++) {
    info->mean[i] = (float) mean[i];
    info->std[i] = (float) std[i];
  }
  info->has_normalisation = TRUE;
  info->bicubic = g_strcmp0 (interpolation, "bicubic") == 0;
  info->transform_why = g_strdup ("config.json beside the file says so");
}

void
sk_origin_read_config (const char *path, SkWeightsInfo *info) {
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *beside = g_build_filename (folder, "config.json", NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) root = NULL;
  JsonNode *config;
  gsize size;
  const char *text;

  if (info->transform_why != NULL || !g_file_test (beside, G_FILE_TEST_IS_REGULAR))
    return;
  bytes = sk_file_load (beside, MAX_CONFIG, NULL);
  if (bytes == NULL)
    return;
  text = g_bytes_get_data (bytes, &size);
  root = sk_json_parse (text, size, 16, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  config = json_object_get_member (json_node_get_object (root), "pretrained_cfg");
  if (config != NULL && JSON_NODE_HOLDS_OBJECT (config))
    read_config (json_node_get_object (config), info);
}
