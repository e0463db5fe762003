#include "plot.h"

#include <math.h>

void
sk_set_source (cairo_t *cr, SkColor color) {
  cairo_set_source_rgba (cr, color.r, color.g, color.b, color.a);
}

void
sk_rounded_rect (cairo_t *cr, const SkRect *rect, double radius) {
  double r = MAX (MIN (radius, MIN (rect->width, rect->height) / 2), 0);
  double right = rect->x + rect->width, bottom = rect->y + rect->height;

  cairo_new_sub_path (cr);
  cairo_arc (cr, right - r, rect->y + r, r, -G_PI_2, 0);
  cairo_arc (cr, right - r, bottom - r, r, 0, G_PI_2);
  cairo_arc (cr, rect->x + r, bottom - r, r, G_PI_2, G_PI);
  cairo_arc (cr, rect->x + r, rect->y + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

void
sk_plot_set_rect (SkPlot *self, SkRect rect) {
  self->rect = rect;
  self->x.from = rect.x;
  self->x.to = rect.x + rect.width;
  self->y.from = rect.y + rect.height;
  self->y.to = rect.y;
}

void
sk_plot_draw_y (const SkPlot *self, SkText *text, const SkPalette *palette,
                int labels) {
  SkTick ticks[SK_AXIS_MAX_TICKS];
  int n = sk_axis_ticks (&self->y, labels, ticks);
  cairo_t *cr = text->cr;

  cairo_save (cr);
  cairo_set_line_width (cr, 1);
  for (int i = 0; i < n; i++) {
    double y = floor (sk_axis_place (&self->y, ticks[i].value)) + 0.5;

    if (y > self->rect.y + self->rect.height + 1 || y < self->rect.y - 1)
      continue;
    sk_set_source (cr, sk_color_fade (palette->grid, ticks[i].major ? 1 : 0.45));
    cairo_move_to (cr, self->rect.x, y);
    cairo_line_to (cr, self->rect.x + self->rect.width, y);
    cairo_stroke (cr);
    if (ticks[i].major)
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, ticks[i].label,
                    self->rect.x - 0.5 * palette->text, y, 1, 0.5);
  }
  cairo_restore (cr);
}

void
sk_plot_draw_x (const SkPlot *self, SkText *text, const SkPalette *palette,
                const SkAxis *axis, const char *title) {
  SkTick ticks[SK_AXIS_MAX_TICKS];
  int n = sk_axis_ticks (axis, self->rect.width / (5.5 * palette->text), ticks);
  double right = self->rect.x + self->rect.width;
  double bottom = self->rect.y + self->rect.height;
  double em = palette->text;
  cairo_t *cr = text->cr;

  cairo_save (cr);
  cairo_set_line_width (cr, 1);
  sk_set_source (cr, palette->frame);
  cairo_move_to (cr, self->rect.x, floor (bottom) + 0.5);
  cairo_line_to (cr, right, floor (bottom) + 0.5);
  cairo_stroke (cr);
  if (title != NULL)
    sk_text_draw_within (text, SK_TEXT_CAPTION, palette->dim, title,
                         self->rect.x - 0.7 * em, bottom + 0.5 * em, 1, 0,
                         self->rect.x - 0.7 * em);
  for (int i = 0; i < n; i++) {
    double x = floor (sk_axis_place (axis, ticks[i].value)) + 0.5;
    double width;

    if (x < self->rect.x - 1 || x > right + 1)
      continue;
    sk_set_source (cr, palette->frame);
    cairo_move_to (cr, x, bottom);
    cairo_line_to (cr, x, bottom + 0.3 * em);
    cairo_stroke (cr);
    if (!ticks[i].major)
      continue;
    /* The last label may not hang over the picture's edge. */
    sk_text_measure (text, SK_TEXT_CAPTION, ticks[i].label, &width, NULL);
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, ticks[i].label,
                  MIN (x, right + 0.8 * em - width / 2), bottom + 0.5 * em, 0.5, 0);
  }
  cairo_restore (cr);
}

