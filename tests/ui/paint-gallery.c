/* Every picture, for every kind of network and look, as PNG files in a folder: to be seen
 * with one's own eyes. paint-gallery FOLDER [SCALE [FONT]] */

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>

#include "branch.h"
#include "figures.h"
#include "paint-models.h"
#include "strip.h"

static const struct {
  const char *name;
  gboolean dark, high_contrast;
} looks[] = {
  { "light", FALSE, FALSE },
  { "dark", TRUE, FALSE },
  { "light-contrast", FALSE, TRUE },
  { "dark-contrast", TRUE, TRUE },
};

static const char *const nets[] = { "resnet20",  "resnet18",  "resnet50",
                                    "resnet110", "resnet152", "plain56" };

static void
save (const char *folder, const char *name, double width, double height, double scale,
      const SkPalette *palette, SkPictureFunc picture, gconstpointer data) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  if (!sk_export (path, width, height, scale, palette, picture, data, &error))
    g_error ("%s", error->message);
  printf ("%-44s %6.1f ms\n", name, (g_get_monotonic_time () - start) / 1000.);
}

/* The graph alone, with every state a node can be in. */
static void
draw_states (cairo_t *cr, double width, double height, const SkPalette *palette,
             gconstpointer data) {
  const PaintModels *models = data;
  g_autoptr (SkGraph) graph =
      sk_graph_new (models->plan, width, height, 1u << models->plan->variant.n_stages);

  cairo_scale (cr, width / graph->width, width / graph->width);
  sk_graph_draw_wires (cr, graph, &models->live, palette);
  for (int i = 0; i < graph->n_nodes; i++)
    sk_graph_draw_node (cr, graph, i, &graph->nodes[i].rect, &models->live,
                        i == 4   ? SK_NODE_SELECTED
                        : i == 5 ? SK_NODE_FOCUS
                        : i == 6 ? SK_NODE_HOVER
                        : i == 7 ? SK_NODE_SELECTED | SK_NODE_FOCUS
                                 : 0,
                        palette);
  sk_graph_draw_flow (cr, graph, &models->live, 0.3, palette);
}

/* The stem and the first blocks are frozen: the gradient ends. */
static void
draw_stopped (cairo_t *cr, double width, double height, const SkPalette *palette,
              gconstpointer data) {
  const PaintModels *models = data;
  const SkPlan *plan = models->plan;
  int n = plan->n_blocks / 2;
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, width, height - 100, 0);
  g_autofree SkBlockState *blocks =
      g_memdup2 (models->snapshot.blocks, (gsize) plan->n_blocks * sizeof *blocks);
  g_autofree gboolean *frozen = g_new0 (gboolean, plan->n_groups);
  SkGraphLive live = models->live;

  live.blocks = blocks;
  live.frozen = frozen;
  for (int i = 0; i <= n; i++)
    frozen[i] = TRUE;
  for (int i = 0; i <= n; i++)
    blocks[i].gradient = blocks[i].skip = blocks[i].residual = blocks[i].gain =
        blocks[i].share = blocks[i].agreement = 0;
  sk_graph_draw (cr, graph, &live, width, height - 100, palette);
  cairo_translate (cr, 10, height - 95);
  sk_graph_draw_key (cr, graph, &live, width - 20, 95, palette);
}

static void
draw_bare (cairo_t *cr, double width, double height, const SkPalette *palette,
           gconstpointer data) {
  const PaintModels *models = data;
  g_autoptr (SkGraph) graph = sk_graph_new (models->plan, width, height, 0);

  sk_graph_draw (cr, graph, NULL, width, height, palette);
}

static void
draw_crosshair (cairo_t *cr, double width, double height, const SkPalette *palette,
                gconstpointer data) {
  const PaintModels *models = data;
  SkCurvesView view = { .log_loss = TRUE, .in_steps = TRUE };

  sk_curves_draw (cr, models->curves, &view, width, height, palette);
  sk_curves_draw_crosshair (cr, models->curves, &view, width, height, palette,
                            0.3 * width, 0.4 * height);
}

static void
draw_hover (cairo_t *cr, double width, double height, const SkPalette *palette,
            gconstpointer data) {
  const PaintModels *models = data;

  sk_bars_draw (cr, models->bars, width, height, palette, 5);
}

static void
draw_empty (cairo_t *cr, double width, double height, const SkPalette *palette,
            gconstpointer data) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkCurvesView view = { .until = 1000 };

  sk_curves_draw (cr, curves, &view, width, height, palette);
}

