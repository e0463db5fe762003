/* The picture of a lesion study: bars where the numbers are, and what it says in words. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "lesion-chart.h"
#include "paint-models.h"

#define WIDTH 900
#define HEIGHT 560

/* 200 pictures: the whole network gets 180 right; block b costs 10·b of them, the last
 * one gains five. */
static SkLesions *
lesions_new (const char *net) {
  PaintModels *models = paint_models_new (net, 1, 1);
  SkLesions *self = sk_lesions_new (models->plan);
  int n = models->plan->n_blocks;

  self->images = self->images_wanted = 200;
  self->whole = (SkLesionScore){ 200, 180, 200 * 0.3 };
  for (int b = 0; b < n; b++) {
    int right = b == n - 1 ? 185 : MAX (180 - 10 * b, 0);

    self->sets[b].score =
        (SkLesionScore){ 200, right, 200 * (0.3 + 0.01 * (180 - right)) };
  }
  self->data = g_strdup ("CIFAR-10");
  paint_models_free (models);
  return self;
}

/* Some point of a block's column, in the upper panel. */
static void
find_block (const SkLesions *lesions, const SkPalette *palette, int block, int *left,
            int *right) {
  *left = -1;
  for (int x = 0; x < WIDTH; x++)
    if (sk_lesion_chart_at (lesions, WIDTH, HEIGHT, palette, x, 100) == block) {
      *left = *left < 0 ? x : *left;
      *right = x;
    }
  g_assert_cmpint (*left, >=, 0);
}

static void
test_bars (void) {
  g_autoptr (SkLesions) lesions = lesions_new ("resnet20");
  int heights[9];
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, WIDTH, HEIGHT, &palette);
  sk_lesion_chart_draw (canvas.cr, lesions, WIDTH, HEIGHT, &palette, NULL, -1);
  canvas_check (&canvas);
  for (int b = 0; b < 9; b++) {
    int left, right = 0, middle;

    find_block (lesions, &palette, b, &left, &right);
    middle = (left + right) / 2;
    heights[b] = 0;
    for (int y = 30; y < HEIGHT / 2 && b % 3; y++) {
      SkColor color = canvas_pixel (&canvas, middle, y);

      heights[b] += color.r > 0.6 && color.g < 0.5 && color.b < 0.5;
    }
  }
  /* Twice the loss is a bar twice as long; what gains has none of that colour. */
  g_assert_cmpint (heights[1], >, 4);
  g_assert_cmpint (ABS (heights[2] - 2 * heights[1]), <=, 4);
  g_assert_cmpint (ABS (heights[4] - 4 * heights[1]), <=, 8);
  g_assert_cmpint (heights[8], <=, 2);
  canvas_clear (&canvas);
}

static void
test_words (void) {
  g_autoptr (SkLesions) lesions = lesions_new ("resnet20");
  g_autoptr (SkLesions) plain = lesions_new ("plain20");
  g_autofree char *block = sk_lesion_describe (lesions, 2);
  g_autofree char *sentence = sk_lesion_sentence (lesions);
  g_autofree char *plainly = sk_lesion_sentence (plain);

  g_assert_nonnull (strstr (block, "layer1.2"));
  g_assert_nonnull (strstr (block, "80.0 %"));
  g_assert_nonnull (strstr (block, "−10.0"));
  g_assert_nonnull (strstr (sentence, "90.0 %"));
  g_assert_nonnull (strstr (sentence, "layer3.1"));
  g_assert_nonnull (strstr (sentence, "−35.0"));
  g_assert_null (strstr (sentence, "plain"));
  g_assert_nonnull (strstr (plainly, "plain"));
}

static void
test_every_look (void) {
  static const char *const nets[] = { "resnet20", "resnet110", "plain56", "resnet152" };

  for (guint i = 0; i < G_N_ELEMENTS (nets); i++) {
    g_autoptr (SkLesions) lesions = lesions_new (nets[i]);

    sk_lesions_add_random (lesions, 10, 3, 1);
    for (int look = 0; look < 4; look++)
      for (int size = 1; size < 2000; size = size * 3 + 40) {
        SkPalette palette;
        Canvas canvas;

        sk_palette_init (&palette, look % 2, look / 2);
        canvas_init (&canvas, size, MAX (size / 2, 1), &palette);
        sk_lesion_chart_draw (canvas.cr, lesions, size, size / 2.0, &palette, NULL, 2);
        sk_lesion_chart_draw (canvas.cr, NULL, size, size / 2.0, &palette, NULL, 2);
        sk_lesion_chart_figure (canvas.cr, size, size / 2.0, &palette, lesions);
        canvas_check (&canvas);
        canvas_clear (&canvas);
      }
  }
}

/* Losses that are no numbers are drawn to the edge. */
static void
test_not_finite (void) {
  g_autoptr (SkLesions) lesions = lesions_new ("resnet20");
  g_autofree char *sentence = NULL;
  SkPalette palette;
  Canvas canvas;

  lesions->sets[3].score.loss = (double) NAN;
  lesions->sets[4].score.loss = (double) INFINITY;
  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, WIDTH, HEIGHT, &palette);
  sk_lesion_chart_draw (canvas.cr, lesions, WIDTH, HEIGHT, &palette, NULL, 3);
  canvas_check (&canvas);
  canvas_clear (&canvas);
  sentence = sk_lesion_sentence (lesions);
  g_assert_nonnull (sentence);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/lesion/bars", test_bars);
  g_test_add_func ("/paint/lesion/words", test_words);
  g_test_add_func ("/paint/lesion/looks", test_every_look);
  g_test_add_func ("/paint/lesion/not-finite", test_not_finite);
  return g_test_run ();
}
