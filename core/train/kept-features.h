#pragma once

#include <glib.h>

/* What a frozen trunk makes of pictures: their pooled features, a row each, computed once
 * and kept; in memory, or in a file where that would take too much. */
typedef struct _SkFeatures SkFeatures;

typedef enum {
  SK_FEATURE_UNKNOWN, /* not computed yet */
  SK_FEATURE_KNOWN,
  SK_FEATURE_BROKEN, /* its picture cannot be read */
} SkFeatureState;

/**
 * sk_features_new:
 * @n_rows: >= 1
 * @channels: floats of a row
 * @most_memory: bytes; more than that goes into the file
 * @path: (nullable): of the file, overwritten, and removed by sk_features_free()
 * @error: SK_ERROR_MEMORY, or SK_ERROR_FILE where the disk has no room
 */
SkFeatures *
sk_features_new (int n_rows, int channels, guint64 most_memory, const char *path,
                 GError **error);

void
sk_features_free (SkFeatures *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkFeatures, sk_features_free)

/* (channels): to read where it is known, to write before it is. */
float *
sk_features_row (SkFeatures *self, int row);

SkFeatureState
sk_features_state (const SkFeatures *self, int row);

void
sk_features_set_state (SkFeatures *self, int row, SkFeatureState state);

/* How many of the @n rows from @first on are known or broken before the first unknown. */
int
sk_features_done (const SkFeatures *self, int first, int n);

guint64
sk_features_bytes (const SkFeatures *self);

gboolean
sk_features_on_disk (const SkFeatures *self);
