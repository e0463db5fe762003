#include "folder-scan.h"

#include <glib/gstdio.h>
#include <string.h>

#include "errors.h"
#include "rng.h"

/* Of a flat folder every fifth picture of a class is for testing. */
#define TEST_SHARE 5
#define MAX_CLASSES 100000
#define MAX_FILES 50000000

/* torchvision's IMG_EXTENSIONS, any case. */
static const char *const extensions[] = {
  ".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp",
};

#define EXTENSIONS_FOR_PEOPLE ".jpg .jpeg .png .ppm .bmp .pgm .tif .tiff .webp"

/* In the order in which they are taken. */
static const char *const test_names[] = { "test", "val", "valid", NULL };

/* The folders above one, to notice a link that leads back up. */
typedef struct Ancestor {
  const struct Ancestor *up; /* (nullable) */
  dev_t device;
  ino_t inode;
} Ancestor;

static void
picture_clear (gpointer data) {
  g_free (((SkFolderPicture *) data)->path);
}

static void
left_out_clear (gpointer data) {
  g_free (((SkSkipped *) data)->path);
  g_free (((SkSkipped *) data)->reason);
}

void
sk_folder_scan_init (SkFolderScan *self, GCancellable *cancellable) {
  *self = (SkFolderScan){ .cancellable = cancellable };
  self->classes = g_ptr_array_new_with_free_func (g_free);
  self->left_out = g_array_new (FALSE, FALSE, sizeof (SkSkipped));
  g_array_set_clear_func (self->left_out, left_out_clear);
  for (int split = 0; split < 2; split++) {
    self->pictures[split] = g_array_new (FALSE, FALSE, sizeof (SkFolderPicture));
    g_array_set_clear_func (self->pictures[split], picture_clear);
  }
}

void
sk_folder_scan_clear (SkFolderScan *self) {
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
leave_out (SkFolderScan *self, const char *path, const char *reason) {
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
add_files (SkFolderScan *self, SkSplit split, int label, const char *folder,
           const Ancestor *up, GError **error);

static gboolean
add_entry (SkFolderScan *self, SkSplit split, int label, const char *path,
           const char *name, const Ancestor *up, GError **error) {
  g_autoptr (GError) why = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR)) {
    if (is_picture_name (name)) {
      SkFolderPicture picture = { g_strdup (path), label };

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
add_files (SkFolderScan *self, SkSplit split, int label, const char *folder,
           const Ancestor *up, GError **error) {
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

    if (g_cancellable_is_cancelled (self->cancellable))
      return sk_refuse (error, SK_ERROR_CANCELLED, "opening was cancelled");
    if (!add_entry (self, split, label, path, names->pdata[i], &here, error))
      return FALSE;
  }
  return TRUE;
}

static int
class_index (const SkFolderScan *self, const char *name) {
  for (guint i = 0; i < self->classes->len; i++)
    if (strcmp (self->classes->pdata[i], name) == 0)
      return (int) i;
  return -1;
}

/* Every class of @folder, whose names are known; each must have a picture. */
static gboolean
add_split (SkFolderScan *self, SkSplit split, const char *folder, GError **error) {
  g_autoptr (GPtrArray) names = list_classes (folder, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
    g_autofree char *shown = g_filename_display_name (path);
    int label = class_index (self, names->pdata[i]);
    guint before = self->pictures[split]->len;

    if (label < 0)
      return sk_refuse (
          error, SK_ERROR_FORMAT,
          "%s is a class that the training pictures do not have; remove it, or "
          "add it to them",
          shown);
    if (!add_files (self, split, label, path, NULL, error))
      return FALSE;
    /* A class may lack test pictures; without training pictures it cannot be learnt. */
    if (split == SK_SPLIT_TRAIN && self->pictures[split]->len == before)
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "%s holds no picture (" EXTENSIONS_FOR_PEOPLE
                        "); fill the class or remove its folder",
                        shown);
  }
  return TRUE;
}

static gboolean
set_class_names (SkFolderScan *self, const char *folder, GError **error) {
  g_autofree char *shown = g_filename_display_name (folder);
  GPtrArray *names = list_classes (folder, error);

  if (names == NULL)
    return FALSE;
  g_ptr_array_unref (self->classes);
  self->classes = names;
  if (names->len > 1 && names->len <= MAX_CLASSES)
    return TRUE;
  if (names->len == 0)
    return sk_refuse (
        error, SK_ERROR_FORMAT,
        "%s holds no folders; it should hold one for each class, or train/ and "
        "test/ which do",
        shown);
  if (names->len == 1)
    return sk_refuse (
        error, SK_ERROR_FORMAT,
        "%s holds only one class (“%s”); telling pictures apart takes two or more",
        shown, (const char *) names->pdata[0]);
  return sk_refuse (error, SK_ERROR_UNSUPPORTED, "%s holds over %d classes", shown,
                    MAX_CLASSES);
}

/* --- splitting ----------------------------------------------------------------------- */

/* Moves a share of each class, chosen by @seed, to the test split; what stays and what
 * goes keep their order. Every class keeps a picture to learn from. */
static void
split_flat (SkFolderScan *self, guint64 seed) {
  GArray *all = self->pictures[SK_SPLIT_TRAIN];
  GArray *stay = g_array_new (FALSE, FALSE, sizeof (SkFolderPicture));

  g_array_set_clear_func (stay, picture_clear);
  for (guint begin = 0, end; begin < all->len; begin = end) {
    int label = g_array_index (all, SkFolderPicture, begin).label;
    SkRng rng = sk_rng_at (seed, 0x5e1ec7, (guint64) label);
    g_autofree gboolean *test = NULL;
    g_autofree guint32 *order = NULL;
    guint n;

    for (end = begin;
         end < all->len && g_array_index (all, SkFolderPicture, end).label == label;)
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
                          g_array_index (all, SkFolderPicture, begin + i));
  }
  /* The pictures have moved: only the array itself is freed. */
  g_array_set_clear_func (all, NULL);
  g_array_unref (all);
  self->pictures[SK_SPLIT_TRAIN] = stay;
}

/* --- the whole ----------------------------------------------------------------------- */

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
make_test (SkFolderScan *scan, gboolean whole, gboolean flat, guint64 seed) {
  if (whole) {
    GArray *swap = scan->pictures[SK_SPLIT_TRAIN];

    scan->pictures[SK_SPLIT_TRAIN] = scan->pictures[SK_SPLIT_TEST];
    scan->pictures[SK_SPLIT_TEST] = swap;
  } else if (flat) {
    split_flat (scan, seed);
    scan->split_here = TRUE;
  }
}

gboolean
sk_folder_scan_gather (SkFolderScan *self, const char *dir, guint64 seed,
                       gboolean whole, GError **error) {
  g_autofree char *train = g_build_filename (dir, "train", NULL);
  g_autofree char *test = find_test (dir);

  if (g_file_test (train, G_FILE_TEST_IS_DIR)) {
    if (!set_class_names (self, train, error) ||
        !add_split (self, SK_SPLIT_TRAIN, train, error) ||
        (test && !add_split (self, SK_SPLIT_TEST, test, error)))
      return FALSE;
    if (test == NULL)
      make_test (self, whole, FALSE, seed);
    return TRUE;
  }
  if (test && is_test_only (dir))
    return set_class_names (self, test, error) &&
           add_split (self, SK_SPLIT_TEST, test, error);
  if (!set_class_names (self, dir, error) ||
      !add_split (self, SK_SPLIT_TRAIN, dir, error))
    return FALSE;
  make_test (self, whole, TRUE, seed);
  return TRUE;
}
