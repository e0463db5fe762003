#include <glib/gi18n-lib.h>
#include <math.h>

#include "race-view-private.h"
#include "trace.h"

/* A name at the end of a curve. */
typedef struct {
  int lane;
  double y; /* px of the curve's end, then of the middle of the label */
  char *value;
} Label;

static void
include (SkExtent *total, SkExtent extent) {
  total->min = MIN (total->min, extent.min);
  total->max = MAX (total->max, extent.max);
}

/* Room for the smoothed curves; the raw ones may add a quarter to that. */
static SkPlot
plot_of (const SkRaceView *self, const SkRect *rect, gboolean is_loss,
         const SkPalette *palette) {
  SkExtent total = { 1, 0 }, wild = { 1, 0 };
  SkPlot plot = { 0 };
  double more;
  int n = self->state ? self->state->n : 0;

  plot.x.max = MAX (MAX (sk_race_last_step (self), (double) self->until), 1);
  sk_plot_set_rect (&plot, *rect);
  for (int i = 0; i < n; i++) {
    const SkRaceLane *lane = &self->lanes[i];
    SkExtent smooth =
        sk_trace_extent (is_loss ? lane->smooth_loss : lane->smooth_accuracy, &plot.x);
    SkExtent raw = sk_trace_extent (is_loss ? lane->loss : lane->accuracy, &plot.x);

    if (smooth.min <= smooth.max && total.min > total.max)
      total = smooth;
    else if (smooth.min <= smooth.max)
      include (&total, smooth);
    if (raw.min <= raw.max && wild.min > wild.max)
      wild = raw;
    else if (raw.min <= raw.max)
      include (&wild, raw);
    if (!is_loss && sk_series_length (lane->test_accuracy) > 0)
      include (&total, sk_trace_extent (lane->test_accuracy, &plot.x));
  }
  plot.y.min = total.min <= total.max ? total.min : 0;
  plot.y.max = total.min <= total.max ? total.max : (is_loss ? 2.5 : 100);
  more = 0.25 * (plot.y.max - plot.y.min);
  if (wild.min <= wild.max) {
    plot.y.min = MIN (plot.y.min, MAX (wild.min, plot.y.min - more));
    plot.y.max = MAX (plot.y.max, MIN (wild.max, plot.y.max + more));
  }
  sk_axis_widen (&plot.y, (int) (rect->height / (2.6 * palette->text)));
  plot.y.min = MAX (plot.y.min, 0);
  if (!is_loss)
    plot.y.max = MIN (plot.y.max, 100);
  sk_axis_mend (&plot.y);
  return plot;
}

static void
draw_raw (cairo_t *cr, const SkPlot *plot, const SkSeries *raw, SkColor color,
          const SkPalette *palette) {
  sk_set_source (cr, sk_color_fade (color, palette->high_contrast ? 0.35 : 0.2));
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, NULL, 0, 0);
  if (sk_trace_is_dense (raw, &plot->x)) {
    sk_trace_band (cr, raw, &plot->x, &plot->y, 1);
    cairo_fill (cr);
  } else {
    sk_trace_line (cr, raw, &plot->x, &plot->y);
    cairo_stroke (cr);
  }
}

static void
draw_lane (cairo_t *cr, const SkRaceView *self, const SkPlot *plot, int i,
           gboolean is_loss, const SkPalette *palette) {
  const SkRaceLane *lane = &self->lanes[i];
  SkColor color = sk_race_color (self, palette, i);

  draw_raw (cr, plot, is_loss ? lane->loss : lane->accuracy, color, palette);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, (palette->high_contrast ? 0.2 : 0.16) * palette->text);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  sk_race_set_dash (cr, self, palette, i);
  sk_trace_line (cr, is_loss ? lane->smooth_loss : lane->smooth_accuracy, &plot->x,
                 &plot->y);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  if (!is_loss) {
    /* Full markers with skips, hollow ones without. */
    sk_trace_markers (cr, lane->test_accuracy, &plot->x, &plot->y, 0.28 * palette->text,
                      0.9 * palette->text);
    if (!self->state->contestants[i].plan->variant.skips) {
      sk_set_source (cr, palette->background);
      cairo_fill_preserve (cr);
      sk_set_source (cr, color);
      cairo_set_line_width (cr, 0.12 * palette->text);
      cairo_stroke (cr);
    } else {
      cairo_fill (cr);
    }
  }
}

static int
compare_labels (gconstpointer a, gconstpointer b) {
  double difference = ((const Label *) a)->y - ((const Label *) b)->y;

  return difference < 0 ? -1 : difference > 0;
}

