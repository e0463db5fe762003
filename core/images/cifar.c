#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cifar-labels.h"
#include "dataset-kind.h"
#include "errors.h"

/* CIFAR-10 and CIFAR-100, binary version: files of records, each one or two label bytes
 * and three planes of 32×32. From a folder, or from an archive that is read into memory. */

#define SIDE 32
#define PLANE (SIDE * SIDE)
#define MAX_TOTAL ((gsize) 1 << 30) /* bytes of all files; the real ones have 185 MB */
#define MAX_LABELS_FILE ((gsize) 1 << 20)
#define CHUNK ((gsize) 1 << 20)

typedef struct {
  const char *title, *spec;
  int n_classes;
  int label_bytes; /* before the pixels; the last of them is the class */
  const char *train_prefix, *test_name, *labels_name;
  const char *const *class_names;
  const char *where; /* the folder inside the archive */
} Variant;

static const Variant cifar10 = {
  .title = "CIFAR-10",
  .spec = "cifar10",
  .n_classes = 10,
  .label_bytes = 1,
  .train_prefix = "data_batch",
  .test_name = "test_batch.bin",
  .labels_name = "batches.meta.txt",
  .class_names = sk_cifar10_names,
  .where = "cifar-10-batches-bin",
};

static const Variant cifar100 = {
  .title = "CIFAR-100",
  .spec = "cifar100",
  .n_classes = 100,
  .label_bytes = 2,
  .train_prefix = "train",
  .test_name = "test.bin",
  .labels_name = "fine_label_names.txt",
  .class_names = sk_cifar100_names,
  .where = "cifar-100-binary",
};

typedef struct {
  char *name; /* without folders */
  GBytes *bytes;
  int n; /* records */
  int first; /* index of the first record in its split */
} Part;

typedef struct {
  SkDataset parent;
  const Variant *variant;
  GPtrArray *parts[2]; /* (element-type Part), by split */
} Cifar;

/* What was found, before it is believed. */
typedef struct {
  const Variant *variant;
  GPtrArray *parts[2];
  char *labels; /* (nullable): text of the file of class names */
  gsize total; /* bytes read so far */
} Found;

static void
part_free (gpointer data) {
  Part *self = data;

  g_free (self->name);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
found_init (Found *self, const Variant *variant) {
  *self = (Found){ .variant = variant };
  for (int split = 0; split < 2; split++)
    self->parts[split] = g_ptr_array_new_with_free_func (part_free);
}

static void
found_clear (Found *self) {
  for (int split = 0; split < 2; split++)
    g_clear_pointer (&self->parts[split], g_ptr_array_unref);
  g_clear_pointer (&self->labels, g_free);
}

typedef enum { WANT_NOT, WANT_TRAIN, WANT_TEST, WANT_LABELS } Want;

static Want
want (const Variant *variant, const char *name) {
  if (strcmp (name, variant->labels_name) == 0)
    return WANT_LABELS;
  if (strcmp (name, variant->test_name) == 0)
    return WANT_TEST;
  if (g_str_has_prefix (name, variant->train_prefix) && g_str_has_suffix (name, ".bin"))
    return WANT_TRAIN;
  return WANT_NOT;
}

static gsize
limit_for (const Found *self, Want kind) {
  return kind == WANT_LABELS ? MAX_LABELS_FILE : MAX_TOTAL - self->total;
}

static void
add (Found *self, Want kind, const char *name, GBytes *bytes) {
  if (kind == WANT_LABELS) {
    gsize size;
    const char *text = g_bytes_get_data (bytes, &size);

    g_free (self->labels);
    self->labels = g_strndup (text ? text : "", size);
  } else {
    Part *part = g_new0 (Part, 1);

    part->name = g_strdup (name);
    part->bytes = g_bytes_ref (bytes);
    self->total += g_bytes_get_size (bytes);
    g_ptr_array_add (self->parts[kind == WANT_TEST ? SK_SPLIT_TEST : SK_SPLIT_TRAIN],
                     part);
  }
}

static gboolean
check_cancelled (GCancellable *cancellable, GError **error) {
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "opening was cancelled");
  return TRUE;
}

