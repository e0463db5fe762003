#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"

/* Widths that are tried for the best use of a place. */
#define MAX_CELLS_TRIED 40
/* How much smaller a drawing may be that keeps the head on the last stage's shelf. */
#define ORPHAN_PENALTY 0.86

static char *
shape_of (const SkOp *op) {
  if (op->h == 1 && op->w == 1)
    return g_strdup_printf ("%d", op->c);
  if (op->h == op->w)
    return g_strdup_printf ("%d × %d²", op->c, op->h);
  return g_strdup_printf ("%d × %d×%d", op->c, op->h, op->w);
}

/* Returns: the last op of a kind outside of blocks, −1: none */
static int
find_op (const SkPlan *plan, SkOpKind kind) {
  int found = -1;

  for (int i = 0; i < plan->n_ops; i++)
    if (plan->ops[i].kind == kind && plan->ops[i].block < 0)
      found = i;
  return found;
}

static void
add_small (GArray *nodes, const SkPlan *plan, SkNodeKind kind, SkOpKind op, int stage,
           const char *label, const char *title) {
  int index = find_op (plan, op);
  SkGraphNode node = { .kind = kind, .stage = stage, .block = -1, .group = -1 };

  if (index < 0)
    return;
  if (plan->ops[index].parameter >= 0)
    node.group = plan->ops[index].group;
  node.label = g_strdup (label);
  node.shape = shape_of (&plan->ops[index]);
  node.title = g_strdup_printf ("%s, %s", title, node.shape);
  g_array_append_val (nodes, node);
}

static void
add_blocks (GArray *nodes, const SkPlan *plan, guint folded) {
  for (int i = 0; i < plan->n_blocks; i++) {
    const SkBlock *block = &plan->blocks[i];
    int depth = plan->variant.depths[block->stage - 1];
    gboolean fold = (folded & 1u << block->stage) != 0 && depth > 1;
    SkGraphNode node = { .kind = fold ? SK_NODE_FOLD : SK_NODE_BLOCK,
                         .stage = block->stage,
                         .block = i,
                         .n_blocks = fold ? depth : 1,
                         .group = block->group };

    node.shape = shape_of (&plan->ops[block->last]);
    if (fold) {
      node.label = g_strdup_printf ("× %d", depth);
      node.title = g_strdup_printf (_ ("Stage %d, %d blocks, %s"), block->stage, depth,
                                    node.shape);
    } else {
      node.label = g_strdup_printf ("%d.%d", block->stage, block->index);
      node.title = g_strdup_printf (_ ("Block %s, %s"), node.label, node.shape);
    }
    g_array_append_val (nodes, node);
    i += node.n_blocks - 1;
  }
}

static void
build_nodes (SkGraph *self, guint folded) {
  const SkPlan *plan = self->plan;
  GArray *nodes = g_array_new (FALSE, TRUE, sizeof (SkGraphNode));
  int head = plan->variant.n_stages + 1;

  add_small (nodes, plan, SK_NODE_INPUT, SK_OP_INPUT, 0, _ ("image"), _ ("Image"));
  add_small (nodes, plan, SK_NODE_STEM, SK_OP_CONV, 0, _ ("stem"), _ ("Stem"));
  add_small (nodes, plan, SK_NODE_MAXPOOL, SK_OP_MAXPOOL, 0, _ ("max pool"),
             _ ("Max pooling"));
  add_blocks (nodes, plan, folded);
  add_small (nodes, plan, SK_NODE_AVGPOOL, SK_OP_AVGPOOL, head, _ ("avg pool"),
             _ ("Average pooling"));
  add_small (nodes, plan, SK_NODE_HEAD, SK_OP_LINEAR, head, _ ("fc"), _ ("Head"));
  self->n_nodes = nodes->len;
  self->nodes = (SkGraphNode *) g_array_free (nodes, FALSE);
  self->wires = g_new0 (SkGraphWire, 2 * self->n_nodes);
}

