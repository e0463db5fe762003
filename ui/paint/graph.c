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

void
sk_graph_live_take (SkGraphLive *self, const SkPlan *plan, const SkSnapshot *snapshot) {
  g_autofree float *values = NULL;
  gsize n = 0;

  g_return_if_fail (self != NULL && plan != NULL && snapshot != NULL);

  self->blocks = snapshot->blocks;
  self->layers = snapshot->layers;
  self->frozen = snapshot->frozen;
  if (self->blocks == NULL)
    return;
  values = g_new (float, 3 * (gsize) plan->n_blocks + 1);
  for (int i = 0; i < plan->n_blocks; i++) {
    values[n++] = self->blocks[i].gradient;
    values[n++] = self->blocks[i].skip;
    values[n++] = self->blocks[i].residual;
  }
  sk_log_range_update (&self->range, values, n);
}

double
sk_graph_gradient (const SkGraph *self, int node, const SkGraphLive *live) {
  const SkGraphNode *at = &self->nodes[node];
  const SkBlockState *last;
  double sum = 0;
  int n = 0;

  if (live == NULL || live->blocks == NULL)
    return NAN;
  last = &live->blocks[self->plan->n_blocks - 1];
  switch (at->kind) {
  case SK_NODE_STEM:
    return live->blocks[0].gradient;
  case SK_NODE_HEAD:
    return last->gain > 0 ? last->gradient / last->gain : NAN;
  case SK_NODE_BLOCK:
    return live->blocks[at->block].gradient;
  case SK_NODE_FOLD:
    for (int i = at->block; i < at->block + at->n_blocks; i++)
      if (live->blocks[i].gradient > 0) {
        sum += log (live->blocks[i].gradient);
        n++;
      }
    return n > 0 ? exp (sum / n) : 0;
  default:
    return NAN;
  }
}

gboolean
sk_graph_is_frozen (const SkGraph *self, int node, const SkGraphLive *live) {
  const SkGraphNode *at = &self->nodes[node];

  if (live == NULL || live->frozen == NULL || at->group < 0)
    return FALSE;
  for (int i = 0; i < MAX (at->n_blocks, 1); i++)
    if (!live->frozen[at->group + i])
      return FALSE;
  return TRUE;
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

char *
sk_graph_describe (const SkGraph *self, int node, const SkGraphLive *live) {
  const SkGraphNode *at = &self->nodes[node];
  GString *words = g_string_new (at->title);
  double gradient = sk_graph_gradient (self, node, live);

  if (sk_graph_is_frozen (self, node, live))
    g_string_append (words, _ (", frozen"));
  if (!isnan (gradient)) {
    g_autofree char *number = sk_format_number (gradient);

    g_string_append_printf (words, _ (", gradient %s"), number);
  }
  if (at->kind == SK_NODE_BLOCK && sk_graph_has_join (self, node) && live != NULL &&
      live->blocks != NULL) {
    const SkBlockState *state = &live->blocks[at->block];
    g_autofree char *skip = sk_format_number (state->skip);
    g_autofree char *residual = sk_format_number (state->residual);

    g_string_append_printf (words, _ (", through the skip %s, through the branch %s"),
                            skip, residual);
    if (state->lambda < 1)
      g_string_append_printf (words, _ (", skip scaled by %.2f"), state->lambda);
  }
  return g_string_free (words, FALSE);
}
