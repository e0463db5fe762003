#pragma once

#include <gio/gio.h>

/* Finds the files of a CIFAR set, in a folder or an archive, and reads them into memory.
 * Nothing in them is believed yet. */

/* What CIFAR-10 and CIFAR-100 differ in. */
typedef struct {
  const char *title, *spec;
  int n_classes;
  int label_bytes; /* before the pixels; the last of them is the class */
  const char *train_prefix, *test_name, *labels_name;
  const char *const *class_names;
  const char *where; /* the folder inside the archive */
} SkCifarVariant;

/* One file of records. */
typedef struct {
  char *name; /* without folders */
  GBytes *bytes;
  int n; /* records; the reader counts them */
  int first; /* index of the first record in its split */
} SkCifarPart;

/* What was found. */
typedef struct {
  const SkCifarVariant *variant;
  GPtrArray *parts[2]; /* (element-type SkCifarPart) by SkSplit */
  char *labels; /* (nullable): text of the file of class names */
  gsize total; /* bytes read so far */
} SkCifarFiles;

void
sk_cifar_files_init (SkCifarFiles *self, const SkCifarVariant *variant);

void
sk_cifar_files_clear (SkCifarFiles *self);

/**
 * sk_cifar_files_find:
 * @path: the folder, the folder around it, or an archive
 * @error: SK_ERROR_FILE, SK_ERROR_FORMAT, SK_ERROR_CANCELLED
 *
 * Finding none is no error here.
 */
gboolean
sk_cifar_files_find (SkCifarFiles *self, const char *path, GCancellable *cancellable,
                     GError **error);
