/* Storages and tensors that are views of them, as all containers of PyTorch have them. */

#include <string.h>

#include "errors.h"
#include "pytorch-private.h"

static const struct {
  const char *name; /* of a storage class, or of a dtype */
  SkDtype dtype;
} dtypes[] = {
  { "FloatStorage", SK_DTYPE_F32 },  { "DoubleStorage", SK_DTYPE_F64 },
  { "HalfStorage", SK_DTYPE_F16 },   { "BFloat16Storage", SK_DTYPE_BF16 },
  { "LongStorage", SK_DTYPE_I64 },   { "IntStorage", SK_DTYPE_I32 },
  { "ShortStorage", SK_DTYPE_I16 },  { "CharStorage", SK_DTYPE_I8 },
  { "ByteStorage", SK_DTYPE_U8 },    { "BoolStorage", SK_DTYPE_BOOL },
  { "UntypedStorage", SK_DTYPE_U8 }, { "FloatTensor", SK_DTYPE_F32 },
  { "DoubleTensor", SK_DTYPE_F64 },  { "HalfTensor", SK_DTYPE_F16 },
  { "LongTensor", SK_DTYPE_I64 },    { "IntTensor", SK_DTYPE_I32 },
  { "ShortTensor", SK_DTYPE_I16 },   { "CharTensor", SK_DTYPE_I8 },
  { "ByteTensor", SK_DTYPE_U8 },     { "float32", SK_DTYPE_F32 },
  { "float64", SK_DTYPE_F64 },       { "float16", SK_DTYPE_F16 },
  { "bfloat16", SK_DTYPE_BF16 },     { "int64", SK_DTYPE_I64 },
  { "int32", SK_DTYPE_I32 },         { "int16", SK_DTYPE_I16 },
  { "int8", SK_DTYPE_I8 },           { "uint8", SK_DTYPE_U8 },
  { "bool", SK_DTYPE_BOOL },
};

/* Modules that PyTorch's storages and dtypes come from. */
static const char *const modules[] = { "torch ", "torch.storage ", "torch.cuda " };

void
sk_storages_init (SkStorages *self) {
  self->storages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->tensors = NULL;
}

void
sk_storages_clear (SkStorages *self) {
  g_clear_pointer (&self->storages, g_hash_table_unref);
  g_clear_pointer (&self->tensors, g_hash_table_unref);
}

gboolean
sk_storage_dtype (const SkPickleValue *value, SkDtype *dtype) {
  const char *name = NULL;

  if (value == NULL || value->kind != SK_PICKLE_GLOBAL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++)
    if (g_str_has_prefix (value->text, modules[i]))
      name = value->text + strlen (modules[i]);
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (dtypes); i++)
    if (strcmp (dtypes[i].name, name) == 0) {
      *dtype = dtypes[i].dtype;
      return TRUE;
    }
  return FALSE;
}

static gboolean
as_count (const SkPickleValue *value, guint64 *count) {
  if (value == NULL || value->kind != SK_PICKLE_INT || value->integer < 0)
    return FALSE;
  *count = (guint64) value->integer;
  return TRUE;
}

/* ('storage', class, key, location, number of elements[, view]): the location, a device
 * that is not here, does not matter; nor does the view, here. */
SkStorage *
sk_storages_meet (SkStorages *self, const SkPickleValue *persistent, const char **key,
                  GError **error) {
  const SkPickleValue *id = persistent->arguments;
  const SkPickleValue *name = sk_pickle_item (id, 2), *type = sk_pickle_item (id, 1);
  SkStorage found = { 0 };
  SkStorage *storage;

  if (name == NULL || name->kind != SK_PICKLE_STRING ||
      !as_count (sk_pickle_item (id, 4), &found.count)) {
    sk_refuse (error, SK_ERROR_FORMAT, "a storage is named in an unknown way");
    return NULL;
  }
  if (!sk_storage_dtype (type, &found.dtype)) {
    sk_refuse (error, SK_ERROR_UNSUPPORTED,
               "numbers of the type “%.100s” are not read; save the weights as float32",
               type != NULL && type->kind == SK_PICKLE_GLOBAL ? type->text : "?");
    return NULL;
  }
  if (key != NULL)
    *key = name->text;
  storage = g_hash_table_lookup (self->storages, name->text);
  if (storage != NULL && storage->dtype == found.dtype && storage->count == found.count)
    return storage;
  if (storage != NULL) {
    sk_refuse (error, SK_ERROR_FORMAT, "one storage is said to be of two types");
    return NULL;
  }
  storage = g_memdup2 (&found, sizeof found);
  g_hash_table_insert (self->storages, g_strdup (name->text), storage);
  return storage;
}

