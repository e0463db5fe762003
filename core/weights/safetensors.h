#pragma once

#include "tensors.h"

/* The safetensors container: u64 header length, JSON header, packed little-endian data. */

#define SK_SAFETENSORS_MAX_HEADER 100000000

/**
 * sk_safetensors_parse:
 * @bytes: the whole file; the result's tensors point into it
 * @error: SK_ERROR_FORMAT naming what breaks which rule; SK_ERROR_UNSUPPORTED naming a
 *   dtype that is not read
 */
SkTensorFile *
sk_safetensors_parse (GBytes *bytes, GError **error);

/* A tensor to be written: packed, row-major. */
typedef struct {
  const char *name;
  SkDtype
      dtype; /* F32, F64, I64, or F16, which is rounded from floats; any where @raw */
  gint64 shape[SK_TENSOR_MAX_DIMS];
  int n_dims;
  const void *data; /* (shape) of @dtype in the machine's byte order; floats for F16 */
  gboolean raw; /* @data already are the bytes of a file */
} SkTensorToWrite;

/* Elements, and the bytes they take in a file. */
gsize
sk_tensor_to_write_count (const SkTensorToWrite *tensor);

gsize
sk_tensor_to_write_size (const SkTensorToWrite *tensor);

/**
 * sk_tensor_to_write_bytes:
 * @out: (sk_tensor_to_write_size()) as it stands in files: little-endian
 */
void
sk_tensor_to_write_bytes (const SkTensorToWrite *tensor, guint8 *out);

/**
 * sk_safetensors_write:
 * @metadata: (nullable) string → string
 *
 * Orders tensors by alignment, then name, writes beside @path and renames: whatever goes
 * wrong, a file that stood there before stays whole.
 */
gboolean
sk_safetensors_write (const char *path, const SkTensorToWrite *tensors, int n_tensors,
                      GHashTable *metadata, GError **error);
