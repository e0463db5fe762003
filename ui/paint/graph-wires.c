#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"
#include "plot.h"

#define CORNER 9.
#define TURN 9. /* from a stage's frame to a wire that runs down beside it */
/* How far wires, badges and marks reach out of their path. */
#define REACH 16.

void
sk_graph_drawing_init (SkGraphDrawing *self, cairo_t *cr, const SkGraph *graph,
                       const SkGraphLive *live, const SkPalette *palette) {
  double x1, y1;

  *self = (SkGraphDrawing){ .cr = cr,
                            .graph = graph,
                            .live = live,
                            .palette = palette,
                            .zoom = MAX (sk_graph_zoom (cr), 1e-3),
                            .stop = sk_graph_stop (graph, live) };
  cairo_clip_extents (cr, &self->seen.x, &self->seen.y, &x1, &y1);
  self->seen.width = x1 - self->seen.x;
  self->seen.height = y1 - self->seen.y;
}

static gboolean
is_seen (const SkGraphDrawing *self, double x0, double y0, double x1, double y1) {
  return x1 + REACH >= self->seen.x && x0 - REACH <= self->seen.x + self->seen.width &&
         y1 + REACH >= self->seen.y && y0 - REACH <= self->seen.y + self->seen.height;
}

gboolean
sk_graph_wire_is_seen (const SkGraphDrawing *self, const SkGraphWire *wire) {
  double top = MIN (wire->y0, wire->y1);

  /* One that turns back to the next row may run along the whole of it. */
  if (wire->kind == SK_WIRE_CHAIN && wire->lift != 0)
    return is_seen (self, 0, top, self->graph->width, MAX (wire->y0, wire->y1));
  return is_seen (self, wire->x0, wire->kind == SK_WIRE_CHAIN ? top : wire->lift,
                  wire->x1, MAX (wire->y0, wire->y1));
}