static void
draw_patch (cairo_t *cr, const SkPalette *palette, SkSample sample, SkColor color,
            double x, double y, double width) {
  SkRect box = { floor (x) + 0.5, floor (y - 0.4 * palette->text) + 0.5, floor (width),
                 floor (0.8 * palette->text) };

  cairo_save (cr);
  cairo_rectangle (cr, box.x, box.y, box.width, box.height);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 1);
  cairo_stroke_preserve (cr);
  if (sample == SK_SAMPLE_FILL)
    cairo_fill_preserve (cr);
  cairo_clip (cr);
  if (sample == SK_SAMPLE_HATCH)
    sk_hatch (cr, &box, color, 5);
  cairo_restore (cr);
}

void
sk_hatch (cairo_t *cr, const SkRect *rect, SkColor color, double apart) {
  double end = rect->y + rect->height + rect->width;

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 1.2);
  for (double y = rect->y; y < end; y += apart) {
    cairo_move_to (cr, rect->x, y);
    cairo_line_to (cr, rect->x + rect->width, y - rect->width);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
sk_plot_draw_sample (cairo_t *cr, const SkPalette *palette, SkSample sample,
                     SkColor color, double x, double y, double width) {
  double dashes[] = { 0.4 * palette->text, 0.25 * palette->text };
  const double dots[] = { 0.1, 4.5 };
  double size = 0.36 * palette->text;

  if (sample == SK_SAMPLE_HATCH || sample == SK_SAMPLE_BOX ||
      sample == SK_SAMPLE_FILL) {
    draw_patch (cr, palette, sample, color, x, y, width);
    return;
  }
  if (sample == SK_SAMPLE_DIAMOND) {
    cairo_move_to (cr, x + width / 2, y - size);
    cairo_rel_line_to (cr, size, size);
    cairo_rel_line_to (cr, -size, size);
    cairo_rel_line_to (cr, -size, -size);
    cairo_close_path (cr);
    sk_set_source (cr, color);
    cairo_set_line_width (cr, 1.6);
    cairo_stroke (cr);
    return;
  }
  cairo_save (cr);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 0.15 * palette->text);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (sample == SK_SAMPLE_DASHES)
    cairo_set_dash (cr, dashes, 2, 0);
  if (sample == SK_SAMPLE_DOTS) {
    cairo_set_dash (cr, dots, 2, 0);
    cairo_set_line_width (cr, 2.4);
  }
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + width, y);
  cairo_stroke (cr);
  if (sample == SK_SAMPLE_MARKERS) {
    cairo_arc (cr, x + width / 2, y, 0.27 * palette->text, 0, 2 * G_PI);
    cairo_fill (cr);
  }
  cairo_restore (cr);
}

static double
legend_width (SkText *text, double em, const SkLegendEntry *entries, int n,
              gboolean values) {
  double total = 0, width;

  for (int i = 0; i < n; i++) {
    sk_text_measure (text, SK_TEXT_CAPTION, entries[i].name, &width, NULL);
    total += width + 2.1 * em + (i > 0 ? 1.4 * em : 0);
    if (values && entries[i].value != NULL) {
      sk_text_measure (text, SK_TEXT_STRONG, entries[i].value, &width, NULL);
      total += width + 0.45 * em;
    }
  }
  return total;
}

SkRect
sk_plot_draw_head (const SkPlot *self, SkText *text, const SkPalette *palette,
                   const char *title, const SkLegendEntry *entries, int n) {
  double em = palette->text;
  double y = self->rect.y - 1.15 * em;
  double room = self->rect.width;
  gboolean values = TRUE;
  SkRect rest = { self->rect.x, y - 0.5 * em, 0, em };
  double x, width;

  room -= sk_text_draw_within (text, SK_TEXT_STRONG, palette->ink, title, self->rect.x,
                               y, 0, 0.5, room) +
          1.5 * em;
  rest.x = self->rect.x + self->rect.width - room;
  rest.width = MAX (room, 0);
  width = legend_width (text, em, entries, n, values);
  if (width > room) {
    values = FALSE;
    width = legend_width (text, em, entries, n, values);
  }
  if (width > room)
    return rest;
  rest.width = MAX (room - width - (n > 0 ? 1.5 * em : 0), 0);
  x = self->rect.x + self->rect.width - width;
  for (int i = 0; i < n; i++) {
    sk_plot_draw_sample (text->cr, palette, entries[i].sample, entries[i].color, x, y,
                         1.6 * em);
    x += 2.1 * em;
    x += sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, entries[i].name, x, y, 0,
                       0.5);
    if (values && entries[i].value != NULL) {
      x += 0.45 * em;
      x += sk_text_draw (text, SK_TEXT_STRONG, palette->ink, entries[i].value, x, y, 0,
                         0.5);
    }
    x += 1.4 * em;
  }
  return rest;
}

