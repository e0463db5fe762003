/* The depth × time strip: what its pixels say, at any length. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "paint-models.h"
#include "strip.h"

#define WIDTH 700
#define HEIGHT 300

static gboolean
is_color (SkColor a, SkColor b) {
  return fabs (a.r - b.r) < 0.02 && fabs (a.g - b.g) < 0.02 && fabs (a.b - b.b) < 0.02;
}

/* Fills @n columns with 1e-2 in the first half of time, 1e-4 in the second; one block is
 * broken once. */
static SkStrip *
two_halves (const PaintModels *models, int n) {
  SkStrip *strip = sk_strip_new (models->plan, SK_STRIP_BLOCKS);
  SkBlockState states[64] = { 0 };

  for (int i = 0; i < n; i++) {
    for (int row = 0; row < models->plan->n_blocks; row++)
      states[row].gradient = row == 8 ? 0 : i < n / 2 ? 1e-2f : 1e-4f;
    if (i == n / 4)
      states[2].gradient = NAN;
    sk_strip_append (strip, i + 1, states, NULL);
  }
  return strip;
}

static void
test_colors (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  const int lengths[] = { 40, 700, 5000, 100003 };
  SkStripView view = { 0 };
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (gsize l = 0; l < G_N_ELEMENTS (lengths); l++) {
    g_autoptr (SkStrip) strip = two_halves (models, lengths[l]);
    const SkLogRange *range = sk_strip_range (strip);
    SkColor early = sk_palette_scale (&palette, sk_log_range_place (range, 1e-2));
    SkColor late = sk_palette_scale (&palette, sk_log_range_place (range, 1e-4));
    int seen_early = 0, seen_late = 0, seen_zero = 0;
    Canvas canvas;

    canvas_init (&canvas, WIDTH, HEIGHT, &palette);
    sk_strip_draw (canvas.cr, strip, &view, WIDTH, HEIGHT, &palette);
    canvas_check (&canvas);
    for (int x = 0; x < WIDTH; x += 7)
      for (int y = 0; y < HEIGHT; y += 7) {
        int row;
        gssize column;
        SkColor color = canvas_pixel (&canvas, x, y);

        if (!sk_strip_at (strip, &view, WIDTH, HEIGHT, &palette, x, y, &row, &column))
          continue;
        column = sk_strip_step (strip, column) - 1;
        if (fabs (column - lengths[l] / 2.) < lengths[l] * 0.03 + 2)
          continue; /* near the change */
        seen_zero += row == 8 && is_color (color, palette.surface);
        seen_early += row < 8 && column < lengths[l] / 2 && is_color (color, early);
        seen_late += row < 8 && column > lengths[l] / 2 && is_color (color, late);
      }
    g_assert_cmpint (seen_early, >, 600);
    g_assert_cmpint (seen_late, >, 600);
    g_assert_cmpint (seen_zero, >, 100);
    /* However many steps share its pixel, the broken one is seen. */
    g_assert_cmpint (canvas_count (&canvas, palette.error, 0, 0, WIDTH, HEIGHT), >, 10);
    canvas_clear (&canvas);
  }
  paint_models_free (models);
}

static void
test_values (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkStrip) strip = sk_strip_new (models->plan, SK_STRIP_BLOCKS);
  const float values[] = { 1e-25f, 3.7e-6f, 0.5f, 2e7f };
  SkBlockState states[9] = { 0 };
  g_autofree char *words = NULL;

  for (int i = 0; i < 4; i++)
    states[i].gradient = values[i];
  states[5].gradient = INFINITY;
  sk_strip_append (strip, 30, states, NULL);
  sk_strip_append (strip, 20, states, NULL); /* time does not run backwards */
  g_assert_cmpuint (sk_strip_n_columns (strip), ==, 1);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (fabs (sk_strip_value (strip, 0, i) / values[i] - 1), <, 1e-3);
  g_assert_cmpfloat (sk_strip_value (strip, 0, 4), ==, 0);
  g_assert_true (isnan (sk_strip_value (strip, 0, 5)));
  words = sk_strip_describe (strip, 2, 0);
  g_assert_nonnull (strstr (words, "1.2"));
  g_assert_nonnull (strstr (words, "0.5"));
  sk_strip_clear (strip);
  g_assert_cmpuint (sk_strip_n_columns (strip), ==, 0);
  paint_models_free (models);
}

static void
test_sizes (void) {
  PaintModels *models = paint_models_new ("resnet152", 10, 1);
  const int sizes[] = { 1, 20, 70, 200, 2600 };
  SkPalette palette;

  sk_palette_init (&palette, TRUE, TRUE);
  for (int n = 0; n < 40; n += 13) {
    g_autoptr (SkStrip) strip = paint_models_strip (models, n);

    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (gsize j = 0; j < G_N_ELEMENTS (sizes) - 1; j++) {
        SkStripView view = { 50, j == 2 ? 51 : 0 };
        Canvas canvas;

        canvas_init (&canvas, sizes[i], sizes[j], &palette);
        sk_strip_draw (canvas.cr, strip, &view, sizes[i], sizes[j], &palette);
        sk_strip_draw_pointed (canvas.cr, strip, &view, sizes[i], sizes[j], &palette, 3,
                               n / 2);
        canvas_check (&canvas);
        canvas_clear (&canvas);
      }
  }
  paint_models_free (models);
}

