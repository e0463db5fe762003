#include <math.h>

#include "strip-private.h"

/* What is drawn over the colours of a strip. */

void
sk_strip_stroke (cairo_t *cr, const SkPalette *palette, double width) {
  for (int i = 0; i < 2; i++) {
    sk_set_source (cr, i == 0 ? palette->background : palette->ink);
    cairo_set_line_width (cr, i == 0 ? width + 2 : width);
    if (i == 0)
      cairo_stroke_preserve (cr);
    else
      cairo_stroke (cr);
  }
}

void
sk_strip_draw_rows (SkText *text, const SkStrip *self, const SkPlot *plot,
                    const SkPalette *palette) {
  double em = palette->text;
  double free_from = -INFINITY;

  for (int row = 0; row < self->n_rows; row++) {
    const StripRow *at = &self->rows[row];
    double top = sk_axis_place (&plot->y, row);
    double middle = sk_axis_place (&plot->y, row + 0.5);

    if (row > 0 && at->stage != self->rows[row - 1].stage) {
      sk_set_source (text->cr, palette->background);
      cairo_set_line_width (text->cr, 2);
      cairo_move_to (text->cr, plot->rect.x, round (top));
      cairo_line_to (text->cr, plot->rect.x + plot->rect.width, round (top));
      cairo_stroke (text->cr);
    }
    if (middle < free_from ||
        (row > 0 && at->block >= 0 && at->block == self->rows[row - 1].block))
      continue;
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, at->name,
                  plot->rect.x - 0.5 * em, middle, 1, 0.5);
    free_from = middle + 1.25 * em;
  }
}

void
sk_strip_draw_awakening (cairo_t *cr, const SkStrip *self, const SkPlot *plot,
                         const SkPalette *palette) {
  double tall = plot->rect.height / self->n_rows;
  double radius = CLAMP (0.35 * tall, 1.5, 4);

  for (int row = 0; row < self->n_rows; row++) {
    double x = sk_axis_place (&plot->x, (double) self->rows[row].woke);

    if (self->rows[row].woke == 0 || x < plot->rect.x ||
        x > plot->rect.x + plot->rect.width)
      continue;
    cairo_new_path (cr);
    cairo_arc (cr, x, sk_axis_place (&plot->y, row + 0.5), radius, 0, 2 * G_PI);
    sk_strip_stroke (cr, palette, 1.5);
  }
}

void
sk_strip_draw_moves (cairo_t *cr, const SkStrip *self, const SkPlot *plot,
                     const SkPalette *palette) {
  double last = -INFINITY;

  sk_set_source (cr, palette->dim);
  for (guint i = 0; i < self->moves->len; i++) {
    double x =
        sk_axis_place (&plot->x, (double) g_array_index (self->moves, gint64, i));

    if (x < plot->rect.x || x > plot->rect.x + plot->rect.width || x < last + 5)
      continue;
    cairo_move_to (cr, x, plot->rect.y - 1);
    cairo_line_to (cr, x - 3.5, plot->rect.y - 6);
    cairo_line_to (cr, x + 3.5, plot->rect.y - 6);
    cairo_close_path (cr);
    last = x;
  }
  cairo_fill (cr);
}

void
sk_strip_draw_marked (cairo_t *cr, const SkStrip *self, const SkPlot *plot,
                      const SkStripView *view, const SkPalette *palette) {
  int first = sk_strip_row (self, view->block - 1), n = 0;
  double tall = plot->rect.height / self->n_rows;

  if (first >= 0) {
    while (first + n < self->n_rows && self->rows[first + n].block == view->block - 1)
      n++;
    cairo_rectangle (cr, plot->rect.x + 0.5, sk_axis_place (&plot->y, first),
                     plot->rect.width - 1, n * tall);
    sk_strip_stroke (cr, palette, 1.5);
  }
  if (view->cursor > 0 && view->cursor >= plot->x.min && view->cursor <= plot->x.max) {
    double x = floor (sk_axis_place (&plot->x, view->cursor)) + 0.5;

    cairo_move_to (cr, x, plot->rect.y - 6);
    cairo_line_to (cr, x, plot->rect.y + plot->rect.height + 4);
    sk_strip_stroke (cr, palette, 2);
  }
}
