#include "named-files.h"

#include <glib/gi18n.h>

#include "cli.h"
#include "errors.h"
#include "race-folder.h"
#include "shelf.h"

static void
refuse_folder (const char *path, GError **error) {
  g_autofree char *shown = sk_cli_show_path (path);
  g_autofree char *run_json = g_build_filename (path, "run.json", NULL);

  if (g_file_test (run_json, G_FILE_TEST_EXISTS))
    sk_refuse (
        error, SK_ERROR_FILE,
        _ ("%s is a run that has not saved any weights: go on with it (skipscope "
           "train --resume %s), or name another"),
        shown, shown);
  else if (sk_race_folder_is (path))
    sk_refuse (error, SK_ERROR_FILE,
               _ ("%s is a race: name the run of one of its networks, a folder in it"),
               shown);
  else
    sk_refuse (error, SK_ERROR_FILE,
               _ ("%s is a folder, but no run with weights in it; as data it is called "
                  "folder:%s"),
               shown, shown);
}

char *
sk_named_weights_find (const char *name, GError **error) {
  static const char *const best[] = { "best.safetensors", "last.safetensors" };
  g_autofree char *path = sk_shelf_resolve_weights (name, error);

  if (path == NULL || !g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&path);
  for (guint i = 0; i < G_N_ELEMENTS (best); i++) {
    g_autofree char *inside = g_build_filename (path, best[i], NULL);

    if (g_file_test (inside, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&inside);
  }
  refuse_folder (path, error);
  return NULL;
}

gboolean
sk_named_files_resolve (SkRecipe *recipe, GError **error) {
  g_autoptr (GError) missing = NULL;
  char *data = sk_shelf_resolve_data (recipe->data, &missing);
  char *init = missing == NULL && recipe->init != NULL
                   ? sk_named_weights_find (recipe->init, &missing)
                   : NULL;

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
