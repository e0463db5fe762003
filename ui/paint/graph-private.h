#pragma once

#include "graph.h"
#include "text.h"

/* Measures, in the graph's units. */
#define BLOCK_WIDTH 92.
#define SMALL_WIDTH 80. /* input, pools, stem, head */
#define NODE_HEIGHT 60.
#define SIDE 22. /* either side of a block: fork and join stand in it */
#define SMALL_SIDE 13.
#define FORK 14. /* from a block's edge to its fork or join */
#define JOIN_RADIUS 6.5
#define ARC 34. /* above each row, for the skips */
#define PLAIN_ARC 8. /* where there are none */
#define SKIP_LIFT 17. /* from a block's top to its skip */
#define TITLE 28. /* above the first row of a stage */
#define FRAME_PAD 8.
#define FRAME_FOOT 16.
#define RETURN 22. /* between the rows of a stage, for the way back */
#define SHELF_GAP 26.
#define STAGE_GAP 12.
#define MARGIN 16.
#define GRAPH_TEXT 13. /* px of body text at zoom 1, whatever the palette's */
#define THIN 1.8 /* a wire whose gradient is not known */
#define DRY 1.2 /* a wire that no gradient comes through */

/* What is the same for all wires of one drawing. */
typedef struct {
  cairo_t *cr;
  const SkGraph *graph;
  const SkGraphLive *live; /* NULL: no widths */
  const SkPalette *palette;
  double zoom;
  int stop; /* node whose input the gradient does not leave, −1: none */
  SkRect seen; /* what the clip shows, in the graph's units */
} SkGraphDrawing;

/* One node, moved and scaled so that its own rect begins at 0, 0. */
typedef struct {
  cairo_t *cr;
  SkGraphDrawing river;
  const SkGraphNode *node;
  const SkPalette *palette;
  SkRect rect; /* at 0, 0 */
  double zoom;
  double gradient;
  SkBlockState state; /* where @flows */
  SkColor fill, ink;
  gboolean frozen, broken;
  gboolean held; /* a lock that can be pressed stands on it */
  gboolean flows; /* the branch's gradient is drawn across it */
  gboolean dry; /* no gradient leaves it towards the stem */
} SkNodeDrawing;

/* graph-words.c: label, shape and numbers, as many as can be read */
void
sk_node_write (const SkNodeDrawing *self);

void
sk_graph_drawing_init (SkGraphDrawing *self, cairo_t *cr, const SkGraph *graph,
                       const SkGraphLive *live, const SkPalette *palette);

/* graph-touch.c: a padlock whose body is centred at (@x, @y) */
void
sk_node_draw_padlock (cairo_t *cr, double x, double y, double size, gboolean closed,
                      SkColor color);

/* graph-layout.c */

/* Sets rects, frames and wires so that nothing stands right of @width. */
void
sk_graph_place (SkGraph *self, double width);

/* Whether there is an add behind the node. */
gboolean
sk_graph_has_join (const SkGraph *self, int node);

/* graph.c */

/* Zoom of what is drawn now: px per unit of @cr. */
double
sk_graph_zoom (cairo_t *cr);

/* A palette whose text fits the graph's measures. */
SkPalette
sk_graph_palette (const SkPalette *palette);

/* graph-live.c */

/* Returns: FALSE where nothing is known of a block, or of the mean of a fold's */
gboolean
sk_graph_state (const SkGraph *self, int node, const SkGraphLive *live,
                SkBlockState *state);

/* Returns: RMS of the gradient by a block's output; NaN: not known */
double
sk_graph_entering (const SkGraph *self, int node, const SkGraphLive *live);

/* graph-wires.c: paths in the direction of the forward pass */

/* @x1: where it ends */
void
sk_graph_chain_path (cairo_t *cr, const SkGraph *graph, const SkGraphWire *wire,
                     double x1);

void
sk_graph_skip_path (cairo_t *cr, const SkGraphWire *wire);

/* Whether any of a wire can be seen. */
gboolean
sk_graph_wire_is_seen (const SkGraphDrawing *self, const SkGraphWire *wire);

/* graph-river.c */

/* Whether wires are as wide as the gradient they carry. */
gboolean
sk_river_flows (const SkGraphDrawing *self);

/* Width of a wire that carries a gradient of @rms; DRY where there is none. */
double
sk_river_width (const SkGraphDrawing *self, double rms);

/* Of a wire from node to node; THIN where nothing is known. */
double
sk_river_chain_width (const SkGraphDrawing *self, const SkGraphWire *wire);

/* Of the branch through a block, behind it and before it. */
void
sk_river_branch_widths (const SkGraphDrawing *self, int node, double *behind,
                        double *before);

/* The residual term's way through a block, at 0 … @width and height @y. */
void
sk_river_draw_channel (const SkGraphDrawing *self, int node, double width, double y);

/* What the two terms do to each other, where they meet. */
void
sk_river_draw_agreement (cairo_t *cr, SkAgreement agreement, double x, double y,
                         const SkPalette *palette);

/* The dam that no gradient passes. */
void
sk_river_draw_stop (cairo_t *cr, double x, double y, const SkPalette *palette);

/* Appends a chevron at (@x, @y) that points against (@dx, @dy), for a wire of @width. */
void
sk_river_chevron (cairo_t *cr, double x, double y, double dx, double dy, double width);

/* Dashes of a branch whose term fights the other. */
void
sk_river_set_fight_dash (cairo_t *cr);

static inline double
node_middle (const SkGraphNode *node) {
  return node->rect.y + node->rect.height / 2;
}
