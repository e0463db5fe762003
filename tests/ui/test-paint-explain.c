/* Explanations as pictures: the waterfall's rows, the heat over a picture, every size. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "heat.h"
#include "waterfall-picture.h"

static SkExplanation *
explanation_of (int n_blocks, gboolean skips) {
  SkExplanation *why = sk_explanation_new (n_blocks);

  why->class = 3;
  why->class_name = g_strdup ("cat");
  why->bias = -0.5;
  why->stem = 0.25;
  why->logit = why->bias + why->stem;
  for (int b = 0; b < n_blocks; b++) {
    SkBlockView *view = &why->blocks[b];

    view->name = g_strdup_printf ("layer%d.%d", 1 + 3 * b / n_blocks, b);
    view->added = b == n_blocks - 2 ? 5 : b % 3 - 0.8;
    why->logit += view->added;
    view->exit_class = skips ? (b < n_blocks - 3 ? 7 : 3) : -1;
    view->exit_name = skips ? g_strdup (b < n_blocks - 3 ? "horse" : "cat") : NULL;
    view->exit_probability = 0.5f;
  }
  return why;
}

static void
test_rows (void) {
  g_autoptr (SkExplanation) why = explanation_of (9, TRUE);
  g_autofree char *words = sk_waterfall_describe (why, 7);
  g_autofree char *sum = sk_waterfall_sum_up (why);
  SkPalette palette;
  int last = -1, seen = 0;

  sk_palette_init (&palette, FALSE, FALSE);
  for (double y = 0; y < 400; y++) {
    int block = sk_waterfall_at (why, 400, &palette, y);

    if (block >= 0 && block != last) {
      g_assert_cmpint (block, ==, last + 1);
      last = block;
      seen++;
    }
  }
  g_assert_cmpint (seen, ==, 9);
  g_assert_nonnull (strstr (words, "+5.00"));
  g_assert_nonnull (strstr (words, "cat"));
  g_assert_nonnull (strstr (sum, "layer3.7"));
  g_assert_nonnull (strstr (sum, "layer3.6"));
}

/* Each rule has a mark of its own in the words, and percents where there are any. */
static void
test_rules (void) {
  static const struct {
    SkExitRule rule;
    const char *words, *percent;
  } cases[] = {
    { SK_EXIT_RULE_MEANS, "nearest class mean is that of cat", NULL },
    { SK_EXIT_RULE_HEAD, "the head would say cat", "50 percent" },
    { SK_EXIT_RULE_SKIPS, "by the skips alone", "50 percent" },
  };
  g_autoptr (SkExplanation) why = explanation_of (9, TRUE);
  g_autoptr (SkExplanation) plain = explanation_of (9, FALSE);
  g_autofree char *nothing = sk_waterfall_describe (plain, 7);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SkBlockView *view = &why->blocks[7];
    g_autofree char *words = NULL;

    view->exit_rule = cases[i].rule;
    view->exit_probability = cases[i].rule == SK_EXIT_RULE_MEANS ? NAN : 0.5f;
    words = sk_waterfall_describe (why, 7);
    g_assert_nonnull (strstr (words, cases[i].words));
    g_assert_cmpint (strstr (words, "percent") != NULL, ==, cases[i].percent != NULL);
    g_assert_null (strstr (words, "nan"));
  }
  g_assert_null (strstr (nothing, "head"));
}

static void
test_sizes (void) {
  const int sizes[] = { 1, 40, 200, 700, 2560 }, blocks[] = { 1, 9, 50 };

  for (gsize b = 0; b < G_N_ELEMENTS (blocks); b++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (gsize j = 0; j < G_N_ELEMENTS (sizes) - 1; j++) {
        g_autoptr (SkExplanation) why = explanation_of (blocks[b], i % 2);
        SkPalette palette;
        Canvas canvas;

        sk_palette_init (&palette, i % 2, j % 2);
        canvas_init (&canvas, sizes[i], sizes[j], &palette);
        sk_waterfall_draw (canvas.cr, why, sizes[i], sizes[j], &palette, 0, -1);
        canvas_check (&canvas);
        canvas_clear (&canvas);
      }
}

/* A grey picture whose lower right corner is hot. */
static void
test_heat (void) {
  guint8 pixels[8 * 8 * 3];
  const SkPixels picture = { pixels, 8, 8 };
  SkPalette palette;
  SkColor cold, hot;
  Canvas canvas;
  SkRect rect;
  SkMap map;

  memset (pixels, 128, sizeof pixels);
  sk_map_init (&map, 4, 4);
  map.values[15] = 2;
  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, 200, 100, &palette);
  rect =
      sk_heat_draw (canvas.cr, &picture, &map, SK_HEAT_POSITIVE, 1, 200, 100, &palette);
  canvas_check (&canvas);
  g_assert_cmpfloat (rect.width, ==, 100);
  g_assert_cmpfloat (rect.x, ==, 50);
  cold = canvas_pixel (&canvas, 55, 5);
  hot = canvas_pixel (&canvas, 147, 97);
  g_assert_cmpfloat (cold.r + cold.g + cold.b, <, 0.6);
  g_assert_cmpfloat (hot.r + hot.g, >, 2 * 0.7);
  g_assert_cmpstr (sk_heat_where (&map), ==, "lower right");
  canvas_clear (&canvas);

  /* Nothing to show is no reason to fail, nor to hide the picture. */
  canvas_init (&canvas, 50, 50, &palette);
  map.values[15] = NAN;
  sk_heat_draw (canvas.cr, &picture, &map, SK_HEAT_SIGNED, 0.5, 50, 50, &palette);
  sk_heat_draw (canvas.cr, &picture, &map, SK_HEAT_POSITIVE, 0.5, 50, 50, &palette);
  g_assert_cmpfloat_with_epsilon (canvas_pixel (&canvas, 25, 25).r, 128 / 255., 0.01);
  sk_heat_draw (canvas.cr, &picture, NULL, SK_HEAT_SIGNED, 0.5, 50, 50, &palette);
  sk_heat_draw_map (canvas.cr, &map, SK_HEAT_SIGNED, &(SkRect){ 0, 0, 20, 20 },
                    &palette);
  canvas_check (&canvas);
  canvas_clear (&canvas);
  sk_map_clear (&map);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/explain/rows", test_rows);
  g_test_add_func ("/paint/explain/rules", test_rules);
  g_test_add_func ("/paint/explain/sizes", test_sizes);
  g_test_add_func ("/paint/explain/heat", test_heat);
  return g_test_run ();
}
