#pragma once

#include "dataset.h"
#include "recipe.h"

/* Names of the catalogue ("cifar10", "resnet18-v1") in place of paths: what was downloaded
 * can be used without knowing where it lies. And run folders in place of weights. */

/**
 * sk_named_weights_find:
 * @name: a file, a name of the catalogue, or a run folder, which stands for its best weights
 * @error: how to fetch what is not here, or what another folder could be
 *
 * Returns: (transfer full) (nullable): the file, which is still to be looked for
 */
char *
sk_named_weights_find (const char *name, GError **error);

/* Data and weights of @recipe become places. @error says how to fetch what is not here. */
gboolean
sk_named_files_resolve (SkRecipe *recipe, GError **error);

/* sk_dataset_open_for_evaluation() with the usual seed, by name or as ever. */
SkDataset *
sk_named_dataset_open (const char *data, GCancellable *cancellable, GError **error);
