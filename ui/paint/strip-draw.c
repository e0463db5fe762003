#include <glib/gi18n-lib.h>
#include <math.h>

#include "plot.h"
#include "scale.h"
#include "strip-private.h"

/* Colours of the scale that are computed beforehand. */
#define SHADES 256

static SkPlot
plot_of (const SkStrip *self, const SkStripView *view, double width, double height,
         const SkPalette *palette) {
  double em = palette->text;
  SkRect rect = { floor (3.6 * em), floor (2.5 * em), 0, 0 };
  SkPlot plot = { 0 };

  rect.width = floor (MAX (width - rect.x - 0.9 * em, 0));
  rect.height = floor (MAX (height - rect.y - 2 * em, 0));
  plot.x.min = view->from;
  plot.x.max = view->to;
  if (!(view->from < view->to)) {
    gsize n = self->steps->len;

    plot.x.min = n > 0 ? g_array_index (self->steps, gint64, 0) : 0;
    plot.x.max = n > 0 ? g_array_index (self->steps, gint64, n - 1) : 1;
  }
  sk_axis_mend (&plot.x);
  plot.y.min = self->n_rows;
  plot.y.max = 0;
  sk_plot_set_rect (&plot, rect);
  return plot;
}

static guint32
pack (SkColor color) {
  return 0xff000000u | (guint32) lround (color.r * 255) << 16 |
         (guint32) lround (color.g * 255) << 8 | (guint32) lround (color.b * 255);
}

/* What a pixel column shows: columns @from … @to − 1 of a level. */
typedef struct {
  int level;
  gsize from, to;
} Span;

/* The columns under a pixel column, on the coarsest level that still has one for it. A
 * pixel between two recorded steps shows the one before. */
static Span
find_span (const SkStrip *self, double from_step, double to_step) {
  Span span = { 0, sk_strip_find (self, from_step), sk_strip_find (self, to_step) };

  if (span.from >= span.to) {
    span.to = span.from;
    span.from = span.to > 0 ? span.to - 1 : 0;
    span.to = span.from + (self->steps->len > 0 && span.to > 0 ? 1 : 0);
    return span;
  }
  while (span.level + 1 < STRIP_LEVELS &&
         span.to - span.from >= 2u << STRIP_FANOUT_BITS) {
    gsize whole = self->levels[span.level + 1]->len / self->n_rows;

    if (span.to >> STRIP_FANOUT_BITS > whole)
      break;
    span.from >>= STRIP_FANOUT_BITS;
    span.to >>= STRIP_FANOUT_BITS;
    span.level++;
  }
  return span;
}

/* One pixel a row and a pixel column; scaled up to the plot without smoothing. */
static cairo_surface_t *
make_image (const SkStrip *self, const SkPlot *plot, const SkPalette *palette) {
  int width = MAX ((int) plot->rect.width, 1);
  cairo_surface_t *image =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, MAX (self->n_rows, 1));
  guint8 *data = cairo_image_surface_get_data (image);
  int stride = cairo_image_surface_get_stride (image);
  guint32 shades[SHADES], nothing = pack (palette->surface),
                          broken = pack (palette->error);
  double last = self->steps->len > 0
                    ? g_array_index (self->steps, gint64, self->steps->len - 1)
                    : -INFINITY;

  if (data == NULL)
    return image;
  for (int i = 0; i < SHADES; i++)
    shades[i] = pack (sk_palette_scale (palette, i / (SHADES - 1.)));
  for (int x = 0; x < width; x++) {
    double from = sk_axis_value (&plot->x, plot->rect.x + x);
    double to = sk_axis_value (&plot->x, plot->rect.x + x + 1);
    Span span = find_span (self, from, to);

    if (from > last || span.from >= span.to)
      continue; /* stays transparent: not recorded */
    for (int row = 0; row < self->n_rows; row++) {
      guint32 *pixel =
          (guint32 *) (gpointer) (data + (gsize) row * stride + 4 * (gsize) x);
      guint16 code = sk_strip_average (self, span.level, span.from, span.to, row);
      double t =
          (strip_log (code) - self->range.low) / (self->range.high - self->range.low);

      if (code == STRIP_BROKEN)
        *pixel = broken;
      else if (code == STRIP_ZERO || !self->range.filled)
        *pixel = nothing;
      else
        *pixel = shades[(int) (CLAMP (t, 0, 1) * (SHADES - 1) + 0.5)];
    }
  }
  cairo_surface_mark_dirty (image);
  return image;
}

static void
draw_image (cairo_t *cr, const SkStrip *self, const SkPlot *plot,
            const SkPalette *palette) {
  cairo_surface_t *image = make_image (self, plot, palette);

  cairo_save (cr);
  cairo_translate (cr, plot->rect.x, plot->rect.y);
  cairo_rectangle (cr, 0, 0, plot->rect.width, plot->rect.height);
  cairo_clip (cr);
  cairo_scale (cr, 1, plot->rect.height / self->n_rows);
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (image);
}

