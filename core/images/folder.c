#include "dataset-kind.h"
#include "decode.h"
#include "errors.h"
#include "folder-scan.h"

/* ImageFolder: DIR/train/<class>/… and DIR/{test,val,valid}/<class>/…, or a flat
 * DIR/<class>/… that is split here. Pictures are decoded when they are read. */

typedef struct {
  SkDataset parent;
  char **paths[2]; /* (count) by split */
} Folder;

static gboolean
folder_read (SkDataset *dataset, SkSplit split, int index, SkImage *image,
             GError **error) {
  Folder *self = (Folder *) dataset;

  return sk_image_load (self->paths[split][index], NULL, image, error);
}

static const char *
folder_path (const SkDataset *dataset, SkSplit split, int index) {
  return ((const Folder *) dataset)->paths[split][index];
}

static void
folder_clear (SkDataset *dataset) {
  Folder *self = (Folder *) dataset;

  for (int split = 0; split < 2; split++) {
    for (int i = 0; i < dataset->count[split]; i++)
      g_free (self->paths[split][i]);
    g_free (self->paths[split]);
  }
}

static const SkDatasetMethods methods = {
  .read = folder_read,
  .path = folder_path,
  .clear = folder_clear,
};

/* Names of folders may be any bytes; names of classes are text. */
static char **
class_names (const SkFolderScan *scan) {
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < scan->classes->len; i++) {
    g_autofree char *name = g_filename_display_name (scan->classes->pdata[i]);

    g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

static SkDataset *
take_scan (SkFolderScan *scan, const char *dir) {
  g_autofree char *name = g_path_get_basename (dir);
  g_auto (GStrv) names = class_names (scan);
  Folder *self =
      sk_dataset_alloc (sizeof (Folder), &methods, (const char *const *) names);
  SkDataset *dataset = &self->parent;

  dataset->title = g_filename_display_name (name);
  dataset->split_here = scan->split_here;
  for (int split = 0; split < 2; split++) {
    GArray *pictures = scan->pictures[split];

    dataset->count[split] = (int) pictures->len;
    dataset->labels[split] = g_new (int, pictures->len);
    self->paths[split] = g_new (char *, pictures->len);
    for (guint i = 0; i < pictures->len; i++) {
      SkFolderPicture *picture = &g_array_index (pictures, SkFolderPicture, i);

      dataset->labels[split][i] = picture->label;
      self->paths[split][i] = g_steal_pointer (&picture->path);
    }
  }
  for (guint i = 0; i < scan->left_out->len; i++) {
    const SkSkipped *skipped = &g_array_index (scan->left_out, SkSkipped, i);

    sk_dataset_skip (dataset, skipped->path, skipped->reason);
  }
  return dataset;
}

SkDataset *
sk_folder_open (const char *path, guint64 seed, gboolean whole,
                GCancellable *cancellable, GError **error) {
  g_autofree char *shown = g_filename_display_name (path);
  SkDataset *dataset = NULL;
  SkFolderScan scan;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error (
        error, SK_ERROR, SK_ERROR_FILE,
        "%s is not a folder; folder:DIR wants one that holds a folder for each "
        "class, or train/ and test/ which do",
        shown);
    return NULL;
  }
  sk_folder_scan_init (&scan, cancellable);
  if (sk_folder_scan_gather (&scan, path, seed, whole, error))
    dataset = take_scan (&scan, path);
  sk_folder_scan_clear (&scan);
  return dataset;
}
