#pragma once

#include "dataset.h"
#include "signature.h"

/* The decoders behind sk_image_decode(). For the files of this folder only. */

/* More pixels than this are refused: twice what one GiB of RGB would hold, and the bound
 * at which Pillow refuses too. */
#define SK_MAX_PIXELS ((guint64) 178956970)

/**
 * sk_image_check_size:
 * @bytes_per_pixel: that decoding will take at its height
 * @error: SK_ERROR_FORMAT for an empty picture, SK_ERROR_MEMORY for a huge one
 */
gboolean
sk_image_check_size (guint64 width, guint64 height, guint64 bytes_per_pixel,
                     GError **error);

/* Returns TRUE, and sets @error, where @cancellable was cancelled. */
gboolean
sk_image_cancelled (GCancellable *cancellable, GError **error);

gboolean
sk_jpeg_decode (const guint8 *bytes, gsize size, GCancellable *cancellable,
                SkImage *image, GError **error);

gboolean
sk_pixbuf_decode (SkFormat format, const guint8 *bytes, gsize size,
                  GCancellable *cancellable, SkImage *image, GError **error);
