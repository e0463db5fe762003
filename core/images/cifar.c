#include <string.h>

#include "cifar-files.h"
#include "cifar-labels.h"
#include "dataset-kind.h"
#include "errors.h"

/* CIFAR-10 and CIFAR-100, binary version: files of records, each one or two label bytes
 * and three planes of 32×32. */

#define SIDE 32
#define PLANE (SIDE * SIDE)

static const SkCifarVariant cifar10 = {
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

static const SkCifarVariant cifar100 = {
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
  SkDataset parent;
  const SkCifarVariant *variant;
  GPtrArray *parts[2]; /* (element-type SkCifarPart), by split */
} Cifar;

/* --- checking ------------------------------------------------------------------------ */

static int
compare_parts (gconstpointer a, gconstpointer b) {
  const SkCifarPart *one = *(SkCifarPart *const *) a,
                    *other = *(SkCifarPart *const *) b;

  return strcmp (one->name, other->name);
}

static gsize
record_length (const SkCifarVariant *variant) {
  return (gsize) variant->label_bytes + 3 * PLANE;
}

static gboolean
check_length (const SkCifarVariant *variant, SkCifarPart *part, const char *path,
              GError **error) {
  gsize size = g_bytes_get_size (part->bytes), record = record_length (variant);

  if (size > 0 && size % record == 0) {
    part->n = (int) (size / record);
    return TRUE;
  }
  return sk_refuse (
      error, SK_ERROR_FORMAT,
      "%s: %s has %" G_GSIZE_FORMAT " bytes, which is not a whole number of records "
      "of %" G_GSIZE_FORMAT " bytes (the last one breaks off at offset "
      "%" G_GSIZE_FORMAT "); it is damaged, or not %s's binary version",
      path, part->name, size, record, size - size % record, variant->title);
}

/* Fills @labels from the records of @part. */
static gboolean
read_labels (const SkCifarVariant *variant, const SkCifarPart *part, const char *path,
             int *labels, GError **error) {
  const guint8 *bytes = g_bytes_get_data (part->bytes, NULL);
  gsize record = record_length (variant);

  for (int i = 0; i < part->n; i++) {
    gsize offset = (gsize) i * record + (gsize) variant->label_bytes - 1;

    if (bytes[offset] >= variant->n_classes)
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "%s: %s, record %d, offset %" G_GSIZE_FORMAT
                        ": label %d, but the labels of %s go from 0 to %d; is it "
                        "another data set?",
                        path, part->name, i, offset, bytes[offset], variant->title,
                        variant->n_classes - 1);
    labels[i] = bytes[offset];
  }
  return TRUE;
}

static gboolean
check_split (SkCifarFiles *files, SkDataset *dataset, SkSplit split, const char *path,
             GError **error) {
  GPtrArray *parts = files->parts[split];
  gint64 total = 0;

  g_ptr_array_sort (parts, compare_parts);
  for (guint i = 0; i < parts->len; i++) {
    SkCifarPart *part = parts->pdata[i];

    if (!check_length (files->variant, part, path, error))
      return FALSE;
    part->first = (int) total;
    total += part->n;
    if (total > G_MAXINT / 2)
      return sk_refuse (error, SK_ERROR_FORMAT, "%s: too many records", path);
  }
  dataset->count[split] = (int) total;
  dataset->labels[split] = g_new (int, (gsize) total);
  for (guint i = 0; i < parts->len; i++) {
    SkCifarPart *part = parts->pdata[i];

    if (!read_labels (files->variant, part, path, dataset->labels[split] + part->first,
                      error))
      return FALSE;
  }
  return TRUE;
}

/* The file of class names where it has as many lines as there are classes; else (nullable)
 * NULL. */
static char **
parse_names (const SkCifarVariant *variant, const char *text) {
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
  const SkCifarPart *part = NULL;
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

static SkDataset *
take_found (SkCifarFiles *files, const char *path, GError **error) {
  const SkCifarVariant *variant = files->variant;
  g_auto (GStrv) names = parse_names (variant, files->labels);
  g_autoptr (SkDataset) dataset = NULL;
  Cifar *self;

  if (files->parts[SK_SPLIT_TRAIN]->len + files->parts[SK_SPLIT_TEST]->len == 0) {
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
    if (!check_split (files, dataset, (SkSplit) split, path, error))
      return NULL;
    self->parts[split] = g_steal_pointer (&files->parts[split]);
  }
  return g_steal_pointer (&dataset);
}

static SkDataset *
open_variant (const SkCifarVariant *variant, const char *path, gboolean whole,
              GCancellable *cancellable, GError **error) {
  SkCifarFiles files;
  SkDataset *dataset = NULL;

  sk_cifar_files_init (&files, variant);
  if (sk_cifar_files_find (&files, path, cancellable, error)) {
    if (whole && files.parts[SK_SPLIT_TEST]->len == 0) {
      GPtrArray *swap = files.parts[SK_SPLIT_TRAIN];

      files.parts[SK_SPLIT_TRAIN] = files.parts[SK_SPLIT_TEST];
      files.parts[SK_SPLIT_TEST] = swap;
    }
    dataset = take_found (&files, path, error);
  }
  sk_cifar_files_clear (&files);
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
