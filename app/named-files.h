#pragma once

#include "dataset.h"
#include "recipe.h"

/* Names of the catalogue ("cifar10", "resnet18-v1") in place of paths: what was downloaded
 * can be used without knowing where it lies. */

/* Data and weights of @recipe become places. @error says how to fetch what is not here. */
gboolean
sk_named_files_resolve (SkRecipe *recipe, GError **error);

/* sk_dataset_open_for_evaluation() with the usual seed, by name or as ever. */
SkDataset *
sk_named_dataset_open (const char *data, GCancellable *cancellable, GError **error);
