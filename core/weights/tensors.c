/* Tensors of a weight file: types, conversion to floats, containers by first bytes. */

#include "tensors.h"

#include <string.h>

#include "arena.h"
#include "errors.h"
#include "files.h"
#include "pytorch.h"
#include "safetensors.h"

static const struct {
  const char *name;
  gsize size;
} dtypes[SK_N_DTYPES] = {
  [SK_DTYPE_F32] = { "F32", 4 },   [SK_DTYPE_F16] = { "F16", 2 },
  [SK_DTYPE_BF16] = { "BF16", 2 }, [SK_DTYPE_F64] = { "F64", 8 },
  [SK_DTYPE_I64] = { "I64", 8 },   [SK_DTYPE_I32] = { "I32", 4 },
  [SK_DTYPE_I16] = { "I16", 2 },   [SK_DTYPE_I8] = { "I8", 1 },
  [SK_DTYPE_U8] = { "U8", 1 },     [SK_DTYPE_BOOL] = { "BOOL", 1 },
};

const char *
sk_dtype_name (SkDtype dtype) {
  return dtypes[dtype].name;
}

gsize
sk_dtype_size (SkDtype dtype) {
  return dtypes[dtype].size;
}

gboolean
sk_dtype_from_name (const char *name, SkDtype *dtype) {
  for (int i = 0; i < SK_N_DTYPES; i++)
    if (strcmp (dtypes[i].name, name) == 0) {
      *dtype = (SkDtype) i;
      return TRUE;
    }
  return FALSE;
}

static void
tensor_free (gpointer data) {
  SkTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor);
}

SkTensorFile *
sk_tensor_file_new (const char *container) {
  SkTensorFile *self = g_new0 (SkTensorFile, 1);

  self->container = container;
  self->tensors = g_ptr_array_new_with_free_func (tensor_free);
  self->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return self;
}

SkTensor *
sk_tensor_file_add (SkTensorFile *self, const char *name) {
  SkTensor *tensor = g_new0 (SkTensor, 1);

  tensor->name = g_strdup (name);
  g_ptr_array_add (self->tensors, tensor);
  return tensor;
}

void
sk_tensor_file_free (SkTensorFile *self) {
  if (self == NULL)
    return;
  g_ptr_array_unref (self->tensors);
  g_hash_table_unref (self->metadata);
  g_ptr_array_unref (self->buffers);
  g_free (self->wrapper);
  g_free (self);
}

const SkTensor *
sk_tensor_file_find (const SkTensorFile *self, const char *name) {
  for (guint i = 0; i < self->tensors->len; i++) {
    const SkTensor *tensor = self->tensors->pdata[i];

    if (strcmp (tensor->name, name) == 0)
      return tensor;
  }
  return NULL;
}

/* Containers of other programs, by their first bytes, and what to do about them. */
static const struct {
  const char *magic, *what;
} foreign[] = {
  { "PYTORCH1", "a PyTorch preview of 2018 (PYTORCH1); save the weights again with a "
                "later PyTorch" },
  { "\x89HDF", "an HDF5 file (Keras); only PyTorch's weights are read" },
  { "GGUF", "a GGUF file (a language model); only residual networks are read" },
  { "\x93NUMPY", "a NumPy array; save named tensors as safetensors" },
  { "\x1f\x8b", "packed with gzip; unpack it first" },
  { "\xfd"
    "7zXZ",
    "packed with xz; unpack it first" },
  { "version https://git-lfs", "a pointer of Git LFS, not the file; run git lfs pull" },
  { "<", "a web page or XML, not weights; download the file itself" },
  { "\x80", "a Python pickle that torch.save did not write; in Python, torch.save "
            "(model.state_dict (), …)" },
  { "\x08", "perhaps an ONNX model; they are written here, not read" },
};

static void
refuse_foreign (const guint8 *data, gsize size, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++) {
    gsize length = strlen (foreign[i].magic);

    if (size >= length && memcmp (data, foreign[i].magic, length) == 0) {
      sk_refuse (error, SK_ERROR_UNSUPPORTED, "it is %s", foreign[i].what);
      return;
    }
  }
  sk_refuse (error, SK_ERROR_UNSUPPORTED,
             "neither safetensors nor a PyTorch checkpoint (.pth, .pt, .th)");
}

SkTensorFile *
sk_tensor_file_parse (GBytes *bytes, GError **error) {
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (sk_pytorch_recognise (data, size))
    return sk_pytorch_parse (bytes, error);
  if (size >= 9 && data[8] == '{')
    return sk_safetensors_parse (bytes, error);
  refuse_foreign (data, size, error);
  return NULL;
}

