#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "dataset-kind.h"
#include "decode.h"
#include "errors.h"
#include "rng.h"

/* ImageFolder: DIR/train/<class>/… and DIR/{test,val,valid}/<class>/…, or a flat
 * DIR/<class>/… that is split here. Only names are read when it is opened. */

#define TEST_SHARE                                                                     \
  5 /* of a flat folder every fifth picture of a class is for testing */
#define MAX_CLASSES 100000
#define MAX_FILES 50000000

/* torchvision's IMG_EXTENSIONS, any case. */
static const char *const extensions[] = {
  ".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp",
};

#define EXTENSIONS_FOR_PEOPLE ".jpg .jpeg .png .ppm .bmp .pgm .tif .tiff .webp"

/* In the order in which they are taken. */
static const char *const test_names[] = { "test", "val", "valid", NULL };

typedef struct {
  char *path;
  int label;
} Picture;

typedef struct {
  SkDataset parent;
  char **paths[2]; /* (count) by split */
} Folder;

/* What is being gathered. */
typedef struct {
  GPtrArray *classes; /* (element-type utf8), byte order */
  GArray *pictures[2]; /* (element-type Picture) by split */
  GArray *left_out; /* (element-type SkSkipped) */
  GCancellable *cancellable;
} Scan;

/* The folders above one, to notice a link that leads back up. */
typedef struct Ancestor {
  const struct Ancestor *up; /* (nullable) */
  dev_t device;
  ino_t inode;
} Ancestor;

static void
picture_clear (gpointer data) {
  g_free (((Picture *) data)->path);
}

static void
left_out_clear (gpointer data) {
  g_free (((SkSkipped *) data)->path);
  g_free (((SkSkipped *) data)->reason);
}

static void
scan_init (Scan *self, GCancellable *cancellable) {
  *self = (Scan){ .cancellable = cancellable };
  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->left_out = g_array_new (FALSE, FALSE, sizeof (SkSkipped));
  g_array_set_clear_func (self->left_out, left_out_clear);
  for (int split = 0; split < 2; split++) {
    self->pictures[split] = g_array_new (FALSE, FALSE, sizeof (Picture));
    g_array_set_clear_func (self->pictures[split], picture_clear);
  }
}

static void
scan_clear (Scan *self) {
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_clear_pointer (&self->left_out, g_array_unref);
  for (int split = 0; split < 2; split++)
    g_clear_pointer (&self->pictures[split], g_array_unref);
}

/* --- names --------------------------------------------------------------------------- */

