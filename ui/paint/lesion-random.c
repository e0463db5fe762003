#include <glib/gi18n-lib.h>
#include <math.h>

#include "lesion-chart.h"
#include "plot.h"

/* What is left when more and more blocks are cut at random: the mean over the draws, and
 * all of them as a band. */

typedef struct {
  double mean, least, most; /* accuracy in percent */
} Point;

static Point
point_of (const SkLesions *self, int k) {
  Point point = { 0, 100, 0 };
  double whole = 100 * sk_lesion_accuracy (&self->whole);

  if (k == 0)
    return (Point){ whole, whole, whole };
  for (int i = 0; i < self->repeats; i++) {
    double accuracy = 100 * sk_lesion_accuracy (&sk_lesions_random (self, k)[i].score);

    point.mean += accuracy / self->repeats;
    point.least = MIN (point.least, accuracy);
    point.most = MAX (point.most, accuracy);
  }
  return point;
}

static void
draw_band (cairo_t *cr, const SkLesions *self, const SkPlot *plot,
           const SkPalette *palette) {
  for (int k = 0; k <= self->most; k++)
    cairo_line_to (cr, sk_axis_place (&plot->x, k),
                   sk_axis_place (&plot->y, point_of (self, k).most));
  for (int k = self->most; k >= 0; k--)
    cairo_line_to (cr, sk_axis_place (&plot->x, k),
                   sk_axis_place (&plot->y, point_of (self, k).least));
  cairo_close_path (cr);
  sk_set_source (cr,
                 sk_color_fade (palette->test, palette->high_contrast ? 0.4 : 0.25));
  cairo_fill (cr);
}

static void
draw_mean (cairo_t *cr, const SkLesions *self, const SkPlot *plot,
           const SkPalette *palette) {
  sk_set_source (cr, palette->test);
  cairo_set_line_width (cr, 2);
  for (int k = 0; k <= self->most; k++)
    cairo_line_to (cr, sk_axis_place (&plot->x, k),
                   sk_axis_place (&plot->y, point_of (self, k).mean));
  cairo_stroke (cr);
  for (int k = 0; k <= self->most; k++) {
    cairo_arc (cr, sk_axis_place (&plot->x, k),
               sk_axis_place (&plot->y, point_of (self, k).mean), 3, 0, 2 * G_PI);
    cairo_fill (cr);
  }
}

/* What guessing gets right. */
static void
draw_chance (SkText *text, const SkLesions *self, const SkPlot *plot,
             const SkPalette *palette) {
  double y =
      floor (sk_axis_place (&plot->y, 100.0 / MAX (self->plan->classes, 1))) + 0.5;
  const double dashes[] = { 4, 4 };

  cairo_save (text->cr);
  sk_set_source (text->cr, palette->dim);
  cairo_set_dash (text->cr, dashes, 2, 0);
  cairo_set_line_width (text->cr, 1);
  cairo_move_to (text->cr, plot->rect.x, y);
  cairo_line_to (text->cr, plot->rect.x + plot->rect.width, y);
  cairo_stroke (text->cr);
  cairo_restore (text->cr);
  sk_text_draw (text, SK_TEXT_TINY, palette->dim, _ ("guessing"),
                plot->rect.x + plot->rect.width - 3, y - 1, 1, 1);
}

void
sk_lesion_random_draw (cairo_t *cr, const SkLesions *lesions, double width,
                       double height, const SkPalette *palette) {
  double em = palette->text;
  SkRect rect = { floor (3.2 * em), floor (2.5 * em), 0, 0 };
  SkPlot plot = { .y = { .min = 0, .max = 100 } };
  SkText text;

  rect.width = floor (width - rect.x - 1.2 * em);
  rect.height = floor (height - rect.y - 3.6 * em);
  if (lesions == NULL || lesions->most == 0 || rect.width < 16 || rect.height < 16)
    return;
  plot.x.max = lesions->most;
  sk_plot_set_rect (&plot, rect);
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  sk_plot_draw_head (&plot, &text, palette, _ ("Accuracy, several cut at random, %"),
                     NULL, 0);
  sk_plot_draw_y (&plot, &text, palette, (int) (rect.height / (2.4 * em)));
  sk_plot_draw_x (&plot, &text, palette, &plot.x, NULL);
  sk_text_draw (&text, SK_TEXT_CAPTION, palette->dim, _ ("blocks cut"),
                rect.x + rect.width / 2, rect.y + rect.height + 1.7 * em, 0.5, 0);
  if (lesions->whole.n > 0) {
    draw_chance (&text, lesions, &plot, palette);
    draw_band (cr, lesions, &plot, palette);
    draw_mean (cr, lesions, &plot, palette);
  }
  sk_text_end (&text);
  cairo_restore (cr);
}
