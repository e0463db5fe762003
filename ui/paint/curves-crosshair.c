#include <glib/gi18n-lib.h>
#include <math.h>

#include "curves-private.h"
#include "range.h"

/* Characters a line of what happened. */
#define LINE_LENGTH 32
/* Of the text size, above a plot: its flags can be pointed at. */
#define FLAGS_ABOVE 0.5

static void
draw_dot (cairo_t *cr, const SkPlot *plot, double step, double value, SkColor color,
          const SkPalette *palette) {
  double y = sk_axis_place (&plot->y, value);

  if (!isfinite (value) || y < plot->rect.y - 1 ||
      y > plot->rect.y + plot->rect.height + 1)
    return;
  cairo_new_path (cr);
  cairo_arc (cr, sk_axis_place (&plot->x, step), y, 0.32 * palette->text, 0, 2 * G_PI);
  sk_set_source (cr, palette->background);
  cairo_fill_preserve (cr);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 0.15 * palette->text);
  cairo_stroke (cr);
}

/* The line through all panels, and dots where it meets the curves. */
static void
draw_hair (cairo_t *cr, const SkCurves *self, const SkCurvesView *view,
           const SkCurvesLayout *layout, gsize index, const SkPalette *palette) {
  double step = sk_series_x (self->train_loss, index);

  for (int panel = 0; panel < SK_N_PANELS; panel++) {
    SkPlot plot;
    double x;

    if (layout->panels[panel].width <= 0)
      continue;
    plot = sk_curves_plot (self, view, layout, panel,
                           sk_curves_labels (layout, panel, palette));
    x = floor (sk_axis_place (&plot.x, step)) + 0.5;
    sk_set_source (cr, sk_color_fade (palette->ink, 0.55));
    cairo_set_line_width (cr, 1);
    cairo_move_to (cr, x, plot.rect.y);
    cairo_line_to (cr, x, plot.rect.y + plot.rect.height);
    cairo_stroke (cr);
    if (panel == SK_PANEL_LR)
      draw_dot (cr, &plot, step, sk_series_y (self->lr, index), palette->dim, palette);
    else
      draw_dot (cr, &plot, step,
                sk_series_y (panel == SK_PANEL_LOSS ? self->smooth_loss
                                                    : self->smooth_accuracy,
                             index),
                palette->train, palette);
  }
}

static void
add_note (GArray *notes, char *words, char *value, gboolean has_sample, SkSample sample,
          SkColor color) {
  SkNote note = { words, value, has_sample, sample, color };

  g_array_append_val (notes, note);
}

/* What happened may take a sentence: in lines, so that the box stays in the picture. */
static void
add_event (GArray *notes, const char *words, const SkPalette *palette) {
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  GString *line = g_string_new ("▾");

  for (guint i = 0; parts[i] != NULL; i++) {
    if (g_utf8_strlen (line->str, -1) + g_utf8_strlen (parts[i], -1) > LINE_LENGTH) {
      add_note (notes, g_strdup (line->str), NULL, FALSE, SK_SAMPLE_LINE, palette->ink);
      g_string_assign (line, "  ");
    }
    g_string_append_printf (line, " %s", parts[i]);
  }
  add_note (notes, g_string_free (line, FALSE), NULL, FALSE, SK_SAMPLE_LINE,
            palette->ink);
}

static char *
percent (double value) {
  return isfinite (value) ? g_strdup_printf (_ ("%.1f %%"), value) : g_strdup ("NaN");
}

