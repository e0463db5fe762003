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

static const char *
title_of (SkStripQuantity quantity, gboolean brief) {
  switch (quantity) {
  case SK_STRIP_GAMMA:
    return brief ? _ ("|γ| over time")
                 : _ ("|γ| of each block’s last batch norm over time");
  case SK_STRIP_BLOCKS:
    return brief ? _ ("∂L/∂x over time") : _ ("Gradient at each block over time, RMS");
  case SK_STRIP_LAYERS:
  default:
    return brief ? _ ("∂L/∂W over time") : _ ("Gradient of each layer over time, RMS");
  }
}

/* Title, scale, and what the small marks mean. */
static void
draw_head (SkText *text, const SkStrip *self, const SkPlot *plot,
           const SkPalette *palette) {
  double em = palette->text, y = plot->rect.y - 1.15 * em, title, words;
  double scale =
      self->range.filled ? sk_plot_draw_scale (plot, text, palette, &self->range) : 0;
  gboolean rings = FALSE, moved = self->moves->len > 0;
  const char *mark;

  sk_text_measure (text, SK_TEXT_STRONG, title_of (self->quantity, FALSE), &title,
                   NULL);
  title =
      sk_text_draw_within (text, SK_TEXT_STRONG, palette->ink,
                           title_of (self->quantity, title > plot->rect.width - scale),
                           plot->rect.x, y, 0, 0.5, MAX (plot->rect.width - scale, 1));
  for (int row = 0; row < self->n_rows; row++)
    rings |= self->rows[row].woke > 0;
  if (!rings && !moved)
    return;
  mark = !rings  ? _ ("▾ colour range moved")
         : moved ? _ ("○ wakes up  ▾ colour range moved")
                 : _ ("○ wakes up");
  sk_text_measure (text, SK_TEXT_CAPTION, mark, &words, NULL);
  if (title + words + scale + 2 * em <= plot->rect.width)
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, mark,
                  plot->rect.x + title + 1.5 * em, y, 0, 0.5);
}

void
sk_strip_draw (cairo_t *cr, const SkStrip *self, const SkStripView *view, double width,
               double height, const SkPalette *palette) {
  SkPlot plot;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && view != NULL && palette != NULL);

  plot = plot_of (self, view, width, height, palette);
  if (plot.rect.width < 16 || plot.rect.height < 16 || self->n_rows == 0)
    return;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  draw_head (&text, self, &plot, palette);
  if (self->steps->len > 0) {
    draw_image (cr, self, &plot, palette);
    sk_strip_draw_moves (cr, self, &plot, palette);
    sk_strip_draw_awakening (cr, self, &plot, palette);
  } else {
    sk_plot_draw_empty (&plot, &text, palette, _ ("Nothing measured yet"));
  }
  sk_strip_draw_rows (&text, self, &plot, palette);
  sk_plot_draw_x (&plot, &text, palette, &plot.x, _ ("step"));
  sk_strip_draw_marked (cr, self, &plot, view, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

static void
write_notes (SkText *text, const SkStrip *self, double x, double y, double width,
             double height, const SkPalette *palette, int row, gssize column) {
  double step = (double) sk_strip_step (self, (gsize) column);
  SkNote notes[4] = {
    { .words = g_strdup (self->rows[row].title) },
    { .words = g_strdup (_ ("step")), .value = g_strdup_printf ("%.0f", step) },
    { .words =
          g_strdup (self->quantity == SK_STRIP_GAMMA ? _ ("|γ|") : _ ("gradient, RMS")),
      .value = sk_format_number (sk_strip_value (self, (gsize) column, row)) },
  };
  int n = 3;

  if (self->rows[row].woke > 0)
    notes[n++] = (SkNote){ .words = g_strdup (_ ("awake from step")),
                           .value = g_strdup_printf ("%" G_GINT64_FORMAT,
                                                     self->rows[row].woke) };
  sk_draw_notes (text, palette, notes, n, x, y, width, height);
}

void
sk_strip_draw_pointed (cairo_t *cr, const SkStrip *self, const SkStripView *view,
                       double width, double height, const SkPalette *palette, int row,
                       gssize column) {
  SkPlot plot;
  double x, top, tall;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && view != NULL && palette != NULL);

  plot = plot_of (self, view, width, height, palette);
  if (plot.rect.width < 16 || plot.rect.height < 16 || row < 0 || row >= self->n_rows ||
      column < 0 || (gsize) column >= self->steps->len)
    return;
  x = sk_axis_place (&plot.x, (double) sk_strip_step (self, (gsize) column));
  top = sk_axis_place (&plot.y, row);
  tall = plot.rect.height / self->n_rows;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  cairo_rectangle (cr, plot.rect.x + 0.5, top, plot.rect.width - 1, tall);
  if (x >= plot.rect.x && x <= plot.rect.x + plot.rect.width) {
    cairo_move_to (cr, floor (x) + 0.5, plot.rect.y);
    cairo_line_to (cr, floor (x) + 0.5, plot.rect.y + plot.rect.height);
  }
  sk_strip_stroke (cr, palette, 1);
  write_notes (&text, self, x, top + tall / 2, width, height, palette, row, column);
  sk_text_end (&text);
  cairo_restore (cr);
}

SkRect
sk_strip_rect (const SkStrip *self, const SkStripView *view, double width,
               double height, const SkPalette *palette) {
  g_return_val_if_fail (self != NULL && view != NULL && palette != NULL, (SkRect){ 0 });

  return plot_of (self, view, width, height, palette).rect;
}

gboolean
sk_strip_at (const SkStrip *self, const SkStripView *view, double width, double height,
             const SkPalette *palette, double x, double y, int *row, gssize *column) {
  SkPlot plot;

  g_return_val_if_fail (self != NULL && view != NULL && palette != NULL, FALSE);

  plot = plot_of (self, view, width, height, palette);
  if (self->steps->len == 0 || x < plot.rect.x || x >= plot.rect.x + plot.rect.width ||
      y < plot.rect.y || y >= plot.rect.y + plot.rect.height)
    return FALSE;
  *row = CLAMP ((int) sk_axis_value (&plot.y, y), 0, self->n_rows - 1);
  *column = (gssize) sk_strip_nearest (self, sk_axis_value (&plot.x, x));
  return TRUE;
}
