#pragma once

#include <json-glib/json-glib.h>

#include "recipe.h"

/* As sk_recipe_from_json(), from a part of a larger document. */
gboolean
sk_recipe_from_json_node (SkRecipe *self, JsonNode *root, GError **error);

/**
 * sk_recipe_load_document:
 * @noun: what such a file describes: "run"
 * @format: the only one that is read
 * @error: SK_ERROR_FILE, SK_ERROR_FORMAT; SK_ERROR_UNSUPPORTED where it is of another
 *   format
 *
 * Reads a JSON object with "format" and "recipe". What they hold is the caller's to judge.
 *
 * Returns: (transfer full): the object, which has a member "recipe"
 */
JsonNode *
sk_recipe_load_document (const char *path, const char *noun, int format,
                         GError **error);