static gboolean
is_picture_name (const char *name) {
  gsize length = strlen (name);

  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++) {
    gsize n = strlen (extensions[i]);

    /* A name that is nothing but an extension is a hidden file, yet torchvision takes it. */
    if (length >= n && g_ascii_strcasecmp (name + length - n, extensions[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b) {
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static gboolean
is_folder (const char *parent, const char *name) {
  g_autofree char *path = g_build_filename (parent, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

/* What stands in @folder, in byte order. */
static GPtrArray *
list (const char *folder, GError **error) {
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *shown = g_filename_display_name (folder);
  g_autoptr (GError) why = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &why);
  const char *name;

  if (dir == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s cannot be read: %s", shown,
                 why->message);
    return NULL;
  }
  while ((name = g_dir_read_name (dir))) {
    if (names->len >= MAX_FILES) {
      g_set_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED, "%s has over %d entries",
                   shown, MAX_FILES);
      return NULL;
    }
    g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/* The folders in @folder, hidden ones aside. */
static GPtrArray *
list_classes (const char *folder, GError **error) {
  g_autoptr (GPtrArray) names = list (folder, error);

  if (names == NULL)
    return NULL;
  for (guint i = names->len; i-- > 0;) {
    const char *name = names->pdata[i];

    if (name[0] == '.' || !is_folder (folder, name))
      g_ptr_array_remove_index (names, i);
  }
  return g_steal_pointer (&names);
}

/* --- gathering ----------------------------------------------------------------------- */

static void
leave_out (Scan *self, const char *path, const char *reason) {
  SkSkipped skipped = { g_strdup (path), g_strdup (reason) };

  g_array_append_val (self->left_out, skipped);
}

static gboolean
is_above (const Ancestor *self, const GStatBuf *status) {
  for (; self; self = self->up)
    if (self->device == status->st_dev && self->inode == status->st_ino)
      return TRUE;
  return FALSE;
}

static gboolean
add_files (Scan *self, SkSplit split, int label, const char *folder, const Ancestor *up,
           GError **error);

static gboolean
add_entry (Scan *self, SkSplit split, int label, const char *path, const char *name,
           const Ancestor *up, GError **error) {
  g_autoptr (GError) why = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    if (is_picture_name (name)) {
      Picture picture = { g_strdup (path), label };

      g_array_append_val (self->pictures[split], picture);
    } else {
      leave_out (self, path,
                 "not a picture by its extension (" EXTENSIONS_FOR_PEOPLE ")");
    }
    return TRUE;
  }
  if (add_files (self, split, label, path, up, &why))
    return TRUE;
  /* A folder inside a class that cannot be read costs its own pictures only. */
  if (g_error_matches (why, SK_ERROR, SK_ERROR_FILE)) {
    leave_out (self, path, why->message);
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* Everything below @folder, in byte order. */
static gboolean
add_files (Scan *self, SkSplit split, int label, const char *folder, const Ancestor *up,
           GError **error) {
  g_autoptr (GPtrArray) names = NULL;
  Ancestor here = { .up = up };
  GStatBuf status;

  if (g_stat (folder, &status) == 0) {
    if (is_above (up, &status)) {
      leave_out (self, folder, "a link to a folder that it lies in");
      return TRUE;
    }
    here.device = status.st_dev;
    here.inode = status.st_ino;
  }
  names = list (folder, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

    if (g_cancellable_is_cancelled (self->cancellable)) {
      g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED,
                           "opening was cancelled");
      return FALSE;
    }
    if (!add_entry (self, split, label, path, names->pdata[i], &here, error))
      return FALSE;
  }
  return TRUE;
}

static int
class_index (const Scan *self, const char *name) {
  for (guint i = 0; i < self->classes->len; i++)
    if (strcmp (self->classes->pdata[i], name) == 0)
      return (int) i;
  return -1;
}

/* Every class of @folder, whose names are known; each must have a picture. */
static gboolean
add_split (Scan *self, SkSplit split, const char *folder, GError **error) {
  g_autoptr (GPtrArray) names = list_classes (folder, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
    g_autofree char *shown = g_filename_display_name (path);
    int label = class_index (self, names->pdata[i]);
    guint before = self->pictures[split]->len;

    if (label < 0) {
      g_set_error (
          error, SK_ERROR, SK_ERROR_FORMAT,
          "%s is a class that the training pictures do not have; remove it, or "
          "add it to them",
          shown);
      return FALSE;
    }
    if (!add_files (self, split, label, path, NULL, error))
      return FALSE;
    /* A class may lack test pictures; without training pictures it cannot be learnt. */
    if (split == SK_SPLIT_TRAIN && self->pictures[split]->len == before) {
      g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                   "%s holds no picture (" EXTENSIONS_FOR_PEOPLE "); fill the class or "
                   "remove its folder",
                   shown);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
set_class_names (Scan *self, const char *folder, GError **error) {
  g_autofree char *shown = g_filename_display_name (folder);
  GPtrArray *names = list_classes (folder, error);

  if (names == NULL)
    return FALSE;
  g_ptr_array_unref (self->classes);
  self->classes = names;
  if (names->len > 1 && names->len <= MAX_CLASSES)
    return TRUE;
  if (names->len == 0)
    g_set_error (
        error, SK_ERROR, SK_ERROR_FORMAT,
        "%s holds no folders; it should hold one for each class, or train/ and "
        "test/ which do",
        shown);
  else if (names->len == 1)
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                 "%s holds only one class (“%s”); telling pictures apart takes two or "
                 "more",
                 shown, (const char *) names->pdata[0]);
  else
    g_set_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED, "%s holds over %d classes",
                 shown, MAX_CLASSES);
  return FALSE;
}

/* --- splitting ----------------------------------------------------------------------- */

/* Moves a share of each class, chosen by @seed, to the test split; what stays and what
 * goes keep their order. Every class keeps a picture to learn from. */
static void
split_flat (Scan *self, guint64 seed) {
  GArray *all = self->pictures[SK_SPLIT_TRAIN];
  GArray *stay = g_array_new (FALSE, FALSE, sizeof (Picture));

  g_array_set_clear_func (stay, picture_clear);
  for (guint begin = 0, end; begin < all->len; begin = end) {
    int label = g_array_index (all, Picture, begin).label;
    SkRng rng = sk_rng_at (seed, 0x5e1ec7, (guint64) label);
    g_autofree gboolean *test = NULL;
    g_autofree guint32 *order = NULL;
    guint n;

    for (end = begin;
         end < all->len && g_array_index (all, Picture, end).label == label;)
      end++;
    n = end - begin;
    test = g_new0 (gboolean, n);
    order = g_new (guint32, n);
    for (guint i = 0; i < n; i++)
      order[i] = i;
    sk_rng_shuffle (&rng, order, n);
    for (guint i = 0; i < MIN ((n + TEST_SHARE / 2) / TEST_SHARE, n - 1); i++)
      test[order[i]] = TRUE;
    for (guint i = 0; i < n; i++)
      g_array_append_val (test[i] ? self->pictures[SK_SPLIT_TEST] : stay,
                          g_array_index (all, Picture, begin + i));
  }
  /* The pictures have moved: only the array itself is freed. */
  g_array_set_clear_func (all, NULL);
  g_array_unref (all);
  self->pictures[SK_SPLIT_TRAIN] = stay;
}

/* --- the data set -------------------------------------------------------------------- */

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
class_names (const Scan *scan) {
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < scan->classes->len; i++) {
    g_autofree char *name = g_filename_display_name (scan->classes->pdata[i]);

    g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

static SkDataset *
take_scan (Scan *scan, const char *dir) {
  g_autofree char *name = g_path_get_basename (dir);
  g_auto (GStrv) names = class_names (scan);
  Folder *self =
      sk_dataset_alloc (sizeof (Folder), &methods, (const char *const *) names);
  SkDataset *dataset = &self->parent;

  dataset->title = g_filename_display_name (name);
  for (int split = 0; split < 2; split++) {
    GArray *pictures = scan->pictures[split];

    dataset->count[split] = (int) pictures->len;
    dataset->labels[split] = g_new (int, pictures->len);
    self->paths[split] = g_new (char *, pictures->len);
    for (guint i = 0; i < pictures->len; i++) {
      Picture *picture = &g_array_index (pictures, Picture, i);

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

/* The first of test/, val/ and valid/ that there is: (nullable). */
static char *
find_test (const char *dir) {
  for (gsize i = 0; test_names[i]; i++)
    if (is_folder (dir, test_names[i]))
      return g_build_filename (dir, test_names[i], NULL);
  return NULL;
}

/* Does @dir hold test pictures and nothing else? A flat folder may have a class “test”
 * too, but then it has others. */
static gboolean
is_test_only (const char *dir) {
  g_autoptr (GPtrArray) names = list_classes (dir, NULL);

  for (guint i = 0; names && i < names->len; i++)
    if (!g_strv_contains (test_names, names->pdata[i]))
      return FALSE;
  return names && names->len > 0;
}

/* A folder without a test part of its own: what was gathered is split, or, for an
 * evaluation, is all to be tested. */
static void
make_test (Scan *scan, gboolean whole, gboolean flat, guint64 seed) {
  if (whole) {
    GArray *swap = scan->pictures[SK_SPLIT_TRAIN];

    scan->pictures[SK_SPLIT_TRAIN] = scan->pictures[SK_SPLIT_TEST];
    scan->pictures[SK_SPLIT_TEST] = swap;
  } else if (flat) {
    split_flat (scan, seed);
  }
}

static gboolean
gather (Scan *scan, const char *dir, guint64 seed, gboolean whole, GError **error) {
  g_autofree char *train = g_build_filename (dir, "train", NULL);
  g_autofree char *test = find_test (dir);

  if (g_file_test (train, G_FILE_TEST_IS_DIR)) {
    if (!set_class_names (scan, train, error) ||
        !add_split (scan, SK_SPLIT_TRAIN, train, error) ||
        (test && !add_split (scan, SK_SPLIT_TEST, test, error)))
      return FALSE;
    if (test == NULL)
      make_test (scan, whole, FALSE, seed);
    return TRUE;
  }
  if (test && is_test_only (dir))
    return set_class_names (scan, test, error) &&
           add_split (scan, SK_SPLIT_TEST, test, error);
  if (!set_class_names (scan, dir, error) ||
      !add_split (scan, SK_SPLIT_TRAIN, dir, error))
    return FALSE;
  make_test (scan, whole, TRUE, seed);
  return TRUE;
}

SkDataset *
sk_folder_open (const char *path, guint64 seed, gboolean whole,
                GCancellable *cancellable, GError **error) {
  g_autofree char *shown = g_filename_display_name (path);
  SkDataset *dataset = NULL;
  Scan scan;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_set_error (
        error, SK_ERROR, SK_ERROR_FILE,
        "%s is not a folder; folder:DIR wants one that holds a folder for each "
        "class, or train/ and test/ which do",
        shown);
    return NULL;
  }
  scan_init (&scan, cancellable);
  if (gather (&scan, path, seed, whole, error))
    dataset = take_scan (&scan, path);
  scan_clear (&scan);
  return dataset;
}
