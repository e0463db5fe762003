/* The recipe as a JSON object, by a table of its fields. */

#include <math.h>
#include <string.h>

#include "errors.h"
#include "files.h"
#include "json.h"
#include "recipe-json.h"

typedef enum {
  FIELD_STRING,
  FIELD_INT,
  FIELD_INT64,
  FIELD_FLOAT,
  FIELD_BOOL,
  FIELD_TRIPLE,
  FIELD_CHOICE,
} FieldKind;

typedef struct {
  const char *name;
  FieldKind kind;
  gsize offset;
  const char *const *choices;
} Field;

/* A document longer than this was not written here. */
#define MAX_DOCUMENT (1 << 20)
/* An object, its recipe or list, and what a recipe lists. */
#define DOCUMENT_DEPTH 3

static const char *const optimizers[] = { "sgd", "adam", "adamw", NULL };
static const char *const schedules[] = { "constant", "cosine", "step", "onecycle",
                                         NULL };

G_STATIC_ASSERT (sizeof (SkOptimizerKind) == sizeof (int));
G_STATIC_ASSERT (sizeof (SkScheduleKind) == sizeof (int));

#define FIELD(name, kind)                                                              \
  { #name, kind, G_STRUCT_OFFSET(SkRecipe, name), NULL }
#define CHOICE(name, list)                                                             \
  { #name, FIELD_CHOICE, G_STRUCT_OFFSET(SkRecipe, name), list }

static const Field fields[] = {
  FIELD (net, FIELD_STRING),
  FIELD (skips, FIELD_BOOL),
  FIELD (data, FIELD_STRING),
  FIELD (init, FIELD_STRING),
  FIELD (init_parts, FIELD_BOOL),
  FIELD (freeze, FIELD_STRING),
  FIELD (bn_mode, FIELD_STRING),
  FIELD (lr_scale, FIELD_STRING),
  FIELD (epochs, FIELD_INT),
  FIELD (steps, FIELD_INT64),
  FIELD (batch, FIELD_INT),
  CHOICE (optimizer, optimizers),
  FIELD (lr, FIELD_FLOAT),
  FIELD (momentum, FIELD_FLOAT),
  FIELD (nesterov, FIELD_BOOL),
  FIELD (weight_decay, FIELD_FLOAT),
  CHOICE (schedule, schedules),
  FIELD (warmup, FIELD_FLOAT),
  FIELD (label_smoothing, FIELD_FLOAT),
  FIELD (zero_gamma, FIELD_BOOL),
  FIELD (unfreeze, FIELD_INT),
  CHOICE (unfreeze_optimizer, optimizers),
  FIELD (unfreeze_lr, FIELD_FLOAT),
  FIELD (unfreeze_momentum, FIELD_FLOAT),
  FIELD (unfreeze_weight_decay, FIELD_FLOAT),
  FIELD (unfreeze_augment, FIELD_BOOL),
  FIELD (views, FIELD_INT),
  FIELD (augment, FIELD_BOOL),
  FIELD (shuffle, FIELD_BOOL),
  FIELD (probes, FIELD_BOOL),
  FIELD (has_normalisation, FIELD_BOOL),
  FIELD (mean, FIELD_TRIPLE),
  FIELD (std, FIELD_TRIPLE),
  FIELD (resize, FIELD_INT),
  FIELD (bicubic, FIELD_BOOL),
  FIELD (seed, FIELD_INT64),
  FIELD (threads, FIELD_INT),
};

const char *
sk_optimizer_name (SkOptimizerKind kind) {
  return optimizers[kind];
}

const char *
sk_schedule_name (SkScheduleKind kind) {
  return schedules[kind];
}

static int
find_choice (const char *const *choices, const char *name) {
  for (int i = 0; name != NULL && choices[i] != NULL; i++)
    if (strcmp (choices[i], name) == 0)
      return i;
  return -1;
}

static gboolean
choose (const char *const *choices, const char *what, const char *name, int *value,
        GError **error) {
  int found = find_choice (choices, name);
  g_autofree char *known = NULL;

  if (found >= 0) {
    *value = found;
    return TRUE;
  }
  known = g_strjoinv (", ", (char **) choices);
  sk_refuse (error, SK_ERROR_ARGUMENT, "unknown %s “%s”; there are %s", what, name,
             known);
  return FALSE;
}

gboolean
sk_optimizer_from_name (const char *name, SkOptimizerKind *kind, GError **error) {
  int value;

  if (!choose (optimizers, "optimizer", name, &value, error))
    return FALSE;
  *kind = (SkOptimizerKind) value;
  return TRUE;
}

gboolean
sk_schedule_from_name (const char *name, SkScheduleKind *kind, GError **error) {
  int value;

  if (!choose (schedules, "schedule", name, &value, error))
    return FALSE;
  *kind = (SkScheduleKind) value;
  return TRUE;
}

static void
append_value (GString *text, const SkRecipe *self, const Field *field) {
  const void *at = (const guint8 *) self + field->offset;
  const char *string;
  const float *triple = at;

  switch (field->kind) {
  case FIELD_STRING:
    memcpy (&string, at, sizeof string);
    if (string != NULL)
      sk_json_append_string (text, string);
    else
      g_string_append (text, "null");
    break;
  case FIELD_INT:
    g_string_append_printf (text, "%d", *(const int *) at);
    break;
  case FIELD_INT64:
    g_string_append_printf (text, "%" G_GINT64_FORMAT, *(const gint64 *) at);
    break;
  case FIELD_FLOAT:
    sk_json_append_float (text, *(const float *) at);
    break;
  case FIELD_BOOL:
    g_string_append (text, *(const gboolean *) at ? "true" : "false");
    break;
  case FIELD_TRIPLE:
    for (int i = 0; i < 3; i++) {
      g_string_append_c (text, i == 0 ? '[' : ',');
      sk_json_append_float (text, triple[i]);
    }
    g_string_append_c (text, ']');
    break;
  case FIELD_CHOICE:
  default:
    sk_json_append_string (text, field->choices[*(const int *) at]);
    break;
  }
}

char *
sk_recipe_to_json (const SkRecipe *self) {
  GString *text = g_string_new ("{");

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_string_append_printf (text, "%s\n    \"%s\": ", i > 0 ? "," : "", fields[i].name);
    append_value (text, self, &fields[i]);
  }
  g_string_append (text, "\n  }");
  return g_string_free (text, FALSE);
}

static gboolean
is_number (JsonNode *node) {
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : 0;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

static gboolean
is_text (JsonNode *node) {
  return JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_STRING;
}

/* What no float can hold could not be written down again. */
static gboolean
read_float (JsonNode *node, float *out) {
  if (!is_number (node))
    return FALSE;
  *out = (float) json_node_get_double (node);
  return isfinite (*out);
}

static gboolean
read_triple (JsonNode *node, float *out) {
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) != 3)
    return FALSE;
  for (guint i = 0; i < 3; i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (!read_float (element, &out[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_value (JsonNode *node, const Field *field, SkRecipe *self) {
  void *at = (guint8 *) self + field->offset;
  char *string;

  switch (field->kind) {
  case FIELD_STRING:
    if (!is_text (node) && !JSON_NODE_HOLDS_NULL (node))
      return FALSE;
    memcpy (&string, at, sizeof string);
    g_free (string);
    string = JSON_NODE_HOLDS_NULL (node) ? NULL : json_node_dup_string (node);
    memcpy (at, &string, sizeof string);
    return TRUE;
  case FIELD_INT:
  case FIELD_INT64:
    if (!JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_INT64)
      return FALSE;
    if (field->kind == FIELD_INT64)
      *(gint64 *) at = json_node_get_int (node);
    else
      *(int *) at = (int) CLAMP (json_node_get_int (node), G_MININT, G_MAXINT);
    return TRUE;
  case FIELD_FLOAT:
    return read_float (node, at);
  case FIELD_BOOL:
    if (!JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_BOOLEAN)
      return FALSE;
    *(gboolean *) at = json_node_get_boolean (node);
    return TRUE;
  case FIELD_TRIPLE:
    return read_triple (node, at);
  case FIELD_CHOICE:
  default: {
    int value =
        is_text (node) ? find_choice (field->choices, json_node_get_string (node)) : -1;

    if (value < 0)
      return FALSE;
    *(int *) at = value;
    return TRUE;
  }
  }
}

gboolean
sk_recipe_from_json_node (SkRecipe *self, JsonNode *root, GError **error) {
  JsonObject *object =
      JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;

  if (object == NULL)
    return sk_refuse (error, SK_ERROR_FORMAT, "the recipe is not a JSON object");
  sk_recipe_init (self);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    JsonNode *node = json_object_get_member (object, fields[i].name);

    if (node == NULL || read_value (node, &fields[i], self))
      continue;
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                 "“%s” of the recipe has a value that it cannot have", fields[i].name);
    sk_recipe_clear (self);
    return FALSE;
  }
  if (self->net == NULL || self->data == NULL || !sk_recipe_check (self, error)) {
    if (self->net == NULL || self->data == NULL)
      g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                   "the recipe has no network or data");
    sk_recipe_clear (self);
    return FALSE;
  }
  return TRUE;
}

gboolean
sk_recipe_from_json (SkRecipe *self, const char *json, GError **error) {
  g_autoptr (JsonNode) root = sk_json_parse (json, strlen (json), 2, error);

  return root != NULL && sk_recipe_from_json_node (self, root, error);
}

JsonNode *
sk_recipe_load_document (const char *path, const char *noun, int format,
                         GError **error) {
  g_autoptr (GBytes) bytes = sk_file_load (path, MAX_DOCUMENT, error);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;
  JsonNode *node;
  gsize size;
  const char *text;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  root = sk_json_parse (text, size, DOCUMENT_DEPTH, error);
  if (root == NULL)
    return NULL;
  object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  node = object != NULL ? json_object_get_member (object, "format") : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_int (node) != format) {
    sk_refuse (error, SK_ERROR_UNSUPPORTED,
               "it is not a %s of format %d; another version of the program wrote it",
               noun, format);
    return NULL;
  }
  if (!json_object_has_member (object, "recipe")) {
    sk_refuse (error, SK_ERROR_FORMAT, "it has no recipe");
    return NULL;
  }
  return g_steal_pointer (&root);
}
