#include <math.h>
#include <string.h>

#include "curves-private.h"

/* Words longer than this, in characters, stand as what is before their colon. */
#define SHORT_WORDS 28

/* A flag above the upper edge, where no curve comes, and a dotted line down. */
static void
draw_flag (cairo_t *cr, const SkPlot *plot, double x, const SkPalette *palette) {
  const double dashes[] = { 2, 3 };
  double em = palette->text;

  cairo_save (cr);
  sk_set_source (cr, palette->dim);
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, dashes, 2, 0);
  cairo_move_to (cr, floor (x) + 0.5, plot->rect.y);
  cairo_line_to (cr, floor (x) + 0.5, plot->rect.y + plot->rect.height);
  cairo_stroke (cr);
  cairo_restore (cr);
  sk_set_source (cr, palette->ink);
  cairo_move_to (cr, x - 0.3 * em, plot->rect.y - 0.45 * em);
  cairo_rel_line_to (cr, 0.6 * em, 0);
  cairo_rel_line_to (cr, -0.3 * em, 0.45 * em);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static gboolean
is_within (const SkPlot *plot, double x) {
  return x >= plot->rect.x && x <= plot->rect.x + plot->rect.width;
}

void
sk_curves_draw_marks (cairo_t *cr, const SkCurves *self, const SkPlot *plot,
                      const SkPalette *palette) {
  double before = -INFINITY;

  for (guint i = 0; i < self->marks->len; i++) {
    const SkMark *mark = &g_array_index (self->marks, SkMark, i);
    double x = sk_axis_place (&plot->x, mark->step);

    if (!is_within (plot, x) || x < before + 2)
      continue;
    draw_flag (cr, plot, x, palette);
    before = x;
  }
}

/* (transfer full) */
static char *
shorten (const char *words) {
  const char *colon = strchr (words, ':');

  if (colon == NULL || g_utf8_strlen (words, -1) <= SHORT_WORDS)
    return g_strdup (words);
  return g_strndup (words, (gsize) (colon - words));
}

void
sk_curves_draw_newest_mark (SkText *text, const SkCurves *self, const SkPlot *plot,
                            const SkPalette *palette, const SkRect *room) {
  const SkMark *mark;
  double x, left, width;
  g_autofree char *words = NULL;

  if (self->marks->len == 0)
    return;
  mark = &g_array_index (self->marks, SkMark, self->marks->len - 1);
  words = shorten (mark->text);
  x = sk_axis_place (&plot->x, mark->step);
  sk_text_measure (text, SK_TEXT_TINY, words, &width, NULL);
  if (!is_within (plot, x) || width > room->width)
    return;
  left = CLAMP (x - width / 2, room->x, room->x + room->width - width);
  /* Away from its flag it would say nothing. */
  if (x >= left && x <= left + width)
    sk_text_draw (text, SK_TEXT_TINY, palette->dim, words, left,
                  room->y + room->height / 2, 0, 0.5);
}
