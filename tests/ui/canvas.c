#include "canvas.h"

#include <math.h>

void
canvas_init (Canvas *self, int width, int height, const SkPalette *palette) {
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  self->cr = cairo_create (self->surface);
  self->width = width;
  self->height = height;
  self->background = palette->background;
  cairo_set_source_rgb (self->cr, self->background.r, self->background.g,
                        self->background.b);
  cairo_paint (self->cr);
}

void
canvas_clear (Canvas *self) {
  cairo_destroy (self->cr);
  cairo_surface_destroy (self->surface);
}

SkColor
canvas_pixel (const Canvas *self, int x, int y) {
  const guint8 *data;
  guint32 pixel;

  g_assert_true (x >= 0 && x < self->width && y >= 0 && y < self->height);
  cairo_surface_flush (self->surface);
  data = cairo_image_surface_get_data (self->surface);
  pixel =
      *(const guint32 *) (gconstpointer) (data +
                                          (gsize) y * cairo_image_surface_get_stride (
                                                          self->surface) +
                                          4 * (gsize) x);
  return (SkColor){ (pixel >> 16 & 255) / 255., (pixel >> 8 & 255) / 255.,
                    (pixel & 255) / 255., (pixel >> 24) / 255. };
}

static gboolean
is_near (SkColor a, SkColor b) {
  return fabs (a.r - b.r) < 1 / 16. && fabs (a.g - b.g) < 1 / 16. &&
         fabs (a.b - b.b) < 1 / 16.;
}

int
canvas_count (const Canvas *self, SkColor color, int x, int y, int width, int height) {
  int n = 0;

  for (int j = MAX (y, 0); j < MIN (y + height, self->height); j++)
    for (int i = MAX (x, 0); i < MIN (x + width, self->width); i++)
      n += is_near (canvas_pixel (self, i, j), color);
  return n;
}

int
canvas_count_drawn (const Canvas *self, int x, int y, int width, int height) {
  int n = 0;

  for (int j = MAX (y, 0); j < MIN (y + height, self->height); j++)
    for (int i = MAX (x, 0); i < MIN (x + width, self->width); i++)
      n += !is_near (canvas_pixel (self, i, j), self->background);
  return n;
}

void
canvas_check (const Canvas *self) {
  g_assert_cmpint (cairo_status (self->cr), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_surface_status (self->surface), ==, CAIRO_STATUS_SUCCESS);
}