SkTensorFile *
sk_tensor_file_read (const char *path, GError **error) {
  g_autoptr (GBytes) bytes = sk_file_load (path, sk_memory_available (), error);
  SkTensorFile *file;

  if (bytes == NULL)
    return NULL;
  file = sk_tensor_file_parse (bytes, error);
  if (file == NULL)
    g_prefix_error (error, "%s: ", path);
  return file;
}

static float
float_from_bits (guint32 bits) {
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static float
float_from_half (guint16 half) {
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 exponent = (half >> 10) & 31, fraction = half & 1023;

  if (exponent == 31)
    return float_from_bits (sign | 0x7f800000 | fraction << 13);
  if (exponent == 0) {
    float value = (float) fraction * 0x1p-24f;

    return sign != 0 ? -value : value;
  }
  return float_from_bits (sign | (exponent + 112) << 23 | fraction << 13);
}

static guint64
little_endian (const guint8 *p, gsize size) {
  guint64 value = 0;

  for (gsize i = size; i-- > 0;)
    value = value << 8 | p[i];
  return value;
}

static float
element (SkDtype dtype, const guint8 *p) {
  guint64 bits = little_endian (p, dtypes[dtype].size);
  double wide;

  switch (dtype) {
  case SK_DTYPE_F32:
    return float_from_bits ((guint32) bits);
  case SK_DTYPE_F16:
    return float_from_half ((guint16) bits);
  case SK_DTYPE_BF16:
    return float_from_bits ((guint32) bits << 16);
  case SK_DTYPE_F64:
    memcpy (&wide, &bits, sizeof wide);
    return (float) wide;
  case SK_DTYPE_I64:
    return (float) (gint64) bits;
  case SK_DTYPE_I32:
    return (float) (gint32) bits;
  case SK_DTYPE_I16:
    return (float) (gint16) bits;
  case SK_DTYPE_I8:
    return (float) (gint8) bits;
  case SK_DTYPE_U8:
  case SK_DTYPE_BOOL:
  default:
    return (float) bits;
  }
}

static gboolean
is_packed (const SkTensor *self) {
  gint64 stride = 1;

  for (int i = self->n_dims; i-- > 0;) {
    if (self->shape[i] != 1 && self->stride[i] != stride)
      return FALSE;
    stride *= self->shape[i];
  }
  return TRUE;
}

/* A walk over the elements in row-major order, whatever the strides. */
typedef struct {
  gint64 index[SK_TENSOR_MAX_DIMS];
  gint64 offset; /* elements */
} Walk;

static void
advance (Walk *walk, const SkTensor *tensor) {
  for (int d = tensor->n_dims; d-- > 0;) {
    walk->offset += tensor->stride[d];
    if (++walk->index[d] < tensor->shape[d])
      return;
    walk->offset -= tensor->stride[d] * tensor->shape[d];
    walk->index[d] = 0;
  }
}

void
sk_tensor_to_floats (const SkTensor *self, float *out) {
  gsize size = dtypes[self->dtype].size;
  Walk walk = { 0 };

  if (self->count == 0)
    return;
  if (is_packed (self)) {
    if (self->dtype == SK_DTYPE_F32 && G_BYTE_ORDER == G_LITTLE_ENDIAN)
      memcpy (out, self->data, self->count * sizeof *out);
    else
      for (gsize i = 0; i < self->count; i++)
        out[i] = element (self->dtype, self->data + i * size);
    return;
  }
  for (gsize i = 0; i < self->count; i++, advance (&walk, self))
    out[i] = element (self->dtype, self->data + (gsize) walk.offset * size);
}

void
sk_tensor_to_bytes (const SkTensor *self, guint8 *out) {
  gsize size = dtypes[self->dtype].size;
  Walk walk = { 0 };

  if (self->count == 0)
    return;
  if (is_packed (self)) {
    memcpy (out, self->data, self->count * size);
    return;
  }
  for (gsize i = 0; i < self->count; i++, advance (&walk, self))
    memcpy (out + i * size, self->data + (gsize) walk.offset * size, size);
}

char *
sk_shape_to_string (const gint64 *shape, int n_dims) {
  GString *text = g_string_new (n_dims == 0 ? "scalar" : NULL);

  for (int i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "×" : "", shape[i]);
  return g_string_free (text, FALSE);
}
