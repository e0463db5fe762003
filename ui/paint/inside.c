#include "inside.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "heat.h"
#include "plot.h"

/* In em. */
#define FILTER 2.6
#define CHANNEL 5.5
#define GAP 0.3
#define HEAD 2
#define HISTOGRAM 8

typedef struct {
  int columns, rows;
  double side, top;
} Mosaic;

static Mosaic
mosaic_of (int n, double side, double top, double width, const SkPalette *palette) {
  double em = palette->text, step = (side + GAP) * em;
  Mosaic mosaic = { .side = side * em, .top = top };

  mosaic.columns = MAX ((int) floor (width / step), 1);
  mosaic.rows = (n + mosaic.columns - 1) / mosaic.columns;
  return mosaic;
}

static SkRect
tile (const Mosaic *mosaic, int index, const SkPalette *palette) {
  double step = mosaic->side + GAP * palette->text;

  return (SkRect){ index % mosaic->columns * step,
                   mosaic->top + index / mosaic->columns * step, mosaic->side,
                   mosaic->side };
}

static double
mosaic_end (const Mosaic *mosaic, const SkPalette *palette) {
  return mosaic->top + mosaic->rows * (mosaic->side + GAP * palette->text);
}

static void
draw_filter (cairo_t *cr, const SkExplanation *why, int index, const SkRect *rect) {
  int n = why->filter_side;
  double cell = rect->width / n;
  const guint8 *filter = why->filters + 3 * index * n * n;

  for (int y = 0; y < n; y++)
    for (int x = 0; x < n; x++) {
      const guint8 *pixel = filter + 3 * (y * n + x);

      cairo_set_source_rgb (cr, pixel[0] / 255., pixel[1] / 255., pixel[2] / 255.);
      /* A little larger, so that no seam shows between the cells. */
      cairo_rectangle (cr, rect->x + x * cell, rect->y + y * cell, cell + 0.5,
                       cell + 0.5);
      cairo_fill (cr);
    }
}

static void
draw_histogram (SkText *text, const SkBlockView *view, double top, double width,
                const SkPalette *palette) {
  const int n = G_N_ELEMENTS (view->histogram);
  double em = palette->text, most = 1;
  SkPlot plot = { .x = { 0, (double) MAX (view->largest, 1e-6f) }, .y = { 0, 1 } };
  SkRect rect = { 0.5 * em, top, MAX (width - em, 1), (HISTOGRAM - 2.2) * em };

  for (int i = 0; i < n; i++)
    most = MAX (most, sqrt (view->histogram[i]));
  sk_plot_set_rect (&plot, rect);
  for (int i = 0; i < n; i++) {
    double tall = rect.height * sqrt (view->histogram[i]) / most;

    sk_set_source (text->cr, palette->train);
    cairo_rectangle (text->cr, rect.x + i * rect.width / n + 0.5,
                     rect.y + rect.height - tall, rect.width / n - 1, tall);
    cairo_fill (text->cr);
  }
  sk_plot_draw_x (&plot, text, palette, &plot.x, NULL);
}

/* Where each part begins. */
typedef struct {
  Mosaic filters, channels;
  double histogram, end;
} Layout;

static Layout
layout_of (const SkExplanation *why, double width, const SkPalette *palette) {
  double em = palette->text;
  Layout layout;

  layout.filters = mosaic_of (why->n_filters, FILTER, HEAD * em, width, palette);
  layout.channels = mosaic_of (
      why->blocks[0].n_channels, CHANNEL,
      mosaic_end (&layout.filters, palette) + (HEAD + 0.6) * em, width, palette);
  layout.histogram = mosaic_end (&layout.channels, palette) + (HEAD + 0.6) * em;
  layout.end = layout.histogram + HISTOGRAM * em;
  return layout;
}

void
sk_inside_draw (cairo_t *cr, const SkExplanation *why, int block, double width,
                double height, const SkPalette *palette) {
  const SkBlockView *view = &why->blocks[block];
  Layout layout = layout_of (why, width, palette);
  double em = palette->text;
  g_autofree char *channels = g_strdup_printf (_ ("%s: its %d strongest channels"),
                                               view->name, view->n_channels);
  g_autofree char *values = g_strdup_printf (_ ("%s: its values; %.0f %% are 0"),
                                             view->name, 100 * (double) view->zeros);
  SkText text;

  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  sk_text_draw_within (&text, SK_TEXT_STRONG, palette->ink,
                       _ ("The first layer’s filters"), 0, 0.2 * em, 0, 0, width);
  for (int i = 0; i < why->n_filters; i++) {
    SkRect rect = tile (&layout.filters, i, palette);

    draw_filter (cr, why, i, &rect);
  }
  sk_text_draw_within (&text, SK_TEXT_STRONG, palette->ink, channels, 0,
                       layout.channels.top - (HEAD - 0.2) * em, 0, 0, width);
  for (int i = 0; i < view->n_channels; i++) {
    SkRect rect = tile (&layout.channels, i, palette);

    sk_heat_draw_map (cr, &view->channels[i], SK_HEAT_POSITIVE, &rect, palette);
  }
  sk_text_draw_within (&text, SK_TEXT_STRONG, palette->ink, values, 0,
                       layout.histogram - (HEAD - 0.2) * em, 0, 0, width);
  draw_histogram (&text, view, layout.histogram, width, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

double
sk_inside_height (const SkExplanation *why, double width, const SkPalette *palette) {
  return layout_of (why, width, palette).end;
}

char *
sk_inside_describe (const SkExplanation *why, int block) {
  const SkBlockView *view = &why->blocks[block];

  return g_strdup_printf (
      _ ("%d filters of the first layer; %s: %.0f percent of its values are 0, the "
         "largest is %.2f, the strongest channel is number %d"),
      why->n_filters, view->name, 100 * (double) view->zeros, (double) view->largest,
      view->channel_indices[0]);
}
