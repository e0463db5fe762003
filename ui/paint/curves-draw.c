#include <glib/gi18n-lib.h>
#include <math.h>

#include "curves-private.h"
#include "plot.h"
#include "range.h"
#include "trace.h"

/* Plots narrower or flatter than this (px) are left out. */
#define LEAST_WIDTH 24
#define LEAST_HEIGHT 16

static double
steps_per_epoch (const SkCurves *self, const SkCurvesView *view) {
  return view->in_steps || self->steps_per_epoch <= 0 ? 1 : self->steps_per_epoch;
}

static SkRect
plot_rect (double x, double y, double width, double height) {
  if (width < LEAST_WIDTH || height < LEAST_HEIGHT)
    return (SkRect){ 0 };
  return (SkRect){ floor (x), floor (y), floor (width), floor (height) };
}

/* Stacks the panels named by @panels into one column of the picture. */
static void
stack (SkCurvesLayout *layout, const SkPanel *panels, int n, double em, double x,
       double width, double height) {
  const double left = 3.6 * em, right = 0.9 * em, head = 2.2 * em, foot = 2 * em;
  double strip = 0, rest, y = 0.3 * em;
  int n_tall = 0;

  for (int i = 0; i < n; i++)
    if (panels[i] == SK_PANEL_LR)
      strip = CLAMP (0.14 * height, 1.6 * em, 4 * em);
    else
      n_tall++;
  rest = height - 0.3 * em - foot - n * head - strip;
  if (n_tall == 0)
    strip += rest;
  for (int i = 0; i < n; i++) {
    double tall = panels[i] == SK_PANEL_LR ? strip : rest / n_tall;

    y += head;
    layout->panels[panels[i]] = plot_rect (x + left, y, width - left - right,
                                           tall - (i < n - 1 ? 0.6 * em : 0));
    y += tall;
  }
}

void
sk_curves_layout (const SkCurves *self, const SkCurvesView *view,
                  const SkPalette *palette, double width, double height,
                  SkCurvesLayout *layout) {
  double em = palette->text;
  SkPanel left[SK_N_PANELS], right[1];
  int n_left = 0, n_right = 0;
  gboolean beside = !view->stacked && width >= 52 * em && width > 1.3 * height;

  *layout = (SkCurvesLayout){ 0 };
  layout->from = view->from;
  layout->to = view->to;
  if (!(view->from < view->to)) {
    layout->from = 0;
    layout->to = MAX (sk_curves_last_step (self), view->until);
    layout->to = MAX (layout->to, 1);
  }
  for (int panel = 0; panel < SK_N_PANELS; panel++) {
    if (view->hidden & 1u << panel)
      continue;
    if (panel == SK_PANEL_ACCURACY && beside && !(view->hidden & 1u << SK_PANEL_LOSS))
      right[n_right++] = panel;
    else
      left[n_left++] = panel;
  }
  if (n_right > 0) {
    double half = width / 2;

    stack (layout, left, n_left, em, 0, half, height);
    stack (layout, right, n_right, em, half, width - half, height);
  } else if (n_left > 0) {
    stack (layout, left, n_left, em, 0, width, height);
  }
}

static void
include (SkExtent *total, SkExtent extent) {
  total->min = MIN (total->min, extent.min);
  total->max = MAX (total->max, extent.max);
}

/* Makes room for the smoothed and the test curve; the raw one may add a quarter to that,
 * so that a few wild steps do not flatten everything. */
static void
fit_y (SkPlot *plot, const SkSeries *raw, const SkSeries *smooth, const SkSeries *test,
       int labels) {
  SkExtent total = sk_trace_extent (smooth, &plot->x);
  SkExtent wild = sk_trace_extent (raw, &plot->x);
  double more;

  include (&total, sk_trace_extent (test, &plot->x));
  if (total.min > total.max)
    total = wild;
  more = 0.25 * (total.max - total.min);
  if (wild.min <= wild.max) {
    total.min = MIN (total.min, MAX (wild.min, total.min - more));
    total.max = MAX (total.max, MIN (wild.max, total.max + more));
  }
  plot->y.min = total.min;
  plot->y.max = total.max;
  sk_axis_widen (&plot->y, labels);
}

SkPlot
sk_curves_plot (const SkCurves *self, const SkCurvesView *view,
                const SkCurvesLayout *layout, SkPanel panel, int labels) {
  SkPlot plot = { 0 };

  plot.x.min = layout->from;
  plot.x.max = layout->to;
  sk_plot_set_rect (&plot, layout->panels[panel]);
  if (panel == SK_PANEL_LOSS) {
    plot.y.log = view->log_loss;
    fit_y (&plot, self->train_loss, self->smooth_loss, self->test_loss, labels);
    if (!plot.y.log)
      plot.y.min = MAX (plot.y.min, 0);
  } else if (panel == SK_PANEL_ACCURACY) {
    fit_y (&plot, self->train_accuracy, self->smooth_accuracy, self->test_accuracy,
           labels);
    plot.y.min = MAX (plot.y.min, 0);
    plot.y.max = MIN (plot.y.max, 100);
    if (sk_series_length (self->train_accuracy) == 0 &&
        sk_series_length (self->test_accuracy) == 0)
      plot.y.max = 100;
  } else {
    SkExtent extent = sk_trace_extent (self->lr, &plot.x);

    plot.y.min = 0;
    plot.y.max = extent.max > 0 ? extent.max * 1.05 : 1;
  }
  sk_axis_mend (&plot.y);
  return plot;
}

