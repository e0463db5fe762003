#pragma once

#include <json-glib/json-glib.h>

#include "recipe.h"

/* As sk_recipe_from_json(), from a part of a larger document. */
gboolean
sk_recipe_from_json_node (SkRecipe *self, JsonNode *root, GError **error);