static void
draw_strip (cairo_t *cr, double width, double height, const SkPalette *palette,
            gconstpointer data) {
  const PaintModels *models = data;
  g_autoptr (SkStrip) strip = paint_models_strip (models, 4000);
  SkStripView view = { 0 };

  sk_strip_draw (cr, strip, &view, width, height, palette);
  sk_strip_draw_pointed (cr, strip, &view, width, height, palette, 4, 1500);
}

static void
draw_branch (cairo_t *cr, double width, double height, const SkPalette *palette,
             gconstpointer data) {
  const PaintModels *models = data;
  g_autoptr (SkBranch) branch = sk_branch_new (models->plan);

  sk_branch_update (branch, models->snapshot.blocks);
  sk_branch_draw (cr, branch, width, height, palette, 5, 3);
}

/* Branches that slept at first wake up from the head to the stem. */
static void
draw_awakening (cairo_t *cr, double width, double height, const SkPalette *palette,
                gconstpointer data) {
  const PaintModels *models = data;
  int n = models->plan->n_blocks;
  g_autoptr (SkStrip) strip = sk_strip_new (models->plan, SK_STRIP_GAMMA);
  g_autofree SkBlockState *states = g_new0 (SkBlockState, n);
  SkStripView view = { .cursor = 700, .block = 3 };

  for (int step = 1; step <= 1200; step++) {
    for (int i = 0; i < n; i++)
      states[i].gamma =
          (float) (0.4 * (1 - exp (-MAX (step - 400. * (n - i) / n, 0) / 300)));
    sk_strip_append (strip, step, states, NULL);
  }
  sk_strip_draw (cr, strip, &view, width, height, palette);
}

static void
draw_one_net (const char *folder, const char *net, double scale, const char *font) {
  PaintModels *models = paint_models_new (net, 3900, 10);
  g_autofree char *title =
      g_strdup_printf ("%s on CIFAR-10", models->plan->variant.title);
  SkFigures figures = { title,        "epoch 10 of 10 · test accuracy 90.1 %",
                        models->plan, models->curves,
                        models->bars, &models->live };

  sk_curves_add_event (models->curves, 900, "learning rate × 0.1");
  sk_curves_add_event (models->curves, 1500, "layer2.0 frozen");
  models->snapshot.frozen[1] = models->snapshot.frozen[2] = TRUE;
  models->snapshot.blocks[3].lambda = 0;
  models->snapshot.blocks[4].lambda = 0.5;
  sk_bars_update (models->bars, models->plan, models->snapshot.layers,
                  models->snapshot.frozen);
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++) {
    SkPalette palette;
    struct {
      const char *name;
      SkPictureFunc picture;
      double height;
      gconstpointer data;
    } pictures[] = {
      { "network", sk_figure_network, 720, &figures },
      { "curves", sk_figure_curves, 520, &figures },
      { "gradients", sk_figure_gradients, 420, &figures },
      { "states", draw_states, 600, models },
      { "bare", draw_bare, 500, models },
      { "stopped", draw_stopped, 600, models },
      { "crosshair", draw_crosshair, 520, models },
      { "hover", draw_hover, 300, models },
      { "strip", draw_strip, 460, models },
      { "branch", draw_branch, 360, models },
      { "awakening", draw_awakening, 360, models },
      { "empty", draw_empty, 420, models },
    };

    sk_palette_init (&palette, looks[i].dark, looks[i].high_contrast);
    if (font != NULL)
      palette.font = font;
    for (gsize p = 0; p < G_N_ELEMENTS (pictures); p++) {
      g_autofree char *name =
          g_strdup_printf ("%s-%s-%s.png", net, pictures[p].name, looks[i].name);

      save (folder, name, 1280, pictures[p].height, scale, &palette,
            pictures[p].picture, pictures[p].data);
    }
  }
  paint_models_free (models);
}

int
main (int argc, char **argv) {
  double scale = argc > 2 ? g_ascii_strtod (argv[2], NULL) : 1;

  if (argc < 2) {
    fprintf (stderr, "usage: paint-gallery FOLDER [SCALE [FONT]]\n");
    return 2;
  }
  g_mkdir_with_parents (argv[1], 0755);
  for (gsize i = 0; i < G_N_ELEMENTS (nets); i++)
    draw_one_net (argv[1], nets[i], scale, argc > 3 ? argv[3] : NULL);
  return 0;
}
