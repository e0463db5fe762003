/* The strength of branches: bars over what theory expects, |γ|, silent outputs. */

#include <math.h>
#include <string.h>

#include "branch.h"
#include "canvas.h"
#include "paint-models.h"

#define WIDTH 900
#define HEIGHT 320

static int
bar_height (const Canvas *canvas, const SkBranch *branch, int block,
            const SkPalette *palette) {
  int from = -1, to = -1;

  for (int x = 0; x < WIDTH; x++)
    if (sk_branch_at (branch, WIDTH, HEIGHT, palette, x, HEIGHT / 2.) == block) {
      from = from < 0 ? x : from;
      to = x;
    }
  g_assert_cmpint (to, >, from);
  /* Left of the middle: the diamond and the dots stand in it. */
  return canvas_count (canvas, palette->residual, from + (to - from) / 4, 0, 1, HEIGHT);
}

static void
test_bars (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkBranch) branch = sk_branch_new (models->plan);
  SkPalette palette;
  Canvas canvas;

  for (int i = 0; i < models->plan->n_blocks; i++) {
    models->snapshot.blocks[i].branch = i == 3 ? 1 : i == 4 ? 0.5f : 0;
    models->snapshot.blocks[i].gamma = 0;
  }
  sk_branch_update (branch, models->snapshot.blocks);
  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, WIDTH, HEIGHT, &palette);
  sk_branch_draw (canvas.cr, branch, WIDTH, HEIGHT, &palette, -1, -1);
  canvas_check (&canvas);
  g_assert_cmpint (bar_height (&canvas, branch, 5, &palette), ==, 0);
  g_assert_cmpint (bar_height (&canvas, branch, 4, &palette), >, 40);
  g_assert_cmpint (abs (bar_height (&canvas, branch, 3, &palette) -
                        2 * bar_height (&canvas, branch, 4, &palette)),
                   <=, 20); /* dots of the theory lie over both */
  canvas_clear (&canvas);
  paint_models_free (models);
}

/* The axis grows at once and shrinks only after a while. */
static void
test_axis (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkBranch) branch = sk_branch_new (models->plan);
  double high;

  sk_branch_update (branch, models->snapshot.blocks);
  models->snapshot.blocks[0].branch = 7;
  sk_branch_update (branch, models->snapshot.blocks);
  high = branch->top;
  g_assert_cmpfloat (high, >, 7);
  models->snapshot.blocks[0].branch = 1;
  for (int i = 0; i < 20; i++)
    sk_branch_update (branch, models->snapshot.blocks);
  g_assert_cmpfloat (branch->top, ==, high);
  for (int i = 0; i < 40; i++)
    sk_branch_update (branch, models->snapshot.blocks);
  g_assert_cmpfloat (branch->top, <, 3);
  paint_models_free (models);
}

static void
test_words (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkBranch) branch = sk_branch_new (models->plan);
  g_autofree char *empty = sk_branch_summary (branch);
  g_autofree char *words = NULL, *summary = NULL;

  g_assert_cmpstr (empty, ==, "Nothing measured yet");
  models->snapshot.blocks[3].branch = 0.01f;
  models->snapshot.blocks[3].gamma = 0.125f;
  models->snapshot.blocks[3].dead = 0.25f;
  sk_branch_update (branch, models->snapshot.blocks);
  words = sk_branch_describe (branch, 3);
  g_assert_cmpstr (words, ==,
                   "Block 2.0: F(x) against x 0.01, theory at the start 0.50, |γ| "
                   "0.125, silent outputs 25 %");
  summary = sk_branch_summary (branch);
  g_assert_true (g_str_has_prefix (summary, "Weakest: Block 2.0"));
  g_assert_cmpfloat (sk_branch_theory (0), ==, 1);
  paint_models_free (models);
}

/* Any network in any look and size; numbers that are none do no harm. */
static void
test_every (void) {
  const char *const nets[] = { "resnet20", "resnet152", "plain56" };
  const int sizes[][2] = { { 1, 1 }, { 200, 110 }, { 1280, 300 }, { 2560, 400 } };

  for (int look = 0; look < 4; look++)
    for (gsize n = 0; n < G_N_ELEMENTS (nets); n++) {
      PaintModels *models = paint_models_new (nets[n], 10, 1);
      g_autoptr (SkBranch) branch = sk_branch_new (models->plan);
      SkPalette palette;

      sk_palette_init (&palette, look & 1, look & 2);
      models->snapshot.blocks[1].branch = NAN;
      models->snapshot.blocks[1].gamma = INFINITY;
      sk_branch_update (branch, models->snapshot.blocks);
      for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++) {
        Canvas canvas;

        canvas_init (&canvas, sizes[s][0], sizes[s][1], &palette);
        sk_branch_draw (canvas.cr, branch, sizes[s][0], sizes[s][1], &palette, 2, 4);
        canvas_check (&canvas);
        if (sizes[s][0] > 1000)
          g_assert_cmpint (canvas_count_drawn (&canvas, 0, 0, sizes[s][0], sizes[s][1]),
                           >, 3000);
        canvas_clear (&canvas);
      }
      paint_models_free (models);
    }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/branch/bars", test_bars);
  g_test_add_func ("/paint/branch/axis", test_axis);
  g_test_add_func ("/paint/branch/words", test_words);
  g_test_add_func ("/paint/branch/every", test_every);
  return g_test_run ();
}
