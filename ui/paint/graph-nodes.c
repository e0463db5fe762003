#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"
#include "plot.h"

#define RADIUS 9.
#define BRIEF 0.62 /* below this zoom a node shows its label only */

/* One node, moved and scaled so that its own rect begins at 0, 0. */
typedef struct {
  cairo_t *cr;
  const SkGraph *graph;
  const SkGraphNode *node;
  const SkPalette *palette;
  SkRect rect; /* at 0, 0 */
  double zoom;
  double gradient;
  SkColor fill, ink;
  gboolean frozen, broken;
} Drawing;

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

/* A padlock whose body is centred at (@x, @y). */
static void
lock (cairo_t *cr, double x, double y, double size, SkColor color) {
  SkRect body = { x - 0.42 * size, y - 0.1 * size, 0.84 * size, 0.62 * size };

  sk_set_source (cr, color);
  sk_rounded_rect (cr, &body, 0.12 * size);
  cairo_fill (cr);
  cairo_set_line_width (cr, 0.16 * size);
  cairo_new_path (cr);
  cairo_move_to (cr, x - 0.24 * size, y);
  cairo_arc (cr, x, y - 0.24 * size, 0.24 * size, G_PI, 2 * G_PI);
  cairo_line_to (cr, x + 0.24 * size, y);
  cairo_stroke (cr);
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

static SkColor
patch_under_text (const Drawing *self) {
  return sk_color_fade (self->fill, 0.82);
}

/* On hatched ground, words stand on a patch of the fill. */
static void
write_line (const Drawing *self, SkText *text, SkTextRole role, SkColor color,
            const char *words, double y) {
  double x = self->rect.width / 2;
  double width, height;

  if (self->frozen) {
    SkRect patch;

    sk_text_measure (text, role, words, &width, &height);
    patch = (SkRect){ x - width / 2 - 3, y - height / 2, width + 6, height };
    sk_rounded_rect (self->cr, &patch, 4);
    sk_set_source (self->cr, patch_under_text (self));
    cairo_fill (self->cr);
  }
  sk_text_draw_within (text, role, color, words, x, y, 0.5, 0.5, self->rect.width - 6);
}

/* Returns: how much larger a label may be written that stands alone */
static double
brief_scale (const Drawing *self, const SkPalette *palette) {
  double width;
  SkText text;

  sk_text_begin (&text, self->cr, palette, 1);
  sk_text_measure (&text, SK_TEXT_STRONG, self->node->label, &width, NULL);
  sk_text_end (&text);
  return MIN (MIN (0.8 / self->zoom, 2), (self->rect.width - 10) / MAX (width, 1));
}

static void
write_words (const Drawing *self) {
  SkPalette palette = sk_graph_palette (self->palette);
  gboolean brief = self->zoom < BRIEF;
  gboolean number = !isnan (self->gradient) && self->node->group >= 0;
  double height = self->rect.height;
  SkText text;

  /* Far away only the label is left, larger, as long as it can be read at all. */
  if (self->zoom * GRAPH_TEXT * 1.7 < 4.5)
    return;
  if (brief)
    palette.text *= brief_scale (self, &palette);
  sk_text_begin (&text, self->cr, &palette, 1);
  if (brief) {
    write_line (self, &text, SK_TEXT_STRONG, self->ink, self->node->label, height / 2);
  } else if (number || self->broken) {
    g_autofree char *words = sk_format_short (self->gradient);

    write_line (self, &text, SK_TEXT_STRONG, self->ink, self->node->label,
                0.23 * height);
    write_line (self, &text, SK_TEXT_TINY, self->ink, self->node->shape, 0.5 * height);
    write_line (self, &text, SK_TEXT_CAPTION, self->ink,
                self->broken ? _ ("not finite") : words, 0.77 * height);
  } else {
    write_line (self, &text, SK_TEXT_STRONG, self->ink, self->node->label,
                0.36 * height);
    write_line (self, &text, SK_TEXT_TINY, self->ink, self->node->shape, 0.66 * height);
  }
  sk_text_end (&text);
}

void
sk_graph_draw_node (cairo_t *cr, const SkGraph *self, int node, const SkRect *rect,
                    const SkGraphLive *live, SkNodeFlags flags,
                    const SkPalette *palette) {
  Drawing drawing = { .cr = cr, .graph = self, .palette = palette };

  g_return_if_fail (cr != NULL && self != NULL && rect != NULL && palette != NULL);
  g_return_if_fail (node >= 0 && node < self->n_nodes);

  if (rect->width <= 0 || rect->height <= 0)
    return;
  drawing.node = &self->nodes[node];
  drawing.rect.width = drawing.node->rect.width;
  drawing.rect.height = drawing.node->rect.height;
  drawing.gradient = sk_graph_gradient (self, node, live);
  drawing.frozen = sk_graph_is_frozen (self, node, live);
  drawing.broken = is_broken (self, drawing.node, live);
  drawing.fill = palette->surface;
  if (drawing.node->group >= 0 && live != NULL && live->range.filled)
    drawing.fill =
        sk_palette_scale (palette, sk_log_range_place (&live->range, drawing.gradient));
  drawing.ink = sk_color_on (drawing.fill);

  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / drawing.rect.width,
               rect->height / drawing.rect.height);
  drawing.zoom = sk_graph_zoom (cr);
  draw_body (&drawing, flags);
  write_words (&drawing);
  if (drawing.frozen)
    lock (cr, drawing.rect.width - 11, 11, 13, drawing.ink);
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
  sk_graph_draw_wires (cr, self, live, -1, palette);
  for (int i = 0; i < self->n_nodes; i++)
    sk_graph_draw_node (cr, self, i, &self->nodes[i].rect, live, 0, palette);
  cairo_restore (cr);
}
