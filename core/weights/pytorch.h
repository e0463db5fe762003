#pragma once

#include "safetensors.h"

/* PyTorch checkpoints in their three containers, read without running anything. */

/* The entry of the zip container in which we leave metadata: a JSON object of strings. */
#define SK_PYTORCH_METADATA "skipscope.json"

/* Whether the first bytes are those of such a container. */
gboolean
sk_pytorch_recognise (const guint8 *data, gsize size);

/**
 * sk_pytorch_parse:
 * @bytes: the whole file; the result's tensors may point into it
 * @error: SK_ERROR_FORMAT with the offset or the entry; SK_ERROR_UNSUPPORTED for what is
 *   no state dict (TorchScript, a pickled model), saying what to do
 */
SkTensorFile *
sk_pytorch_parse (GBytes *bytes, GError **error);

/**
 * sk_pytorch_write:
 * @path: replaced in one moment, or left as it was
 * @metadata: (nullable) string → string
 *
 * Writes the zip container, which torch.load (…, weights_only=True) accepts and reads as
 * a plain state dict; @metadata goes into an entry of its own, which PyTorch leaves alone.
 */
gboolean
sk_pytorch_write (const char *path, const SkTensorToWrite *tensors, int n_tensors,
                  GHashTable *metadata, GError **error);
