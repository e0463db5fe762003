/* The recipe in run.json: any text is a recipe or is refused, and what was read says the
 * same when it is written and read again. */

#include <stddef.h>
#include <stdint.h>

#include "recipe.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  SkRecipe recipe = { 0 }, again = { 0 };

  if (sk_recipe_from_json (&recipe, text, &error)) {
    g_autofree char *once = sk_recipe_to_json (&recipe);
    g_autofree char *twice = NULL;

    g_assert_true (sk_recipe_from_json (&again, once, NULL));
    twice = sk_recipe_to_json (&again);
    g_assert_cmpstr (once, ==, twice);
    sk_recipe_clear (&again);
    sk_recipe_clear (&recipe);
  } else {
    g_assert_nonnull (error);
  }
  return 0;
}
