#pragma once

#include "recipe.h"

/* A recipe's fields as flags of the command line, from one table: what train, race and
 * whatever trains next understand. */
typedef struct _SkRecipeOptions SkRecipeOptions;

SkRecipeOptions *
sk_recipe_options_new (void);

void
sk_recipe_options_free (SkRecipeOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRecipeOptions, sk_recipe_options_free)

/* (transfer none): makes the flags of @self @context's own.
 * @hidden: (nullable): one that --help leaves out */
void
sk_recipe_options_add_to (SkRecipeOptions *self, GOptionContext *context,
                          const char *hidden);

/**
 * sk_recipe_options_apply:
 * @recipe: initialised; the named recipe first, then each flag that was given
 *
 * Explicit flags beat the recipe, wherever they stood.
 */
gboolean
sk_recipe_options_apply (const SkRecipeOptions *self, SkRecipe *recipe, GError **error);

/* Whether flag @name ("epochs") was given. */
gboolean
sk_recipe_options_has (const SkRecipeOptions *self, const char *name);

/* Name of any flag given that is none of @allowed (NULL-terminated); NULL: there is none. */
const char *
sk_recipe_options_first_other (const SkRecipeOptions *self, const char *const *allowed);

/* A run is resumed from anywhere: its recipe names data and weights by absolute paths. */
void
sk_recipe_make_paths_absolute (SkRecipe *recipe);