static void
arrow_head (const SkGraphDrawing *self, double x, double y, double dx, double size) {
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

/* Straight, or down, back to the left, and down. */
void
sk_graph_chain_path (cairo_t *cr, const SkGraph *graph, const SkGraphWire *wire,
                     double x1) {
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

/* From fork to join over its block. */
void
sk_graph_skip_path (cairo_t *cr, const SkGraphWire *wire) {
  cairo_move_to (cr, wire->x0, wire->y0);
  cairo_arc (cr, wire->x0 + CORNER, wire->lift + CORNER, CORNER, G_PI, 1.5 * G_PI);
  cairo_arc (cr, wire->x1 - CORNER, wire->lift + CORNER, CORNER, -G_PI_2, 0);
  cairo_line_to (cr, wire->x1, wire->y1 - JOIN_RADIUS);
}

static void
draw_chain (const SkGraphDrawing *self, const SkGraphWire *wire) {
  gboolean fork = sk_graph_has_join (self->graph, wire->to);
  gboolean flows = sk_river_flows (self);
  SkColor color = self->palette->wire;
  double width = sk_river_chain_width (self, wire);
  double end = fork ? wire->x1 - FORK : wire->x1 - (flows ? 0 : 5);
  cairo_t *cr = self->cr;

  /* With the gradient's widths the trunk is wide: quieter, so that the terms stand out. */
  if (flows && !self->palette->high_contrast)
    color = sk_color_mix (color, self->palette->background, 0.3);
  sk_graph_chain_path (cr, self->graph, wire, end);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
  /* Where chevrons show the way back, an arrow forwards would only confuse. */
  if (!fork && width <= THIN) {
    arrow_head (self, wire->x1 - 0.5, wire->y1, 1, 6.5 + 0.6 * width);
  }
  if (wire->to == self->stop)
    sk_river_draw_stop (cr, wire->x1 - 6.5, wire->y1, self->palette);
}

/* The box on a skip that is not the identity, with what stands in it. */
static void
draw_badge (const SkGraphDrawing *self, const SkGraphWire *wire, const char *words,
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
draw_join (const SkGraphDrawing *self, double x, double y, SkColor color) {
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
draw_cut (const SkGraphDrawing *self, const SkGraphWire *wire) {
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

/* The way through the block: from the fork to its edge, and from its edge to the join;
 * between the two it is drawn on the block. */
static void
draw_branch (const SkGraphDrawing *self, const SkGraphWire *wire, gboolean fights,
             SkColor color) {
  const SkRect *rect = &self->graph->nodes[wire->to].rect;
  gboolean flows = sk_river_flows (self);
  double behind, before;
  cairo_t *cr = self->cr;

  sk_river_branch_widths (self, wire->to, &behind, &before);
  cairo_save (cr);
  sk_set_source (cr, color);
  if (fights)
    sk_river_set_fight_dash (cr);
  cairo_set_line_width (cr, before);
  cairo_move_to (cr, wire->x0, wire->y0);
  cairo_line_to (cr, rect->x - (flows ? 0 : 4), wire->y0);
  cairo_stroke (cr);
  cairo_set_line_width (cr, behind);
  cairo_move_to (cr, rect->x + rect->width, wire->y0);
  cairo_line_to (cr, wire->x1, wire->y0);
  cairo_stroke (cr);
  cairo_restore (cr);
  if (!flows) {
    sk_set_source (cr, color);
    arrow_head (self, rect->x - 0.5, wire->y0, 1, 6.5 + 0.6 * before);
  }
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

/* What stands on a skip: cut, faded, or what it does to its input. */
static void
draw_on_skip (const SkGraphDrawing *self, const SkGraphWire *wire, float lambda) {
  SkColor color = self->palette->skip;

  if (lambda <= 0) {
    draw_cut (self, wire);
  } else if (lambda < 1) {
    g_autofree char *words = g_strdup_printf ("λ %.2g", (double) lambda);

    draw_badge (self, wire, words, color);
  } else if (wire->kind == SK_WIRE_PROJECTION) {
    draw_badge (self, wire, "1×1", color);
  } else if (wire->kind == SK_WIRE_PAD) {
    draw_badge (self, wire, _ ("pad"), color);
  }
}

static void
draw_fork (const SkGraphDrawing *self, const SkGraphWire *wire, gboolean both,
           SkAgreement agreement) {
  cairo_t *cr = self->cr;

  if (both) {
    sk_river_draw_agreement (cr, agreement, wire->x0, wire->y0, self->palette);
    return;
  }
  cairo_new_path (cr);
  cairo_arc (cr, wire->x0, wire->y0, 2.6, 0, 2 * G_PI);
  sk_set_source (cr, self->palette->wire);
  cairo_fill (cr);
}

static void
draw_skip (const SkGraphDrawing *self, const SkGraphWire *wire) {
  const SkPalette *palette = self->palette;
  gboolean flows = sk_river_flows (self);
  SkAgreement agreement = SK_AGREEMENT_NEITHER;
  SkBlockState state = { .lambda = 1 };
  double width = THIN + 0.4;
  SkColor color = palette->skip;
  cairo_t *cr = self->cr;

  if (flows && sk_graph_state (self->graph, wire->to, self->live, &state)) {
    width = sk_river_width (self, (double) state.skip);
    agreement = sk_agreement_of ((double) state.agreement);
  }
  if (state.lambda < 1)
    color = sk_color_fade (color, 0.35 + 0.65 * MAX ((double) state.lambda, 0));
  draw_branch (self, wire, agreement == SK_AGREEMENT_FIGHT,
               flows ? palette->residual : palette->wire);
  cairo_save (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, width);
  sk_graph_skip_path (cr, wire);
  if (wire->kind != SK_WIRE_IDENTITY && state.skip > 0 && state.lambda > 0) {
    /* A bed for what flows, so that its width can be seen between the dashes too. */
    sk_set_source (cr, sk_color_fade (color, 0.35));
    cairo_stroke_preserve (cr);
  }
  set_skip_dash (cr, wire->kind, width);
  sk_set_source (cr, color);
  cairo_stroke (cr);
  cairo_restore (cr);
  draw_fork (self, wire, state.skip > 0 && state.residual > 0, agreement);
  draw_join (self, wire->x1, wire->y1, palette->wire);
  draw_on_skip (self, wire, state.lambda);
  if (wire->to == self->stop)
    sk_river_draw_stop (cr, wire->x0 + FORK - 6.5, wire->y0, palette);
}

static void
draw_stage (const SkGraphDrawing *self, const SkGraphStage *stage) {
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
                     const SkPalette *palette) {
  SkGraphDrawing drawing;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  sk_graph_drawing_init (&drawing, cr, self, live, palette);
  cairo_save (cr);
  for (int i = 0; i < self->n_stages; i++) {
    const SkRect *rect = &self->stages[i].rect;

    if (is_seen (&drawing, rect->x, rect->y, rect->x + rect->width,
                 rect->y + rect->height))
      draw_stage (&drawing, &self->stages[i]);
  }
  for (int skips = 0; skips < 2; skips++)
    for (int i = 0; i < self->n_wires; i++) {
      const SkGraphWire *wire = &self->wires[i];

      if ((wire->kind != SK_WIRE_CHAIN) != skips ||
          !sk_graph_wire_is_seen (&drawing, wire))
        continue;
      if (skips)
        draw_skip (&drawing, wire);
      else
        draw_chain (&drawing, wire);
    }
  cairo_restore (cr);
}
