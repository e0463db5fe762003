#include <glib/gi18n-lib.h>
#include <math.h>

#include "race-view-private.h"

/* Plots smaller than this, px, are left out. */
#define LEAST_WIDTH 60
#define LEAST_HEIGHT 24

static SkRect
rect_or_none (double x, double y, double width, double height) {
  if (width < LEAST_WIDTH || height < LEAST_HEIGHT)
    return (SkRect){ 0 };
  return (SkRect){ floor (x), floor (y), floor (width), floor (height) };
}

/* Widest name and value at the end of a curve, with its sample; px. */
static double
label_room (const SkRaceView *self, double em) {
  gsize longest = 9;

  for (int i = 0; self->state && i < self->state->n; i++)
    longest = MAX (longest, (gsize) g_utf8_strlen (
                                self->state->contestants[i].plan->variant.title, -1));
  return (4.6 + 0.52 * (double) longest + 2.4) * em;
}

/* Curves in one column; @departure: with D₁₀ below. */
static void
lay_curves (const SkRaceView *self, SkRaceLayout *layout, double em, double x,
            double width, double height, gboolean departure) {
  const double left = 3.6 * em, head = 2.1 * em, foot = 1.9 * em;
  double strip = departure ? CLAMP (0.16 * height, 3 * em, 8 * em) : 0;
  double inner = width - left - label_room (self, em);
  double rest = height - 2 * (head + foot) - 0.4 * em;
  double y = 0.4 * em + head;
  double tall;

  if (departure)
    rest -= head + foot + strip;
  tall = rest / 2;
  layout->loss = rect_or_none (x + left, y, inner, tall);
  y += tall + foot + head;
  layout->accuracy = rect_or_none (x + left, y, inner, tall);
  y += tall + foot + head;
  if (departure)
    layout->departure = rect_or_none (x + left, y, inner, strip);
}

void
sk_race_view_layout (const SkRaceView *self, const SkPalette *palette, double width,
                     double height, SkRaceLayout *layout) {
  double em = palette->text;
  gboolean pairs = self->n_pairs > 0;
  gboolean beside = width >= 56 * em;

  g_return_if_fail (self != NULL && palette != NULL && layout != NULL);

  *layout = (SkRaceLayout){ 0 };
  if (!pairs) {
    lay_curves (self, layout, em, 0, width, height, FALSE);
  } else if (beside) {
    double half = floor (width * (self->state->n > 2 ? 0.38 : 0.44));

    layout->mirror =
        rect_or_none (1.2 * em, 4 * em, half - 2.4 * em, height - 6.4 * em);
    lay_curves (self, layout, em, half, width - half, height, TRUE);
  } else {
    double upper = floor (height * 0.45);

    layout->mirror = rect_or_none (em, 4 * em, width - 2 * em, upper - 6.4 * em);
    lay_curves (self, layout, em, 0, width, height - upper, FALSE);
    layout->loss.y += layout->loss.width > 0 ? upper : 0;
    layout->accuracy.y += layout->accuracy.width > 0 ? upper : 0;
  }
}

void
sk_race_view_draw (cairo_t *cr, const SkRaceView *self, double width, double height,
                   const SkPalette *palette) {
  SkRaceLayout layout;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  sk_race_view_layout (self, palette, width, height, &layout);
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  sk_race_draw_mirror (&text, self, &layout, palette);
  sk_race_draw_curves (&text, self, &layout, palette);
  sk_race_draw_departure (&text, self, &layout, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

void
sk_race_figure (cairo_t *cr, double width, double height, const SkPalette *palette,
                gconstpointer data) {
  const SkRaceFigure *figure = data;
  g_autofree char *words = sk_race_view_words (figure->view);
  double em = palette->text;
  double top = 3.4 * em;
  double line;
  SkText text;
  int lines;

  sk_text_begin (&text, cr, palette, 1);
  sk_text_draw_within (&text, SK_TEXT_TITLE, palette->ink, figure->title, 1.2 * em,
                       1.1 * em, 0, 0, width - 2.4 * em);
  sk_text_measure (&text, SK_TEXT_BODY, "0", NULL, &line);
  lines = sk_text_draw_wrapped (&text, SK_TEXT_BODY, palette->dim, words, 1.2 * em, top,
                                width - 2.4 * em);
  sk_text_end (&text);
  top += lines * line + 0.6 * em;
  cairo_save (cr);
  cairo_translate (cr, 0, top);
  sk_race_view_draw (cr, figure->view, width, height - top, palette);
  cairo_restore (cr);
}
