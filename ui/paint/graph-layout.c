#include <math.h>

#include "graph-private.h"

/* Nodes stand like words in a text: left to right, in shelves; a stage is never torn
 * apart between two shelves, but may have rows of its own. */

/* Nodes that stay together: what comes before the stages, a stage, what comes after. */
typedef struct {
  int first, n;
  int stage; /* index in stages; −1: no frame */
} Bundle;

gboolean
sk_graph_has_join (const SkGraph *self, int node) {
  int block = self->nodes[node].block;

  return block >= 0 && self->plan->blocks[block].add >= 0;
}

/* Above each row: room for the skips, where there are any. */
static double
arc_of (const SkGraph *self) {
  return self->plan->variant.skips ? ARC : PLAIN_ARC;
}

static double
side_of (const SkGraphNode *node) {
  return node->n_blocks > 0 ? SIDE : SMALL_SIDE;
}

static double
cell_width (const SkGraphNode *node) {
  return (node->n_blocks > 0 ? BLOCK_WIDTH : SMALL_WIDTH) + 2 * side_of (node);
}

/* Returns: how many; @bundles has room for n_stages + 2 */
static int
find_bundles (const SkGraph *self, Bundle *bundles) {
  int n = 0;

  for (int i = 0; i < self->n_nodes; i++) {
    int stage = self->nodes[i].stage;

    if (i > 0 && self->nodes[i - 1].stage == stage) {
      bundles[n - 1].n++;
      continue;
    }
    bundles[n] = (Bundle){ .first = i, .n = 1, .stage = -1 };
    if (stage >= 1 && stage <= self->n_stages)
      bundles[n].stage = stage - 1;
    n++;
  }
  return n;
}

/* Places a bundle with its upper left corner at (@x, @y).
 * Returns: the size it takes */
static SkRect
place_bundle (SkGraph *self, const Bundle *bundle, double x, double y, int per_row,
              int *row) {
  double pad = bundle->stage >= 0 ? FRAME_PAD : 0;
  SkRect size = { x, y, 0, 0 };
  double at = x + pad;
  double arc = arc_of (self);
  double top = y + TITLE + arc;

  for (int i = 0; i < bundle->n; i++) {
    SkGraphNode *node = &self->nodes[bundle->first + i];

    if (i > 0 && i % per_row == 0) {
      at = x + pad;
      top += NODE_HEIGHT + RETURN + arc;
      ++*row;
    }
    node->row = *row;
    node->rect = (SkRect){ at + side_of (node), top,
                           cell_width (node) - 2 * side_of (node), NODE_HEIGHT };
    at += cell_width (node);
    size.width = MAX (size.width, at + pad - x);
  }
  size.height = top + NODE_HEIGHT + FRAME_FOOT - y;
  if (bundle->stage >= 0)
    self->stages[bundle->stage].rect = size;
  return size;
}

/* The shelf that is being filled. */
typedef struct {
  double x, y, bottom;
  int row;
} Shelf;

static void
next_shelf (Shelf *shelf) {
  shelf->x = MARGIN;
  shelf->y = shelf->bottom + SHELF_GAP;
  shelf->row++;
}

/* Returns: how many of @n cells to put in a row so that rows are about equally long */
static int
even_rows (int n, double cell, double room) {
  int fit = MAX ((int) (room / cell), 1);
  int rows = (n + fit - 1) / fit;

  return (n + rows - 1) / rows;
}

static void
place_nodes (SkGraph *self, double width) {
  Bundle bundles[8];
  int n = find_bundles (self, bundles);
  Shelf shelf = { MARGIN, MARGIN / 2, MARGIN / 2, 0 };
  gboolean wrapped = FALSE; /* the last bundle had rows of its own */

  self->width = 0;
  for (int i = 0; i < n; i++) {
    const Bundle *bundle = &bundles[i];
    double cell = cell_width (&self->nodes[bundle->first]);
    double pads = bundle->stage >= 0 ? 2 * FRAME_PAD : 0;
    double size = bundle->n * cell + pads;
    /* What is longer than a shelf is wrapped, beside the stem if that leaves room. */
    gboolean long_one = size > width - 2 * MARGIN;
    gboolean beside_stem = i == 1 && width - MARGIN - shelf.x - pads >= 3 * cell;
    gboolean fits = shelf.x + size <= width - MARGIN || (long_one && beside_stem);
    int per_row = bundle->n;
    double top = shelf.y;
    SkRect taken;

    if (i > 0 && (!fits || (wrapped && bundle->stage >= 0))) {
      next_shelf (&shelf);
      top = shelf.y;
    } else if (wrapped) { /* the head goes on where the last row ends */
      top = self->nodes[bundle->first - 1].rect.y - arc_of (self) - TITLE;
    }
    if (shelf.x + size > width - MARGIN)
      per_row = even_rows (bundle->n, cell, width - MARGIN - shelf.x - pads);
    taken = place_bundle (self, bundle, shelf.x, top, per_row, &shelf.row);
    wrapped = per_row < bundle->n;
    shelf.bottom = MAX (taken.y + taken.height, shelf.bottom);
    shelf.x += taken.width + STAGE_GAP;
    self->width = MAX (self->width, shelf.x - STAGE_GAP + MARGIN);
  }
  self->height = shelf.bottom + MARGIN / 2;
}

static SkWireKind
skip_kind (const SkPlan *plan, const SkBlock *block) {
  if (block->skip == block->input)
    return SK_WIRE_IDENTITY;
  return plan->ops[block->skip].kind == SK_OP_SUBSAMPLE ? SK_WIRE_PAD
                                                        : SK_WIRE_PROJECTION;
}

static void
place_wires (SkGraph *self) {
  SkGraphWire *wire = self->wires;
  double arc = arc_of (self);

  for (int i = 0; i < self->n_nodes; i++) {
    const SkGraphNode *node = &self->nodes[i];
    double right = node->rect.x + node->rect.width;

    if (sk_graph_has_join (self, i)) {
      *wire++ = (SkGraphWire){
        .kind = skip_kind (self->plan, &self->plan->blocks[node->block]),
        .from = MAX (i - 1, 0),
        .to = i,
        .block = node->block,
        .x0 = node->rect.x - FORK,
        .x1 = right + FORK,
        .y0 = node_middle (node),
        .y1 = node_middle (node),
        .lift = node->rect.y - SKIP_LIFT,
      };
      right += FORK;
    }
    if (i + 1 < self->n_nodes) {
      const SkGraphNode *next = &self->nodes[i + 1];
      gboolean same_stage = next->stage == node->stage;

      *wire++ = (SkGraphWire){
        .kind = SK_WIRE_CHAIN,
        .from = i,
        .to = i + 1,
        .block = -1,
        .x0 = right,
        .x1 = next->rect.x,
        .y0 = node_middle (node),
        .y1 = node_middle (next),
        .lift = next->row == node->row ? 0
                : same_stage           ? next->rect.y - arc - RETURN / 2
                                       : next->rect.y - arc - TITLE - SHELF_GAP / 2,
      };
    }
  }
  self->n_wires = wire - self->wires;
}

void
sk_graph_place (SkGraph *self, double width) {
  place_nodes (self, width);
  place_wires (self);
}
