#pragma once

#include "recipe.h"

/* What a race's folder says of it: race.json. The networks' own folders lie beside it. */

/**
 * sk_race_parse_nets:
 * @list: names with commas, as people write them: "resnet56,plain-56"
 * @error: SK_ERROR_ARGUMENT: an unknown name, the same one twice, too few or too many
 *
 * Returns: (transfer full): the names of the table; g_strfreev()
 */
char **
sk_race_parse_nets (const char *list, GError **error);

/* Whether @dir holds a race. */
gboolean
sk_race_folder_is (const char *dir);

/**
 * sk_race_folder_read:
 * @recipe: (out): sk_recipe_clear()
 * @nets: (out) (transfer full): g_strfreev()
 * @error: SK_ERROR_FILE where there is no race, SK_ERROR_FORMAT where it is not ours
 */
gboolean
sk_race_folder_read (const char *dir, SkRecipe *recipe, char ***nets, GError **error);

/* @dir exists. */
gboolean
sk_race_folder_write (const char *dir, const SkRecipe *recipe, const char *const *nets,
                      GError **error);
