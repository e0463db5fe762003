/* The block graph: geometry of every network, and pixels where wires must be. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "graph.h"
#include "paint-models.h"

static SkPlan *
plan_of (const char *net) {
  SkVariant variant;
  SkPlan *plan;

  g_assert_true (sk_variant_find (net, &variant, NULL));
  plan = sk_plan_new (&variant, 1, 0, 0, 0, NULL);
  g_assert_nonnull (plan);
  return plan;
}

static gboolean
overlap (const SkRect *a, const SkRect *b) {
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
         b->y < a->y + a->height;
}

static gboolean
inside (const SkRect *inner, const SkRect *outer) {
  return inner->x >= outer->x && inner->y >= outer->y &&
         inner->x + inner->width <= outer->x + outer->width + 1e-6 &&
         inner->y + inner->height <= outer->y + outer->height + 1e-6;
}

static void
check_geometry (const SkGraph *graph) {
  SkRect all = { 0, 0, graph->width, graph->height };
  int blocks = 0;

  for (int i = 0; i < graph->n_nodes; i++) {
    const SkGraphNode *node = &graph->nodes[i];

    g_assert_true (inside (&node->rect, &all));
    g_assert_nonnull (node->title);
    blocks += node->n_blocks;
    for (int j = i + 1; j < graph->n_nodes; j++)
      g_assert_false (overlap (&node->rect, &graph->nodes[j].rect));
    for (int s = 0; s < graph->n_stages; s++)
      g_assert_cmpint (graph->stages[s].stage == node->stage, ==,
                       overlap (&node->rect, &graph->stages[s].rect));
    g_assert_cmpint (sk_graph_node_at (graph, node->rect.x + 2, node->rect.y + 2), ==,
                     i);
  }
  g_assert_cmpint (blocks, ==, graph->plan->n_blocks);
  for (int s = 0; s < graph->n_stages; s++) {
    g_assert_true (inside (&graph->stages[s].rect, &all));
    for (int t = s + 1; t < graph->n_stages; t++)
      g_assert_false (overlap (&graph->stages[s].rect, &graph->stages[t].rect));
  }
}

/* One skip for each drawn block of a residual network, of the plan's kind. */
static void
check_wires (const SkGraph *graph) {
  int skips = 0, chains = 0, changed = 0;

  for (int i = 0; i < graph->n_wires; i++) {
    const SkGraphWire *wire = &graph->wires[i];

    if (wire->kind == SK_WIRE_CHAIN) {
      chains++;
      continue;
    }
    skips++;
    changed += wire->kind != SK_WIRE_IDENTITY;
    g_assert_cmpfloat (wire->lift, <, graph->nodes[wire->to].rect.y);
    g_assert_cmpfloat (wire->x0, <, graph->nodes[wire->to].rect.x);
    g_assert_cmpfloat (wire->x1, >, graph->nodes[wire->to].rect.x);
    g_assert_cmpint (sk_graph_wire_at (graph, (wire->x0 + wire->x1) / 2, wire->lift, 4),
                     ==, i);
  }
  g_assert_cmpint (chains, ==, graph->n_nodes - 1);
  if (!graph->plan->variant.skips) {
    g_assert_cmpint (skips, ==, 0);
    return;
  }
  for (int i = 0; i < graph->n_nodes; i++)
    skips -= graph->nodes[i].n_blocks > 0;
  g_assert_cmpint (skips, ==, 0);
  g_assert_cmpint (changed, ==,
                   graph->plan->variant.n_stages -
                       (graph->plan->variant.block == SK_BLOCK_BASIC));
}

static void
test_every_network (void) {
  const char *const *names = sk_variant_names ();
  const double places[][2] = { { 1280, 500 }, { 2560, 900 }, { 700, 0 },
                               { 300, 900 },  { 5000, 0 },   { 10, 10 } };

  for (int i = 0; names[i]; i++) {
    SkPlan *plan = plan_of (names[i]);

    for (gsize p = 0; p < G_N_ELEMENTS (places); p++)
      for (int fold = 0; fold < 2; fold++) {
        g_autoptr (SkGraph) graph = sk_graph_new (
            plan, places[p][0], places[p][1], fold ? sk_graph_fold_deep (plan, 6) : 0);

        check_geometry (graph);
        check_wires (graph);
      }
    sk_plan_unref (plan);
  }
}

