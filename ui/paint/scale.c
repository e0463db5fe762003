#include "scale.h"

#include <math.h>

#define STOPS 48

void
sk_draw_colors (cairo_t *cr, const SkPalette *palette, const SkRect *rect) {
  cairo_pattern_t *colors =
      cairo_pattern_create_linear (rect->x, 0, rect->x + rect->width, 0);

  for (int i = 0; i <= STOPS; i++) {
    SkColor color = sk_palette_scale (palette, (double) i / STOPS);

    cairo_pattern_add_color_stop_rgb (colors, (double) i / STOPS, color.r, color.g,
                                      color.b);
  }
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_set_source (cr, colors);
  cairo_fill_preserve (cr);
  cairo_pattern_destroy (colors);
  sk_set_source (cr, palette->frame);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

void
sk_draw_scale (SkText *text, const SkPalette *palette, const SkLogRange *range,
               double x, double y, double width) {
  double em = palette->text;
  SkRect bar = { x, y, width, 0.9 * em };
  SkAxis axis = { .min = pow (10, range->low),
                  .max = pow (10, range->high),
                  .from = x,
                  .to = x + width,
                  .log = TRUE };
  SkTick ticks[SK_AXIS_MAX_TICKS];
  int n = sk_axis_ticks (&axis, width / (4 * em), ticks);

  sk_draw_colors (text->cr, palette, &bar);
  for (int i = 0; i < n; i++)
    if (ticks[i].major)
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, ticks[i].label,
                    sk_axis_place (&axis, ticks[i].value), y + 1.05 * em, 0.5, 0);
}

double
sk_plot_draw_scale (const SkPlot *self, SkText *text, const SkPalette *palette,
                    const SkLogRange *range) {
  double em = palette->text;
  double width = MIN (12 * em, 0.3 * self->rect.width);
  double right = self->rect.x + self->rect.width;
  SkRect bar = { right - width, self->rect.y - 1.55 * em, width, 0.8 * em };
  SkAxis axis = {
    .min = pow (10, range->low), .max = pow (10, range->high), .to = 1, .log = TRUE
  };
  SkTick ticks[SK_AXIS_MAX_TICKS];
  int n = sk_axis_ticks (&axis, SK_AXIS_MAX_TICKS / 3, ticks);
  double y = self->rect.y - 1.15 * em;
  double room;

  if (n < 2)
    return 0;
  sk_text_measure (text, SK_TEXT_CAPTION, ticks[n - 1].label, &room, NULL);
  bar.x -= room + 0.5 * em;
  sk_draw_colors (text->cr, palette, &bar);
  sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, ticks[n - 1].label, right, y, 1,
                0.5);
  room = sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, ticks[0].label,
                       bar.x - 0.5 * em, y, 1, 0.5);
  return right - bar.x + room + em;
}