gboolean
sk_tensor_place (SkTensor *tensor, const SkStorage *storage, guint64 offset,
                 GError **error) {
  guint64 item = sk_dtype_size (tensor->dtype), count = 1, last = offset, bytes;

  for (int i = 0; i < tensor->n_dims; i++) {
    guint64 reach;

    if (tensor->shape[i] < 0 || tensor->stride[i] < 0)
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "a tensor has a negative size or stride");
    if (__builtin_mul_overflow (count, (guint64) tensor->shape[i], &count) ||
        count > G_MAXINT64)
      return sk_refuse (error, SK_ERROR_FORMAT, "a tensor is too large");
    if (tensor->shape[i] < 2)
      continue;
    if (__builtin_mul_overflow ((guint64) tensor->shape[i] - 1,
                                (guint64) tensor->stride[i], &reach) ||
        __builtin_add_overflow (last, reach, &last))
      return sk_refuse (error, SK_ERROR_FORMAT, "a tensor reaches beyond its storage");
  }
  tensor->count = (gsize) count;
  if (count == 0)
    return TRUE;
  if (__builtin_add_overflow (last, 1, &last) ||
      __builtin_mul_overflow (last, item, &bytes) || bytes > storage->size ||
      storage->data == NULL)
    return sk_refuse (error, SK_ERROR_FORMAT, "a tensor reaches beyond its storage");
  tensor->data = storage->data + offset * item;
  return TRUE;
}

/* size and stride, two sequences of one length */
static gboolean
read_layout (SkTensor *tensor, const SkPickleValue *size, const SkPickleValue *stride,
             GError **error) {
  guint n = sk_pickle_length (size);

  if (size == NULL || stride == NULL || sk_pickle_length (stride) != n ||
      n > SK_TENSOR_MAX_DIMS)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "a tensor has no shape, or too many dimensions");
  tensor->n_dims = (int) n;
  for (guint i = 0; i < n; i++) {
    guint64 extent, step;

    if (!as_count (sk_pickle_item (size, i), &extent) ||
        !as_count (sk_pickle_item (stride, i), &step))
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "a tensor has a size that is not a number");
    tensor->shape[i] = (gint64) extent;
    tensor->stride[i] = (gint64) step;
  }
  return TRUE;
}

/* Streams before PyTorch 0.4 have storages that are parts of others: (key, offset, size)
 * in elements stands at the end of the persistent id. */
static gboolean
narrow (SkStorage *storage, const SkPickleValue *view, GError **error) {
  guint64 item = sk_dtype_size (storage->dtype), offset, count;

  if (view == NULL || view->kind == SK_PICKLE_NONE)
    return TRUE;
  if (!as_count (sk_pickle_item (view, 1), &offset) ||
      !as_count (sk_pickle_item (view, 2), &count) || offset > storage->count ||
      count > storage->count - offset || offset * item > storage->size ||
      count * item > storage->size - offset * item)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "a storage is a part of another that does not hold it");
  if (storage->data != NULL)
    storage->data += offset * item;
  storage->size = count * item;
  storage->count = count;
  return TRUE;
}

