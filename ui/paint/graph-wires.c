#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"
#include "plot.h"

#define THIN 1.8
#define WIDE 8. /* the most that a gradient makes a wire */
#define CORNER 9.
#define TURN 9. /* from a stage's frame to a wire that runs down beside it */

/* What is the same for all wires of one drawing. */
typedef struct {
  cairo_t *cr;
  const SkGraph *graph;
  const SkGraphLive *live; /* NULL: no widths */
  const SkPalette *palette;
  SkText *text;
  double zoom;
  double phase;
} Drawing;

static gboolean
has_river (const Drawing *self) {
  return self->live != NULL && self->live->blocks != NULL && self->live->range.filled;
}

/* Width of a wire that carries a gradient of @rms. */
static double
wire_width (const Drawing *self, double rms) {
  double t = sk_log_range_place (&self->live->range, rms);

  return isnan (t) ? THIN : 1 + t * (WIDE - 1);
}

static void
arrow_head (const Drawing *self, double x, double y, double dx, double size) {
  cairo_t *cr = self->cr;

  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x - dx * size, y - 0.62 * size);
  cairo_line_to (cr, x - dx * size, y + 0.62 * size);
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* Where a wire turns down behind its node, and in front of the next: outside of their
 * stages where it leaves one for another. */
static void
find_turns (const SkGraph *graph, const SkGraphWire *wire, double *out, double *in) {
  const SkGraphNode *from = &graph->nodes[wire->from], *to = &graph->nodes[wire->to];

  *out = wire->x0 + SIDE - FORK;
  *in = wire->x1 - SIDE;
  if (from->stage == to->stage)
    return;
  if (from->stage >= 1 && from->stage <= graph->n_stages) {
    const SkRect *frame = &graph->stages[from->stage - 1].rect;

    *out = frame->x + frame->width + TURN;
  }
  if (to->stage >= 1 && to->stage <= graph->n_stages)
    *in = graph->stages[to->stage - 1].rect.x - TURN;
}

/* The path of a wire to the next node: straight, or down, back to the left, and down. */
static void
chain_path (cairo_t *cr, const SkGraph *graph, const SkGraphWire *wire, double x1) {
  double out, in;

  find_turns (graph, wire, &out, &in);

  cairo_move_to (cr, wire->x0, wire->y0);
  if (wire->lift == 0) {
    cairo_line_to (cr, x1, wire->y1);
    return;
  }
  cairo_arc (cr, out - CORNER, wire->y0 + CORNER, CORNER, -G_PI_2, 0);
  cairo_arc (cr, out - CORNER, wire->lift - CORNER, CORNER, 0, G_PI_2);
  cairo_arc_negative (cr, in + CORNER, wire->lift + CORNER, CORNER, -G_PI_2, -G_PI);
  cairo_arc_negative (cr, in + CORNER, wire->y1 - CORNER, CORNER, G_PI, G_PI_2);
  cairo_line_to (cr, x1, wire->y1);
}

/* A skip from fork to join over its block. */
static void
skip_path (cairo_t *cr, const SkGraphWire *wire) {
  cairo_move_to (cr, wire->x0, wire->y0);
  cairo_arc (cr, wire->x0 + CORNER, wire->lift + CORNER, CORNER, G_PI, 1.5 * G_PI);
  cairo_arc (cr, wire->x1 - CORNER, wire->lift + CORNER, CORNER, -G_PI_2, 0);
  cairo_line_to (cr, wire->x1, wire->y1 - JOIN_RADIUS);
}

/* Strokes the path: the wire, and on it the light dashes that flow towards the stem. */
static void
stroke_flow (const Drawing *self, double width, SkColor color) {
  cairo_t *cr = self->cr;

  sk_set_source (cr, color);
  cairo_set_line_width (cr, width);
  if (self->phase >= 0 && has_river (self) && width > 2) {
    const double dashes[] = { 5, 13 };

    cairo_stroke_preserve (cr);
    cairo_save (cr);
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
    cairo_set_line_width (cr, MAX (width - 2, 1));
    /* A rising offset moves dashes against the path, which runs forwards. */
    cairo_set_dash (cr, dashes, 2, 18 * self->phase);
    sk_set_source (cr, sk_color_fade (self->palette->background, 0.6));
    cairo_stroke (cr);
    cairo_restore (cr);
    return;
  }
  cairo_stroke (cr);
}

