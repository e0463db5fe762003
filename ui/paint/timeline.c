#include "timeline.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "text.h"

/* In units of the text's size. */
#define MARGIN 1.0
#define BAR 2.2
#define HANDLE 0.75 /* radius */
#define LABELS 1.7
#define LEAST_TICK 2.4 /* between numbers */

static double
bar_top (const SkPalette *palette) {
  return 0.6 * palette->text;
}

double
sk_timeline_height (const SkPalette *palette) {
  return bar_top (palette) + (BAR + LABELS) * palette->text;
}

static int
change (const SkTimeline *self) {
  return self->unfreeze > 0 && self->unfreeze < self->epochs ? self->unfreeze
                                                             : self->epochs;
}

static double
place (const SkTimeline *self, double epoch, double width, const SkPalette *palette) {
  double margin = MARGIN * palette->text;

  return margin + (width - 2 * margin) * epoch / MAX (self->epochs, 1);
}

double
sk_timeline_handle (const SkTimeline *self, double width, const SkPalette *palette) {
  return place (self, change (self), width, palette);
}

int
sk_timeline_epoch_at (const SkTimeline *self, double x, double width,
                      const SkPalette *palette) {
  double margin = MARGIN * palette->text;
  double share = (x - margin) / MAX (width - 2 * margin, 1);

  return CLAMP ((int) lround (share * self->epochs), 1, MAX (self->epochs, 1));
}

static void
set_color (cairo_t *cr, SkColor color) {
  cairo_set_source_rgba (cr, color.r, color.g, color.b, color.a);
}

/* A phase's part of the bar, with what happens there written into it where it fits. */
static void
draw_part (cairo_t *cr, SkText *text, const SkPalette *palette, double x0, double x1,
           SkColor fill, const char *what) {
  double top = bar_top (palette), height = BAR * palette->text;
  double width, unused;

  if (x1 - x0 < 1)
    return;
  cairo_rectangle (cr, x0, top, x1 - x0, height);
  set_color (cr, fill);
  cairo_fill_preserve (cr);
  set_color (cr, palette->frame);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  sk_text_measure (text, SK_TEXT_CAPTION, what, &width, &unused);
  if (width + palette->text < x1 - x0)
    sk_text_draw (text, SK_TEXT_CAPTION, sk_color_on (fill), what, (x0 + x1) / 2,
                  top + height / 2, 0.5, 0.5);
}

static void
draw_ticks (cairo_t *cr, SkText *text, const SkTimeline *self, double width,
            const SkPalette *palette) {
  double y = bar_top (palette) + BAR * palette->text;
  double spacing = place (self, 1, width, palette) - place (self, 0, width, palette);
  const char *unit = _ ("epoch 0");
  double named, height;
  int every = 1;

  while (spacing * every < LEAST_TICK * palette->text)
    every *= every % 5 == 0 || every == 1 ? 5 : 2;
  set_color (cr, palette->frame);
  cairo_set_line_width (cr, 1);
  sk_text_measure (text, SK_TEXT_CAPTION, unit, &named, &height);
  named += place (self, 0, width, palette) - LEAST_TICK / 4 * palette->text;
  for (int epoch = 0; epoch <= self->epochs; epoch += every) {
    g_autofree char *number = g_strdup_printf ("%d", epoch);
    double x = place (self, epoch, width, palette);

    cairo_move_to (cr, x, y);
    cairo_line_to (cr, x, y + 0.3 * palette->text);
    cairo_stroke (cr);
    /* The first number says what is counted, and needs the room for it. */
    if (epoch == 0)
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, unit,
                    x - LEAST_TICK / 4 * palette->text, y + 0.35 * palette->text, 0, 0);
    else if (x > named + LEAST_TICK / 2 * palette->text)
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, number, x,
                    y + 0.35 * palette->text, 0.5, 0);
  }
}

static void
draw_handle (cairo_t *cr, const SkTimeline *self, double width,
             const SkPalette *palette) {
  double x = sk_timeline_handle (self, width, palette);
  double top = bar_top (palette), height = BAR * palette->text;
  double radius = HANDLE * palette->text;

  set_color (cr, palette->accent);
  cairo_set_line_width (cr, 3);
  cairo_move_to (cr, x, top - 0.4 * palette->text);
  cairo_line_to (cr, x, top + height);
  cairo_stroke (cr);
  cairo_arc (cr, x, top + height / 2, radius, 0, 2 * G_PI);
  set_color (cr, palette->background);
  cairo_fill_preserve (cr);
  set_color (cr, palette->accent);
  cairo_set_line_width (cr, self->hovered ? 4 : 2.5);
  cairo_stroke (cr);
  if (!self->focused)
    return;
  cairo_arc (cr, x, top + height / 2, radius + 4, 0, 2 * G_PI);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}

void
sk_timeline_draw (cairo_t *cr, const SkTimeline *self, double width,
                  const SkPalette *palette) {
  double begin = place (self, 0, width, palette);
  double middle = sk_timeline_handle (self, width, palette);
  double end = place (self, self->epochs, width, palette);
  SkText text;

  sk_text_begin (&text, cr, palette, 1);
  draw_part (cr, &text, palette, begin, middle,
             sk_color_mix (palette->surface, palette->ice, 0.55), self->first);
  draw_part (cr, &text, palette, middle, end,
             sk_color_mix (palette->surface, palette->train, 0.35), self->second);
  draw_ticks (cr, &text, self, width, palette);
  draw_handle (cr, self, width, palette);
  sk_text_end (&text);
}