static gboolean
set_too_large (const char *where, const char *name, GError **error) {
  g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
               "%s: with %s there is more than CIFAR could hold (over %" G_GSIZE_FORMAT
               " MB): is it another data set?",
               where, name, MAX_TOTAL >> 20);
  return FALSE;
}

/* --- from an archive ----------------------------------------------------------------- */

static gboolean
set_archive_error (struct archive *archive, const char *path, GError **error) {
  const char *why = archive_error_string (archive);

  g_set_error (
      error, SK_ERROR, SK_ERROR_FORMAT,
      "%s: cannot be read as an archive (%s); it may be cut short: compare its "
      "size with the original's or download it again",
      path, why ? why : "unknown reason");
  return FALSE;
}

/* Reads the entry at hand; the header's size is a hint, not believed. */
static GBytes *
read_entry (struct archive *archive, const char *path, const char *name, gsize limit,
            GCancellable *cancellable, GError **error) {
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (;;) {
    gsize used = bytes->len;
    la_ssize_t n;

    if (check_cancelled (cancellable, error))
      return NULL;
    if (used > limit) { /* a bomb would unpack for ever */
      set_too_large (path, name, error);
      return NULL;
    }
    g_byte_array_set_size (bytes, (guint) (used + CHUNK));
    n = archive_read_data (archive, bytes->data + used, CHUNK);
    if (n < 0) {
      set_archive_error (archive, path, error);
      return NULL;
    }
    g_byte_array_set_size (bytes, (guint) (used + (gsize) n));
    if (n == 0)
      return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  }
}

static gboolean
scan_entries (struct archive *archive, Found *found, const char *path,
              GCancellable *cancellable, GError **error) {
  struct archive_entry *entry;

  for (;;) {
    int status = archive_read_next_header (archive, &entry);
    g_autofree char *name = NULL;
    g_autoptr (GBytes) bytes = NULL;
    const char *pathname;
    Want kind;

    if (status == ARCHIVE_EOF)
      return TRUE;
    if (status < ARCHIVE_WARN)
      return set_archive_error (archive, path, error);
    if (check_cancelled (cancellable, error))
      return FALSE;
    pathname = archive_entry_pathname (entry);
    if (pathname == NULL) /* the locale cannot express it */
      pathname = archive_entry_pathname_utf8 (entry);
    if (pathname == NULL || archive_entry_filetype (entry) != AE_IFREG)
      continue;
    name = g_path_get_basename (pathname);
    kind = want (found->variant, name);
    if (kind == WANT_NOT)
      continue;
    bytes =
        read_entry (archive, path, name, limit_for (found, kind), cancellable, error);
    if (bytes == NULL)
      return FALSE;
    add (found, kind, name, bytes);
  }
}

static gboolean
scan_archive (Found *found, const char *path, GCancellable *cancellable,
              GError **error) {
  struct archive *archive = archive_read_new ();
  gboolean ok;

  archive_read_support_format_tar (archive);
  archive_read_support_filter_all (archive);
  if (archive_read_open_filename (archive, path, CHUNK) == ARCHIVE_OK)
    ok = scan_entries (archive, found, path, cancellable, error);
  else
    ok = set_archive_error (archive, path, error);
  archive_read_free (archive);
  return ok;
}

/* --- from a folder ------------------------------------------------------------------- */

static GBytes *
read_file (const char *folder, const char *name, gsize limit, GError **error) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) why = NULL;
  char *contents;
  gsize size;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL, &why);
  if (info && (guint64) g_file_info_get_size (info) > limit) {
    set_too_large (folder, name, error);
    return NULL;
  }
  if (info == NULL || !g_file_get_contents (path, &contents, &size, &why)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s cannot be read: %s", path,
                 why->message);
    return NULL;
  }
  return g_bytes_new_take (contents, size);
}