static void
draw_chain (const Drawing *self, const SkGraphWire *wire) {
  const SkGraphNode *next = &self->graph->nodes[wire->to];
  gboolean fork = sk_graph_has_join (self->graph, wire->to);
  double gradient = sk_graph_gradient (self->graph, wire->to, self->live);
  SkColor color = self->palette->wire;
  double width = THIN;
  cairo_t *cr = self->cr;

  /* With the gradient's widths the trunk is wide: quieter, so that the terms stand out. */
  if (has_river (self) && !self->palette->high_contrast)
    color = sk_color_mix (color, self->palette->background, 0.4);
  if (has_river (self) && next->n_blocks > 0)
    width = wire_width (self, gradient);
  else if (has_river (self) && next->stage == self->graph->n_stages + 1)
    width = wire_width (
        self, sk_graph_gradient (self->graph, self->graph->n_nodes - 1, self->live));
  chain_path (cr, self->graph, wire, fork ? wire->x1 - FORK : wire->x1 - 5);
  stroke_flow (self, width, color);
  if (!fork) {
    sk_set_source (cr, color);
    arrow_head (self, wire->x1 - 0.5, wire->y1, 1, 6.5 + 0.6 * width);
  }
}

/* The box on a skip that is not the identity, with what stands in it. */
static void
draw_badge (const Drawing *self, const SkGraphWire *wire, const char *words,
            SkColor color) {
  double width, height;
  double scale = CLAMP (0.75 / self->zoom, 0.95, 1.45);
  SkRect box;
  SkText text;
  SkPalette palette = sk_graph_palette (self->palette);

  sk_text_begin (&text, self->cr, &palette, scale);
  sk_text_measure (&text, SK_TEXT_TINY, words, &width, &height);
  box.width = width + 8;
  box.height = height + 1;
  box.x = (wire->x0 + wire->x1 - box.width) / 2;
  box.y = wire->lift - box.height / 2;
  sk_rounded_rect (self->cr, &box, 3.5);
  sk_set_source (self->cr, self->palette->background);
  cairo_fill_preserve (self->cr);
  sk_set_source (self->cr, color);
  cairo_set_line_width (self->cr, 1.3);
  cairo_stroke (self->cr);
  sk_text_draw (&text, SK_TEXT_TINY, self->palette->ink, words, box.x + box.width / 2,
                wire->lift, 0.5, 0.5);
  sk_text_end (&text);
}

static void
draw_join (const Drawing *self, double x, double y, SkColor color) {
  cairo_t *cr = self->cr;
  double arm = JOIN_RADIUS - 3;

  cairo_new_path (cr);
  cairo_arc (cr, x, y, JOIN_RADIUS, 0, 2 * G_PI);
  sk_set_source (cr, self->palette->background);
  cairo_fill_preserve (cr);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_move_to (cr, x - arm, y);
  cairo_line_to (cr, x + arm, y);
  cairo_move_to (cr, x, y - arm);
  cairo_line_to (cr, x, y + arm);
  cairo_stroke (cr);
}

/* A skip that was cut: a cross in a gap. */
static void
draw_cut (const Drawing *self, const SkGraphWire *wire) {
  cairo_t *cr = self->cr;
  double x = (wire->x0 + wire->x1) / 2;

  cairo_new_path (cr);
  cairo_arc (cr, x, wire->lift, 9, 0, 2 * G_PI);
  sk_set_source (cr, self->palette->background);
  cairo_fill (cr);
  sk_set_source (cr, self->palette->error);
  cairo_set_line_width (cr, 2.4);
  cairo_move_to (cr, x - 5, wire->lift - 5);
  cairo_line_to (cr, x + 5, wire->lift + 5);
  cairo_move_to (cr, x - 5, wire->lift + 5);
  cairo_line_to (cr, x + 5, wire->lift - 5);
  cairo_stroke (cr);
}

/* The way through the block: from the fork to its edge, and from its edge to the join. */
static void
draw_branch (const Drawing *self, const SkGraphWire *wire, double width,
             SkColor color) {
  const SkRect *rect = &self->graph->nodes[wire->to].rect;
  cairo_t *cr = self->cr;

  cairo_move_to (cr, wire->x0, wire->y0);
  cairo_line_to (cr, rect->x - 4, wire->y0);
  stroke_flow (self, width, color);
  sk_set_source (cr, color);
  arrow_head (self, rect->x - 0.5, wire->y0, 1, 6.5 + 0.6 * width);
  cairo_move_to (cr, rect->x + rect->width, wire->y0);
  cairo_line_to (cr, wire->x1, wire->y0);
  stroke_flow (self, width, color);
}

