#pragma once

#include <glib.h>

/* The safetensors container: named tensors, nothing executed. */
typedef struct {
  char *name;
  char *dtype; /* "F32", "F16", "BF16", "F64", "I64", … */
  gint64 shape[8];
  int n_dims;
  gsize count; /* elements */
  const guint8 *data; /* little-endian, inside the file's bytes */
  gsize size; /* bytes */
} SkTensor;

typedef struct {
  GBytes *bytes;
  GPtrArray *tensors; /* of SkTensor, in file order */
  GHashTable *metadata; /* string → string */
} SkTensorFile;

SkTensorFile *
sk_tensor_file_read (const char *path, GError **error);

void
sk_tensor_file_free (SkTensorFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkTensorFile, sk_tensor_file_free)

const SkTensor *
sk_tensor_file_find (const SkTensorFile *self, const char *name);

/* Element @i of any numeric dtype, converted. */
gboolean
sk_tensor_to_floats (const SkTensor *self, float *out, GError **error);
