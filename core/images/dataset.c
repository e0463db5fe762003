#include "dataset.h"

#include <string.h>

#include "dataset-kind.h"
#include "errors.h"

typedef SkDataset *(*OpenFunc) (const char *path, guint64 seed, gboolean whole,
                                GCancellable *cancellable, GError **error);

/* A name that ends in a colon wants something after it. */
static const struct {
  const char *prefix;
  OpenFunc open;
} kinds[] = {
  { "builtin", sk_builtin_open },
  { "cifar10:", sk_cifar10_open },
  { "cifar100:", sk_cifar100_open },
  { "folder:", sk_folder_open },
};

void
sk_image_clear (SkImage *self) {
  g_clear_pointer (&self->pixels, g_free);
  self->width = self->height = 0;
}

static void
skipped_free (gpointer data) {
  SkSkipped *self = data;

  g_free (self->path);
  g_free (self->reason);
  g_free (self);
}

gpointer
sk_dataset_alloc (gsize size, const SkDatasetMethods *methods,
                  const char *const *class_names) {
  SkDataset *self = g_malloc0 (size);

  self->methods = methods;
  g_atomic_ref_count_init (&self->refs);
  self->class_names = g_strdupv ((char **) class_names);
  self->classes = (int) g_strv_length (self->class_names);
  pthread_mutex_init (&self->mutex, NULL);
  self->skipped = g_ptr_array_new_with_free_func (skipped_free);
  self->skipped_paths = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/* The path stands beside its reason: it need not begin it too. */
static const char *
without_path (const char *path, const char *reason) {
  const char *rest = g_str_has_prefix (reason, path) ? reason + strlen (path) : "";

  return g_str_has_prefix (rest, ": ") ? rest + 2 : reason;
}

void
sk_dataset_skip (SkDataset *self, const char *path, const char *reason) {
  pthread_mutex_lock (&self->mutex);
  if (!g_hash_table_contains (self->skipped_paths, path)) {
    SkSkipped *skipped = g_new (SkSkipped, 1);

    *skipped = (SkSkipped){ g_strdup (path), g_strdup (without_path (path, reason)) };
    g_ptr_array_add (self->skipped, skipped);
    g_hash_table_add (self->skipped_paths, skipped->path);
  }
  pthread_mutex_unlock (&self->mutex);
}

/* What was probably meant by a spec that no kind knows. */
static void
set_unknown_error (const char *spec, GError **error) {
  g_autofree char *hint = NULL;

  if (g_file_test (spec, G_FILE_TEST_IS_DIR))
    hint = g_strdup_printf ("; for the pictures of that folder say “folder:%s”", spec);
  g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
               "unknown data set “%s”: use builtin, cifar10:PATH, cifar100:PATH or "
               "folder:DIR%s",
               spec, hint ? hint : "");
}

static SkDataset *
open_spec (const char *spec, guint64 seed, gboolean whole, GCancellable *cancellable,
           GError **error) {
  g_return_val_if_fail (spec != NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    const char *prefix = kinds[i].prefix;
    gboolean wants_path = g_str_has_suffix (prefix, ":");
    SkDataset *self;

    if (wants_path ? !g_str_has_prefix (spec, prefix) : strcmp (spec, prefix) != 0)
      continue;
    if (wants_path && spec[strlen (prefix)] == '\0') {
      g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                   "“%s” names no place: write it as %sPATH", spec, prefix);
      return NULL;
    }
    self = kinds[i].open (spec + strlen (prefix), seed, whole, cancellable, error);
    if (self)
      self->spec = g_strdup (spec);
    return self;
  }
  set_unknown_error (spec, error);
  return NULL;
}

SkDataset *
sk_dataset_open (const char *spec, guint64 seed, GCancellable *cancellable,
                 GError **error) {
  return open_spec (spec, seed, FALSE, cancellable, error);
}

SkDataset *
sk_dataset_open_for_evaluation (const char *spec, guint64 seed,
                                GCancellable *cancellable, GError **error) {
  return open_spec (spec, seed, TRUE, cancellable, error);
}

SkDataset *
sk_dataset_ref (SkDataset *self) {
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sk_dataset_unref (SkDataset *self) {
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->methods->clear)
    self->methods->clear (self);
  g_free (self->spec);
  g_free (self->title);
  g_strfreev (self->class_names);
  g_free (self->labels[SK_SPLIT_TRAIN]);
  g_free (self->labels[SK_SPLIT_TEST]);
  g_hash_table_unref (self->skipped_paths);
  g_ptr_array_unref (self->skipped);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

const char *
sk_dataset_spec (const SkDataset *self) {
  return self->spec;
}

const char *
sk_dataset_title (const SkDataset *self) {
  return self->title;
}

int
sk_dataset_classes (const SkDataset *self) {
  return self->classes;
}

const char *
sk_dataset_class_name (const SkDataset *self, int label) {
  g_return_val_if_fail (label >= 0 && label < self->classes, NULL);
  return self->class_names[label];
}

int
sk_dataset_count (const SkDataset *self, SkSplit split) {
  return self->count[split];
}

gboolean
sk_dataset_is_split_here (const SkDataset *self) {
  return self->split_here;
}

int
sk_dataset_side (const SkDataset *self) {
  return self->side;
}

int
sk_dataset_label (const SkDataset *self, SkSplit split, int index) {
  g_return_val_if_fail (index >= 0 && index < self->count[split], 0);
  return self->labels[split][index];
}

const char *
sk_dataset_path (const SkDataset *self, SkSplit split, int index) {
  g_return_val_if_fail (index >= 0 && index < self->count[split], NULL);
  return self->methods->path ? self->methods->path (self, split, index) : NULL;
}

GPtrArray *
sk_dataset_skipped (SkDataset *self) {
  GPtrArray *copy = g_ptr_array_new_with_free_func (skipped_free);

  pthread_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->skipped->len; i++) {
    const SkSkipped *from = self->skipped->pdata[i];
    SkSkipped *to = g_new (SkSkipped, 1);

    *to = (SkSkipped){ g_strdup (from->path), g_strdup (from->reason) };
    g_ptr_array_add (copy, to);
  }
  pthread_mutex_unlock (&self->mutex);
  return copy;
}

int
sk_dataset_n_skipped (SkDataset *self) {
  int n;

  pthread_mutex_lock (&self->mutex);
  n = (int) self->skipped->len;
  pthread_mutex_unlock (&self->mutex);
  return n;
}

gboolean
sk_dataset_read (SkDataset *self, SkSplit split, int index, SkImage *image,
                 GError **error) {
  g_autoptr (GError) broken = NULL;
  const char *path;

  g_return_val_if_fail (index >= 0 && index < self->count[split], FALSE);
  if (self->methods->read (self, split, index, image, &broken))
    return TRUE;
  path = sk_dataset_path (self, split, index);
  if (path && !g_error_matches (broken, SK_ERROR, SK_ERROR_CANCELLED))
    sk_dataset_skip (self, path, broken->message);
  g_propagate_error (error, g_steal_pointer (&broken));
  return FALSE;
}