/* Dashes and dots that stay apart however wide the wire is. */
static void
set_skip_dash (cairo_t *cr, SkWireKind kind, double width) {
  const double dashes[] = { 4 + 1.3 * width, 2.5 + 0.9 * width };
  const double dots[] = { 0.1, 1.2 + 1.7 * width };

  if (kind == SK_WIRE_PROJECTION) {
    cairo_set_dash (cr, dashes, 2, 0);
  } else if (kind == SK_WIRE_PAD) {
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash (cr, dots, 2, 0);
  }
}

static void
draw_skip (const Drawing *self, const SkGraphWire *wire) {
  const SkPalette *palette = self->palette;
  SkColor skip_color = palette->skip, branch_color = palette->wire;
  double skip_width = THIN + 0.4, branch_width = THIN;
  float lambda = 1;
  cairo_t *cr = self->cr;

  if (has_river (self)) {
    const SkBlockState *state = &self->live->blocks[wire->block];

    branch_color = palette->residual;
    skip_width = wire_width (self, state->skip);
    branch_width = wire_width (self, state->residual);
    lambda = state->lambda;
  }
  draw_branch (self, wire, branch_width, branch_color);
  cairo_save (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  set_skip_dash (cr, wire->kind, skip_width);
  skip_path (cr, wire);
  stroke_flow (self, skip_width,
               lambda < 1 ? sk_color_fade (skip_color, 0.35 + 0.65 * lambda)
                          : skip_color);
  cairo_restore (cr);
  cairo_new_path (cr);
  cairo_arc (cr, wire->x0, wire->y0, 2.6, 0, 2 * G_PI);
  sk_set_source (cr, palette->wire);
  cairo_fill (cr);
  draw_join (self, wire->x1, wire->y1, palette->wire);
  if (lambda <= 0) {
    draw_cut (self, wire);
  } else if (lambda < 1) {
    g_autofree char *words = g_strdup_printf ("λ %.2g", lambda);

    draw_badge (self, wire, words, skip_color);
  } else if (wire->kind == SK_WIRE_PROJECTION) {
    draw_badge (self, wire, "1×1", skip_color);
  } else if (wire->kind == SK_WIRE_PAD) {
    draw_badge (self, wire, _ ("pad"), skip_color);
  }
}

static void
draw_stage (const Drawing *self, const SkGraphStage *stage) {
  SkPalette palette = sk_graph_palette (self->palette);
  double scale = CLAMP (0.8 / self->zoom, 1, 1.55);
  cairo_t *cr = self->cr;
  SkText text;

  sk_rounded_rect (cr, &stage->rect, 12);
  sk_set_source (cr, sk_color_fade (palette.surface, 0.65));
  cairo_fill_preserve (cr);
  sk_set_source (cr, palette.high_contrast ? palette.frame : palette.grid);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  sk_text_begin (&text, cr, &palette, scale);
  sk_text_draw_within (&text, SK_TEXT_STRONG, palette.dim, stage->title,
                       stage->rect.x + 14, stage->rect.y + TITLE / 2 + 3, 0, 0.5,
                       stage->rect.width - 20);
  sk_text_end (&text);
}

void
sk_graph_draw_wires (cairo_t *cr, const SkGraph *self, const SkGraphLive *live,
                     double phase, const SkPalette *palette) {
  Drawing drawing = { .cr = cr,
                      .graph = self,
                      .live = live,
                      .palette = palette,
                      .zoom = MAX (sk_graph_zoom (cr), 1e-3),
                      .phase = phase };

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  cairo_save (cr);
  for (int i = 0; i < self->n_stages; i++)
    draw_stage (&drawing, &self->stages[i]);
  for (int i = 0; i < self->n_wires; i++)
    if (self->wires[i].kind == SK_WIRE_CHAIN)
      draw_chain (&drawing, &self->wires[i]);
  for (int i = 0; i < self->n_wires; i++)
    if (self->wires[i].kind != SK_WIRE_CHAIN)
      draw_skip (&drawing, &self->wires[i]);
  cairo_restore (cr);
}
