#include <math.h>

#include "graph-private.h"
#include "plot.h"

/* The gradient on its way from the loss to the stem: how wide each wire is, which way it
 * moves, whether its two terms agree, and where it ends. */

#define WIDE 10. /* the most that a gradient makes a wire */
#define NARROW 2.2 /* the least that one makes it */
#define SPACING 20. /* between two chevrons */
#define MIN_ZOOM 0.22 /* below it chevrons would be dust */
#define BADGE 24. /* half of what a badge takes of its skip */
#define CASING 1.5 /* around the branch's way through its block */

gboolean
sk_river_flows (const SkGraphDrawing *self) {
  return self->live != NULL && self->live->blocks != NULL && self->live->range.filled;
}

double
sk_river_width (const SkGraphDrawing *self, double rms) {
  double t = sk_log_range_place (&self->live->range, rms);

  if (isnan (t))
    return THIN;
  return rms > 0 ? NARROW + t * (WIDE - NARROW) : DRY;
}

double
sk_river_chain_width (const SkGraphDrawing *self, const SkGraphWire *wire) {
  const SkGraph *graph = self->graph;
  const SkGraphNode *next = &graph->nodes[wire->to];

  if (!sk_river_flows (self))
    return THIN;
  if (wire->to <= self->stop)
    return DRY;
  if (next->n_blocks > 0)
    return sk_river_width (self, sk_graph_gradient (graph, wire->to, self->live));
  if (next->stage == graph->n_stages + 1)
    return sk_river_width (self,
                           sk_graph_gradient (graph, graph->n_nodes - 1, self->live));
  return THIN;
}

void
sk_river_branch_widths (const SkGraphDrawing *self, int node, double *behind,
                        double *before) {
  SkBlockState state;

  *behind = *before = THIN;
  if (!sk_river_flows (self) || !sk_graph_state (self->graph, node, self->live, &state))
    return;
  *behind = *before = sk_river_width (self, (double) state.residual);
  /* The last block that learns is entered, and nothing leaves it. */
  if (node == self->stop) {
    *behind = sk_river_width (self, sk_graph_entering (self->graph, node, self->live));
    *before = DRY;
  }
}

void
sk_river_set_fight_dash (cairo_t *cr) {
  const double dashes[] = { 5, 3 };

  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_dash (cr, dashes, 2, 0);
}

