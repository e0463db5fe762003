#pragma once

#include "dataset.h"

/* How a camera was held. Everything is bounded; what makes no sense counts as upright. */

#define SK_ORIENTATION_UPRIGHT 1 /* of 1 … 8, as EXIF numbers them */

/**
 * sk_tiff_find:
 * @bytes: a TIFF structure, as in a TIFF file or after "Exif\0\0"
 * @tag: of a SHORT or LONG in its first directory
 * @value: (out)
 */
gboolean
sk_tiff_find (const guint8 *bytes, gsize size, guint16 tag, guint32 *value);

/* @bytes: a TIFF structure, with or without "Exif\0\0" before it. */
int
sk_exif_orientation (const guint8 *bytes, gsize size);

/* Turns @image upright, in a new buffer where anything is to be done. */
void
sk_image_orient (SkImage *image, int orientation);