static GArray *
collect_notes (const SkCurves *self, gsize index, double reach,
               const SkPalette *palette) {
  GArray *notes = g_array_new (FALSE, FALSE, sizeof (SkNote));
  double step = sk_series_x (self->train_loss, index);
  gsize after = sk_series_find (self->test_loss, step + 1);

  if (self->steps_per_epoch > 0)
    add_note (notes,
              g_strdup_printf (_ ("Step %'.0f · epoch %.2f"), step,
                               step / self->steps_per_epoch),
              NULL, FALSE, SK_SAMPLE_LINE, palette->ink);
  else
    add_note (notes, g_strdup_printf (_ ("Step %'.0f"), step), NULL, FALSE,
              SK_SAMPLE_LINE, palette->ink);
  add_note (notes, g_strdup (_ ("training loss")),
            sk_format_number (sk_series_y (self->smooth_loss, index)), TRUE,
            SK_SAMPLE_LINE, palette->train);
  add_note (notes, g_strdup (_ ("this batch alone")),
            sk_format_number (sk_series_y (self->train_loss, index)), FALSE,
            SK_SAMPLE_LINE, palette->train);
  add_note (notes, g_strdup (_ ("training accuracy")),
            percent (sk_series_y (self->smooth_accuracy, index)), TRUE, SK_SAMPLE_LINE,
            palette->train);
  if (after > 0) {
    add_note (notes, g_strdup (_ ("test loss")),
              sk_format_number (sk_series_y (self->test_loss, after - 1)), TRUE,
              SK_SAMPLE_MARKERS, palette->test);
    add_note (notes, g_strdup (_ ("test accuracy")),
              percent (sk_series_y (self->test_accuracy, after - 1)), TRUE,
              SK_SAMPLE_MARKERS, palette->test);
  }
  add_note (notes, g_strdup (_ ("learning rate")),
            sk_format_number (sk_series_y (self->lr, index)), FALSE, SK_SAMPLE_LINE,
            palette->dim);
  for (guint i = 0; i < self->marks->len; i++) {
    const SkMark *mark = &g_array_index (self->marks, SkMark, i);

    if (fabs (mark->step - step) <= reach)
      add_event (notes, mark->text, palette);
  }
  return notes;
}

void
sk_curves_draw_step (cairo_t *cr, const SkCurves *self, const SkCurvesView *view,
                     double width, double height, const SkPalette *palette) {
  SkCurvesLayout layout;
  double step = (double) view->at;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  sk_curves_layout (self, view, palette, width, height, &layout);
  if (view->at <= 0 || step < layout.from || step > layout.to ||
      sk_series_length (self->train_loss) == 0)
    return;
  cairo_save (cr);
  draw_hair (cr, self, view, &layout, sk_series_nearest (self->train_loss, step),
             palette);
  cairo_restore (cr);
}

gint64
sk_curves_draw_crosshair (cairo_t *cr, const SkCurves *self, const SkCurvesView *view,
                          double width, double height, const SkPalette *palette,
                          double x, double y) {
  SkCurvesLayout layout;

  g_return_val_if_fail (cr != NULL && self != NULL && view != NULL, -1);

  sk_curves_layout (self, view, palette, width, height, &layout);
  for (int panel = 0; panel < SK_N_PANELS; panel++) {
    const SkRect *rect = &layout.panels[panel];
    SkAxis axis = { .min = layout.from, .max = layout.to };
    g_autoptr (GArray) notes = NULL;
    gsize index;
    SkText text;

    if (x < rect->x || x >= rect->x + rect->width ||
        y < rect->y - FLAGS_ABOVE * palette->text || y > rect->y + rect->height + 2 ||
        sk_series_length (self->train_loss) == 0)
      continue;
    axis.from = rect->x;
    axis.to = rect->x + rect->width;
    index = sk_series_nearest (self->train_loss, sk_axis_value (&axis, x));
    notes = collect_notes (self, index, 5 * (layout.to - layout.from) / rect->width,
                           palette);
    sk_text_begin (&text, cr, palette, 1);
    cairo_save (cr);
    draw_hair (cr, self, view, &layout, index, palette);
    sk_draw_notes (&text, palette, (SkNote *) notes->data, notes->len,
                   sk_axis_place (&axis, sk_series_x (self->train_loss, index)), y,
                   width, height);
    cairo_restore (cr);
    sk_text_end (&text);
    return (gint64) sk_series_x (self->train_loss, index);
  }
  return -1;
}
