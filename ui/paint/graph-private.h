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

/* Sets rects, frames and wires so that nothing stands right of @width. */
void
sk_graph_place (SkGraph *self, double width);

/* Whether there is an add behind the node. */
gboolean
sk_graph_has_join (const SkGraph *self, int node);

/* Zoom of what is drawn now: px per unit of @cr. */
double
sk_graph_zoom (cairo_t *cr);

/* A palette whose text fits the graph's measures. */
SkPalette
sk_graph_palette (const SkPalette *palette);

static inline double
node_middle (const SkGraphNode *node) {
  return node->rect.y + node->rect.height / 2;
}