static void
test_folds (void) {
  SkPlan *plan = plan_of ("resnet152");
  guint folded = sk_graph_fold_deep (plan, 10);
  g_autoptr (SkGraph) graph = sk_graph_new (plan, 1280, 0, folded);
  int folds = 0;

  g_assert_cmpuint (folded, ==, 1u << 3);
  for (int i = 0; i < graph->n_nodes; i++)
    if (graph->nodes[i].kind == SK_NODE_FOLD) {
      folds++;
      g_assert_cmpint (graph->nodes[i].n_blocks, ==, 36);
      g_assert_cmpstr (graph->nodes[i].label, ==, "× 36");
    }
  g_assert_cmpint (folds, ==, 1);
  sk_plan_unref (plan);
}

static void
draw (Canvas *canvas, const SkGraph *graph, const SkGraphLive *live, double phase,
      const SkPalette *palette) {
  canvas_init (canvas, ceil (graph->width), ceil (graph->height), palette);
  sk_graph_draw_wires (canvas->cr, graph, live, palette);
  for (int i = 0; i < graph->n_nodes; i++)
    sk_graph_draw_node (canvas->cr, graph, i, &graph->nodes[i].rect, live, 0, palette);
  if (phase >= 0)
    sk_graph_draw_flow (canvas->cr, graph, live, phase, palette);
  canvas_check (canvas);
}

/* A lock that can be pressed covers no words: those that it would cover are not there. */
static void
test_lock_covers_nothing (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 400, 0);
  SkRect rect = { 10, 10, 0, 0 };
  SkPalette palette;
  Canvas canvases[2];
  int node = 0;

  while (graph->nodes[node].kind != SK_NODE_BLOCK)
    node++;
  rect.width = graph->nodes[node].rect.width;
  rect.height = graph->nodes[node].rect.height;
  sk_palette_init (&palette, FALSE, FALSE);
  for (int i = 0; i < 2; i++) {
    if (i == 1)
      graph->nodes[node].shape[0] = '\0';
    canvas_init (&canvases[i], 140, 90, &palette);
    sk_graph_draw_node (canvases[i].cr, graph, node, &rect, &models->live,
                        SK_NODE_HOVER, &palette);
  }
  for (int y = 0; y < 90; y++)
    for (int x = 0; x < 140; x++) {
      SkColor a = canvas_pixel (&canvases[0], x, y);
      SkColor b = canvas_pixel (&canvases[1], x, y);

      g_assert_true (a.r == b.r && a.g == b.g && a.b == b.b);
    }
  canvas_clear (&canvases[0]);
  canvas_clear (&canvases[1]);
  paint_models_free (models);
}

/* Share of a skip's upper run that is drawn in its colour. */
static double
solid_share (const Canvas *canvas, const SkGraphWire *wire, const SkPalette *palette) {
  int x0 = wire->x0 + 14, x1 = wire->x1 - 14;
  int n = 0, middle = (x0 + x1) / 2;
  int total = 0;

  for (int x = x0; x < x1; x++)
    if (abs (x - middle) > 20) { /* where a badge may stand */
      total++;
      n += canvas_count (canvas, palette->skip, x, wire->lift - 1, 1, 2) > 0;
    }
  return (double) n / total;
}

static void
test_skips_are_drawn (void) {
  const struct {
    const char *net;
    SkWireKind other;
  } cases[] = { { "resnet20", SK_WIRE_PAD }, { "resnet18", SK_WIRE_PROJECTION } };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    for (int dark = 0; dark < 2; dark++) {
      SkPlan *plan = plan_of (cases[c].net);
      g_autoptr (SkGraph) graph = sk_graph_new (plan, 1280, 0, 0);
      gboolean seen[SK_WIRE_PAD + 1] = { 0 };
      SkPalette palette;
      Canvas canvas;

      sk_palette_init (&palette, dark, FALSE);
      draw (&canvas, graph, NULL, -1, &palette);
      for (int i = 0; i < graph->n_wires; i++) {
        const SkGraphWire *wire = &graph->wires[i];
        double share;

        seen[wire->kind] = TRUE;
        if (wire->kind == SK_WIRE_CHAIN)
          continue;
        share = solid_share (&canvas, wire, &palette);
        if (wire->kind == SK_WIRE_IDENTITY)
          g_assert_cmpfloat (share, ==, 1);
        else
          g_assert_true (share > 0.1 && share < 0.85);
      }
      g_assert_true (seen[SK_WIRE_IDENTITY] && seen[cases[c].other]);
      canvas_clear (&canvas);
      sk_plan_unref (plan);
    }
}

