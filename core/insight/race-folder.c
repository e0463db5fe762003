#include "race-folder.h"

#include <string.h>

#include "errors.h"
#include "files.h"
#include "json.h"
#include "race.h"
#include "recipe-json.h"

#define FORMAT_VERSION 1
#define FILE_NAME "race.json"

/* "ResNet-56" is resnet56; the hyphens of "resnet18-cifar" and "resnet20-b" stay. */
static char *
plain_name (const char *text) {
  g_autofree char *stripped = g_strstrip (g_ascii_strdown (text, -1));
  char *hyphen = strchr (stripped, '-');

  if (hyphen != NULL && hyphen > stripped && g_ascii_isalpha (hyphen[-1]) &&
      g_ascii_isdigit (hyphen[1]))
    memmove (hyphen, hyphen + 1, strlen (hyphen));
  return g_steal_pointer (&stripped);
}

static gboolean
check_nets (char **nets, GError **error) {
  guint n = g_strv_length (nets);
  SkVariant variant;

  if (n < 2 || n > SK_RACE_MAX)
    return sk_refuse (
        error, SK_ERROR_ARGUMENT,
        "a race is between 2 to %d networks, not %u; name them with commas",
        SK_RACE_MAX, n);
  for (guint i = 0; i < n; i++) {
    if (!sk_variant_find (nets[i], &variant, error))
      return FALSE;
    for (guint j = 0; j < i; j++)
      if (strcmp (nets[i], nets[j]) == 0)
        return sk_refuse (error, SK_ERROR_ARGUMENT,
                          "%s is named twice: it would be the same run twice", nets[i]);
  }
  return TRUE;
}

char **
sk_race_parse_nets (const char *list, GError **error) {
  g_auto (GStrv) nets = g_strsplit (list, ",", SK_RACE_MAX + 2);

  for (int i = 0; nets[i] != NULL; i++) {
    char *name = plain_name (nets[i]);

    g_free (nets[i]);
    nets[i] = name;
  }
  return check_nets (nets, error) ? g_steal_pointer (&nets) : NULL;
}

gboolean
sk_race_folder_is (const char *dir) {
  g_autofree char *path = g_build_filename (dir, FILE_NAME, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
read_nets (JsonObject *object, char ***nets, GError **error) {
  JsonNode *node = json_object_get_member (object, "nets");
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) result = NULL;
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return sk_refuse (error, SK_ERROR_FORMAT, "it names no networks");
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *name = json_array_get_element (array, i);
    const char *text =
        JSON_NODE_HOLDS_VALUE (name) ? json_node_get_string (name) : NULL;

    g_strv_builder_add (names, text != NULL ? text : "");
  }
  result = g_strv_builder_end (names);
  if (!check_nets (result, error))
    return FALSE;
  *nets = g_steal_pointer (&result);
  return TRUE;
}

static gboolean
read_race_json (const char *path, SkRecipe *recipe, char ***nets, GError **error) {
  g_autoptr (JsonNode) root =
      sk_recipe_load_document (path, "race", FORMAT_VERSION, error);
  g_auto (GStrv) names = NULL;
  JsonObject *object;

  if (root == NULL)
    return FALSE;
  object = json_node_get_object (root);
  if (!read_nets (object, &names, error) ||
      !sk_recipe_from_json_node (recipe, json_object_get_member (object, "recipe"),
                                 error))
    return FALSE;
  *nets = g_steal_pointer (&names);
  return TRUE;
}

gboolean
sk_race_folder_read (const char *dir, SkRecipe *recipe, char ***nets, GError **error) {
  g_autofree char *path = g_build_filename (dir, FILE_NAME, NULL);

  if (!sk_race_folder_is (dir))
    return sk_refuse (error, SK_ERROR_FILE,
                      "%s holds no race to go on with: there is no " FILE_NAME, dir);
  if (!read_race_json (path, recipe, nets, error)) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  return TRUE;
}

gboolean
sk_race_folder_write (const char *dir, const SkRecipe *recipe, const char *const *nets,
                      GError **error) {
  g_autofree char *path = g_build_filename (dir, FILE_NAME, NULL);
  g_autofree char *recipe_json = sk_recipe_to_json (recipe);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (
      text, "{\n  \"format\": %d,\n  \"program\": \"skipscope %s\",\n  \"nets\": [",
      FORMAT_VERSION, SK_VERSION);
  for (int i = 0; nets[i] != NULL; i++) {
    if (i > 0)
      g_string_append (text, ", ");
    sk_json_append_string (text, nets[i]);
  }
  g_string_append_printf (text, "],\n  \"recipe\": %s\n}\n", recipe_json);
  return sk_file_replace (path, text->str, error);
}
