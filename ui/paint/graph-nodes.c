#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"
#include "plot.h"

#define RADIUS 9.

typedef SkNodeDrawing Drawing;

/* Whether something that is not a number was found in its group. */
static gboolean
is_broken (const SkGraph *graph, const SkGraphNode *node, const SkGraphLive *live) {
  if (live == NULL || live->layers == NULL || node->group < 0)
    return FALSE;
  for (int i = 0; i < graph->plan->n_parameters; i++) {
    int group = graph->plan->parameters[i].group;

    if (group >= node->group && group < node->group + MAX (node->n_blocks, 1) &&
        live->layers[i].non_finite > 0)
      return TRUE;
  }
  return FALSE;
}

static void
hatch (const Drawing *self) {
  cairo_t *cr = self->cr;

  cairo_save (cr);
  sk_rounded_rect (cr, &self->rect, RADIUS);
  cairo_clip (cr);
  sk_set_source (cr, sk_color_fade (self->ink, 0.3));
  cairo_set_line_width (cr, 1.5);
  for (double x = -self->rect.height; x < self->rect.width; x += 8) {
    cairo_move_to (cr, x, self->rect.height);
    cairo_line_to (cr, x + self->rect.height, 0);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* Cards behind a fold say that it stands for several. */
static void
draw_stack (const Drawing *self) {
  cairo_t *cr = self->cr;

  for (int i = 2; i > 0; i--) {
    SkRect card = self->rect;

    card.x += 3.5 * i;
    card.y -= 3.5 * i;
    sk_rounded_rect (cr, &card, RADIUS);
    sk_set_source (cr, sk_color_mix (self->fill, self->palette->background, 0.3 * i));
    cairo_fill_preserve (cr);
    sk_set_source (cr, self->palette->frame);
    cairo_set_line_width (cr, 1);
    cairo_stroke (cr);
  }
}

static void
draw_body (const Drawing *self, SkNodeFlags flags) {
  const SkPalette *palette = self->palette;
  cairo_t *cr = self->cr;
  SkColor rim = palette->frame;
  double width = palette->high_contrast ? 2 : 1;

  if (self->node->kind == SK_NODE_FOLD)
    draw_stack (self);
  sk_rounded_rect (cr, &self->rect, RADIUS);
  sk_set_source (cr, self->fill);
  cairo_fill (cr);
  if (self->frozen) {
    hatch (self);
    rim = palette->ice;
    width = 2;
  }
  if (flags & SK_NODE_HOVER) {
    rim = palette->ink;
    width = 2;
  }
  if (self->broken) {
    rim = palette->error;
    width = 3;
  }
  sk_rounded_rect (cr, &self->rect, RADIUS);
  sk_set_source (cr, rim);
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
}

/* Selection is a solid ring, focus a dashed one further out: both can be seen at once. */
static void
draw_rings (const Drawing *self, SkNodeFlags flags) {
  const double dashes[] = { 4, 2.5 };
  cairo_t *cr = self->cr;
  SkRect ring = { -3, -3, self->rect.width + 6, self->rect.height + 6 };

  cairo_save (cr);
  sk_set_source (cr, self->palette->accent);
  if (flags & SK_NODE_SELECTED) {
    sk_rounded_rect (cr, &ring, RADIUS + 3);
    cairo_set_line_width (cr, 3);
    cairo_stroke (cr);
  }
  if (flags & SK_NODE_FOCUS) {
    ring = (SkRect){ -5, -5, self->rect.width + 10, self->rect.height + 10 };
    sk_rounded_rect (cr, &ring, RADIUS + 5);
    cairo_set_dash (cr, dashes, 2, 0);
    cairo_set_line_width (cr, 2);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

void
sk_graph_draw_node (cairo_t *cr, const SkGraph *self, int node, const SkRect *rect,
                    const SkGraphLive *live, SkNodeFlags flags,
                    const SkPalette *palette) {
  Drawing drawing = { .cr = cr, .palette = palette };
  SkRect lock;

  g_return_if_fail (cr != NULL && self != NULL && rect != NULL && palette != NULL);
  g_return_if_fail (node >= 0 && node < self->n_nodes);

  if (rect->width <= 0 || rect->height <= 0)
    return;
  sk_graph_drawing_init (&drawing.river, cr, self, live, palette);
  drawing.node = &self->nodes[node];
  drawing.dry = drawing.node->group >= 0 && node <= drawing.river.stop;
  drawing.flows = sk_river_flows (&drawing.river) &&
                  sk_graph_state (self, node, live, &drawing.state);
  drawing.rect.width = drawing.node->rect.width;
  drawing.rect.height = drawing.node->rect.height;
  drawing.gradient = sk_graph_gradient (self, node, live);
  drawing.frozen = sk_graph_is_frozen (self, node, live);
  drawing.held = flags & SK_NODE_HOVER && sk_graph_lock_at (self, node, rect, &lock);
  drawing.broken = is_broken (self, drawing.node, live);
  drawing.fill = palette->surface;
  if (drawing.node->group >= 0 && live != NULL && live->range.filled && !drawing.dry)
    drawing.fill =
        sk_palette_scale (palette, sk_log_range_place (&live->range, drawing.gradient));
  drawing.ink = sk_color_on (drawing.fill);

  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / drawing.rect.width,
               rect->height / drawing.rect.height);
  drawing.zoom = sk_graph_zoom (cr);
  draw_body (&drawing, flags);
  if (drawing.flows)
    sk_river_draw_channel (&drawing.river, node, drawing.rect.width,
                           drawing.rect.height / 2);
  sk_node_write (&drawing);
  if (drawing.frozen)
    sk_node_draw_padlock (cr, drawing.rect.width - 11, 11, 13, TRUE, drawing.ink);
  draw_rings (&drawing, flags);
  cairo_restore (cr);
}

void
sk_graph_draw (cairo_t *cr, const SkGraph *self, const SkGraphLive *live, double width,
               double height, const SkPalette *palette) {
  double zoom;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  zoom = MIN (width / self->width, height / self->height);
  if (!(zoom > 0))
    return;
  cairo_save (cr);
  cairo_translate (cr, (width - zoom * self->width) / 2,
                   (height - zoom * self->height) / 2);
  cairo_scale (cr, zoom, zoom);
  sk_graph_draw_wires (cr, self, live, palette);
  for (int i = 0; i < self->n_nodes; i++)
    sk_graph_draw_node (cr, self, i, &self->nodes[i].rect, live, 0, palette);
  sk_graph_draw_flow (cr, self, live, 0.5, palette);
  cairo_restore (cr);
}