/* Names of rows as far as there is room, lines between stages. */
static void
draw_rows (SkText *text, const SkStrip *self, const SkPlot *plot,
           const SkPalette *palette) {
  double em = palette->text;
  double free_from = -INFINITY;

  for (int row = 0; row < self->n_rows; row++) {
    double top = sk_axis_place (&plot->y, row);
    double middle = sk_axis_place (&plot->y, row + 0.5);
    gboolean begins = row == 0 || self->stages[row] != self->stages[row - 1];

    if (begins && row > 0) {
      sk_set_source (text->cr, palette->background);
      cairo_set_line_width (text->cr, 2);
      cairo_move_to (text->cr, plot->rect.x, round (top));
      cairo_line_to (text->cr, plot->rect.x + plot->rect.width, round (top));
      cairo_stroke (text->cr);
    }
    if (middle < free_from)
      continue;
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, self->names[row],
                  plot->rect.x - 0.5 * em, middle, 1, 0.5);
    free_from = middle + 1.25 * em;
  }
}

static void
draw_pointed (SkText *text, const SkStrip *self, const SkPlot *plot, double width,
              double height, const SkPalette *palette, int row, gssize column) {
  double step = g_array_index (self->steps, gint64, column);
  double x = sk_axis_place (&plot->x, step);
  double top = sk_axis_place (&plot->y, row);
  double tall = plot->rect.height / self->n_rows;
  SkNote notes[] = {
    { .words = g_strdup_printf (_ ("Block %s"), self->names[row]) },
    { .words = g_strdup (_ ("step")), .value = g_strdup_printf ("%.0f", step) },
    { .words = g_strdup (_ ("gradient, RMS")),
      .value = sk_format_number (sk_strip_value (self, column, row)) },
  };
  cairo_t *cr = text->cr;

  /* Dark on light, light on dark, whatever the colour below. */
  for (int i = 0; i < 2; i++) {
    sk_set_source (cr, i == 0 ? palette->background : palette->ink);
    cairo_set_line_width (cr, i == 0 ? 3 : 1);
    cairo_rectangle (cr, plot->rect.x + 0.5, top, plot->rect.width - 1, tall);
    cairo_move_to (cr, floor (x) + 0.5, plot->rect.y);
    cairo_line_to (cr, floor (x) + 0.5, plot->rect.y + plot->rect.height);
    cairo_stroke (cr);
  }
  sk_draw_notes (text, palette, notes, G_N_ELEMENTS (notes), x, top + tall / 2, width,
                 height);
}

void
sk_strip_draw (cairo_t *cr, const SkStrip *self, const SkStripView *view, double width,
               double height, const SkPalette *palette, int row, gssize column) {
  SkPlot plot;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && view != NULL && palette != NULL);

  plot = plot_of (self, view, width, height, palette);
  if (plot.rect.width < 16 || plot.rect.height < 16 || self->n_rows == 0)
    return;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  sk_plot_draw_head (&plot, &text, palette, _ ("Gradient over depth and time"), NULL,
                     0);
  if (self->range.filled)
    sk_plot_draw_scale (&plot, &text, palette, &self->range);
  if (self->steps->len > 0)
    draw_image (cr, self, &plot, palette);
  else
    sk_plot_draw_empty (&plot, &text, palette, _ ("Nothing measured yet"));
  draw_rows (&text, self, &plot, palette);
  sk_plot_draw_x (&plot, &text, palette, &plot.x, _ ("step"));
  if (row >= 0 && row < self->n_rows && column >= 0 &&
      (gsize) column < self->steps->len)
    draw_pointed (&text, self, &plot, width, height, palette, row, column);
  sk_text_end (&text);
  cairo_restore (cr);
}

gboolean
sk_strip_at (const SkStrip *self, const SkStripView *view, double width, double height,
             const SkPalette *palette, double x, double y, int *row, gssize *column) {
  SkPlot plot;
  gsize found;
  double step;

  g_return_val_if_fail (self != NULL && view != NULL && palette != NULL, FALSE);

  plot = plot_of (self, view, width, height, palette);
  if (self->steps->len == 0 || x < plot.rect.x || x >= plot.rect.x + plot.rect.width ||
      y < plot.rect.y || y >= plot.rect.y + plot.rect.height)
    return FALSE;
  *row = CLAMP ((int) sk_axis_value (&plot.y, y), 0, self->n_rows - 1);
  step = sk_axis_value (&plot.x, x);
  found = sk_strip_find (self, step);
  if (found == self->steps->len ||
      (found > 0 && step - g_array_index (self->steps, gint64, found - 1) <
                        g_array_index (self->steps, gint64, found) - step))
    found--;
  *column = found;
  return TRUE;
}
