#pragma once

#include "decode.h"

/* Pictures as bytes, for whoever tests decoding. */

/* (transfer full): a file of @type ("png"), whose pixels follow from their place: channel c
 * at (x, y) is 70·c + 30·y + 7·x */
GBytes *
encode (const char *type, int width, int height, gboolean alpha);

/* sk_image_decode() of @size bytes. */
gboolean
decode_bytes (const void *bytes, gsize size, SkImage *image, GError **error);

/* Appends a chunk of a PNG, with its checksum. */
void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint32 size);