static gboolean
scan_folder (Found *found, const char *folder, GCancellable *cancellable,
             GError **error) {
  g_autoptr (GError) why = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &why);
  const char *name;

  if (dir == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s cannot be opened: %s", folder,
                 why->message);
    return FALSE;
  }
  while ((name = g_dir_read_name (dir))) {
    Want kind = want (found->variant, name);
    g_autoptr (GBytes) bytes = NULL;

    if (kind == WANT_NOT)
      continue;
    if (check_cancelled (cancellable, error))
      return FALSE;
    bytes = read_file (folder, name, limit_for (found, kind), error);
    if (bytes == NULL)
      return FALSE;
    add (found, kind, name, bytes);
  }
  return TRUE;
}

/* --- checking ------------------------------------------------------------------------ */

static int
compare_parts (gconstpointer a, gconstpointer b) {
  const Part *one = *(Part *const *) a, *other = *(Part *const *) b;

  return strcmp (one->name, other->name);
}

static gsize
record_length (const Variant *variant) {
  return (gsize) variant->label_bytes + 3 * PLANE;
}

static gboolean
check_length (const Variant *variant, Part *part, const char *path, GError **error) {
  gsize size = g_bytes_get_size (part->bytes), record = record_length (variant);

  if (size > 0 && size % record == 0) {
    part->n = (int) (size / record);
    return TRUE;
  }
  g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
               "%s: %s has %" G_GSIZE_FORMAT " bytes, which is not a whole number of "
               "records of %" G_GSIZE_FORMAT
               " bytes (the last one breaks off at offset "
               "%" G_GSIZE_FORMAT "); it is damaged, or not %s's binary version",
               path, part->name, size, record, size - size % record, variant->title);
  return FALSE;
}

/* Fills @labels from the records of @part. */
static gboolean
read_labels (const Variant *variant, const Part *part, const char *path, int *labels,
             GError **error) {
  const guint8 *bytes = g_bytes_get_data (part->bytes, NULL);
  gsize record = record_length (variant);

  for (int i = 0; i < part->n; i++) {
    gsize offset = (gsize) i * record + (gsize) variant->label_bytes - 1;

    if (bytes[offset] >= variant->n_classes) {
      g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                   "%s: %s, record %d, offset %" G_GSIZE_FORMAT ": label %d, but the "
                   "labels of %s go from 0 to %d; is it another data set?",
                   path, part->name, i, offset, bytes[offset], variant->title,
                   variant->n_classes - 1);
      return FALSE;
    }
    labels[i] = bytes[offset];
  }
  return TRUE;
}

static gboolean
check_split (Found *found, SkDataset *dataset, SkSplit split, const char *path,
             GError **error) {
  GPtrArray *parts = found->parts[split];
  gint64 total = 0;

  g_ptr_array_sort (parts, compare_parts);
  for (guint i = 0; i < parts->len; i++) {
    Part *part = parts->pdata[i];

    if (!check_length (found->variant, part, path, error))
      return FALSE;
    part->first = (int) total;
    total += part->n;
    if (total > G_MAXINT / 2) {
      g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "%s: too many records", path);
      return FALSE;
    }
  }
  dataset->count[split] = (int) total;
  dataset->labels[split] = g_new (int, (gsize) total);
  for (guint i = 0; i < parts->len; i++) {
    Part *part = parts->pdata[i];

    if (!read_labels (found->variant, part, path, dataset->labels[split] + part->first,
                      error))
      return FALSE;
  }
  return TRUE;
}

/* The file of class names where it has as many lines as there are classes; else (nullable)
 * NULL. */
static char **
parse_names (const Variant *variant, const char *text) {
  g_auto (GStrv) lines = NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  int n = 0;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i]; i++)
    if (*g_strstrip (lines[i])) {
      g_strv_builder_add (names, lines[i]);
      n++;
    }
  return n == variant->n_classes ? g_strv_builder_end (names) : NULL;
}

/* --- the data set -------------------------------------------------------------------- */

