#pragma once

#include "dataset.h"

/**
 * sk_image_decode:
 * @bytes: a whole file: JPEG by libjpeg, PNG, WebP, GIF (first frame), BMP, TIFF by
 *   gdk-pixbuf after its signature was recognised
 * @cancellable: (nullable): checked while rows are read
 * @image: (out): upright (EXIF), RGB, alpha over white
 * @error: SK_ERROR_FORMAT, SK_ERROR_UNSUPPORTED, SK_ERROR_MEMORY (over 178,956,970
 *   pixels), naming what is wrong
 */
gboolean
sk_image_decode (GBytes *bytes, GCancellable *cancellable, SkImage *image,
                 GError **error);

/* Reads and decodes a file; messages name the path. */
gboolean
sk_image_load (const char *path, GCancellable *cancellable, SkImage *image,
               GError **error);
