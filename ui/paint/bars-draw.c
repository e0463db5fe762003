#include <glib/gi18n-lib.h>
#include <math.h>

#include "bars.h"
#include "plot.h"

static const char *
quantity_title (SkLayerQuantity quantity) {
  switch (quantity) {
  case SK_LAYER_GRADIENT_RMS:
    return _ ("Gradient of each layer’s weights, RMS");
  case SK_LAYER_WEIGHT_NORM:
    return _ ("Norm of each layer’s weights");
  case SK_LAYER_UPDATE_RATIO:
    return _ ("Update of each layer, relative to its weights");
  case SK_LAYER_GRADIENT_NORM:
  default:
    return _ ("Gradient norm of each layer");
  }
}

/* Stages are kept apart by a gap as wide as this many bars. */
#define GAP 0.9

static int
count_stages (const SkBars *self) {
  int n = 1;

  for (int i = 1; i < self->n; i++)
    n += self->items[i].stage != self->items[i - 1].stage;
  return self->n > 0 ? n : 0;
}

static SkPlot
plot_of (const SkBars *self, double width, double height, const SkPalette *palette) {
  double em = palette->text;
  SkPlot plot = { 0 };
  SkRect rect = { floor (3.6 * em), floor (2.5 * em), 0, 0 };

  rect.width = floor (MAX (width - rect.x - 0.9 * em, 0));
  rect.height = floor (MAX (height - rect.y - 2 * em, 0));
  plot.x.min = -GAP / 2;
  plot.x.max = MAX (self->n, 1) + GAP * MAX (count_stages (self) - 1, 0) + GAP / 2;
  plot.y.log = TRUE;
  plot.y.min = self->range.filled ? pow (10, self->range.low) : 1e-4;
  plot.y.max = self->range.filled ? pow (10, self->range.high) : 1;
  sk_plot_set_rect (&plot, rect);
  return plot;
}

static SkRect
bar_rect (const SkBars *self, const SkPlot *plot, int index, int stages_before) {
  double place = index + GAP * stages_before;
  double left = sk_axis_place (&plot->x, place);
  double right = sk_axis_place (&plot->x, place + 1);
  double thick = (right - left) * (right - left > 4 ? 0.78 : 1);
  double value = self->items[index].value;
  double bottom = plot->rect.y + plot->rect.height;
  double top = bottom;

  if (isfinite (value) && value > 0) {
    top = sk_axis_place (&plot->y, value);
    /* What lies below the robust range keeps a stump: small is not nothing. */
    top = CLAMP (top, plot->rect.y, bottom - 2);
  }
  return (SkRect){ left + (right - left - thick) / 2, top, MAX (thick, 1),
                   bottom - top };
}

static void
draw_cross (cairo_t *cr, double x, double y, double arm) {
  cairo_move_to (cr, x - arm, y - arm);
  cairo_line_to (cr, x + arm, y + arm);
  cairo_move_to (cr, x - arm, y + arm);
  cairo_line_to (cr, x + arm, y - arm);
  cairo_stroke (cr);
}

static void
draw_bar (SkText *text, const SkBars *self, const SkPlot *plot, int index,
          const SkRect *rect, const SkPalette *palette, gboolean hover) {
  const SkBar *bar = &self->items[index];
  double middle = rect->x + rect->width / 2;
  double bottom = plot->rect.y + plot->rect.height;
  double em = palette->text;
  double arm = MIN (0.3 * em, MAX (rect->width / 2, 1.5));
  cairo_t *cr = text->cr;

  if (bar->frozen) {
    SkRect column = { rect->x, plot->rect.y, rect->width, plot->rect.height };

    sk_hatch (cr, &column, sk_color_fade (palette->ice, 0.45), 7);
  }
  if (bar->non_finite > 0 || isinf (bar->value)) {
    sk_set_source (cr, palette->error);
    cairo_set_line_width (cr, 2);
    draw_cross (cr, middle, plot->rect.y + 0.6 * em, arm);
  }
  if (bar->value == 0 && !bar->frozen) {
    sk_set_source (cr, palette->dim);
    cairo_set_line_width (cr, 1.2);
    cairo_new_path (cr);
    cairo_arc (cr, middle, bottom - arm - 1.5, MIN (arm, 0.22 * em), 0, 2 * G_PI);
    cairo_stroke (cr);
  }
  if (rect->height > 0) {
    SkColor fill =
        sk_palette_scale (palette, sk_log_range_place (&self->range, bar->value));

    cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
    sk_set_source (cr, fill);
    cairo_fill (cr);
    if (bar->shortcut)
      sk_hatch (cr, rect, sk_color_fade (sk_color_on (fill), 0.75), 5);
    if (rect->width >= 3) {
      sk_set_source (cr,
                     sk_color_fade (palette->frame, palette->high_contrast ? 1 : 0.75));
      cairo_set_line_width (cr, 1);
      cairo_rectangle (cr, rect->x + 0.5, rect->y + 0.5, rect->width - 1, rect->height);
      cairo_stroke (cr);
    }
  }
  if (hover) {
    sk_set_source (cr, palette->ink);
    cairo_set_line_width (cr, 2);
    cairo_rectangle (cr, rect->x - 1, rect->y - 1, rect->width + 2, rect->height + 2);
    cairo_stroke (cr);
  }
}

