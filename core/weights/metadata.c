/* Metadata of a weight file, both ways. */

#include "metadata.h"

#include <math.h>
#include <string.h>

#include "errors.h"
#include "json.h"

/* Class names longer than this are somebody's joke. */
#define MAX_CLASSES 100000

/* Why pictures are prepared in a way that the file says. */
#define STORED "stored with the weights"

static gboolean
read_triple (const char *text, float *out) {
  g_auto (GStrv) parts = text != NULL ? g_strsplit (text, ",", 4) : NULL;
  float values[3];

  if (parts == NULL || g_strv_length (parts) != 3)
    return FALSE;
  for (int i = 0; i < 3; i++) {
    char *end;

    values[i] = (float) g_ascii_strtod (parts[i], &end);
    if (end == parts[i] || *end != '\0' || !isfinite (values[i]))
      return FALSE;
  }
  for (int i = 0; i < 3; i++)
    out[i] = values[i];
  return TRUE;
}

static int
read_size (const char *text) {
  guint64 value = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, 4096, &value, NULL))
    return 0;
  return (int) value;
}

static char **
read_class_names (const char *text) {
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GPtrArray) names = NULL;
  JsonArray *array;

  if (text == NULL)
    return NULL;
  node = sk_json_parse (text, strlen (text), 1, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  array = json_node_get_array (node);
  if (json_array_get_length (array) == 0 || json_array_get_length (array) > MAX_CLASSES)
    return NULL;
  names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    const char *name =
        JSON_NODE_HOLDS_VALUE (element) ? json_node_get_string (element) : NULL;

    if (name == NULL)
      return NULL;
    g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* Where the transform was known from when it was stored; trainings of our own say nothing
 * more. */
static char *
read_why (const char *text) {
  const gsize most = 300;

  if (text == NULL || text[0] == '\0' || strlen (text) > most)
    return g_strdup (STORED);
  return g_strdup (text);
}

void
sk_metadata_read (GHashTable *metadata, SkWeightsInfo *info) {
  float mean[3], std[3];
  const char *net = g_hash_table_lookup (metadata, "net");

  if (net != NULL && info->net == NULL)
    info->net = g_strdup (net);
  if (read_triple (g_hash_table_lookup (metadata, "mean"), mean) &&
      read_triple (g_hash_table_lookup (metadata, "std"), std) && std[0] > 0 &&
      std[1] > 0 && std[2] > 0) {
    info->has_normalisation = TRUE;
    info->transform_why = read_why (g_hash_table_lookup (metadata, "transform_why"));
    for (int i = 0; i < 3; i++) {
      info->mean[i] = mean[i];
      info->std[i] = std[i];
    }
  }
  info->side = read_size (g_hash_table_lookup (metadata, "side"));
  info->resize = read_size (g_hash_table_lookup (metadata, "resize"));
  info->bicubic = g_strcmp0 (g_hash_table_lookup (metadata, "filter"), "bicubic") == 0;
  info->origin = g_strdup (g_hash_table_lookup (metadata, "origin"));
  info->class_names = read_class_names (g_hash_table_lookup (metadata, "class_names"));
}

static char *
write_triple (const float *values) {
  GString *text = g_string_new (NULL);

  for (int i = 0; i < 3; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    sk_json_append_float (text, values[i]);
  }
  return g_string_free (text, FALSE);
}

static char *
write_class_names (char **names) {
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (char **name = names; *name != NULL; name++)
    json_array_add_string_element (array, *name);
  json_node_take_array (node, array);
  return json_to_string (node, FALSE);
}

static void
put (GHashTable *metadata, const char *key, char *value) {
  g_hash_table_insert (metadata, g_strdup (key), value);
}

GHashTable *
sk_metadata_build (const SkWeightsInfo *info, const char *net) {
  GHashTable *metadata =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  put (metadata, SK_METADATA_FORMAT, g_strdup ("pt"));
  if (net != NULL)
    put (metadata, "net", g_strdup (net));
  if (info == NULL)
    return metadata;
  if (info->has_normalisation) {
    put (metadata, "mean", write_triple (info->mean));
    put (metadata, "std", write_triple (info->std));
    if (info->transform_why != NULL && strcmp (info->transform_why, STORED) != 0)
      put (metadata, "transform_why", g_strdup (info->transform_why));
  }
  if (info->side > 0)
    put (metadata, "side", g_strdup_printf ("%d", info->side));
  if (info->resize > 0)
    put (metadata, "resize", g_strdup_printf ("%d", info->resize));
  if (info->bicubic)
    put (metadata, "filter", g_strdup ("bicubic"));
  if (info->origin != NULL)
    put (metadata, "origin", g_strdup (info->origin));
  if (info->class_names != NULL)
    put (metadata, "class_names", write_class_names (info->class_names));
  return metadata;
}

void
sk_metadata_append (GString *text, GHashTable *metadata) {
  g_autoptr (GList) keys =
      g_list_sort (g_hash_table_get_keys (metadata), (GCompareFunc) strcmp);

  g_string_append_c (text, '{');
  for (GList *l = keys; l != NULL; l = l->next) {
    sk_json_append_string (text, l->data);
    g_string_append_c (text, ':');
    sk_json_append_string (text, g_hash_table_lookup (metadata, l->data));
    if (l->next != NULL)
      g_string_append_c (text, ',');
  }
  g_string_append_c (text, '}');
}

gboolean
sk_metadata_take (GHashTable *metadata, JsonObject *object, GError **error) {
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value)) {
    if (!JSON_NODE_HOLDS_VALUE (value) ||
        json_node_get_value_type (value) != G_TYPE_STRING)
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "__metadata__ holds “%.80s”, which is not text", name);
    g_hash_table_insert (metadata, g_strdup (name),
                         g_strdup (json_node_get_string (value)));
  }
  return TRUE;
}
