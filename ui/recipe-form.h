#pragma once

#include <adwaita.h>

#include "recipe.h"

/* Every value of a recipe, visible and editable: network, data, how it learns. */
#define SK_TYPE_RECIPE_FORM (sk_recipe_form_get_type ())
G_DECLARE_FINAL_TYPE (SkRecipeForm, sk_recipe_form, SK, RECIPE_FORM, GtkBox)

/* (transfer none): as the form stands. */
const SkRecipe *
sk_recipe_form_recipe (SkRecipeForm *self);

/* Shows @recipe; does not emit "changed". */
void
sk_recipe_form_show (SkRecipeForm *self, const SkRecipe *recipe);

/* @path: pictures in class folders, or CIFAR's binary version as a folder or an archive:
 * which it is is seen from what lies in it. */
void
sk_recipe_form_take_data (SkRecipeForm *self, const char *path);

/* @path: (nullable): NULL: random ones */
void
sk_recipe_form_take_weights (SkRecipeForm *self, const char *path);

/* Signal "changed" (SkRecipeForm *): the user changed a value. */