/* _rebuild_tensor (storage, offset, size, stride), and the later ones that add to it. */
static gboolean
rebuild (SkTensor *tensor, const SkPickleValue *arguments, gboolean has_dtype,
         SkStorages *storages, GError **error) {
  const SkPickleValue *persistent = sk_pickle_item (arguments, 0);
  const SkStorage *storage;
  SkStorage part;
  guint64 offset;

  if (persistent == NULL || persistent->kind != SK_PICKLE_PERSISTENT ||
      !as_count (sk_pickle_item (arguments, 1), &offset))
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "a tensor is made of something that is no storage");
  storage = sk_storages_meet (storages, persistent, NULL, error);
  if (storage == NULL)
    return FALSE;
  part = *storage;
  if (!narrow (&part, sk_pickle_item (persistent->arguments, 5), error))
    return FALSE;
  tensor->dtype = storage->dtype;
  if (has_dtype && !sk_storage_dtype (sk_pickle_item (arguments, 6), &tensor->dtype))
    return sk_refuse (error, SK_ERROR_FORMAT, "a tensor is of a type that is not read");
  return read_layout (tensor, sk_pickle_item (arguments, 2),
                      sk_pickle_item (arguments, 3), error) &&
         sk_tensor_place (tensor, &part, offset, error);
}

typedef enum {
  MADE_OTHERWISE, /* not by one of PyTorch's functions for tensors */
  MADE_FROM_STORAGE,
  MADE_FROM_STORAGE_AND_TYPE,
  MADE_FROM_TENSOR,
} Making;

static const struct {
  const char *name;
  Making making;
} makers[] = {
  { "torch._utils _rebuild_tensor", MADE_FROM_STORAGE },
  { "torch._utils _rebuild_tensor_v2", MADE_FROM_STORAGE },
  { "torch._utils _rebuild_tensor_v3", MADE_FROM_STORAGE_AND_TYPE },
  { "torch._utils _rebuild_parameter", MADE_FROM_TENSOR },
  { "torch._utils _rebuild_parameter_with_state", MADE_FROM_TENSOR },
  { "torch.nn.parameter Parameter", MADE_FROM_TENSOR },
};

static Making
making_of (const SkPickleValue *value) {
  if (value->kind != SK_PICKLE_CALL)
    return MADE_OTHERWISE;
  for (gsize i = 0; i < G_N_ELEMENTS (makers); i++)
    if (sk_pickle_is_global (value->callable, makers[i].name))
      return makers[i].making;
  return MADE_OTHERWISE;
}

/* A parameter wraps a tensor: among its arguments, or, in the oldest files, its state. */
static const SkPickleValue *
inner_tensor (const SkPickleValue *value) {
  const SkPickleValue *inner = sk_pickle_item (value->arguments, 0);

  return inner != NULL ? inner : sk_pickle_item (value->state, 0);
}

gboolean
sk_pickle_is_tensor (const SkPickleValue *value) {
  return value->kind == SK_PICKLE_PERSISTENT || making_of (value) != MADE_OTHERWISE;
}

gboolean
sk_storages_read_tensor (SkStorages *self, const SkPickleValue *value, SkTensor *tensor,
                         GError **error) {
  /* A parameter of a parameter of … does not occur; two levels are one more than needed. */
  for (int depth = 0; value != NULL && depth < 3; depth++) {
    Making making = making_of (value);

    if (value->kind == SK_PICKLE_PERSISTENT && self->tensors != NULL) {
      const SkPickleValue *id = value->arguments;
      const SkTensor *known = id->kind == SK_PICKLE_STRING
                                  ? g_hash_table_lookup (self->tensors, id->text)
                                  : NULL;
      char *name = tensor->name;

      if (known == NULL)
        return sk_refuse (error, SK_ERROR_FORMAT,
                          "it refers to a tensor that it does not have");
      *tensor = *known;
      tensor->name = name;
      return TRUE;
    }
    if (making == MADE_FROM_STORAGE || making == MADE_FROM_STORAGE_AND_TYPE)
      return rebuild (tensor, value->arguments, making == MADE_FROM_STORAGE_AND_TYPE,
                      self, error);
    if (making != MADE_FROM_TENSOR)
      break;
    value = inner_tensor (value);
  }
  return sk_refuse (error, SK_ERROR_FORMAT, "a tensor is made in an unknown way");
}
