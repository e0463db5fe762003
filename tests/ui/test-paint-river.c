/* The gradient river: which way it flows, whether its two terms agree, and where it ends. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "graph.h"
#include "paint-models.h"

static void
draw (Canvas *canvas, const SkGraph *graph, const SkGraphLive *live, double phase,
      const SkPalette *palette) {
  canvas_init (canvas, (int) ceil (graph->width), (int) ceil (graph->height), palette);
  sk_graph_draw_wires (canvas->cr, graph, live, palette);
  for (int i = 0; i < graph->n_nodes; i++)
    sk_graph_draw_node (canvas->cr, graph, i, &graph->nodes[i].rect, live, 0, palette);
  if (phase >= 0)
    sk_graph_draw_flow (canvas->cr, graph, live, phase, palette);
  canvas_check (canvas);
}

/* Pixels that are not the same in both, within a rectangle. */
static int
differing (const Canvas *a, const Canvas *b, int x0, int y0, int width, int height) {
  int n = 0;

  for (int y = MAX (y0, 0); y < MIN (y0 + height, a->height); y++)
    for (int x = MAX (x0, 0); x < MIN (x0 + width, a->width); x++) {
      SkColor first = canvas_pixel (a, x, y), second = canvas_pixel (b, x, y);

      n += fabs (first.r - second.r) + fabs (first.g - second.g) +
               fabs (first.b - second.b) >
           0.1;
    }
  return n;
}

static const SkGraphWire *
skip_of (const SkGraph *graph, int block) {
  for (int i = 0; i < graph->n_wires; i++)
    if (graph->wires[i].block == block)
      return &graph->wires[i];
  g_assert_not_reached ();
}

static int
node_of (const SkGraph *graph, int block) {
  for (int i = 0; i < graph->n_nodes; i++)
    if (graph->nodes[i].block == block)
      return i;
  g_assert_not_reached ();
}

static const struct {
  gboolean dark, high_contrast;
} looks[] = { { FALSE, FALSE }, { TRUE, FALSE }, { FALSE, TRUE }, { TRUE, TRUE } };

/* Both wires of every block show their colour, and chevrons on them that move. */
static void
test_flow (void) {
  const char *const nets[] = { "resnet20", "resnet152" };

  for (gsize l = 0; l < G_N_ELEMENTS (looks); l++)
    for (gsize n = 0; n < G_N_ELEMENTS (nets); n++)
      for (int width = 1280; width <= 2560; width *= 2) {
        PaintModels *models = paint_models_new (nets[n], 10, 1);
        g_autoptr (SkGraph) graph = sk_graph_new (models->plan, width, 0, 0);
        Canvas still, moved, bare;
        SkPalette palette;

        sk_palette_init (&palette, looks[l].dark, looks[l].high_contrast);
        draw (&bare, graph, &models->live, -1, &palette);
        draw (&still, graph, &models->live, 0, &palette);
        draw (&moved, graph, &models->live, 0.5, &palette);
        for (int b = 0; b < models->plan->n_blocks; b++) {
          const SkGraphWire *wire = skip_of (graph, b);
          const SkRect *rect = &graph->nodes[wire->to].rect;
          int x = (int) wire->x0 + 4, wide = (int) (wire->x1 - wire->x0) - 8;
          int lift = (int) wire->lift - 6, middle = (int) wire->y0 - 6;

          g_assert_cmpint (canvas_count (&bare, palette.skip, x, lift, wide, 12), >,
                           40);
          g_assert_cmpint (canvas_count (&bare, palette.residual, (int) rect->x, middle,
                                         (int) rect->width, 12),
                           >, 60);
          g_assert_cmpint (differing (&bare, &still, x, lift, wide, 12), >, 4);
          g_assert_cmpint (differing (&still, &moved, x, middle, wide, 12), >, 4);
        }
        canvas_clear (&bare);
        canvas_clear (&still);
        canvas_clear (&moved);
        paint_models_free (models);
      }
}

