#include "reliability.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plot.h"

/* Of the height, for the counts. */
#define COUNTS_SHARE 0.22

static int
most_pictures (const SkReport *report) {
  int most = 1;

  for (int i = 0; i < SK_CALIBRATION_BINS; i++)
    most = MAX (most, report->bins[i].pictures);
  return most;
}

/* Hatched from the bar to where it should end: too sure above, too modest below. */
static void
draw_bin (cairo_t *cr, const SkPlot *plot, const SkCalibrationBin *bin, int index,
          const SkPalette *palette) {
  double left = sk_axis_place (&plot->x, (double) index / SK_CALIBRATION_BINS);
  double right = sk_axis_place (&plot->x, (double) (index + 1) / SK_CALIBRATION_BINS);
  double bottom = plot->rect.y + plot->rect.height;
  double top = sk_axis_place (&plot->y, bin->accuracy);
  double ideal = sk_axis_place (&plot->y, bin->confidence);
  SkRect gap = { left + 1, MIN (top, ideal), right - left - 2, fabs (top - ideal) };

  if (bin->pictures == 0)
    return;
  sk_set_source (cr, palette->train);
  cairo_rectangle (cr, left + 1, top, right - left - 2, bottom - top);
  cairo_fill (cr);
  sk_hatch (cr, &gap, palette->error, 5);
  sk_set_source (cr, palette->error);
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, gap.x + 0.5, gap.y, gap.width - 1, gap.height);
  cairo_stroke (cr);
}

static void
draw_diagonal (cairo_t *cr, const SkPlot *plot, const SkPalette *palette) {
  const double dashes[] = { 5, 4 };

  cairo_save (cr);
  sk_set_source (cr, palette->ink);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, dashes, 2, 0);
  cairo_move_to (cr, sk_axis_place (&plot->x, 0), sk_axis_place (&plot->y, 0));
  cairo_line_to (cr, sk_axis_place (&plot->x, 1), sk_axis_place (&plot->y, 1));
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
draw_counts (cairo_t *cr, const SkReport *report, const SkPlot *plot, double top,
             double height, const SkPalette *palette) {
  int most = most_pictures (report);

  for (int i = 0; i < SK_CALIBRATION_BINS; i++) {
    double left = sk_axis_place (&plot->x, (double) i / SK_CALIBRATION_BINS);
    double right = sk_axis_place (&plot->x, (double) (i + 1) / SK_CALIBRATION_BINS);
    double tall = height * sqrt ((double) report->bins[i].pictures / most);

    sk_set_source (cr, palette->dim);
    cairo_rectangle (cr, left + 1, top + height - tall, right - left - 2, tall);
    cairo_fill (cr);
  }
}

void
sk_reliability_draw (cairo_t *cr, const SkReport *report, double width, double height,
                     const SkPalette *palette) {
  g_autofree char *ece = g_strdup_printf ("%.3f", report->ece);
  double em = palette->text, counts = height * COUNTS_SHARE, below;
  const SkLegendEntry legend[] = {
    { SK_SAMPLE_BOX, palette->train, _ ("right"), NULL },
    { SK_SAMPLE_HATCH, palette->error, _ ("gap, ECE"), ece },
  };
  SkPlot plot = { .x = { 0, 1 }, .y = { 0, 1 } };
  SkRect rect = { floor (3.6 * em), floor (2.5 * em), 0, 0 };
  SkText text;

  rect.width = floor (MAX (width - rect.x - 0.9 * em, 0));
  rect.height = floor (MAX (height - rect.y - counts - 3.6 * em, 0));
  if (rect.width < 16 || rect.height < 16)
    return;
  sk_plot_set_rect (&plot, rect);
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  sk_plot_draw_head (&plot, &text, palette, _ ("Right when so sure"), legend, 2);
  sk_plot_draw_y (&plot, &text, palette, 5);
  for (int i = 0; i < SK_CALIBRATION_BINS; i++)
    draw_bin (cr, &plot, &report->bins[i], i, palette);
  draw_diagonal (cr, &plot, palette);
  sk_plot_draw_x (&plot, &text, palette, &plot.x, NULL);
  below = rect.y + rect.height + 1.8 * em;
  sk_text_draw_within (&text, SK_TEXT_CAPTION, palette->dim,
                       _ ("confidence; below: how many pictures"), rect.x, below, 0, 0,
                       rect.width);
  draw_counts (cr, report, &plot, below + 1.6 * em, counts, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

char *
sk_reliability_describe (const SkReport *report) {
  double sure = 0;

  for (int i = 0; i < SK_CALIBRATION_BINS; i++)
    sure += report->bins[i].pictures * report->bins[i].confidence;
  sure /= MAX (report->mean.images, 1);
  return g_strdup_printf (
      sure > report->mean.top1
          ? _ ("On average it is %.0f %% sure and right about %.0f %%: it believes in "
               "itself too much. Expected calibration error %.3f.")
          : _ ("On average it is %.0f %% sure and right about %.0f %%: it is more "
               "modest than it need be. Expected calibration error %.3f."),
      100 * sure, 100 * report->mean.top1, report->ece);
}