/* Labels keep their order and stand clear of each other, within the plot's height. */
static void
spread (Label *labels, int n, double apart, double top, double bottom) {
  qsort (labels, (gsize) n, sizeof *labels, compare_labels);
  for (int i = 0; i < n; i++)
    labels[i].y = MAX (labels[i].y, i > 0 ? labels[i - 1].y + apart : top);
  for (int i = n - 1; i >= 0; i--)
    labels[i].y = MIN (labels[i].y, i < n - 1 ? labels[i + 1].y - apart : bottom);
}

static int
collect_labels (const SkRaceView *self, const SkPlot *plot, gboolean is_loss,
                Label *labels) {
  int n = 0;

  for (int i = 0; i < self->state->n; i++) {
    double loss, accuracy;

    sk_race_view_latest (self, i, &loss, &accuracy);
    if (self->state->contestants[i].diverged) {
      /* A name stays where its curve ended. */
      labels[n++] = (Label){ i, plot->rect.y, g_strdup (_ ("diverged")) };
      continue;
    }
    if (!isfinite (is_loss ? loss : accuracy))
      continue;
    labels[n++] = (Label){
      i,
      CLAMP (sk_axis_place (&plot->y, is_loss ? loss : 100 * accuracy), plot->rect.y,
             plot->rect.y + plot->rect.height),
      is_loss ? g_strdup_printf ("%.2f", loss)
              : g_strdup_printf ("%.0f %%", 100 * accuracy),
    };
  }
  return n;
}

static void
draw_labels (SkText *text, const SkRaceView *self, const SkPlot *plot, gboolean is_loss,
             const SkPalette *palette) {
  Label labels[SK_RACE_LANES];
  int n = collect_labels (self, plot, is_loss, labels);
  double em = palette->text;
  double right = plot->rect.x + plot->rect.width;

  spread (labels, n, 1.25 * em, plot->rect.y + 0.5 * em,
          plot->rect.y + plot->rect.height - 0.5 * em);
  for (int i = 0; i < n; i++) {
    const SkContestant *one = &self->state->contestants[labels[i].lane];
    double x = right + 0.5 * em;

    cairo_save (text->cr);
    sk_set_source (text->cr, sk_race_color (self, palette, labels[i].lane));
    cairo_set_line_width (text->cr, 0.16 * em);
    sk_race_set_dash (text->cr, self, palette, labels[i].lane);
    cairo_move_to (text->cr, x, labels[i].y);
    cairo_line_to (text->cr, x + 1.5 * em, labels[i].y);
    cairo_stroke (text->cr);
    cairo_restore (text->cr);
    x += 1.9 * em;
    x += sk_text_draw (text, SK_TEXT_CAPTION, palette->ink, one->plan->variant.title, x,
                       labels[i].y, 0, 0.5) +
         0.5 * em;
    sk_text_draw (text, SK_TEXT_STRONG, palette->ink, labels[i].value, x, labels[i].y,
                  0, 0.5);
    g_free (labels[i].value);
  }
}

static void
draw_panel (SkText *text, const SkRaceView *self, const SkRect *rect, gboolean is_loss,
            const SkPalette *palette) {
  SkPlot plot;

  if (rect->width <= 0)
    return;
  plot = plot_of (self, rect, is_loss, palette);
  sk_plot_draw_head (&plot, text, palette,
                     is_loss ? _ ("Training loss") : _ ("Training accuracy, %"), NULL,
                     0);
  sk_plot_draw_y (&plot, text, palette, (int) (rect->height / (2.6 * palette->text)));
  sk_plot_draw_x (&plot, text, palette, &plot.x, is_loss ? NULL : _ ("step"));
  if (self->state == NULL || sk_race_last_step (self) < 1) {
    sk_plot_draw_empty (&plot, text, palette, _ ("Nothing measured yet"));
    return;
  }
  cairo_save (text->cr);
  cairo_rectangle (text->cr, rect->x - 1, rect->y - 1, rect->width + 2,
                   rect->height + 2);
  cairo_clip (text->cr);
  for (int i = 0; i < self->state->n; i++)
    draw_lane (text->cr, self, &plot, i, is_loss, palette);
  cairo_restore (text->cr);
  draw_labels (text, self, &plot, is_loss, palette);
}

void
sk_race_draw_curves (SkText *text, const SkRaceView *self, const SkRaceLayout *layout,
                     const SkPalette *palette) {
  draw_panel (text, self, &layout->loss, TRUE, palette);
  draw_panel (text, self, &layout->accuracy, FALSE, palette);
}
