#include "chunks.h"

#include <string.h>

#include "exif.h"

#define PNG_FIRST 8 /* bytes, of the signature */
#define PNG_INTERLACE 28 /* offset of that byte of IHDR, always the first chunk */
#define WEBP_FIRST 12 /* bytes: "RIFF", size, "WEBP" */
#define MAX_CHUNKS 1000000 /* a file of empty chunks is no reason to walk for ever */

static guint64
little32 (const guint8 *p) {
  return p[0] | (guint64) p[1] << 8 | (guint64) p[2] << 16 | (guint64) p[3] << 24;
}

static guint64
big32 (const guint8 *p) {
  return p[3] | (guint64) p[2] << 8 | (guint64) p[1] << 16 | (guint64) p[0] << 24;
}

/* The data of the first chunk called @type: length, type, data, checksum. */
static const guint8 *
png_find (const guint8 *bytes, gsize size, const char *type, gsize *length) {
  guint64 at = PNG_FIRST;

  for (int i = 0; i < MAX_CHUNKS && at + 12 <= size; i++) {
    guint64 n = big32 (bytes + at);

    if (at + 12 + n > size)
      return NULL;
    if (memcmp (bytes + at + 4, type, 4) == 0) {
      *length = (gsize) n;
      return bytes + at + 8;
    }
    at += 12 + n;
  }
  return NULL;
}

/* Type, length, data padded to even. */
static const guint8 *
webp_find (const guint8 *bytes, gsize size, const char *type, gsize *length) {
  guint64 at = WEBP_FIRST;

  for (int i = 0; i < MAX_CHUNKS && at + 8 <= size; i++) {
    guint64 n = little32 (bytes + at + 4);

    if (at + 8 + n > size)
      return NULL;
    if (memcmp (bytes + at, type, 4) == 0) {
      *length = (gsize) n;
      return bytes + at + 8;
    }
    at += 8 + n + (n & 1);
  }
  return NULL;
}

int
sk_png_orientation (const guint8 *bytes, gsize size) {
  gsize length;
  const guint8 *data = png_find (bytes, size, "eXIf", &length);

  return data ? sk_exif_orientation (data, length) : SK_ORIENTATION_UPRIGHT;
}

int
sk_webp_orientation (const guint8 *bytes, gsize size) {
  gsize length;
  const guint8 *data = webp_find (bytes, size, "EXIF", &length);

  return data ? sk_exif_orientation (data, length) : SK_ORIENTATION_UPRIGHT;
}

gboolean
sk_png_is_interlaced (const guint8 *bytes, gsize size) {
  return size > PNG_INTERLACE && bytes[PNG_INTERLACE] != 0;
}

gboolean
sk_png_has_end (const guint8 *bytes, gsize size) {
  gsize length;

  return png_find (bytes, size, "IEND", &length) != NULL;
}

gboolean
sk_webp_has_end (const guint8 *bytes, gsize size) {
  return size >= WEBP_FIRST && little32 (bytes + 4) + 8 <= size;
}

gboolean
sk_webp_is_animated (const guint8 *bytes, gsize size) {
  /* RIFF header (12 bytes), then chunk VP8X: name, length, flags; bit 1 is animation. */
  return size > 20 && memcmp (bytes + 12, "VP8X", 4) == 0 && (bytes[20] & 2) != 0;
}
