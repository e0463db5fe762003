#include "exif.h"

#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define TYPE_LONG 4
#define ENTRY_BYTES 12

/* A reader that refuses to leave its bytes. */
typedef struct {
  const guint8 *bytes;
  gsize size;
  gboolean big_endian;
} Tiff;

static gboolean
read16 (const Tiff *self, guint64 at, guint32 *value) {
  if (at + 2 > self->size)
    return FALSE;
  *value = self->big_endian ? (guint32) (self->bytes[at] << 8 | self->bytes[at + 1])
                            : (guint32) (self->bytes[at + 1] << 8 | self->bytes[at]);
  return TRUE;
}

static gboolean
read32 (const Tiff *self, guint64 at, guint32 *value) {
  guint32 first, second;

  if (!read16 (self, at, &first) || !read16 (self, at + 2, &second))
    return FALSE;
  *value = self->big_endian ? first << 16 | second : second << 16 | first;
  return TRUE;
}

static gboolean
tiff_init (Tiff *self, const guint8 *bytes, gsize size) {
  *self = (Tiff){ .bytes = bytes, .size = size };
  if (size < 8)
    return FALSE;
  self->big_endian = bytes[0] == 'M';
  return memcmp (bytes, "II*\0", 4) == 0 || memcmp (bytes, "MM\0*", 4) == 0;
}

gboolean
sk_tiff_find (const guint8 *bytes, gsize size, guint16 tag, guint32 *value) {
  guint32 directory, n_entries;
  Tiff tiff;

  if (!tiff_init (&tiff, bytes, size) || !read32 (&tiff, 4, &directory) ||
      !read16 (&tiff, directory, &n_entries))
    return FALSE;
  for (guint32 i = 0; i < n_entries; i++) {
    guint64 entry = (guint64) directory + 2 + (guint64) i * ENTRY_BYTES;
    guint32 this_tag, type, count;

    if (!read16 (&tiff, entry, &this_tag) || !read16 (&tiff, entry + 2, &type) ||
        !read32 (&tiff, entry + 4, &count))
      return FALSE;
    if (this_tag != tag)
      continue;
    if (count != 1)
      return FALSE;
    if (type == TYPE_SHORT)
      return read16 (&tiff, entry + 8, value);
    return type == TYPE_LONG && read32 (&tiff, entry + 8, value);
  }
  return FALSE;
}

int
sk_exif_orientation (const guint8 *bytes, gsize size) {
  guint32 value;

  if (size > 6 && memcmp (bytes, "Exif\0\0", 6) == 0) {
    bytes += 6;
    size -= 6;
  }
  if (!sk_tiff_find (bytes, size, TAG_ORIENTATION, &value) || value < 1 || value > 8)
    return SK_ORIENTATION_UPRIGHT;
  return (int) value;
}

/* Where the upright pixel (x, y) lies in the picture as stored: from a corner, so many
 * steps for each x and y. */
static const struct {
  gboolean from_right, from_bottom;
  gboolean swapped; /* x walks along the stored columns */
} layouts[] = {
  [1] = { FALSE, FALSE, FALSE }, [2] = { TRUE, FALSE, FALSE },
  [3] = { TRUE, TRUE, FALSE },   [4] = { FALSE, TRUE, FALSE },
  [5] = { FALSE, FALSE, TRUE },  [6] = { FALSE, TRUE, TRUE },
  [7] = { TRUE, TRUE, TRUE },    [8] = { TRUE, FALSE, TRUE },
};

void
sk_image_orient (SkImage *image, int orientation) {
  gsize width = (gsize) image->width, height = (gsize) image->height;
  gssize step_x, step_y;
  const guint8 *corner;
  SkImage out;
  guint8 *to;

  if (orientation <= SK_ORIENTATION_UPRIGHT || orientation > 8)
    return;
  corner = image->pixels;
  step_x = 3;
  step_y = (gssize) width * 3;
  if (layouts[orientation].from_right) {
    corner += (width - 1) * 3;
    step_x = -step_x;
  }
  if (layouts[orientation].from_bottom) {
    corner += (height - 1) * width * 3;
    step_y = -step_y;
  }
  out = (SkImage){ g_malloc (width * height * 3), image->width, image->height };
  if (layouts[orientation].swapped) {
    gssize swap = step_x;

    step_x = step_y;
    step_y = swap;
    out.width = image->height;
    out.height = image->width;
  }
  to = out.pixels;
  for (int y = 0; y < out.height; y++)
    for (int x = 0; x < out.width; x++, to += 3)
      memcpy (to, corner + x * step_x + y * step_y, 3);
  sk_image_clear (image);
  *image = out;
}
