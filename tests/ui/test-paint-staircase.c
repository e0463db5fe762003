/* The staircase of early exits: its steps, their heights and looks, its words, every
 * size. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "staircase.h"

#define IMAGES 200

/* @n_means steps in stages of three by class means, then three by the head. */
static SkExits *
exits_of (int n_means) {
  SkExits *exits = g_new0 (SkExits, 1);

  exits->images = IMAGES;
  exits->classes = 10;
  exits->mean_images = n_means > 0 ? 1000 : 0;
  exits->n_steps = n_means + 3;
  exits->steps = g_new0 (SkExitStep, exits->n_steps);
  for (int i = 0; i < exits->n_steps; i++) {
    SkExitStep *step = &exits->steps[i];
    gboolean head = i >= n_means;

    step->stage = 1 + i / 3;
    step->block = g_strdup_printf ("layer%d.%d", step->stage, i % 3);
    step->rule = head ? SK_EXIT_RULE_HEAD : SK_EXIT_RULE_MEANS;
    step->n_correct = head ? 60 + 60 * (i - n_means) : 50 + 50 * i / MAX (n_means, 1);
  }
  return exits;
}

static void
test_steps (void) {
  g_autoptr (SkExits) exits = exits_of (6);
  SkPalette palette;
  int last = -1, seen = 0;

  sk_palette_init (&palette, FALSE, FALSE);
  for (double x = 0; x < 600; x++) {
    int step = sk_staircase_at (exits, 600, 400, &palette, x, 200);

    if (step >= 0 && step != last) {
      g_assert_cmpint (step, ==, last + 1);
      last = step;
      seen++;
    }
  }
  g_assert_cmpint (seen, ==, 9);
  g_assert_cmpint (sk_staircase_at (exits, 600, 400, &palette, 300, 2), ==, -1);
  g_assert_cmpint (sk_staircase_at (NULL, 600, 400, &palette, 300, 200), ==, -1);
}

/* The top of a step lies where its accuracy is, whatever the rule. */
static void
test_heights (void) {
  g_autoptr (SkExits) exits = exits_of (6);
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, 600, 400, &palette);
  sk_staircase_draw (canvas.cr, exits, 600, 400, &palette, -1);
  canvas_check (&canvas);
  for (int i = 0; i < exits->n_steps; i++) {
    SkColor color =
        exits->steps[i].rule == SK_EXIT_RULE_HEAD ? palette.train : palette.test;
    SkRect column;
    int y;

    g_assert_true (sk_staircase_column (exits, 600, 400, &palette, i, &column));
    y = (int) (column.y + column.height * (1 - sk_exits_accuracy (exits, i)));
    g_assert_cmpint (canvas_count (&canvas, color, (int) column.x + 4, y - 2,
                                   (int) column.width - 8, 4),
                     >=, (int) column.width - 8);
    g_assert_cmpint (canvas_count (&canvas, color, (int) column.x + 4, (int) column.y,
                                   (int) column.width - 8, y - 3 - (int) column.y),
                     ==, 0);
  }
  canvas_clear (&canvas);
}

/* Who answers shows without colours too: only class means are hatched. */
static void
test_rules (void) {
  g_autoptr (SkExits) exits = exits_of (6);
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, 600, 400, &palette);
  sk_staircase_draw (canvas.cr, exits, 600, 400, &palette, -1);
  for (int i = 0; i < exits->n_steps; i++) {
    SkRect column;
    gboolean even = TRUE;
    SkColor first;
    int x;

    sk_staircase_column (exits, 600, 400, &palette, i, &column);
    x = (int) (column.x + column.width / 2);
    /* Below the line of guessing nothing else is drawn. */
    first = canvas_pixel (&canvas, x, (int) (column.y + column.height) - 4);
    for (int up = 4; up < 18; up++) {
      SkColor color = canvas_pixel (&canvas, x, (int) (column.y + column.height) - up);

      even = even && fabs (color.g - first.g) < 0.02;
    }
    g_assert_cmpint (even, ==, exits->steps[i].rule == SK_EXIT_RULE_HEAD);
  }
  canvas_clear (&canvas);
}

static void
test_words (void) {
  g_autoptr (SkExits) exits = exits_of (6);
  g_autoptr (SkExits) alone = exits_of (0);
  g_autofree char *early = sk_staircase_describe (exits, 0);
  g_autofree char *late = sk_staircase_describe (exits, 8);
  g_autofree char *all = sk_staircase_sentence (exits);
  g_autofree char *short_one = sk_staircase_sentence (alone);

  g_assert_nonnull (strstr (early, "layer1.0"));
  g_assert_nonnull (strstr (early, "25.0 %"));
  g_assert_nonnull (strstr (early, "nearest class mean"));
  g_assert_nonnull (strstr (late, "layer3.2"));
  g_assert_nonnull (strstr (late, "90.0 %"));
  g_assert_nonnull (strstr (late, "own head"));
  /* Half of what lies between 10 % and 90 % is reached at 50 % or above. */
  g_assert_nonnull (strstr (all, "By block layer3.1 it is right about 60 %"));
  g_assert_nonnull (strstr (all, "largest step is layer3.1: 30 points"));
  g_assert_nonnull (strstr (all, "Until layer2.2"));
  g_assert_nonnull (strstr (all, "last block only"));
  g_assert_nonnull (strstr (short_one, "no training pictures"));
}

static void
test_sizes (void) {
  const int sizes[] = { 1, 40, 200, 700, 2560 }, means[] = { 0, 6, 47 };

  for (gsize m = 0; m < G_N_ELEMENTS (means); m++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (gsize j = 0; j < G_N_ELEMENTS (sizes) - 1; j++) {
        g_autoptr (SkExits) exits = exits_of (means[m]);
        SkPalette palette;
        Canvas canvas;

        sk_palette_init (&palette, i % 2, j % 2);
        canvas_init (&canvas, sizes[i], sizes[j], &palette);
        sk_staircase_draw (canvas.cr, exits, sizes[i], sizes[j], &palette, 1);
        sk_staircase_draw (canvas.cr, NULL, sizes[i], sizes[j], &palette, -1);
        canvas_check (&canvas);
        canvas_clear (&canvas);
      }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/staircase/steps", test_steps);
  g_test_add_func ("/paint/staircase/heights", test_heights);
  g_test_add_func ("/paint/staircase/rules", test_rules);
  g_test_add_func ("/paint/staircase/words", test_words);
  g_test_add_func ("/paint/staircase/sizes", test_sizes);
  return g_test_run ();
}
