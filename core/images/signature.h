#pragma once

#include <glib.h>

/* Which format bytes are in, and what their header says, before any decoder sees them. */

typedef enum {
  SK_FORMAT_UNKNOWN,
  SK_FORMAT_JPEG,
  SK_FORMAT_PNG,
  SK_FORMAT_WEBP,
  SK_FORMAT_GIF,
  SK_FORMAT_BMP,
  SK_FORMAT_TIFF,
} SkFormat;

/* As gdk-pixbuf calls it: "png"; NULL for the unknown. */
const char *
sk_format_name (SkFormat format);

/* For people: "PNG". */
const char *
sk_format_title (SkFormat format);

/* By the first bytes alone; names and extensions do not count. */
SkFormat
sk_format_detect (const guint8 *bytes, gsize size);

/**
 * sk_format_size:
 * @width, @height: (out)
 *
 * What the header of a PNG, WebP, GIF, BMP or TIFF says. A JPEG's is read by libjpeg.
 *
 * Returns: FALSE where the header is cut short or senseless
 */
gboolean
sk_format_size (SkFormat format, const guint8 *bytes, gsize size, guint64 *width,
                guint64 *height);

/**
 * sk_format_could_hold:
 *
 * Whether @size bytes can hold a picture of @width × @height, however well they are
 * compressed: a header that promises more is not believed, before anything is allocated.
 * TRUE where the format sets no bound.
 */
gboolean
sk_format_could_hold (SkFormat format, const guint8 *bytes, gsize size, guint64 width,
                      guint64 height);

/* What @bytes, which are no picture for us, look like instead: for people. */
const char *
sk_format_guess_other (const guint8 *bytes, gsize size);