static void
test_plain_has_no_arcs (void) {
  SkPlan *plan = plan_of ("plain20");
  g_autoptr (SkGraph) graph = sk_graph_new (plan, 1280, 0, 0);
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  draw (&canvas, graph, NULL, -1, &palette);
  g_assert_cmpint (
      canvas_count (&canvas, palette.skip, 0, 0, canvas.width, canvas.height), ==, 0);
  canvas_clear (&canvas);
  sk_plan_unref (plan);
}

/* How many rows of pixels a skip's upper run is thick. */
static int
thickness (const Canvas *canvas, const SkGraphWire *wire, const SkPalette *palette) {
  int x = wire->x0 + 0.3 * (wire->x1 - wire->x0);

  return canvas_count (canvas, palette->skip, x, wire->lift - 10, 1, 20);
}

/* More gradient is a wider wire and another colour; a cut skip shows a cross. */
static void
test_live (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 0);
  const SkGraphWire *first = NULL, *last = NULL;
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int i = 0; i < models->plan->n_blocks; i++)
    models->snapshot.blocks[i].gradient = models->snapshot.blocks[i].skip =
        models->snapshot.blocks[i].residual = i == 1 ? 1e-2f : 1e-5f;
  models->snapshot.blocks[4].lambda = 0;
  models->live = (SkGraphLive){ 0 };
  sk_graph_live_take (&models->live, models->plan, &models->snapshot);
  draw (&canvas, graph, &models->live, -1, &palette);
  for (int i = 0; i < graph->n_wires; i++) {
    if (graph->wires[i].kind == SK_WIRE_IDENTITY && graph->wires[i].block == 1)
      first = &graph->wires[i];
    if (graph->wires[i].kind == SK_WIRE_IDENTITY && graph->wires[i].block == 8)
      last = &graph->wires[i];
    if (graph->wires[i].block == 4)
      g_assert_cmpint (canvas_count (&canvas, palette.error,
                                     (graph->wires[i].x0 + graph->wires[i].x1) / 2 - 6,
                                     graph->wires[i].lift - 6, 12, 12),
                       >, 10);
  }
  g_assert_cmpint (thickness (&canvas, first, &palette), >=,
                   thickness (&canvas, last, &palette) + 4);
  for (int i = 0; i < graph->n_nodes; i++) {
    const SkGraphNode *node = &graph->nodes[i];
    SkColor expected = sk_palette_scale (
        &palette,
        sk_log_range_place (&models->live.range, node->block == 1 ? 1e-2 : 1e-5));

    if (node->kind == SK_NODE_BLOCK)
      g_assert_cmpint (
          canvas_count (&canvas, expected, node->rect.x + 2, node->rect.y + 12, 4, 36),
          >, 60);
  }
  canvas_clear (&canvas);
  paint_models_free (models);
}

static int
differing (const Canvas *a, const Canvas *b) {
  int n = 0;

  for (int y = 0; y < a->height; y++)
    for (int x = 0; x < a->width; x++) {
      SkColor first = canvas_pixel (a, x, y), second = canvas_pixel (b, x, y);

      n += fabs (first.r - second.r) + fabs (first.g - second.g) +
               fabs (first.b - second.b) >
           0.1;
    }
  return n;
}

/* Every state can be told from every other without its colour: by shape. */
static void
test_states_differ (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 0);
  const SkNodeFlags flags[] = {
    0, SK_NODE_HOVER, SK_NODE_FOCUS, SK_NODE_SELECTED, 0, 0
  };
  Canvas canvases[G_N_ELEMENTS (flags)];
  const SkRect rect = { 10, 10, 92, 60 };
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++) {
    SkGraphLive live = models->live;
    gboolean frozen[64] = { 0 };
    SkLayerState *layers = models->snapshot.layers;

    frozen[graph->nodes[3].group] = i == 4;
    live.frozen = frozen;
    for (int p = 0; p < models->plan->n_parameters; p++)
      layers[p].non_finite =
          i == 5 && models->plan->parameters[p].group == graph->nodes[3].group;
    canvas_init (&canvases[i], 112, 80, &palette);
    sk_graph_draw_node (canvases[i].cr, graph, 3, &rect, &live, flags[i], &palette);
    canvas_check (&canvases[i]);
    for (gsize j = 0; j < i; j++)
      g_assert_cmpint (differing (&canvases[i], &canvases[j]), >, 60);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    canvas_clear (&canvases[i]);
  paint_models_free (models);
}

