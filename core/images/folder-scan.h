#pragma once

#include "dataset.h"

/* Finds classes and pictures in folders. Only names are read. */

typedef struct {
  char *path;
  int label;
} SkFolderPicture;

/* What was found. */
typedef struct {
  GPtrArray *classes; /* (element-type utf8), byte order */
  GArray *pictures[2]; /* (element-type SkFolderPicture) by split */
  GArray *left_out; /* (element-type SkSkipped) */
  gboolean split_here; /* the test pictures were chosen here */
  GCancellable *cancellable;
} SkFolderScan;

void
sk_folder_scan_init (SkFolderScan *self, GCancellable *cancellable);

void
sk_folder_scan_clear (SkFolderScan *self);

/**
 * sk_folder_scan_gather:
 * @dir: holds train/ and test|val|valid/, or the folders of the classes
 * @seed: for the split of a flat folder
 * @whole: without a test part of its own, all of it is the test split
 * @error: SK_ERROR_FILE, SK_ERROR_FORMAT, SK_ERROR_CANCELLED
 */
gboolean
sk_folder_scan_gather (SkFolderScan *self, const char *dir, guint64 seed,
                       gboolean whole, GError **error);