void
sk_river_draw_channel (const SkGraphDrawing *self, int node, double width, double y) {
  const SkPalette *palette = self->palette;
  double behind, before;
  SkBlockState state;
  cairo_t *cr = self->cr;

  if (!sk_river_flows (self) || !sk_graph_state (self->graph, node, self->live, &state))
    return;
  sk_river_branch_widths (self, node, &behind, &before);
  if (behind <= DRY)
    return;
  cairo_save (cr);
  cairo_move_to (cr, 0, y);
  cairo_line_to (cr, width, y);
  sk_set_source (cr, palette->background);
  cairo_set_line_width (cr, behind + 2 * CASING);
  cairo_stroke_preserve (cr);
  if (sk_agreement_of ((double) state.agreement) == SK_AGREEMENT_FIGHT)
    sk_river_set_fight_dash (cr);
  sk_set_source (cr, palette->residual);
  cairo_set_line_width (cr, behind);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* Two strokes of a chevron whose tip lies at @x, pointing to @to: −1 left, 1 right. */
static void
angle (cairo_t *cr, double x, double y, double to, double size) {
  cairo_move_to (cr, x - to * size, y - size);
  cairo_line_to (cr, x, y);
  cairo_line_to (cr, x - to * size, y + size);
}

void
sk_river_draw_agreement (cairo_t *cr, SkAgreement agreement, double x, double y,
                         const SkPalette *palette) {
  SkColor color = sk_palette_diverging (palette, agreement == SK_AGREEMENT_PULL    ? 1
                                                 : agreement == SK_AGREEMENT_FIGHT ? -1
                                                                                   : 0);

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, JOIN_RADIUS, 0, 2 * G_PI);
  sk_set_source (cr, palette->background);
  cairo_fill_preserve (cr);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_set_line_width (cr, 1.7);
  if (agreement == SK_AGREEMENT_PULL) {
    angle (cr, x - 3.6, y, -1, 2.8);
    angle (cr, x + 0.6, y, -1, 2.8);
  } else if (agreement == SK_AGREEMENT_FIGHT) {
    angle (cr, x - 0.7, y, 1, 2.8);
    angle (cr, x + 0.7, y, -1, 2.8);
  } else {
    cairo_move_to (cr, x - 3.6, y + 2.6);
    cairo_line_to (cr, x + 3.6, y + 2.6);
    cairo_move_to (cr, x, y + 2.6);
    cairo_line_to (cr, x, y - 3.6);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
sk_river_draw_stop (cairo_t *cr, double x, double y, const SkPalette *palette) {
  cairo_save (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  for (int i = 0; i < 2; i++) {
    sk_set_source (cr, i == 0 ? palette->background : palette->ice);
    cairo_set_line_width (cr, i == 0 ? 5.5 : 2.8);
    cairo_move_to (cr, x - 2.6, y - 11);
    cairo_line_to (cr, x - 2.6, y + 11);
    cairo_move_to (cr, x + 2.6, y - 11);
    cairo_line_to (cr, x + 2.6, y + 11);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

void
sk_river_chevron (cairo_t *cr, double x, double y, double dx, double dy, double width) {
  double half = MAX (0.34 * width, 1.3);
  double thick = MAX (0.26 * width, 1.1);
  double tip = -0.5 * (half + thick);

  cairo_move_to (cr, x + dx * tip, y + dy * tip);
  cairo_line_to (cr, x + dx * (tip + half) - dy * half,
                 y + dy * (tip + half) + dx * half);
  cairo_rel_line_to (cr, dx * thick, dy * thick);
  cairo_line_to (cr, x + dx * (tip + thick), y + dy * (tip + thick));
  cairo_line_to (cr, x + dx * (tip + half + thick) + dy * half,
                 y + dy * (tip + half + thick) - dx * half);
  cairo_rel_line_to (cr, -dx * thick, -dy * thick);
  cairo_close_path (cr);
}

/* Calls for every straight piece of a flat path: where it begins, which way, how long. */
typedef struct {
  double x, y, dx, dy, length;
} Piece;

static gboolean
next_piece (const cairo_path_t *path, int *at, double *x, double *y, Piece *piece) {
  while (*at < path->num_data) {
    const cairo_path_data_t *data = &path->data[*at];
    double dx, dy, length;
    gboolean line = data->header.type == CAIRO_PATH_LINE_TO;

    *at += data->header.length;
    if (data->header.type == CAIRO_PATH_CLOSE_PATH)
      continue;
    dx = data[1].point.x - *x;
    dy = data[1].point.y - *y;
    length = hypot (dx, dy);
    *piece = (Piece){ *x, *y, dx / length, dy / length, length };
    *x = data[1].point.x;
    *y = data[1].point.y;
    if (line && length > 0)
      return TRUE;
  }
  return FALSE;
}

/* Fills chevrons along the path, which it takes away; they are counted from its end,
 * where the gradient comes in. @gap: half of what is left free in its middle. */
static void
fill_chevrons (cairo_t *cr, double width, double phase, double gap) {
  cairo_path_t *path = cairo_copy_path_flat (cr);
  double x = 0, y = 0, length = 0, walked = 0, place;
  int at = 0;
  Piece piece;

  cairo_new_path (cr);
  while (next_piece (path, &at, &x, &y, &piece))
    length += piece.length;
  place = fmod (length - SPACING * phase, SPACING);
  if (place < 0)
    place += SPACING;
  for (at = 0, x = y = 0; next_piece (path, &at, &x, &y, &piece);
       walked += piece.length)
    for (; place < walked + piece.length; place += SPACING)
      if (place > 3 && place < length - 3 && fabs (place - length / 2) >= gap)
        sk_river_chevron (cr, piece.x + (place - walked) * piece.dx,
                          piece.y + (place - walked) * piece.dy, piece.dx, piece.dy,
                          width);
  cairo_path_destroy (path);
  cairo_fill (cr);
}

static void
flow_along_skip (const SkGraphDrawing *self, const SkGraphWire *wire, double phase) {
  const SkGraphNode *node = &self->graph->nodes[wire->to];
  double right = node->rect.x + node->rect.width;
  double behind, before, skip;
  SkBlockState state;

  if (!sk_graph_state (self->graph, wire->to, self->live, &state))
    return;
  skip = sk_river_width (self, (double) state.skip);
  if (skip > DRY && state.lambda > 0) {
    gboolean badge = wire->kind != SK_WIRE_IDENTITY || state.lambda < 1;

    sk_graph_skip_path (self->cr, wire);
    fill_chevrons (self->cr, skip, phase, badge ? BADGE : 0);
  }
  sk_river_branch_widths (self, wire->to, &behind, &before);
  if (behind > DRY) {
    /* Through the block as well as before and behind it. */
    cairo_move_to (self->cr, before > DRY ? wire->x0 + JOIN_RADIUS : node->rect.x,
                   wire->y0);
    cairo_line_to (self->cr, MIN (wire->x1 - JOIN_RADIUS, right + FORK), wire->y0);
    fill_chevrons (self->cr, behind, phase, 0);
  }
}

/* A block without a skip: all of the gradient goes through it. */
static void
flow_through_plain (const SkGraphDrawing *self, int node, double phase) {
  const SkRect *rect = &self->graph->nodes[node].rect;
  double behind, before;

  if (self->graph->nodes[node].n_blocks == 0 || sk_graph_has_join (self->graph, node))
    return;
  sk_river_branch_widths (self, node, &behind, &before);
  if (behind <= DRY)
    return;
  cairo_move_to (self->cr, rect->x, rect->y + rect->height / 2);
  cairo_line_to (self->cr, rect->x + rect->width, rect->y + rect->height / 2);
  fill_chevrons (self->cr, behind, phase, 0);
}

void
sk_graph_draw_flow (cairo_t *cr, const SkGraph *self, const SkGraphLive *live,
                    double phase, const SkPalette *palette) {
  SkGraphDrawing drawing;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  sk_graph_drawing_init (&drawing, cr, self, live, palette);
  if (!sk_river_flows (&drawing) || drawing.zoom < MIN_ZOOM)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  sk_set_source (cr, sk_color_fade (palette->background, 0.9));
  for (int i = 0; i < self->n_wires; i++) {
    const SkGraphWire *wire = &self->wires[i];
    double width;

    if (!sk_graph_wire_is_seen (&drawing, wire))
      continue;
    if (wire->kind != SK_WIRE_CHAIN) {
      flow_along_skip (&drawing, wire, phase);
      continue;
    }
    flow_through_plain (&drawing, wire->to, phase);
    width = sk_river_chain_width (&drawing, wire);
    if (width > THIN) {
      sk_graph_chain_path (cr, self, wire,
                           sk_graph_has_join (self, wire->to)
                               ? wire->x1 - FORK - JOIN_RADIUS
                               : wire->x1);
      fill_chevrons (cr, width, phase, 0);
    }
  }
  cairo_restore (cr);
}
