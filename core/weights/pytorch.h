#pragma once

#include "tensors.h"

/* PyTorch checkpoints in their three containers, read without running anything. */

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