static void
build_stages (SkGraph *self, guint folded) {
  const SkPlan *plan = self->plan;

  self->n_stages = plan->variant.n_stages;
  self->stages = g_new0 (SkGraphStage, self->n_stages);
  for (int i = 0; i < plan->n_blocks; i++) {
    SkGraphStage *stage = &self->stages[plan->blocks[i].stage - 1];

    if (stage->title == NULL) {
      g_autofree char *shape = shape_of (&plan->ops[plan->blocks[i].last]);

      stage->stage = plan->blocks[i].stage;
      stage->folded = (folded & 1u << stage->stage) != 0;
      stage->title = g_strdup_printf (_ ("Stage %d · %s"), stage->stage, shape);
    }
  }
}

/* Whether the head stands on a shelf of its own. */
static gboolean
is_orphaned (const SkGraph *self) {
  const SkGraphNode *head = &self->nodes[self->n_nodes - 1];

  for (int i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].row == head->row && self->nodes[i].stage != head->stage)
      return FALSE;
  return TRUE;
}

/* Breaks rows so that the whole is as large as it can be in @width × @height. */
static void
fit (SkGraph *self, double width, double height) {
  double cell = BLOCK_WIDTH + 2 * SIDE;
  double best = 0, best_width = width;

  for (int n = 2; n <= 2 * MAX_CELLS_TRIED; n++) {
    double tried = 2 * MARGIN + 2 * FRAME_PAD + n * cell / 2 + 1;
    double zoom;

    sk_graph_place (self, tried);
    zoom = MIN (width / self->width, height / self->height);
    if (is_orphaned (self))
      zoom *= ORPHAN_PENALTY;
    if (zoom > best * 1.001) {
      best = zoom;
      best_width = tried;
    }
  }
  sk_graph_place (self, best_width);
}

SkGraph *
sk_graph_new (SkPlan *plan, double width, double height, guint folded) {
  SkGraph *self;

  g_return_val_if_fail (plan != NULL, NULL);

  self = g_new0 (SkGraph, 1);
  self->plan = sk_plan_ref (plan);
  build_nodes (self, folded);
  build_stages (self, folded);
  if (height > 0)
    fit (self, width, height);
  else
    sk_graph_place (self, width);
  return self;
}

void
sk_graph_free (SkGraph *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < self->n_nodes; i++) {
    g_free (self->nodes[i].label);
    g_free (self->nodes[i].shape);
    g_free (self->nodes[i].title);
  }
  for (int i = 0; i < self->n_stages; i++)
    g_free (self->stages[i].title);
  g_free (self->nodes);
  g_free (self->wires);
  g_free (self->stages);
  sk_plan_unref (self->plan);
  g_free (self);
}

guint
sk_graph_fold_deep (const SkPlan *plan, int most) {
  guint folded = 0;

  for (int i = 0; i < plan->variant.n_stages; i++)
    if (plan->variant.depths[i] > most)
      folded |= 1u << (i + 1);
  return folded;
}

double
sk_graph_zoom (cairo_t *cr) {
  double dx = 1, dy = 0;

  cairo_user_to_device_distance (cr, &dx, &dy);
  return hypot (dx, dy);
}

SkPalette
sk_graph_palette (const SkPalette *palette) {
  SkPalette own = *palette;

  own.text = GRAPH_TEXT;
  return own;
}

int
sk_graph_node_at (const SkGraph *self, double x, double y) {
  for (int i = 0; i < self->n_nodes; i++) {
    const SkRect *rect = &self->nodes[i].rect;

    if (x >= rect->x && x < rect->x + rect->width && y >= rect->y &&
        y < rect->y + rect->height)
      return i;
  }
  return -1;
}

int
sk_graph_wire_at (const SkGraph *self, double x, double y, double reach) {
  for (int i = 0; i < self->n_wires; i++) {
    const SkGraphWire *wire = &self->wires[i];
    gboolean over, beside;

    if (wire->kind == SK_WIRE_CHAIN || x < wire->x0 - reach || x > wire->x1 + reach ||
        y < wire->lift - reach || y > wire->y0)
      continue;
    over = fabs (y - wire->lift) <= reach;
    beside = fabs (x - wire->x0) <= reach || fabs (x - wire->x1) <= reach;
    if (over || beside)
      return i;
  }
  return -1;
}