static void
test_speed (void) {
  PaintModels *models = paint_models_new ("resnet152", 10, 1);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (SkStrip) strip = paint_models_strip (models, 100000);
  double appended = (g_get_monotonic_time () - start) / 1000., drawn = INFINITY;
  SkStripView view = { 0 };
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int trial = 0; trial < 5; trial++) {
    Canvas canvas;

    canvas_init (&canvas, 1920, 500, &palette);
    start = g_get_monotonic_time ();
    sk_strip_draw (canvas.cr, strip, &view, 1920, 500, &palette);
    drawn = MIN (drawn, (g_get_monotonic_time () - start) / 1000.);
    canvas_clear (&canvas);
  }
  g_test_message ("50 blocks, 100,000 steps: recorded in %.0f ms, drawn in %.1f ms",
                  appended, drawn);
  paint_models_free (models);
}

/* A run however long keeps a bounded number of columns, all of it in time, and the news. */
static void
test_long (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkStrip) strip = two_halves (models, 300000);
  gsize n = sk_strip_n_columns (strip), broken = 0;

  g_assert_cmpuint (n, <=, 16384);
  g_assert_cmpuint (n, >, 4000);
  g_assert_cmpint (sk_strip_step (strip, 0), ==, 1);
  g_assert_cmpint (sk_strip_step (strip, n - 1), >, 299000);
  for (gsize i = 0; i < n; i++) {
    broken += isnan (sk_strip_value (strip, i, 2)) != 0;
    g_assert_true (i == 0 || sk_strip_step (strip, i) > sk_strip_step (strip, i - 1));
  }
  g_assert_cmpuint (broken, ==, 1);
  g_assert_cmpint (sk_strip_step (strip, sk_strip_nearest (strip, 150000)), >, 149900);
  g_assert_cmpint (sk_strip_step (strip, sk_strip_nearest (strip, 150000)), <, 150100);
  g_assert_cmpuint (sk_strip_nearest (strip, 1e12), ==, n - 1);
  paint_models_free (models);
}

/* Every layer is a row, in the order of depth, and knows its block. */
static void
test_layers (void) {
  PaintModels *models = paint_models_new ("resnet18", 10, 1);
  g_autoptr (SkStrip) strip = sk_strip_new (models->plan, SK_STRIP_LAYERS);
  g_autofree char *words = NULL, *summary = NULL;

  /* 20 convolutions, 3 of them projections besides, and the head. */
  g_assert_cmpint (sk_strip_n_rows (strip), ==, 21);
  g_assert_false (sk_strip_append (strip, 1, models->snapshot.blocks, NULL));
  g_assert_cmpuint (sk_strip_n_columns (strip), ==, 0);
  g_assert_true (sk_strip_append (strip, 1, NULL, models->snapshot.layers));
  g_assert_cmpint (sk_strip_block (strip, 0), ==, -1);
  g_assert_cmpint (sk_strip_block (strip, 1), ==, 0);
  g_assert_cmpint (sk_strip_block (strip, 20), ==, -1);
  g_assert_cmpint (sk_strip_row (strip, 1), ==, 3);
  g_assert_cmpint (sk_strip_row (strip, 99), ==, -1);
  words = sk_strip_describe (strip, 1, 0);
  g_assert_nonnull (strstr (words, "layer1.0.conv1, step 1"));
  summary = sk_strip_summary (strip);
  g_assert_nonnull (strstr (summary, "conv1"));
  paint_models_free (models);
}

/* γ that begins at 0 wakes up, the head's side first; a ring tells when. */
static void
test_awakening (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  g_autoptr (SkStrip) strip = sk_strip_new (models->plan, SK_STRIP_GAMMA);
  SkStripView view = { .cursor = 60, .block = 4 };
  SkBlockState states[9] = { 0 };
  g_autofree char *summary = NULL;
  SkPalette palette;
  Canvas canvas;

  for (int step = 1; step <= 100; step++) {
    for (int row = 0; row < 9; row++)
      states[row].gamma = row == 0   ? 1
                          : row == 3 ? 0
                                     : MAX (step - 10 * (9 - row), 0) * 0.011f;
    sk_strip_append (strip, step, states, NULL);
  }
  g_assert_cmpint (sk_strip_woke (strip, 0), ==, 0);
  g_assert_cmpint (sk_strip_woke (strip, 3), ==, 0);
  for (int row = 4; row < 9; row++)
    g_assert_cmpint (sk_strip_woke (strip, row), ==, 10 * (9 - row) + 2);
  summary = sk_strip_summary (strip);
  g_assert_cmpstr (summary, ==,
                   "7 branches woke, first 3.2 at step 12, last 1.1 at step 82; 1 "
                   "asleep");
  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, WIDTH, HEIGHT, &palette);
  sk_strip_draw (canvas.cr, strip, &view, WIDTH, HEIGHT, &palette);
  sk_strip_draw_pointed (canvas.cr, strip, &view, WIDTH, HEIGHT, &palette, 5, 50);
  canvas_check (&canvas);
  canvas_clear (&canvas);
  paint_models_free (models);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/strip/colors", test_colors);
  g_test_add_func ("/paint/strip/values", test_values);
  g_test_add_func ("/paint/strip/sizes", test_sizes);
  g_test_add_func ("/paint/strip/long", test_long);
  g_test_add_func ("/paint/strip/layers", test_layers);
  g_test_add_func ("/paint/strip/awakening", test_awakening);
  g_test_add_func ("/paint/strip/speed", test_speed);
  return g_test_run ();
}