static void
test_words (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 0);
  g_autofree char *alive = sk_graph_describe (graph, 2, &models->live);
  g_autofree char *dead = sk_graph_describe (graph, 2, NULL);

  g_assert_nonnull (strstr (alive, "Block 1.0"));
  g_assert_nonnull (strstr (alive, "gradient"));
  g_assert_nonnull (strstr (alive, "skip"));
  g_assert_null (strstr (dead, "gradient"));
  g_assert_true (g_utf8_validate (alive, -1, NULL));
  paint_models_free (models);
}

static void
test_odd_states (void) {
  PaintModels *models = paint_models_new ("resnet18", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 1u << 2);
  const float odd[] = { NAN, INFINITY, 0, -1, 1e30f, 1e-30f };
  SkPalette palette;

  sk_palette_init (&palette, TRUE, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++) {
    SkGraphLive live = { 0 };
    Canvas canvas;

    for (int b = 0; b < models->plan->n_blocks; b++) {
      SkBlockState *state = &models->snapshot.blocks[b];

      state->gradient = state->skip = state->residual = state->gain = odd[i];
      state->lambda = odd[i];
    }
    sk_graph_live_take (&live, models->plan, &models->snapshot);
    draw (&canvas, graph, &live, 0.5, &palette);
    canvas_clear (&canvas);
  }
  for (double size = 0.5; size < 3000; size *= 3) {
    Canvas canvas;

    canvas_init (&canvas, ceil (size), ceil (size), &palette);
    sk_graph_draw (canvas.cr, graph, NULL, size, size, &palette);
    sk_graph_draw_key (canvas.cr, graph, &models->live, size, size, &palette);
    canvas_check (&canvas);
    canvas_clear (&canvas);
  }
  paint_models_free (models);
}

static void
test_speed (void) {
  PaintModels *models = paint_models_new ("resnet152", 10, 1);
  double layout = INFINITY, wires = INFINITY, nodes = INFINITY, flow = INFINITY;
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int trial = 0; trial < 5; trial++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1920, 600, 0);
    Canvas canvas;

    layout = MIN (layout, (g_get_monotonic_time () - start) / 1000.);
    canvas_init (&canvas, 1920, 600, &palette);
    cairo_scale (canvas.cr, 1920 / graph->width, 1920 / graph->width);
    start = g_get_monotonic_time ();
    sk_graph_draw_wires (canvas.cr, graph, &models->live, &palette);
    wires = MIN (wires, (g_get_monotonic_time () - start) / 1000.);
    start = g_get_monotonic_time ();
    for (int i = 0; i < graph->n_nodes; i++)
      sk_graph_draw_node (canvas.cr, graph, i, &graph->nodes[i].rect, &models->live, 0,
                          &palette);
    nodes = MIN (nodes, (g_get_monotonic_time () - start) / 1000.);
    start = g_get_monotonic_time ();
    sk_graph_draw_flow (canvas.cr, graph, &models->live, 0.3, &palette);
    flow = MIN (flow, (g_get_monotonic_time () - start) / 1000.);
    canvas_clear (&canvas);
  }
  g_test_message ("resnet152 at 1920: layout %.2f ms, wires %.1f ms, %d nodes %.1f ms, "
                  "flow %.1f ms",
                  layout, wires, models->plan->n_blocks + 5, nodes, flow);
  paint_models_free (models);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/graph/every-network", test_every_network);
  g_test_add_func ("/paint/graph/folds", test_folds);
  g_test_add_func ("/paint/graph/skips", test_skips_are_drawn);
  g_test_add_func ("/paint/graph/plain", test_plain_has_no_arcs);
  g_test_add_func ("/paint/graph/live", test_live);
  g_test_add_func ("/paint/graph/states", test_states_differ);
  g_test_add_func ("/paint/graph/lock", test_lock_covers_nothing);
  g_test_add_func ("/paint/graph/words", test_words);
  g_test_add_func ("/paint/graph/odd", test_odd_states);
  g_test_add_func ("/paint/graph/speed", test_speed);
  return g_test_run ();
}
