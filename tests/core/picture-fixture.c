#include "picture-fixture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

GBytes *
encode (const char *type, int width, int height, gboolean alpha) {
  g_autoptr (GdkPixbuf) pixbuf =
      gdk_pixbuf_new (GDK_COLORSPACE_RGB, alpha, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf), n = alpha ? 4 : 3;
  g_autoptr (GError) error = NULL;
  char *buffer;
  gsize size;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < n; c++)
        pixels[y * stride + x * n + c] = (guint8) (c * 70 + y * 30 + x * 7);
  gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &size, type, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (buffer, size);
}

gboolean
decode_bytes (const void *bytes, gsize size, SkImage *image, GError **error) {
  g_autoptr (GBytes) wrapped = g_bytes_new (bytes, size);

  return sk_image_decode (wrapped, NULL, image, error);
}

static guint32
crc32_of (const guint8 *bytes, gsize size) {
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++) {
    crc ^= bytes[i];
    for (int k = 0; k < 8; k++)
      crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return ~crc;
}

static void
append32 (GByteArray *bytes, guint32 value) {
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *) &big, 4);
}

void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint32 size) {
  gsize at = png->len + 4;

  append32 (png, size);
  g_byte_array_append (png, (const guint8 *) type, 4);
  if (size > 0)
    g_byte_array_append (png, data, size);
  append32 (png, crc32_of (png->data + at, size + 4));
}
