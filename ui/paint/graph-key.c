#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"
#include "plot.h"
#include "scale.h"

/* Which kinds of things there are to explain. */
typedef struct {
  gboolean wires[SK_WIRE_PAD + 1];
  gboolean frozen, river;
} Contents;

static void
look (const SkGraph *self, const SkGraphLive *live, Contents *contents) {
  *contents = (Contents){ 0 };
  for (int i = 0; i < self->n_wires; i++)
    contents->wires[self->wires[i].kind] = TRUE;
  for (int i = 0; i < self->n_nodes; i++)
    if (sk_graph_is_frozen (self, i, live))
      contents->frozen = TRUE;
  contents->river =
      live != NULL && live->blocks != NULL && live->range.filled &&
      (contents->wires[SK_WIRE_IDENTITY] || contents->wires[SK_WIRE_PROJECTION] ||
       contents->wires[SK_WIRE_PAD]);
}

/* Returns: px used */
static double
draw_wire_sample (SkText *text, const SkPalette *palette, SkWireKind kind, double x,
                  double y) {
  static const double dashes[] = { 7, 4.5 }, dots[] = { 0.1, 5 };
  static const char *const names[] = {
    [SK_WIRE_IDENTITY] = N_ ("skip: identity"),
    [SK_WIRE_PROJECTION] = N_ ("skip: 1×1 convolution"),
    [SK_WIRE_PAD] = N_ ("skip: every second pixel, zero channels"),
  };
  double em = palette->text;
  cairo_t *cr = text->cr;

  cairo_save (cr);
  sk_set_source (cr, palette->skip);
  cairo_set_line_width (cr, 2.2);
  if (kind == SK_WIRE_PROJECTION) {
    cairo_set_dash (cr, dashes, 2, 0);
  } else if (kind == SK_WIRE_PAD) {
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash (cr, dots, 2, 0);
  }
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + 2.4 * em, y);
  cairo_stroke (cr);
  cairo_restore (cr);
  return 2.9 * em + sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, _ (names[kind]),
                                  x + 2.9 * em, y, 0, 0.5);
}

static double
draw_river_sample (SkText *text, const SkPalette *palette, double x, double y) {
  double em = palette->text;
  cairo_t *cr = text->cr;
  double used = 0;
  const struct {
    SkColor color;
    const char *name;
  } rows[] = {
    { palette->skip, _ ("gradient through the skip") },
    { palette->residual, _ ("through the branch (wider: more)") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    sk_set_source (cr, rows[i].color);
    cairo_move_to (cr, x + used, y - 0.08 * em);
    cairo_line_to (cr, x + used + 2.4 * em, y - 0.32 * em);
    cairo_line_to (cr, x + used + 2.4 * em, y + 0.32 * em);
    cairo_line_to (cr, x + used, y + 0.08 * em);
    cairo_close_path (cr);
    cairo_fill (cr);
    used += 2.9 * em;
    used += sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, rows[i].name, x + used,
                          y, 0, 0.5);
    used += 1.6 * em;
  }
  return used - 1.6 * em;
}

static double
draw_frozen_sample (SkText *text, const SkPalette *palette, double x, double y) {
  double em = palette->text;
  SkRect box = { floor (x) + 0.5, floor (y - 0.5 * em) + 0.5, 1.8 * em, em };
  cairo_t *cr = text->cr;

  cairo_save (cr);
  sk_rounded_rect (cr, &box, 3);
  cairo_clip_preserve (cr);
  sk_set_source (cr, palette->ice);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
  cairo_set_line_width (cr, 1.2);
  for (double at = -box.height; at < box.width; at += 5) {
    cairo_move_to (cr, box.x + at, box.y + box.height);
    cairo_line_to (cr, box.x + at + box.height, box.y);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
  return 2.3 * em + sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, _ ("frozen"),
                                  x + 2.3 * em, y, 0, 0.5);
}

void
sk_graph_draw_key (cairo_t *cr, const SkGraph *self, const SkGraphLive *live,
                   double width, double height, const SkPalette *palette) {
  double em = palette->text;
  double x = 0, y = 0.9 * em;
  Contents contents;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  look (self, live, &contents);
  cairo_save (cr);
  cairo_rectangle (cr, -em, -em, width + 2 * em, height + 2 * em);
  cairo_clip (cr);
  sk_text_begin (&text, cr, palette, 1);
  if (live != NULL && live->range.filled) {
    double bar = CLAMP (0.22 * width, 8 * em, 22 * em);
    double label = sk_text_draw (&text, SK_TEXT_CAPTION, palette->dim,
                                 _ ("gradient at each block, RMS"), 0, y, 0, 0.5);

    sk_draw_scale (&text, palette, &live->range, label + 1.2 * em, y - 0.45 * em, bar);
    x = label + bar + 3.6 * em;
  }
  for (int kind = SK_WIRE_IDENTITY; kind <= SK_WIRE_PAD; kind++)
    if (contents.wires[kind])
      x += draw_wire_sample (&text, palette, kind, x, y) + 1.6 * em;
  if (contents.frozen)
    draw_frozen_sample (&text, palette, x, y);
  if (contents.river)
    draw_river_sample (&text, palette, 0, y + 2.6 * em);
  sk_text_end (&text);
  cairo_restore (cr);
}