/* @more: whole px, so that Cairo can clip without a mask */
static void
clip_to_plot (cairo_t *cr, const SkPlot *plot, int more) {
  cairo_rectangle (cr, plot->rect.x - more, plot->rect.y - more,
                   plot->rect.width + 2 * more, plot->rect.height + 2 * more);
  cairo_clip (cr);
}

static void
draw_raw (cairo_t *cr, const SkPlot *plot, const SkSeries *raw, SkColor color,
          const SkPalette *palette) {
  double alpha = palette->high_contrast ? 0.5 : 0.32;

  cairo_save (cr);
  clip_to_plot (cr, plot, 1);
  sk_set_source (cr, sk_color_fade (color, alpha));
  cairo_set_line_width (cr, 1);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
  if (sk_trace_is_dense (raw, &plot->x)) {
    sk_trace_band (cr, raw, &plot->x, &plot->y, 1);
    cairo_fill (cr);
  } else {
    sk_trace_line (cr, raw, &plot->x, &plot->y);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

static void
draw_smooth (cairo_t *cr, const SkPlot *plot, const SkSeries *smooth, SkColor color,
             const SkPalette *palette) {
  double thick = (palette->high_contrast ? 0.2 : 0.155) * palette->text;

  cairo_save (cr);
  clip_to_plot (cr, plot, 1);
  sk_set_source (cr, color);
  if (sk_trace_is_dense (smooth, &plot->x)) { /* filling costs half of stroking */
    sk_trace_band (cr, smooth, &plot->x, &plot->y, thick);
    cairo_fill (cr);
  } else {
    cairo_set_line_width (cr, thick);
    cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    sk_trace_line (cr, smooth, &plot->x, &plot->y);
    cairo_stroke (cr);
  }
  if (sk_series_length (smooth) == 1) {
    sk_trace_markers (cr, smooth, &plot->x, &plot->y, 0.2 * palette->text, 1);
    cairo_fill (cr);
  }
  cairo_restore (cr);
}

static void
draw_test (cairo_t *cr, const SkPlot *plot, const SkSeries *test,
           const SkPalette *palette) {
  double em = palette->text;

  cairo_save (cr);
  clip_to_plot (cr, plot, (int) ceil (0.5 * em));
  sk_set_source (cr, palette->test);
  cairo_set_line_width (cr, (palette->high_contrast ? 0.17 : 0.12) * em);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  sk_trace_line (cr, test, &plot->x, &plot->y);
  cairo_stroke (cr);
  /* A rim in the background's colour keeps the markers apart from the curve below. */
  sk_trace_markers (cr, test, &plot->x, &plot->y, 0.27 * em, 1.3 * em);
  sk_set_source (cr, palette->background);
  cairo_set_line_width (cr, 0.2 * em);
  cairo_stroke_preserve (cr);
  sk_set_source (cr, palette->test);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_gaps (SkText *text, const SkPlot *plot, const SkSeries *raw,
           const SkPalette *palette) {
  double em = palette->text;
  double y = plot->rect.y + 0.7 * em;
  double first;

  sk_set_source (text->cr, palette->error);
  cairo_set_line_width (text->cr, 0.15 * em);
  first = sk_trace_gaps (text->cr, raw, &plot->x, y, 0.28 * em, 0.9 * em);
  cairo_stroke (text->cr);
  if (!isnan (first))
    sk_text_draw (text, SK_TEXT_CAPTION, palette->error, _ ("not finite"),
                  first - 0.6 * em, y, 1, 0.5);
}

static void
draw_time (SkText *text, const SkCurves *self, const SkCurvesView *view,
           const SkPlot *plot, const SkPalette *palette) {
  double spe = steps_per_epoch (self, view);
  SkAxis axis = plot->x;

  axis.min /= spe;
  axis.max /= spe;
  sk_plot_draw_x (plot, text, palette, &axis,
                  view->in_steps || self->steps_per_epoch <= 0 ? _ ("step")
                                                               : _ ("epoch"));
}

int
sk_curves_labels (const SkCurvesLayout *layout, SkPanel panel,
                  const SkPalette *palette) {
  return CLAMP ((int) (layout->panels[panel].height / (3.2 * palette->text)), 2, 8);
}

/* Whether the panel is the lowest of its column and carries the time axis. */
static gboolean
is_lowest (const SkCurvesLayout *layout, SkPanel panel) {
  for (int i = 0; i < SK_N_PANELS; i++)
    if (layout->panels[i].width > 0 && layout->panels[i].x == layout->panels[panel].x &&
        layout->panels[i].y > layout->panels[panel].y)
      return FALSE;
  return TRUE;
}

/* (transfer full) (nullable): the newest value, or the one at the step looked at */
static char *
format_value (const SkSeries *series, gint64 step, int decimals) {
  gsize n = sk_series_length (series);

  if (step > 0)
    n = sk_series_find (series, (double) step + 1);
  if (n == 0 || !isfinite (sk_series_y (series, n - 1)))
    return NULL;
  if (decimals < 0)
    return sk_format_number (sk_series_y (series, n - 1));
  return g_strdup_printf ("%.*f", decimals, sk_series_y (series, n - 1));
}

static void
draw_learning (SkText *text, const SkCurves *self, const SkCurvesView *view,
               const SkCurvesLayout *layout, SkPanel panel, const SkPalette *palette) {
  gboolean loss = panel == SK_PANEL_LOSS;
  const SkSeries *raw = loss ? self->train_loss : self->train_accuracy;
  const SkSeries *smooth = loss ? self->smooth_loss : self->smooth_accuracy;
  const SkSeries *test = loss ? self->test_loss : self->test_accuracy;
  int labels = sk_curves_labels (layout, panel, palette);
  SkPlot plot = sk_curves_plot (self, view, layout, panel, labels);
  g_autofree char *train_value = format_value (smooth, view->at, loss ? 3 : 1);
  g_autofree char *test_value = format_value (test, view->at, loss ? 3 : 1);
  SkLegendEntry entries[] = {
    { SK_SAMPLE_LINE, palette->train, _ ("training"), train_value },
    { SK_SAMPLE_MARKERS, palette->test, _ ("test"), test_value },
  };
  int n = sk_series_length (test) > 0 ? 2 : 1;
  SkRect room =
      sk_plot_draw_head (&plot, text, palette, loss ? _ ("Loss") : _ ("Accuracy, %"),
                         entries, sk_series_length (raw) > 0 ? n : 0);

  sk_plot_draw_y (&plot, text, palette, labels);
  sk_curves_draw_marks (text->cr, self, &plot, palette);
  if (loss)
    sk_curves_draw_newest_mark (text, self, &plot, palette, &room);
  if (sk_series_length (raw) + sk_series_length (test) == 0)
    sk_plot_draw_empty (&plot, text, palette, _ ("Nothing measured yet"));
  draw_raw (text->cr, &plot, raw, palette->train, palette);
  draw_smooth (text->cr, &plot, smooth, palette->train, palette);
  draw_test (text->cr, &plot, test, palette);
  draw_gaps (text, &plot, raw, palette);
  if (is_lowest (layout, panel))
    draw_time (text, self, view, &plot, palette);
}

static void
draw_lr (SkText *text, const SkCurves *self, const SkCurvesView *view,
         const SkCurvesLayout *layout, const SkPalette *palette) {
  SkPlot plot = sk_curves_plot (self, view, layout, SK_PANEL_LR, 1);
  gsize n = sk_series_length (self->lr);
  g_autofree char *value = format_value (self->lr, view->at, -1);
  SkLegendEntry entry = { SK_SAMPLE_LINE, palette->dim,
                          view->at > 0 ? _ ("then") : _ ("now"), value };
  cairo_t *cr = text->cr;

  sk_plot_draw_head (&plot, text, palette, _ ("Learning rate"), &entry, n > 0 ? 1 : 0);
  if (n > 0)
    sk_plot_draw_y (&plot, text, palette, 2);
  sk_curves_draw_marks (cr, self, &plot, palette);
  cairo_save (cr);
  clip_to_plot (cr, &plot, 1);
  sk_set_source (cr, palette->dim);
  cairo_set_line_width (cr, 0.13 * palette->text);
  sk_trace_line (cr, self->lr, &plot.x, &plot.y);
  cairo_stroke (cr);
  cairo_restore (cr);
  if (is_lowest (layout, SK_PANEL_LR))
    draw_time (text, self, view, &plot, palette);
}

void
sk_curves_draw (cairo_t *cr, const SkCurves *self, const SkCurvesView *view,
                double width, double height, const SkPalette *palette) {
  SkCurvesLayout layout;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && view != NULL && palette != NULL);

  sk_curves_layout (self, view, palette, width, height, &layout);
  sk_text_begin (&text, cr, palette, 1);
  cairo_save (cr);
  if (layout.panels[SK_PANEL_LOSS].width > 0)
    draw_learning (&text, self, view, &layout, SK_PANEL_LOSS, palette);
  if (layout.panels[SK_PANEL_ACCURACY].width > 0)
    draw_learning (&text, self, view, &layout, SK_PANEL_ACCURACY, palette);
  if (layout.panels[SK_PANEL_LR].width > 0)
    draw_lr (&text, self, view, &layout, palette);
  cairo_restore (cr);
  sk_text_end (&text);
}
