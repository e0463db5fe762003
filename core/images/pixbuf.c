#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>

#include "chunks.h"
#include "decoders.h"
#include "errors.h"
#include "exif.h"

/* PNG, WebP, GIF, BMP and TIFF by gdk-pixbuf. Its loader is named after our own look at
 * the signature, so no other of its loaders ever sees the bytes. */

#define CHUNK ((gsize) 1 << 16)
#define BYTES_PER_PIXEL 8 /* a pixbuf of RGBA, our RGB, and one row to spare */

typedef struct {
  GError *refused; /* (nullable): why its size was */
  int first, end; /* rows that were drawn: [first, end) */
} Progress;

/* The header was looked at before; where a loader reads another size out of it, that is
 * bounded here, before it allocates. A size of 0 makes every loader give up. */
static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer data) {
  Progress *self = data;

  if (self->refused == NULL &&
      !sk_image_check_size ((guint64) MAX (width, 0), (guint64) MAX (height, 0),
                            BYTES_PER_PIXEL, &self->refused))
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

static void
area_updated_cb (GdkPixbufLoader *loader, int x, int y, int width, int height,
                 gpointer data) {
  Progress *self = data;

  self->first = MIN (self->first, y);
  self->end = MAX (self->end, y + height);
}

/* Some loaders are content with a file that was cut short, and leave rows empty. */
static gboolean
is_complete (const Progress *self, SkFormat format, const GdkPixbuf *pixbuf,
             const guint8 *bytes, gsize size) {
  switch (format) {
  case SK_FORMAT_PNG:
    /* An interlaced one draws all rows early, but then its last chunk is missing. */
    if (sk_png_is_interlaced (bytes, size))
      return sk_png_has_end (bytes, size);
    return self->end >= gdk_pixbuf_get_height (pixbuf);
  case SK_FORMAT_BMP: /* mostly from the bottom */
    return self->first <= 0 && self->end >= gdk_pixbuf_get_height (pixbuf);
  case SK_FORMAT_WEBP:
    return sk_webp_has_end (bytes, size);
  case SK_FORMAT_GIF:
  case SK_FORMAT_TIFF: /* these complain themselves */
  case SK_FORMAT_JPEG:
  case SK_FORMAT_UNKNOWN:
  default:
    return TRUE;
  }
}

static gboolean
feed (GdkPixbufLoader *loader, const guint8 *bytes, gsize size,
      GCancellable *cancellable, GError **error) {
  for (gsize at = 0; at < size; at += CHUNK) {
    if (sk_image_cancelled (cancellable, error) ||
        !gdk_pixbuf_loader_write (loader, bytes + at, MIN (CHUNK, size - at), error))
      return FALSE;
  }
  return TRUE;
}

/* Alpha over white. */
static guint8
over_white (guint8 value, guint8 alpha) {
  return (guint8) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

static void
take_pixels (const GdkPixbuf *pixbuf, SkImage *image) {
  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  gsize stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *rows = gdk_pixbuf_read_pixels (pixbuf);
  int channels = gdk_pixbuf_get_n_channels (pixbuf);
  guint8 *to;

  *image = (SkImage){ g_malloc ((gsize) width * (gsize) height * 3), width, height };
  to = image->pixels;
  for (int y = 0; y < height; y++) {
    const guint8 *from = rows + (gsize) y * stride;

    for (int x = 0; x < width; x++, from += channels, to += 3)
      for (int c = 0; c < 3; c++)
        to[c] = channels == 4 ? over_white (from[c], from[3]) : from[c];
  }
}

static int
find_orientation (SkFormat format, GdkPixbuf *pixbuf, const guint8 *bytes, gsize size) {
  const char *option;

  if (format == SK_FORMAT_PNG)
    return sk_png_orientation (bytes, size);
  if (format == SK_FORMAT_WEBP)
    return sk_webp_orientation (bytes, size);
  /* libtiff has already done half of a TIFF's turn; the option says what is left. */
  option = gdk_pixbuf_get_option (pixbuf, "orientation");
  return option ? atoi (option) : SK_ORIENTATION_UPRIGHT;
}

/* Turns what gdk-pixbuf says into an error of ours. */
static void
set_error (SkFormat format, const GError *why, GError **error) {
  const char *name = sk_format_title (format);

  if (g_error_matches (why, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE))
    g_set_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED,
                 "gdk-pixbuf has no loader for %s here (WebP: install "
                 "webp-pixbuf-loader)",
                 name);
  else if (why && why->domain == SK_ERROR && why->code != SK_ERROR_FORMAT)
    g_propagate_error (error, g_error_copy (why));
  else
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "broken %s: %s", name,
                 why ? why->message : "it holds no picture");
}

/* Runs @loader over the file. Returns (transfer none) (nullable): what it made. */
static GdkPixbuf *
load (GdkPixbufLoader *loader, Progress *progress, const guint8 *bytes, gsize size,
      GCancellable *cancellable, GError **why) {
  gboolean fed, closed;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), progress);
  g_signal_connect (loader, "area-updated", G_CALLBACK (area_updated_cb), progress);
  fed = feed (loader, bytes, size, cancellable, why);
  /* A loader must be closed whatever happened. */
  closed = gdk_pixbuf_loader_close (loader, fed ? why : NULL);
  if (progress->refused) {
    g_clear_error (why);
    g_propagate_error (why, g_steal_pointer (&progress->refused));
    return NULL;
  }
  return fed && closed ? gdk_pixbuf_loader_get_pixbuf (loader) : NULL;
}

/* Bounds the picture before any decoder allocates for it. */
static gboolean
check_header (SkFormat format, const guint8 *bytes, gsize size, GError **error) {
  guint64 width, height;

  /* webp-pixbuf-loader goes astray on broken animations. */
  if (format == SK_FORMAT_WEBP && sk_webp_is_animated (bytes, size))
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "animated WebP is not read: save one frame of it as a still");
  if (!sk_format_size (format, bytes, size, &width, &height))
    return TRUE; /* the decoder will say what is wrong */
  if (!sk_image_check_size (width, height, BYTES_PER_PIXEL, error))
    return FALSE;
  if (sk_format_could_hold (format, bytes, size, width, height))
    return TRUE;
  return sk_refuse (error, SK_ERROR_FORMAT,
                    "broken %s: its header says %" G_GUINT64_FORMAT
                    "×%" G_GUINT64_FORMAT ", but it has only %" G_GSIZE_FORMAT " bytes",
                    sk_format_title (format), width, height, size);
}

gboolean
sk_pixbuf_decode (SkFormat format, const guint8 *bytes, gsize size,
                  GCancellable *cancellable, SkImage *image, GError **error) {
  g_autoptr (GdkPixbufLoader) loader = NULL;
  g_autoptr (GError) why = NULL;
  Progress progress = { .first = G_MAXINT };
  GdkPixbuf *pixbuf = NULL;

  if (!check_header (format, bytes, size, error))
    return FALSE;
  loader = gdk_pixbuf_loader_new_with_type (sk_format_name (format), &why);
  if (loader)
    pixbuf = load (loader, &progress, bytes, size, cancellable, &why);
  if (pixbuf && !is_complete (&progress, format, pixbuf, bytes, size)) {
    g_set_error_literal (&why, SK_ERROR, SK_ERROR_FORMAT, "its data is cut short");
    pixbuf = NULL;
  }
  if (pixbuf == NULL) {
    set_error (format, why, error);
    return FALSE;
  }
  take_pixels (pixbuf, image);
  sk_image_orient (image, find_orientation (format, pixbuf, bytes, size));
  return TRUE;
}