static gboolean
cifar_read (SkDataset *dataset, SkSplit split, int index, SkImage *image,
            GError **error) {
  Cifar *self = (Cifar *) dataset;
  GPtrArray *parts = self->parts[split];
  const Part *part = NULL;
  const guint8 *planes;

  /* Six files at most, so no search is worth its lines. */
  for (guint i = 0; i < parts->len; i++) {
    part = parts->pdata[i];
    if (index < part->first + part->n)
      break;
  }
  planes = g_bytes_get_data (part->bytes, NULL);
  planes += (gsize) (index - part->first) * record_length (self->variant) +
            (gsize) self->variant->label_bytes;
  *image = (SkImage){ g_malloc (3 * PLANE), SIDE, SIDE };
  for (int i = 0; i < PLANE; i++) {
    image->pixels[3 * i] = planes[i];
    image->pixels[3 * i + 1] = planes[PLANE + i];
    image->pixels[3 * i + 2] = planes[2 * PLANE + i];
  }
  return TRUE;
}

static void
cifar_clear (SkDataset *dataset) {
  Cifar *self = (Cifar *) dataset;

  for (int split = 0; split < 2; split++)
    g_clear_pointer (&self->parts[split], g_ptr_array_unref);
}

static const SkDatasetMethods methods = { .read = cifar_read, .clear = cifar_clear };

/* Fills @found from wherever @path leads. */
static gboolean
scan (Found *found, const char *path, GCancellable *cancellable, GError **error) {
  g_autofree char *inner = g_build_filename (path, found->variant->where, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE,
                 "%s does not exist; %s:PATH wants the folder %s or an archive of it "
                 "(.tar.gz, .tar.xz)",
                 path, found->variant->spec, found->variant->where);
    return FALSE;
  }
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return scan_archive (found, path, cancellable, error);
  if (g_file_test (inner, G_FILE_TEST_IS_DIR))
    return scan_folder (found, inner, cancellable, error);
  return scan_folder (found, path, cancellable, error);
}

static SkDataset *
take_found (Found *found, const char *path, GError **error) {
  const Variant *variant = found->variant;
  g_auto (GStrv) names = parse_names (variant, found->labels);
  g_autoptr (SkDataset) dataset = NULL;
  Cifar *self;

  if (found->parts[SK_SPLIT_TRAIN]->len + found->parts[SK_SPLIT_TEST]->len == 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                 "%s holds neither %s*.bin nor %s: it is not %s's binary version (the "
                 "“python” and “matlab” versions are other formats)",
                 path, variant->train_prefix, variant->test_name, variant->title);
    return NULL;
  }
  self = sk_dataset_alloc (sizeof (Cifar), &methods,
                           names ? (const char *const *) names : variant->class_names);
  dataset = &self->parent;
  dataset->title = g_strdup (variant->title);
  dataset->side = SIDE;
  self->variant = variant;
  for (int split = 0; split < 2; split++) {
    if (!check_split (found, dataset, (SkSplit) split, path, error))
      return NULL;
    self->parts[split] = g_steal_pointer (&found->parts[split]);
  }
  return g_steal_pointer (&dataset);
}

static SkDataset *
open_variant (const Variant *variant, const char *path, gboolean whole,
              GCancellable *cancellable, GError **error) {
  Found found;
  SkDataset *dataset = NULL;

  found_init (&found, variant);
  if (scan (&found, path, cancellable, error)) {
    if (whole && found.parts[SK_SPLIT_TEST]->len == 0) {
      GPtrArray *swap = found.parts[SK_SPLIT_TRAIN];

      found.parts[SK_SPLIT_TRAIN] = found.parts[SK_SPLIT_TEST];
      found.parts[SK_SPLIT_TEST] = swap;
    }
    dataset = take_found (&found, path, error);
  }
  found_clear (&found);
  return dataset;
}

SkDataset *
sk_cifar10_open (const char *path, guint64 seed, gboolean whole,
                 GCancellable *cancellable, GError **error) {
  return open_variant (&cifar10, path, whole, cancellable, error);
}

SkDataset *
sk_cifar100_open (const char *path, guint64 seed, gboolean whole,
                  GCancellable *cancellable, GError **error) {
  return open_variant (&cifar100, path, whole, cancellable, error);
}
