/* Confusion and calibration as pictures: every size, every look, and the cell under the
 * pointer. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "confusion.h"
#include "evaluation.h"
#include "reliability.h"

static const SkConfusionCell nowhere = { -1, -1 };

/* Classes confused with the next one, one picture in four. */
static SkReport *
report_of (int classes, int n) {
  g_autofree SkVerdict *verdicts = g_new0 (SkVerdict, n);

  for (int i = 0; i < n; i++) {
    gboolean wrong = i % 4 == 3;

    verdicts[i].index = i;
    verdicts[i].label = i % classes;
    verdicts[i].predicted = (i + wrong) % classes;
    verdicts[i].rank = wrong;
    verdicts[i].confidence = (float) (0.3 + 0.7 * (i % 100) / 100);
    verdicts[i].loss = wrong ? 2 : 0.1;
  }
  return sk_report_new (verdicts, (guint) n, classes, NULL);
}

static void
test_cells (void) {
  g_autoptr (SkReport) report = report_of (10, 1001);
  SkPalette palette;
  int found = 0;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int label = 0; label < 10; label++)
    for (int predicted = 0; predicted < 10; predicted++) {
      SkConfusionCell cell = { label, predicted };
      SkRect rect = sk_confusion_rect (report, 800, 600, &palette, cell);
      SkConfusionCell at =
          sk_confusion_at (report, 800, 600, &palette, rect.x + rect.width / 2,
                           rect.y + rect.height / 2);

      g_assert_cmpint (at.label, ==, label);
      g_assert_cmpint (at.predicted, ==, predicted);
      found++;
    }
  g_assert_cmpint (found, ==, 100);
  g_assert_cmpint (sk_confusion_at (report, 800, 600, &palette, 2, 2).label, ==, -1);
}

static void
test_colors (void) {
  g_autoptr (SkReport) report = report_of (5, 1000);
  SkPalette palette;
  SkRect full, none;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, 800, 600, &palette);
  sk_confusion_draw (canvas.cr, report, 800, 600, &palette, nowhere, nowhere);
  canvas_check (&canvas);
  full = sk_confusion_rect (report, 800, 600, &palette, (SkConfusionCell){ 0, 0 });
  none = sk_confusion_rect (report, 800, 600, &palette, (SkConfusionCell){ 0, 3 });
  /* Corners, where no number is written. */
  g_assert_cmpfloat (canvas_pixel (&canvas, (int) full.x + 4, (int) full.y + 4).g, <,
                     canvas_pixel (&canvas, (int) none.x + 4, (int) none.y + 4).g);
  canvas_clear (&canvas);
}

static void
test_words (void) {
  g_autoptr (SkReport) report = report_of (5, 1000);
  g_autofree char *right = sk_confusion_describe (report, (SkConfusionCell){ 1, 1 });
  g_autofree char *wrong = sk_confusion_describe (report, (SkConfusionCell){ 1, 2 });
  g_autofree char *calibration = sk_reliability_describe (report);

  g_assert_nonnull (strstr (right, "150 of 200"));
  g_assert_nonnull (strstr (wrong, "50 of 200"));
  g_assert_nonnull (strstr (calibration, "75 %"));
}

static void
draw_all (int classes, int width, int height, gboolean dark, gboolean high_contrast) {
  g_autoptr (SkReport) report = report_of (classes, 3 * classes);
  const SkEvaluationFigure figure = { "ResNet-20 · CIFAR-10", report };
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, dark, high_contrast);
  canvas_init (&canvas, width, height, &palette);
  sk_confusion_draw (canvas.cr, report, width, height, &palette,
                     (SkConfusionCell){ 0, 1 }, (SkConfusionCell){ 1, 1 });
  sk_reliability_draw (canvas.cr, report, width, height, &palette);
  sk_evaluation_draw (canvas.cr, width, height, &palette, &figure);
  canvas_check (&canvas);
  canvas_clear (&canvas);
}

static void
test_sizes (void) {
  const int sizes[] = { 1, 30, 120, 400, 2560 }, classes[] = { 2, 10, 100 };

  for (gsize c = 0; c < G_N_ELEMENTS (classes); c++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (gsize j = 0; j < G_N_ELEMENTS (sizes) - 1; j++)
        draw_all (classes[c], sizes[i], sizes[j], i % 2, j % 2);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/report/cells", test_cells);
  g_test_add_func ("/paint/report/colors", test_colors);
  g_test_add_func ("/paint/report/words", test_words);
  g_test_add_func ("/paint/report/sizes", test_sizes);
  return g_test_run ();
}