void
sk_plot_draw_empty (const SkPlot *self, SkText *text, const SkPalette *palette,
                    const char *words) {
  sk_text_draw_within (
      text, SK_TEXT_BODY, palette->dim, words, self->rect.x + self->rect.width / 2,
      self->rect.y + self->rect.height / 2, 0.5, 0.5, self->rect.width - palette->text);
}

static void
measure_notes (SkText *text, const SkPalette *palette, const SkNote *notes, int n,
               double *width, double *line) {
  double em = palette->text;

  *width = 0;
  sk_text_measure (text, SK_TEXT_BODY, "0", NULL, line);
  *line *= 1.15;
  for (int i = 0; i < n; i++) {
    double words, value = 0;

    sk_text_measure (text, i == 0 ? SK_TEXT_STRONG : SK_TEXT_CAPTION, notes[i].words,
                     &words, NULL);
    if (notes[i].value != NULL)
      sk_text_measure (text, SK_TEXT_STRONG, notes[i].value, &value, NULL);
    *width = MAX (*width, words + (notes[i].has_sample ? 2.1 * em : 0) +
                              (value > 0 ? value + 1.2 * em : 0));
  }
}

static void
draw_note (SkText *text, const SkPalette *palette, const SkNote *note, gboolean heading,
           double x, double y, double width) {
  double em = palette->text;

  if (note->has_sample)
    sk_plot_draw_sample (text->cr, palette, note->sample, note->color, x, y, 1.6 * em);
  sk_text_draw (text, heading ? SK_TEXT_STRONG : SK_TEXT_CAPTION,
                heading ? palette->ink : palette->dim, note->words,
                x + (note->has_sample ? 2.1 * em : 0), y, 0, 0.5);
  if (note->value != NULL)
    sk_text_draw (text, SK_TEXT_STRONG, palette->ink, note->value, x + width, y, 1,
                  0.5);
}

void
sk_draw_notes (SkText *text, const SkPalette *palette, SkNote *notes, int n, double x,
               double y, double width, double height) {
  double em = palette->text;
  double pad = 0.75 * em;
  double inner, line;
  SkRect box;

  measure_notes (text, palette, notes, n, &inner, &line);
  box.width = inner + 2 * pad;
  box.height = n * line + 2 * pad - 0.2 * em;
  box.x = x + em;
  if (box.x + box.width > width)
    box.x = x - em - box.width;
  box.x = MAX (MIN (box.x, width - box.width), 0);
  box.y = MAX (MIN (y - box.height / 2, height - box.height), 0);

  cairo_save (text->cr);
  sk_rounded_rect (text->cr, &box, 0.6 * em);
  sk_set_source (text->cr, palette->surface);
  cairo_fill_preserve (text->cr);
  sk_set_source (text->cr, sk_color_fade (palette->frame, 0.7));
  cairo_set_line_width (text->cr, 1);
  cairo_stroke (text->cr);
  cairo_restore (text->cr);
  for (int i = 0; i < n; i++) {
    draw_note (text, palette, &notes[i], i == 0, box.x + pad,
               box.y + pad - 0.1 * em + (i + 0.5) * line, inner);
    g_clear_pointer (&notes[i].words, g_free);
    g_clear_pointer (&notes[i].value, g_free);
  }
}