static void
draw_stage_name (SkText *text, const SkBars *self, const SkPlot *plot, int stage,
                 double left, double right, gboolean first, const SkPalette *palette) {
  gboolean head = self->items[self->n - 1].stage == stage && stage > 1;
  g_autofree char *name = NULL;
  double em = palette->text;
  double bottom = plot->rect.y + plot->rect.height;
  double width;

  if (stage == 0)
    name = g_strdup (_ ("stem"));
  else if (head)
    name = g_strdup (_ ("fc"));
  else
    name = g_strdup_printf (_ ("stage %d"), stage);
  if (!first) {
    double x = floor (left) + 0.5;

    sk_set_source (text->cr, palette->grid);
    cairo_set_line_width (text->cr, 1);
    cairo_move_to (text->cr, x, plot->rect.y);
    cairo_line_to (text->cr, x, bottom + 0.4 * em);
    cairo_stroke (text->cr);
  }
  /* Stem and head are a bar each: their words may reach out of their place. */
  sk_text_measure (text, SK_TEXT_CAPTION, name, &width, NULL);
  if (stage == 0)
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, name, (left + right) / 2,
                  bottom + 0.5 * em, width > right - left ? 0.75 : 0.5, 0);
  else if (head || width <= right - left)
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, name, (left + right) / 2,
                  bottom + 0.5 * em, 0.5, 0);
}

static void
draw_depth (SkText *text, const SkBars *self, const SkPlot *plot,
            const SkPalette *palette) {
  double bottom = plot->rect.y + plot->rect.height;
  int stages = 0, first = 0;

  sk_set_source (text->cr, palette->frame);
  cairo_set_line_width (text->cr, 1);
  cairo_move_to (text->cr, plot->rect.x, floor (bottom) + 0.5);
  cairo_line_to (text->cr, plot->rect.x + plot->rect.width, floor (bottom) + 0.5);
  cairo_stroke (text->cr);
  for (int i = 1; i <= self->n; i++)
    if (i == self->n || self->items[i].stage != self->items[first].stage) {
      double from = first + GAP * stages - GAP / 2;

      draw_stage_name (
          text, self, plot, self->items[first].stage, sk_axis_place (&plot->x, from),
          sk_axis_place (&plot->x, i + GAP * stages + GAP / 2), first == 0, palette);
      first = i;
      stages++;
    }
}

static void
draw_hover (SkText *text, const SkBars *self, const SkRect *rect, int index,
            double width, double height, const SkPalette *palette) {
  const SkBar *bar = &self->items[index];
  SkNote notes[4] = { { .words = g_strdup (bar->name) } };
  int n = 1;

  notes[n].words = g_strdup (self->quantity == SK_LAYER_UPDATE_RATIO  ? _ ("update")
                             : self->quantity == SK_LAYER_WEIGHT_NORM ? _ ("weights")
                                                                      : _ ("gradient"));
  notes[n++].value =
      isnan (bar->value) ? g_strdup ("–") : sk_format_number (bar->value);
  if (bar->frozen)
    notes[n++] = (SkNote){ .words = g_strdup (_ ("frozen: does not learn")) };
  if (bar->non_finite > 0)
    notes[n++] =
        (SkNote){ .words = g_strdup (_ ("not finite")),
                  .value = g_strdup_printf ("%" G_GINT64_FORMAT, bar->non_finite) };
  sk_draw_notes (text, palette, notes, n, rect->x + rect->width / 2, rect->y, width,
                 height);
}

static void
draw_head (SkText *text, const SkBars *self, const SkPlot *plot,
           const SkPalette *palette) {
  SkLegendEntry entries[2];
  gboolean shortcuts = FALSE, frozen = FALSE;
  int n = 0;

  for (int i = 0; i < self->n; i++) {
    shortcuts |= self->items[i].shortcut;
    frozen |= self->items[i].frozen;
  }
  if (shortcuts)
    entries[n++] = (SkLegendEntry){ SK_SAMPLE_HATCH, palette->dim,
                                    _ ("1×1 convolution on a skip"), NULL };
  if (frozen)
    entries[n++] = (SkLegendEntry){ SK_SAMPLE_HATCH, palette->ice, _ ("frozen"), NULL };
  sk_plot_draw_head (plot, text, palette, quantity_title (self->quantity), entries, n);
}

void
sk_bars_draw (cairo_t *cr, const SkBars *self, double width, double height,
              const SkPalette *palette, int hover) {
  SkRect hovered = { 0 };
  int stages = 0;
  SkPlot plot;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  plot = plot_of (self, width, height, palette);
  if (plot.rect.width < 16 || plot.rect.height < 16)
    return;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  draw_head (&text, self, &plot, palette);
  sk_plot_draw_y (&plot, &text, palette, plot.rect.height / (2.6 * palette->text));
  for (int i = 0; i < self->n; i++) {
    SkRect rect;

    stages += i > 0 && self->items[i].stage != self->items[i - 1].stage;
    rect = bar_rect (self, &plot, i, stages);
    draw_bar (&text, self, &plot, i, &rect, palette, i == hover);
    if (i == hover)
      hovered = rect;
  }
  draw_depth (&text, self, &plot, palette);
  if (!self->range.filled)
    sk_plot_draw_empty (&plot, &text, palette, _ ("Nothing measured yet"));
  if (hover >= 0 && hover < self->n)
    draw_hover (&text, self, &hovered, hover, width, height, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

int
sk_bars_at (const SkBars *self, double width, double height, const SkPalette *palette,
            double x, double y) {
  SkPlot plot;
  int stages = 0;

  g_return_val_if_fail (self != NULL && palette != NULL, -1);

  plot = plot_of (self, width, height, palette);
  if (plot.rect.width < 16 || y < plot.rect.y || y > plot.rect.y + plot.rect.height)
    return -1;
  for (int i = 0; i < self->n; i++) {
    stages += i > 0 && self->items[i].stage != self->items[i - 1].stage;
    if (x >= sk_axis_place (&plot.x, i + GAP * stages) &&
        x < sk_axis_place (&plot.x, i + GAP * stages + 1))
      return i;
  }
  return -1;
}
