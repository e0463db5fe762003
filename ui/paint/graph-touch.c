#include <math.h>

#include "graph-private.h"
#include "plot.h"

/* What says that a part of the drawing can be pressed. */

#define GLOW 18.
/* Units of the graph from a node's corner, and px that a finger or pointer can hit. */
#define LOCK_SIZE 22.
#define LEAST_LOCK 13.

void
sk_node_draw_padlock (cairo_t *cr, double x, double y, double size, gboolean closed,
                      SkColor color) {
  SkRect body = { x - 0.42 * size, y - 0.1 * size, 0.84 * size, 0.62 * size };

  sk_set_source (cr, color);
  sk_rounded_rect (cr, &body, 0.12 * size);
  cairo_fill (cr);
  cairo_set_line_width (cr, 0.16 * size);
  cairo_new_path (cr);
  cairo_move_to (cr, x - 0.24 * size, y);
  cairo_arc (cr, x, y - 0.24 * size, 0.24 * size, G_PI, 2 * G_PI);
  cairo_line_to (cr, x + 0.24 * size, closed ? y : y - 0.22 * size);
  cairo_stroke (cr);
}

void
sk_graph_draw_touch (cairo_t *cr, const SkGraph *self, int wire,
                     const SkPalette *palette) {
  g_return_if_fail (wire >= 0 && wire < self->n_wires);

  cairo_save (cr);
  cairo_new_path (cr);
  sk_graph_skip_path (cr, &self->wires[wire]);
  cairo_set_line_width (cr, GLOW);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  sk_set_source (cr,
                 sk_color_fade (palette->accent, palette->high_contrast ? 0.6 : 0.3));
  cairo_stroke (cr);
  cairo_restore (cr);
}

gboolean
sk_graph_lock_at (const SkGraph *self, int node, const SkRect *rect, SkRect *lock) {
  double scale = rect->width / self->nodes[node].rect.width;

  if (self->nodes[node].group < 0 || self->nodes[node].kind == SK_NODE_FOLD ||
      LOCK_SIZE * scale < LEAST_LOCK)
    return FALSE;
  *lock = (SkRect){ rect->x + rect->width - LOCK_SIZE * scale, rect->y,
                    LOCK_SIZE * scale, LOCK_SIZE * scale };
  return TRUE;
}

void
sk_graph_draw_lock (cairo_t *cr, const SkRect *lock, gboolean closed, gboolean hot,
                    const SkPalette *palette) {
  double x = lock->x + lock->width / 2, y = lock->y + lock->height / 2;

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, 0.46 * lock->width, 0, 2 * G_PI);
  sk_set_source (cr, hot ? palette->accent : palette->background);
  cairo_fill_preserve (cr);
  sk_set_source (cr, palette->frame);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  sk_node_draw_padlock (cr, x, y, 0.58 * lock->width, closed,
                        hot ? sk_color_on (palette->accent) : palette->ink);
  cairo_restore (cr);
}
