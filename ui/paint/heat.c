#include "heat.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plot.h"

/* Pictures shown larger than this many times keep their pixels. */
#define PIXELATED 3
/* Opacity of the night over what is of no use, and of the light over what is. */
#define NIGHT 0.85
#define DAYLIGHT 0.5

static cairo_surface_t *
surface_of (const SkPixels *picture) {
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, picture->width, picture->height);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++) {
      const guint8 *from = picture->pixels + 3 * (y * picture->width + x);
      guint32 *to = (guint32 *) (gpointer) (data + y * stride + 4 * x);

      *to = (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static double
largest_of (const SkMap *map) {
  double largest = 0;

  for (int i = 0; i < map->rows * map->columns; i++)
    if (isfinite (map->values[i]))
      largest = MAX (largest, fabs ((double) map->values[i]));
  return largest;
}

/* Over a picture: what is of no use lies in the dark, what speaks for the class glows and
 * can still be seen. Of two signs, nothing is transparent. */
static double
alpha_of (SkHeatKind kind, double t) {
  t = CLAMP (t, -1, 1);
  return kind == SK_HEAT_SIGNED ? sqrt (fabs (t))
                                : NIGHT + MAX (t, 0) * (DAYLIGHT - NIGHT);
}

static guint32
argb (SkColor color, double alpha) {
  guint32 a = (guint32) lrint (255 * alpha);

  return a << 24 | (guint32) lrint (255 * color.r * alpha) << 16 |
         (guint32) lrint (255 * color.g * alpha) << 8 |
         (guint32) lrint (255 * color.b * alpha);
}

static SkColor
color_of (SkHeatKind kind, gboolean over, double t, const SkPalette *palette) {
  if (kind == SK_HEAT_SIGNED)
    return sk_palette_diverging (palette, t);
  return over ? sk_color_heat (t) : sk_palette_scale (palette, t);
}

/* @over: to lie over a picture */
static cairo_surface_t *
surface_of_map (const SkMap *map, SkHeatKind kind, gboolean over,
                const SkPalette *palette) {
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, map->columns, map->rows);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  double largest = largest_of (map);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  for (int y = 0; y < map->rows; y++)
    for (int x = 0; x < map->columns; x++) {
      double value = (double) map->values[y * map->columns + x];
      double t = largest > 0 && isfinite (value) ? value / largest : 0;
      guint32 *to = (guint32 *) (gpointer) (data + y * stride + 4 * x);

      *to = argb (color_of (kind, over, t, palette), over ? alpha_of (kind, t) : 1);
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
paint (cairo_t *cr, cairo_surface_t *surface, int columns, int rows, const SkRect *rect,
       cairo_filter_t filter, double alpha) {
  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / columns, rect->height / rows);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), filter);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint_with_alpha (cr, alpha);
  cairo_restore (cr);
}

SkRect
sk_heat_draw (cairo_t *cr, const SkPixels *picture, const SkMap *map, SkHeatKind kind,
              double opacity, double width, double height, const SkPalette *palette) {
  double scale = MIN (width / picture->width, height / picture->height);
  SkRect rect = { 0, 0, picture->width * scale, picture->height * scale };
  cairo_surface_t *surface = surface_of (picture);

  rect.x = (width - rect.width) / 2;
  rect.y = (height - rect.height) / 2;
  paint (cr, surface, picture->width, picture->height, &rect,
         scale > PIXELATED ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD, 1);
  cairo_surface_destroy (surface);
  if (map == NULL || map->values == NULL || largest_of (map) == 0)
    return rect;
  surface = surface_of_map (map, kind, TRUE, palette);
  paint (cr, surface, map->columns, map->rows, &rect, CAIRO_FILTER_BILINEAR, opacity);
  cairo_surface_destroy (surface);
  return rect;
}

void
sk_heat_draw_map (cairo_t *cr, const SkMap *map, SkHeatKind kind, const SkRect *rect,
                  const SkPalette *palette) {
  cairo_surface_t *surface = surface_of_map (map, kind, FALSE, palette);

  paint (cr, surface, map->columns, map->rows, rect, CAIRO_FILTER_NEAREST, 1);
  cairo_surface_destroy (surface);
}

const char *
sk_heat_where (const SkMap *map) {
  static const char *const places[] = {
    N_ ("upper left"), N_ ("top"),    N_ ("upper right"),
    N_ ("left"),       N_ ("middle"), N_ ("right"),
    N_ ("lower left"), N_ ("bottom"), N_ ("lower right"),
  };
  double sums[9] = { 0 };
  int counts[9] = { 0 }, best = 4;

  for (int y = 0; y < map->rows; y++)
    for (int x = 0; x < map->columns; x++) {
      int at = y * 3 / map->rows * 3 + x * 3 / map->columns;

      sums[at] += (double) map->values[y * map->columns + x];
      counts[at]++;
    }
  for (int i = 0; i < 9; i++)
    if (counts[i] > 0 &&
        (counts[best] == 0 || sums[i] / counts[i] > sums[best] / counts[best]))
      best = i;
  return _ (places[best]);
}
