#include "decode.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "arena.h"
#include "decoders.h"
#include "errors.h"

#define MAX_FILE ((gint64) 1 << 30) /* bytes */
/* Below this, memory is not worth asking about. */
#define SMALL_PICTURE ((guint64) 1 << 24) /* pixels */

gboolean
sk_image_cancelled (GCancellable *cancellable, GError **error) {
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "decoding was cancelled");
  return TRUE;
}

gboolean
sk_image_check_size (guint64 width, guint64 height, guint64 bytes_per_pixel,
                     GError **error) {
  guint64 pixels, need;

  if (width == 0 || height == 0)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "its header says %" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT
                      ": there is no picture in it",
                      width, height);
  if (width > SK_MAX_PIXELS || height > SK_MAX_PIXELS / width)
    return sk_refuse (error, SK_ERROR_MEMORY,
                      "%" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT
                      " is more than the %" G_GUINT64_FORMAT
                      " pixels that are allowed; scale it down first",
                      width, height, SK_MAX_PIXELS);
  pixels = width * height;
  need = pixels * bytes_per_pixel;
  if (pixels > SMALL_PICTURE && need > sk_memory_available ())
    return sk_refuse (error, SK_ERROR_MEMORY,
                      "%" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT
                      " pixels need %" G_GUINT64_FORMAT
                      " MB, which are not free; scale it down or close other programs",
                      width, height, need >> 20);
  return TRUE;
}

gboolean
sk_image_decode (GBytes *bytes, GCancellable *cancellable, SkImage *image,
                 GError **error) {
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  SkFormat format = sk_format_detect (data, size);

  *image = (SkImage){ 0 };
  if (sk_image_cancelled (cancellable, error))
    return FALSE;
  switch (format) {
  case SK_FORMAT_JPEG:
    return sk_jpeg_decode (data, size, cancellable, image, error);
  case SK_FORMAT_PNG:
  case SK_FORMAT_WEBP:
  case SK_FORMAT_GIF:
  case SK_FORMAT_BMP:
  case SK_FORMAT_TIFF:
    return sk_pixbuf_decode (format, data, size, cancellable, image, error);
  case SK_FORMAT_UNKNOWN:
  default:
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "not a JPEG, PNG, WebP, GIF, BMP or TIFF picture, but %s",
                      sk_format_guess_other (data, size));
  }
}

static GBytes *
read_file (const char *path, GError **error) {
  g_autoptr (GError) why = NULL;
  GStatBuf status;
  char *contents;
  gsize size;

  if (g_stat (path, &status) != 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s", g_strerror (errno));
    return NULL;
  }
  /* A pipe would block for ever, a device might never end. */
  if (!S_ISREG (status.st_mode)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s, not a file",
                 S_ISDIR (status.st_mode) ? "a folder" : "a device or a pipe");
    return NULL;
  }
  if (status.st_size > MAX_FILE) {
    g_set_error (error, SK_ERROR, SK_ERROR_MEMORY,
                 "%" G_GINT64_FORMAT " MB is too large for a picture",
                 (gint64) status.st_size >> 20);
    return NULL;
  }
  if (!g_file_get_contents (path, &contents, &size, &why)) {
    g_set_error_literal (error, SK_ERROR, SK_ERROR_FILE, why->message);
    return NULL;
  }
  return g_bytes_new_take (contents, size);
}

gboolean
sk_image_load (const char *path, GCancellable *cancellable, SkImage *image,
               GError **error) {
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = read_file (path, error);

  *image = (SkImage){ 0 };
  if (bytes == NULL || !sk_image_decode (bytes, cancellable, image, error)) {
    g_prefix_error (error, "%s: ", shown);
    return FALSE;
  }
  return TRUE;
}
