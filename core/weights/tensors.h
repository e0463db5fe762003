#pragma once

#include <glib.h>

/* Named tensors as a weight file holds them, whatever the container. Nothing that a file
 * contains is ever executed. */

typedef enum {
  SK_DTYPE_F32,
  SK_DTYPE_F16,
  SK_DTYPE_BF16,
  SK_DTYPE_F64,
  SK_DTYPE_I64,
  SK_DTYPE_I32,
  SK_DTYPE_I16,
  SK_DTYPE_I8,
  SK_DTYPE_U8,
  SK_DTYPE_BOOL,
  SK_N_DTYPES,
} SkDtype;

#define SK_TENSOR_MAX_DIMS 8

typedef struct {
  char *name;
  SkDtype dtype;
  gint64 shape[SK_TENSOR_MAX_DIMS];
  gint64 stride[SK_TENSOR_MAX_DIMS]; /* elements; every one reached lies in the file */
  int n_dims;
  gsize count; /* elements */
  const guint8 *data; /* first element, little-endian, maybe unaligned */
} SkTensor;

typedef struct {
  const char *container; /* "safetensors", "PyTorch zip", … */
  GPtrArray *tensors; /* of SkTensor, in file order */
  char *wrapper; /* (nullable): the member of the file that holds them: "state_dict" */
  const char *average; /* (nullable): a member left aside, their moving average */
  GHashTable *metadata; /* string → string */
  GPtrArray *buffers; /* of GBytes that the tensors point into */
} SkTensorFile;

/* "F32" */
const char *
sk_dtype_name (SkDtype dtype);

gsize
sk_dtype_size (SkDtype dtype);

/* (out) the one called @name in safetensors; FALSE: none of ours. */
gboolean
sk_dtype_from_name (const char *name, SkDtype *dtype);

/**
 * sk_tensor_file_read:
 * @error: SK_ERROR_FILE, SK_ERROR_FORMAT, SK_ERROR_UNSUPPORTED, SK_ERROR_MEMORY
 *
 * Reads any container, recognised by its first bytes.
 */
SkTensorFile *
sk_tensor_file_read (const char *path, GError **error);

/* The same from memory; messages do not name a path. */
SkTensorFile *
sk_tensor_file_parse (GBytes *bytes, GError **error);

void
sk_tensor_file_free (SkTensorFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkTensorFile, sk_tensor_file_free)

/* For readers of containers. */
SkTensorFile *
sk_tensor_file_new (const char *container);

SkTensor *
sk_tensor_file_add (SkTensorFile *self, const char *name);

/* (transfer none) (nullable) */
const SkTensor *
sk_tensor_file_find (const SkTensorFile *self, const char *name);

/**
 * sk_tensor_to_floats:
 * @out: (count) in row-major order of the shape, whatever the strides
 */
void
sk_tensor_to_floats (const SkTensor *self, float *out);

/**
 * sk_tensor_to_bytes:
 * @out: (count × size of its type) the same elements, packed in row-major order, unchanged
 */
void
sk_tensor_to_bytes (const SkTensor *self, guint8 *out);

/* "16×3×3×3" (transfer full) */
char *
sk_shape_to_string (const gint64 *shape, int n_dims);
