#pragma once

#include <cairo.h>

#include "palette.h"
#include "range.h"
#include "snapshot.h"

/* The network as a drawing: geometry from the plan, in units of one pixel at zoom 1.
 * Immutable once made; what lives (colours, widths) is given when it is drawn. */

/* Rings of focus and selection reach so far out of a node's rect. */
#define SK_NODE_MARGIN 6

typedef enum {
  SK_NODE_INPUT,
  SK_NODE_STEM,
  SK_NODE_MAXPOOL,
  SK_NODE_BLOCK,
  SK_NODE_FOLD, /* several blocks of a stage as one: ×N */
  SK_NODE_AVGPOOL,
  SK_NODE_HEAD,
} SkNodeKind;

typedef struct {
  SkNodeKind kind;
  SkRect rect;
  int stage; /* 1 … 4; 0: stem; n_stages + 1: head */
  int block, n_blocks; /* in plan->blocks; −1, 0: none */
  int group; /* in plan->groups; −1: learns nothing */
  int row;
  char *label; /* "1.0", "stem", "× 36" */
  char *shape; /* what leaves it: "64 × 32²" */
  char *title; /* in words, for accessible names and tooltips */
} SkGraphNode;

typedef enum {
  SK_WIRE_CHAIN, /* the forward path from node to node */
  SK_WIRE_IDENTITY, /* a skip that changes nothing: solid */
  SK_WIRE_PROJECTION, /* a skip through a 1×1 convolution: dashed, with a box "1×1" */
  SK_WIRE_PAD, /* a skip that subsamples and pads: dotted, with a box "pad" */
} SkWireKind;

typedef struct {
  SkWireKind kind;
  int from, to; /* nodes; a skip's @to is the node it leaps over */
  int block; /* of a skip; −1 */
  double x0, y0, x1, y1; /* ends */
  double
      lift; /* of a skip: how far above its ends it runs; of a chain that turns to the
                  next row: y of its way back; 0: straight */
} SkGraphWire;

typedef struct {
  SkRect rect; /* the frame; width 0: none */
  int stage;
  char *title; /* "Stage 2", with the shape */
  gboolean folded;
} SkGraphStage;

typedef struct {
  SkPlan *plan;
  double width, height;
  SkGraphNode *nodes;
  int n_nodes;
  SkGraphWire *wires;
  int n_wires;
  SkGraphStage *stages;
  int n_stages;
} SkGraph;

/* What the last snapshot says; everything may be NULL. Not owned. */
typedef struct {
  const SkBlockState *blocks; /* (plan->n_blocks) */
  const SkLayerState *layers; /* (plan->n_parameters) */
  const gboolean *frozen; /* (plan->n_groups) */
  SkLogRange range; /* of the colours; keep it between snapshots */
} SkGraphLive;

typedef enum {
  SK_NODE_HOVER = 1 << 0,
  SK_NODE_FOCUS = 1 << 1,
  SK_NODE_SELECTED = 1 << 2,
} SkNodeFlags;

/**
 * sk_graph_new:
 * @plan: reffed
 * @width: of the place it will be seen in
 * @height: 0: any; else rows are broken so that the whole is as large as it can be there
 * @folded: bit per stage: 1 << 3 draws stage 3 as one node ×N
 */
SkGraph *
sk_graph_new (SkPlan *plan, double width, double height, guint folded);

void
sk_graph_free (SkGraph *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkGraph, sk_graph_free)

/* Returns: stages that deep networks show folded at first (more than @most blocks) */
guint
sk_graph_fold_deep (const SkPlan *plan, int most);

/* Takes the snapshot's pointers and moves the range; they must outlive the drawing. */
void
sk_graph_live_take (SkGraphLive *self, const SkPlan *plan, const SkSnapshot *snapshot);

/* Returns: RMS of the loss's gradient where a node is entered: ∂L/∂x of a block, the
 * geometric mean of a fold's; of the stem where it is left; NaN: not known */
