#pragma once

#include <glib.h>

/* Walks the chunks of PNG and WebP files, for what gdk-pixbuf does not tell. Everything is
 * bounded. */

/* EXIF orientation, 1 … 8; upright where there is none. */
int
sk_png_orientation (const guint8 *bytes, gsize size);

int
sk_webp_orientation (const guint8 *bytes, gsize size);

gboolean
sk_png_is_interlaced (const guint8 *bytes, gsize size);

/* Is the last chunk there, so that the file was not cut short? */
gboolean
sk_png_has_end (const guint8 *bytes, gsize size);

gboolean
sk_webp_has_end (const guint8 *bytes, gsize size);

/* Whether the extended header promises more than one frame. */
gboolean
sk_webp_is_animated (const guint8 *bytes, gsize size);