/* The three agreements look different at the fork; a fight also breaks the branch. */
static void
test_agreement (void) {
  const float cosines[] = { 0.5f, 0.02f, -0.5f };
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 0);
  const SkGraphWire *wire = skip_of (graph, 4);
  const SkRect *rect = &graph->nodes[wire->to].rect;
  int orange[G_N_ELEMENTS (cosines)];
  Canvas canvases[G_N_ELEMENTS (cosines)];
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cosines); i++) {
    models->snapshot.blocks[4].agreement = cosines[i];
    g_assert_cmpint (sk_agreement_of ((double) cosines[i]), ==, (SkAgreement) i);
    draw (&canvases[i], graph, &models->live, -1, &palette);
    orange[i] = canvas_count (&canvases[i], palette.residual, (int) rect->x,
                              (int) wire->y0 - 6, (int) rect->width, 12);
    for (gsize j = 0; j < i; j++)
      g_assert_cmpint (differing (&canvases[i], &canvases[j], (int) wire->x0 - 7,
                                  (int) wire->y0 - 7, 14, 14),
                       >, 15);
  }
  g_assert_cmpint (orange[0], ==, orange[1]);
  g_assert_cmpint (orange[2], <, 0.8 * orange[0]);
  for (gsize i = 0; i < G_N_ELEMENTS (cosines); i++)
    canvas_clear (&canvases[i]);
  paint_models_free (models);
}

/* Everything up to a block is frozen: wires before it are dry, and a dam stands there. */
static void
test_stop (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 0);
  SkBlockState *blocks = models->snapshot.blocks;
  gboolean *frozen = models->snapshot.frozen;
  int stop = node_of (graph, 4);
  g_autofree char *at = NULL, *before = NULL, *after = NULL;
  const SkGraphWire *wire = skip_of (graph, 4), *dry = skip_of (graph, 2);
  SkPalette palette;
  Canvas canvas;

  g_assert_cmpint (sk_graph_stop (graph, &models->live), ==, -1);
  for (int i = 0; i < graph->nodes[stop].group; i++)
    frozen[i] = TRUE;
  for (int i = 0; i <= 4; i++)
    blocks[i].gradient = blocks[i].skip = blocks[i].residual = blocks[i].gain = 0;
  g_assert_cmpint (sk_graph_stop (graph, &models->live), ==, stop);

  sk_palette_init (&palette, FALSE, FALSE);
  draw (&canvas, graph, &models->live, 0.2, &palette);
  g_assert_cmpint (
      canvas_count (&canvas, palette.ice, (int) wire->x0, (int) wire->y0 - 12, 14, 24),
      >, 60);
  /* A thin line is left where the forward path runs. */
  g_assert_cmpint (canvas_count (&canvas, palette.skip, (int) (dry->x0 + dry->x1) / 2,
                                 (int) dry->lift - 6, 1, 12),
                   <=, 2);
  canvas_clear (&canvas);

  at = sk_graph_describe (graph, stop, &models->live);
  before = sk_graph_describe (graph, stop - 1, &models->live);
  after = sk_graph_describe (graph, stop + 1, &models->live);
  g_assert_nonnull (strstr (at, "ends here"));
  g_assert_nonnull (strstr (before, "no gradient"));
  g_assert_null (strstr (after, "no gradient"));
  paint_models_free (models);
}

