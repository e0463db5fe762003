#include "export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plot.h"

/* Cairo's image surfaces end at 32,767. */
#define MOST_PIXELS 32767

typedef enum {
  FORMAT_PNG,
  FORMAT_SVG,
  FORMAT_PDF,
} Format;

/* A file being written; the first failure is kept, as Cairo forgets which it was. */
typedef struct {
  FILE *file;
  int error; /* errno */
} Output;

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length) {
  Output *output = closure;

  if (output->error != 0)
    return CAIRO_STATUS_WRITE_ERROR;
  errno = 0;
  if (fwrite (data, 1, length, output->file) == length)
    return CAIRO_STATUS_SUCCESS;
  output->error = errno != 0 ? errno : EIO;
  return CAIRO_STATUS_WRITE_ERROR;
}

static gboolean
find_format (const char *path, Format *format, GError **error) {
  static const char *const endings[] = { ".png", ".svg", ".pdf" };
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i])) {
      *format = i;
      return TRUE;
    }
  g_set_error (
      error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
      _ ("%s: pictures are saved as .png, .svg or .pdf; choose a name that ends "
         "so"),
      path);
  return FALSE;
}

gboolean
sk_export_check (const char *path, GError **error) {
  Format format;

  return find_format (path, &format, error);
}

static cairo_status_t
paint (cairo_surface_t *surface, double width, double height, const SkPalette *palette,
       SkPictureFunc picture, gconstpointer data) {
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  sk_set_source (cr, palette->background);
  cairo_paint (cr);
  picture (cr, width, height, palette, data);
  status = cairo_status (cr);
  cairo_destroy (cr);
  return status;
}

static cairo_status_t
write_picture (Format format, Output *output, double width, double height, double scale,
               const SkPalette *palette, SkPictureFunc picture, gconstpointer data) {
  cairo_surface_t *surface;
  cairo_status_t status;

  if (format == FORMAT_SVG)
    surface = cairo_svg_surface_create_for_stream (write_cb, output, width, height);
  else if (format == FORMAT_PDF)
    surface = cairo_pdf_surface_create_for_stream (write_cb, output, width, height);
  else
    surface = cairo_image_surface_create (
        CAIRO_FORMAT_ARGB32, (int) ceil (width * scale), (int) ceil (height * scale));
  if (format == FORMAT_PNG)
    cairo_surface_set_device_scale (surface, scale, scale);
  else if (format == FORMAT_SVG)
    cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  status = paint (surface, width, height, palette, picture, data);
  if (status == CAIRO_STATUS_SUCCESS && format == FORMAT_PNG)
    status = cairo_surface_write_to_png_stream (surface, write_cb, output);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

static void
set_file_error (GError **error, int code, const char *path) {
  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                 _ ("%s: the disk is full; free some space or save elsewhere"), path);
  else
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                 _ ("%s: cannot be written (%s); choose another folder or name"), path,
                 g_strerror (code));
}

gboolean
sk_export (const char *path, double width, double height, double scale,
           const SkPalette *palette, SkPictureFunc picture, gconstpointer data,
           GError **error) {
  g_autofree char *draft = NULL;
  cairo_status_t status;
  Output output = { 0 };
  Format format;

  g_return_val_if_fail (path != NULL && palette != NULL && picture != NULL, FALSE);

  if (!find_format (path, &format, error))
    return FALSE;
  if (!(width >= 1 && height >= 1 && scale > 0) ||
      MAX (width, height) * (format == FORMAT_PNG ? scale : 1) > MOST_PIXELS) {
    g_set_error (
        error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        _ ("%s: a picture of %.0f × %.0f at scale %g is not possible; choose a "
           "size from 1 to %d"),
        path, width, height, scale, MOST_PIXELS);
    return FALSE;
  }
  /* A draft beside the target, so that a full disk leaves the old picture whole. */
  draft = g_strdup_printf ("%s.%d.part", path, (int) getpid ());
  output.file = g_fopen (draft, "wb");
  if (output.file == NULL) {
    set_file_error (error, errno, path);
    return FALSE;
  }
  status =
      write_picture (format, &output, width, height, scale, palette, picture, data);
  if (output.error == 0 && fflush (output.file) != 0)
    output.error = errno;
  if (fclose (output.file) != 0 && output.error == 0)
    output.error = errno;
  if (output.error == 0 && status == CAIRO_STATUS_SUCCESS &&
      g_rename (draft, path) != 0)
    output.error = errno;
  if (output.error != 0)
    set_file_error (error, output.error, path);
  else if (status != CAIRO_STATUS_SUCCESS)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                 _ ("%s: cannot be drawn (%s); try a smaller size"), path,
                 cairo_status_to_string (status));
  else
    return TRUE;
  g_unlink (draft);
  return FALSE;
}
