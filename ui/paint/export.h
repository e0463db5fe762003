#pragma once

#include <cairo.h>

#include "palette.h"

/* Draws a picture that is @width × @height units large. */
typedef void (*SkPictureFunc) (cairo_t *cr, double width, double height,
                               const SkPalette *palette, gconstpointer data);

/* Whether the ending of @path says what a picture is saved as; @error tells the endings. */
gboolean
sk_export_check (const char *path, GError **error);

/**
 * sk_export:
 * @path: ends in .png, .svg or .pdf; an existing file is replaced as a whole or not at all
 * @width, @height: of the picture, in px
 * @scale: px of a PNG per px of the picture (2: for fine screens)
 * @error: G_FILE_ERROR, with what to do: unknown ending, too large, disk full, …
 *
 * Draws @picture over the palette's background.
 */
gboolean
sk_export (const char *path, double width, double height, double scale,
           const SkPalette *palette, SkPictureFunc picture, gconstpointer data,
           GError **error);