/* Everything is said that is drawn: RMS and share of both terms, agreement, gain. */
static void
test_words (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 1u << 2);
  SkBlockState *state = &models->snapshot.blocks[0];
  g_autofree char *line = NULL, *lines = NULL, *fold = NULL;

  state->gradient = 2e-3f;
  state->skip = 1.5e-3f;
  state->residual = 1e-3f;
  state->share = 0.6f;
  state->agreement = -0.3f;
  state->gain = 1.25f;
  state->branch = 0.4f;
  state->lambda = 0.5f;
  line = sk_graph_describe (graph, node_of (graph, 0), &models->live);
  lines = sk_graph_describe_lines (graph, node_of (graph, 0), &models->live);
  g_assert_cmpstr (line, ==,
                   "Block 1.0, 16 × 32², gradient 0.002, through the skip 60 %, RMS "
                   "0.0015, through the branch 40 %, RMS 0.001, they fight: agreement "
                   "−0.30, gain × 1.25, F(x) against x 0.40, skip scaled by 0.50");
  g_strdelimit (lines, "\n", '|');
  g_assert_nonnull (strstr (lines, "|they fight: agreement −0.30|gain × 1.25|"));
  fold = sk_graph_describe (graph, node_of (graph, 3), &models->live);
  g_assert_nonnull (strstr (fold, "Stage 2, 3 blocks"));
  g_assert_nonnull (strstr (fold, "gain"));
  paint_models_free (models);
}

/* The key grows by what there is to explain, and keeps within its place. */
static void
test_key (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 0);
  SkPalette palette;
  double bare, usual, full;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  bare = sk_graph_key_height (graph, NULL, 600, &palette);
  usual = sk_graph_key_height (graph, &models->live, 600, &palette);
  models->snapshot.blocks[1].lambda = 0;
  models->snapshot.blocks[2].lambda = 0.5f;
  models->snapshot.frozen[0] = models->snapshot.frozen[1] = TRUE;
  models->snapshot.layers[0].non_finite = 1;
  full = sk_graph_key_height (graph, &models->live, 600, &palette);
  g_assert_cmpfloat (bare, <, usual);
  g_assert_cmpfloat (usual, <, full);
  g_assert_cmpfloat (sk_graph_key_height (graph, &models->live, 2560, &palette), <,
                     full);

  canvas_init (&canvas, 600, (int) full + 40, &palette);
  sk_graph_draw_key (canvas.cr, graph, &models->live, 600, full, &palette);
  g_assert_cmpint (canvas_count_drawn (&canvas, 0, (int) (full - 1.5 * palette.text),
                                       600, (int) (1.5 * palette.text)),
                   >, 50);
  g_assert_cmpint (canvas_count_drawn (&canvas, 0, (int) full + 16, 600, 24), ==, 0);
  canvas_check (&canvas);
  canvas_clear (&canvas);
  paint_models_free (models);
}

/* What lies outside of the clip is left out, and nothing else. */
static void
test_clip (void) {
  PaintModels *models = paint_models_new ("resnet56", 10, 1);
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, 1280, 0, 0);
  const int x = 300, y = 120, width = 500, height = 260;
  SkPalette palette;
  Canvas all, part;

  sk_palette_init (&palette, TRUE, FALSE);
  canvas_init (&all, (int) graph->width, (int) graph->height, &palette);
  canvas_init (&part, (int) graph->width, (int) graph->height, &palette);
  cairo_rectangle (part.cr, x, y, width, height);
  cairo_clip (part.cr);
  sk_graph_draw_wires (all.cr, graph, &models->live, &palette);
  sk_graph_draw_wires (part.cr, graph, &models->live, &palette);
  sk_graph_draw_flow (all.cr, graph, &models->live, 0.7, &palette);
  sk_graph_draw_flow (part.cr, graph, &models->live, 0.7, &palette);
  g_assert_cmpint (differing (&all, &part, x, y, width, height), ==, 0);
  canvas_clear (&all);
  canvas_clear (&part);
  paint_models_free (models);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/river/flow", test_flow);
  g_test_add_func ("/paint/river/agreement", test_agreement);
  g_test_add_func ("/paint/river/stop", test_stop);
  g_test_add_func ("/paint/river/words", test_words);
  g_test_add_func ("/paint/river/key", test_key);
  g_test_add_func ("/paint/river/clip", test_clip);
  return g_test_run ();
}
