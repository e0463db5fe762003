#pragma once

#include <gio/gio.h>
#include <glib.h>

/* A set of labelled pictures, in two parts. Immutable once opened, safe from any thread. */
typedef struct _SkDataset SkDataset;

typedef enum {
  SK_SPLIT_TRAIN,
  SK_SPLIT_TEST,
} SkSplit;

/* A picture: 8-bit RGB, rows from the top, upright. */
typedef struct {
  guint8 *pixels; /* (height, width, 3) */
  int width, height;
} SkImage;

void
sk_image_clear (SkImage *self);

/* A file that was left out, and why. */
typedef struct {
  char *path;
  char *reason;
} SkSkipped;

/* The seed every run opens its data with: the built-in pictures and the split of a flat
 * folder are then the same for all runs, so that runs compare, and no picture that one run
 * learnt from is another's test. */
#define SK_DATASET_SEED 0

/**
 * sk_dataset_open:
 * @spec: "builtin", "cifar10:PATH", "cifar100:PATH" (a folder or an archive of the
 *   binary version) or "folder:DIR"
 * @seed: for the split of a flat folder, and the pictures of the built-in set
 * @cancellable: (nullable)
 * @error: what is wrong with the spec or the files, and what to do
 *
 * Returns: (transfer full): sk_dataset_unref()
 */
SkDataset *
sk_dataset_open (const char *spec, guint64 seed, GCancellable *cancellable,
                 GError **error);

/* As sk_dataset_open(), for those who only want to test: a set without a test part of its
 * own (a flat folder, one with train/ alone) is the test split as a whole, in its order. */
SkDataset *
sk_dataset_open_for_evaluation (const char *spec, guint64 seed,
                                GCancellable *cancellable, GError **error);

SkDataset *
sk_dataset_ref (SkDataset *self);

void
sk_dataset_unref (SkDataset *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkDataset, sk_dataset_unref)

const char *
sk_dataset_spec (const SkDataset *self);

/* For people: "CIFAR-10", "Shapes-10 (built in)", a folder's name. */
const char *
sk_dataset_title (const SkDataset *self);

int
sk_dataset_classes (const SkDataset *self);

const char *
sk_dataset_class_name (const SkDataset *self, int label);

int
sk_dataset_count (const SkDataset *self, SkSplit split);

/* Whether it came without a test part, and was given one: a fifth of each class, by seed. */
gboolean
sk_dataset_is_split_here (const SkDataset *self);

/* Side of its pictures where all are square and alike (32), 0 where sizes differ. */
int
sk_dataset_side (const SkDataset *self);

int
sk_dataset_label (const SkDataset *self, SkSplit split, int index);

/* Path of a picture's file, NULL where it has none. */
const char *
sk_dataset_path (const SkDataset *self, SkSplit split, int index);

/* Files left out so far (found broken when opened, or later when read): (element-type
 * SkSkipped) (transfer full). Free with g_ptr_array_unref(). */
GPtrArray *
sk_dataset_skipped (SkDataset *self);

int
sk_dataset_n_skipped (SkDataset *self);

/**
 * sk_dataset_read:
 * @image: (out): sk_image_clear()
 *
 * Any thread, any order. A file that turns out broken is remembered as skipped.
 */
gboolean
sk_dataset_read (SkDataset *self, SkSplit split, int index, SkImage *image,
                 GError **error);
