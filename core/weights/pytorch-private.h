#pragma once

#include "pickle.h"
#include "tensors.h"

/* Between the containers of PyTorch and what is common to them. */

#define SK_PYTORCH_BIG_ENDIAN                                                          \
  "it was written on a big-endian machine; save the weights again on another"

/* One storage: a row of elements that tensors are views of. */
typedef struct {
  SkDtype dtype;
  guint64 count; /* elements as the pickle has it */
  const guint8 *data; /* (nullable): not read yet */
  guint64 size; /* bytes of @data */
} SkStorage;

/* Storages by key, and, for the oldest container, tensors by id. */
typedef struct {
  GHashTable *storages; /* char* → SkStorage* */
  GHashTable *tensors; /* char* → SkTensor* (nullable) */
} SkStorages;

void
sk_storages_init (SkStorages *self);

void
sk_storages_clear (SkStorages *self);

/* dtype of a storage class or a dtype of torch: "torch FloatStorage", "torch float32". */
gboolean
sk_storage_dtype (const SkPickleValue *value, SkDtype *dtype);

/* The storage that a persistent id of the zip and legacy containers names; one that is
 * met for the first time is added without data. @key: (out) (nullable) */
SkStorage *
sk_storages_meet (SkStorages *self, const SkPickleValue *persistent, const char **key,
                  GError **error);

/* Whether @value is made by one of PyTorch's functions for tensors and parameters. */
gboolean
sk_pickle_is_tensor (const SkPickleValue *value);

/* @tensor: its name is the caller's, all else is filled in */
gboolean
sk_storages_read_tensor (SkStorages *self, const SkPickleValue *value, SkTensor *tensor,
                         GError **error);

/**
 * sk_pytorch_collect:
 * @root: what was saved
 * @self: every storage has its data
 *
 * Unwraps `state_dict`, `model` and their like, and adds every tensor to @file.
 */
gboolean
sk_pytorch_collect (SkTensorFile *file, const SkPickleValue *root, SkStorages *self,
                    GError **error);

/* Sizes and strides against the storage; the tensor then points into it. */
gboolean
sk_tensor_place (SkTensor *tensor, const SkStorage *storage, guint64 offset,
                 GError **error);

/* The three containers. */
SkTensorFile *
sk_pytorch_zip_parse (GBytes *bytes, GError **error);

SkTensorFile *
sk_pytorch_legacy_parse (GBytes *bytes, GError **error);

SkTensorFile *
sk_pytorch_tar_parse (GBytes *bytes, GError **error);
