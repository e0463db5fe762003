#pragma once

#include "tensors.h"

/* Names of tensors: those of other people's files, said in torchvision's. */

/**
 * sk_name_canonical:
 * @name: as it stands in a file
 * @why: (out) (nullable): what was renamed, for people; NULL: nothing. Static
 *
 * Returns: (transfer full): torchvision's name for it: without `module.` and
 *   `_orig_mod.`, `linear.` for `fc.` said as `fc.`, `shortcut.` as `downsample.`
 */
char *
sk_name_canonical (const char *name, const char **why);

/* A file's tensors by their torchvision names. Borrows the file. */
typedef struct {
  GHashTable *tensors; /* char* → SkTensor* (not owned) */
  gboolean linear; /* its head was called `linear.` */
  gboolean shortcut; /* its projections were called `shortcut.` */
} SkNamedTensors;

/**
 * sk_named_tensors_init:
 * @error: SK_ERROR_FORMAT where two tensors mean the same
 */
gboolean
sk_named_tensors_init (SkNamedTensors *self, const SkTensorFile *file, GError **error);

void
sk_named_tensors_clear (SkNamedTensors *self);

/* (nullable) */
const SkTensor *
sk_named_tensors_find (const SkNamedTensors *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