double
sk_graph_gradient (const SkGraph *self, int node, const SkGraphLive *live);

gboolean
sk_graph_is_frozen (const SkGraph *self, int node, const SkGraphLive *live);

/* Returns: the node whose input the gradient does not leave, since all before it is
 * frozen; −1: it comes as far as the stem */
int
sk_graph_stop (const SkGraph *self, const SkGraphLive *live);

/* What the two terms of a block's gradient do to each other. */
typedef enum {
  SK_AGREEMENT_PULL,
  SK_AGREEMENT_NEITHER,
  SK_AGREEMENT_FIGHT,
} SkAgreement;

SkAgreement
sk_agreement_of (double cosine);

const char *
sk_agreement_words (SkAgreement agreement);

/**
 * sk_graph_draw_wires:
 * @live: (nullable): with blocks the two wires of each block are as wide as the log RMS of
 *   the gradient they carry
 *
 * Frames, titles and wires, without the nodes, in the graph's units. What lies outside of
 * the clip is left out.
 */
void
sk_graph_draw_wires (cairo_t *cr, const SkGraph *self, const SkGraphLive *live,
                     const SkPalette *palette);

/**
 * sk_graph_draw_flow:
 * @phase: 0 … 1: how far the gradient has come from one chevron to the next
 *
 * Chevrons over wires and nodes that point, and with a growing @phase move, from the loss
 * to the stem. Nothing where no gradient is known.
 */
void
sk_graph_draw_flow (cairo_t *cr, const SkGraph *self, const SkGraphLive *live,
                    double phase, const SkPalette *palette);

/**
 * sk_graph_draw_node:
 * @rect: where, in the units of @cr: its size against the node's own says the zoom
 */
void
sk_graph_draw_node (cairo_t *cr, const SkGraph *self, int node, const SkRect *rect,
                    const SkGraphLive *live, SkNodeFlags flags,
                    const SkPalette *palette);

/* Wires, nodes and flow, fitted into @width × @height and centred. */
void
sk_graph_draw (cairo_t *cr, const SkGraph *self, const SkGraphLive *live, double width,
               double height, const SkPalette *palette);

/* Returns: px that the key takes at a width */
double
sk_graph_key_height (const SkGraph *self, const SkGraphLive *live, double width,
                     const SkPalette *palette);

/* The colour scale with its numbers, and what every mark in the drawing means; rows that
 * do not fit are left out. */
void
sk_graph_draw_key (cairo_t *cr, const SkGraph *self, const SkGraphLive *live,
                   double width, double height, const SkPalette *palette);

/* Points out the skip of wire @wire, which a click would cut or restore. */
void
sk_graph_draw_touch (cairo_t *cr, const SkGraph *self, int wire,
                     const SkPalette *palette);

/**
 * sk_graph_lock_at:
 * @rect: where the node is drawn
 * @lock: (out): where its lock is pressed
 *
 * Returns: FALSE where the node learns nothing, or is too small for a lock
 */
gboolean
sk_graph_lock_at (const SkGraph *self, int node, const SkRect *rect, SkRect *lock);

/* The lock as a button: @closed: the group is frozen; @hot: it is pointed at. */
void
sk_graph_draw_lock (cairo_t *cr, const SkRect *lock, gboolean closed, gboolean hot,
                    const SkPalette *palette);

/* Returns: the node at a point in the graph's units, −1: none */
int
sk_graph_node_at (const SkGraph *self, double x, double y);

/* Returns: the wire of a skip within @reach of the point, −1: none */
int
sk_graph_wire_at (const SkGraph *self, double x, double y, double reach);

/* Returns: (transfer full): a node and its numbers in words, in one line for those who
 * hear them */
char *
sk_graph_describe (const SkGraph *self, int node, const SkGraphLive *live);

/* Returns: (transfer full): the same, a line each */
char *
sk_graph_describe_lines (const SkGraph *self, int node, const SkGraphLive *live);
