#pragma once

#include <pthread.h>

#include "dataset.h"

/* What a kind of data set provides. For the files of this folder only. */

typedef struct {
  /* Any thread, any order. */
  gboolean (*read) (SkDataset *self, SkSplit split, int index, SkImage *image,
                    GError **error);
  const char *(*path) (const SkDataset *self, SkSplit split,
                       int index); /* (nullable) */
  void (*clear) (SkDataset *self); /* (nullable): frees what the kind added */
} SkDatasetMethods;

/* The beginning of every kind's own struct. */
struct _SkDataset {
  const SkDatasetMethods *methods;
  gatomicrefcount refs;
  char *spec, *title;
  int classes;
  char **class_names; /* (classes), then NULL */
  int side;
  gboolean split_here;
  int count[2]; /* by SkSplit */
  int *labels[2]; /* (count) */

  pthread_mutex_t mutex; /* guards what follows */
  GPtrArray *skipped; /* (element-type SkSkipped) */
  GHashTable *skipped_paths; /* a file is reported once, however often it is read */
};

/**
 * sk_dataset_alloc:
 * @size: of the kind's struct
 * @class_names: copied
 *
 * Returns: (transfer full): counts and labels are the caller's to fill in
 */
gpointer
sk_dataset_alloc (gsize size, const SkDatasetMethods *methods,
                  const char *const *class_names);

/* Remembers that @path was left out, once; @reason may begin with "@path: ". Any thread. */
void
sk_dataset_skip (SkDataset *self, const char *path, const char *reason);

/* The kinds; @path is what follows the colon. @whole: where the set has no test part of
 * its own, all of it becomes the test split. */
SkDataset *
sk_builtin_open (const char *path, guint64 seed, gboolean whole,
                 GCancellable *cancellable, GError **error);

SkDataset *
sk_cifar10_open (const char *path, guint64 seed, gboolean whole,
                 GCancellable *cancellable, GError **error);

SkDataset *
sk_cifar100_open (const char *path, guint64 seed, gboolean whole,
                  GCancellable *cancellable, GError **error);

SkDataset *
sk_folder_open (const char *path, guint64 seed, gboolean whole,
                GCancellable *cancellable, GError **error);
