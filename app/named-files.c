#include "named-files.h"

#include "shelf.h"

gboolean
sk_named_files_resolve (SkRecipe *recipe, GError **error) {
  g_autoptr (GError) missing = NULL;
  char *data = sk_shelf_resolve_data (recipe->data, &missing);
  char *init =
      missing == NULL ? sk_shelf_resolve_weights (recipe->init, &missing) : NULL;

  if (missing != NULL) {
    g_free (data);
    g_propagate_error (error, g_steal_pointer (&missing));
    return FALSE;
  }
  g_free (recipe->data);
  g_free (recipe->init);
  recipe->data = data;
  recipe->init = init;
  return TRUE;
}

SkDataset *
sk_named_dataset_open (const char *data, GCancellable *cancellable, GError **error) {
  g_autofree char *spec = sk_shelf_resolve_data (data, error);

  if (spec == NULL)
    return NULL;
  return sk_dataset_open_for_evaluation (spec, SK_DATASET_SEED, cancellable, error);
}
