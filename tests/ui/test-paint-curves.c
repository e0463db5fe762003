/* Curves: pixels where a line must be, odd data, tiny sizes, speed. */

#include <math.h>
#include <string.h>

#include "canvas.h"
#include "curves.h"
#include "paint-models.h"

static void
draw (Canvas *canvas, const SkCurves *curves, const SkCurvesView *view,
      const SkPalette *palette, int width, int height) {
  canvas_init (canvas, width, height, palette);
  sk_curves_draw (canvas->cr, curves, view, width, height, palette);
  canvas_check (canvas);
}

static void
add_train (SkCurves *curves, gint64 step, double loss, double accuracy) {
  SkTrainPoint point = {
    .step = step, .epoch = step / 100., .loss = loss, .accuracy = accuracy, .lr = 0.1
  };

  sk_curves_add_train (curves, &point, 1);
}

/* A loss that is 1 throughout is a level line in the middle of what its axis shows. */
static void
test_level_line (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkCurvesView view = { .hidden = 1u << SK_PANEL_LR | 1u << SK_PANEL_ACCURACY };
  SkCurvesLayout layout;
  SkPalette palette;
  Canvas canvas;
  int rows = 0;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int i = 1; i <= 200; i++)
    add_train (curves, i, 1, 0.5);
  draw (&canvas, curves, &view, &palette, 400, 300);
  sk_curves_layout (curves, &view, &palette, 400, 300, &layout);
  for (int y = 0; y < 300; y++) {
    const SkRect *rect = &layout.panels[SK_PANEL_LOSS];
    int n = canvas_count (&canvas, palette.train, rect->x + 5, y, rect->width - 10, 1);

    if (n > 0.95 * (rect->width - 10)) {
      rows++;
      g_assert_cmpfloat_with_epsilon (y, rect->y + rect->height / 2, 3);
    }
  }
  g_assert_cmpint (rows, >=, 1);
  canvas_clear (&canvas);
}

/* Runs without a test split have a test curve that is not a number, from the first epoch
 * on; and one that diverges ends in what is none. */
static void
test_no_test_split (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkCurvesView view = { 0 };
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int epoch = 1; epoch <= 3; epoch++) {
    SkTestPoint point = { .step = 100 * epoch,
                          .epoch = epoch,
                          .train_loss = 1,
                          .train_accuracy = 0.5f,
                          .test_loss = NAN,
                          .test_accuracy = NAN };

    add_train (curves, 100 * epoch, 1, 0.5);
    if (epoch == 2)
      point.test_loss = 1;
    sk_curves_add_test (curves, &point, 1);
    draw (&canvas, curves, &view, &palette, 600, 400);
    canvas_clear (&canvas);
  }
}

/* The test curve's markers stand where they must. */
static void
test_markers (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkCurvesView view = { .hidden = 1u << SK_PANEL_LR | 1u << SK_PANEL_ACCURACY };
  SkCurvesLayout layout;
  const SkRect *rect = &layout.panels[SK_PANEL_LOSS];
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, TRUE, FALSE);
  sk_curves_set_smoothing (curves, 0); /* so the axis runs from 0 to 2 */
  add_train (curves, 1, 2, 0.1);
  add_train (curves, 1000, 0, 0.9);
  for (int epoch = 1; epoch <= 4; epoch++) {
    SkTestPoint test = {
      .step = 250 * epoch, .epoch = epoch, .test_loss = 1, .test_accuracy = 0.5
    };

    sk_curves_add_test (curves, &test, 1);
  }
  draw (&canvas, curves, &view, &palette, 600, 300);
  sk_curves_layout (curves, &view, &palette, 600, 300, &layout);
  for (int epoch = 1; epoch <= 3; epoch++) {
    int x = rect->x + rect->width * epoch / 4;
    int y = rect->y + rect->height / 2;

    g_assert_cmpint (canvas_count (&canvas, palette.test, x - 3, y - 3, 7, 7), >, 20);
  }
  canvas_clear (&canvas);
}

static void
test_odd_data (void) {
  const double odd[] = { NAN, INFINITY, -INFINITY, 0, -1, 1e30, 1e-30, 2 };
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int log_loss = 0; log_loss < 2; log_loss++)
    for (gsize mask = 0; mask < 1u << G_N_ELEMENTS (odd); mask += 7) {
      g_autoptr (SkCurves) curves = sk_curves_new ();
      SkCurvesView view = { .log_loss = log_loss };
      int step = 1;
      Canvas canvas;

      for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
        if (mask >> i & 1)
          add_train (curves, step++, odd[i], odd[i]);
      draw (&canvas, curves, &view, &palette, 320, 200);
      g_assert_cmpint (sk_curves_draw_crosshair (canvas.cr, curves, &view, 320, 200,
                                                 &palette, 150, 60),
                       >=, -1);
      canvas_check (&canvas);
      canvas_clear (&canvas);
    }
}

/* Steps that are not finite are marked with crosses in the error colour. */
static void
test_gaps_are_marked (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkCurvesView view = { 0 };
  SkCurvesLayout layout;
  const SkRect *rect = &layout.panels[SK_PANEL_LOSS];
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  for (int i = 1; i <= 100; i++)
    add_train (curves, i, i == 50 ? NAN : 1. / i, 0.5);
  draw (&canvas, curves, &view, &palette, 900, 300);
  sk_curves_layout (curves, &view, &palette, 900, 300, &layout);
  g_assert_cmpint (canvas_count (&canvas, palette.error, rect->x + rect->width / 2 - 8,
                                 rect->y, 16, 18),
                   >, 5);
  canvas_clear (&canvas);
}

static void
test_one_point (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkCurvesView view = { .until = 10 };
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  add_train (curves, 1, 2.3, 0.1);
  draw (&canvas, curves, &view, &palette, 900, 300);
  /* More than the legend's sample: the point itself. */
  g_assert_cmpint (canvas_count (&canvas, palette.train, 0, 40, 450, 260), >, 5);
  canvas_clear (&canvas);
}

static void
test_sizes (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  const int sizes[] = { 1, 2, 7, 30, 80, 200, 3000 };
  SkCurvesView view = { 0 };
  SkPalette palette;

  sk_palette_init (&palette, FALSE, TRUE);
  paint_models_fill_curves (curves, 500, 5);
  sk_curves_add_event (curves, 100, "learning rate × 0.1");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (sizes) - 1; j++) {
      Canvas canvas;

      draw (&canvas, curves, &view, &palette, sizes[i], sizes[j]);
      sk_curves_draw_crosshair (canvas.cr, curves, &view, sizes[i], sizes[j], &palette,
                                sizes[i] / 3., sizes[j] / 3.);
      canvas_check (&canvas);
      canvas_clear (&canvas);
    }
}

/* The crosshair names the step under the pointer, and nothing outside of the plots. */
static void
test_crosshair (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  g_autofree char *words = NULL;
  SkCurvesView view = { .from = 100, .to = 200 };
  SkCurvesLayout layout;
  const SkRect *rect = &layout.panels[SK_PANEL_ACCURACY];
  SkPalette palette;
  Canvas canvas;

  sk_palette_init (&palette, FALSE, FALSE);
  paint_models_fill_curves (curves, 500, 5);
  sk_curves_add_event (curves, 150, "layer1.0 frozen");
  canvas_init (&canvas, 1000, 400, &palette);
  sk_curves_layout (curves, &view, &palette, 1000, 400, &layout);
  g_assert_cmpint (sk_curves_draw_crosshair (canvas.cr, curves, &view, 1000, 400,
                                             &palette, rect->x + rect->width / 2,
                                             rect->y + 30),
                   ==, 150);
  g_assert_cmpint (
      sk_curves_draw_crosshair (canvas.cr, curves, &view, 1000, 400, &palette, 1, 1),
      ==, -1);
  words = sk_curves_describe (curves, 150);
  g_assert_nonnull (strstr (words, "layer1.0 frozen"));
  g_assert_nonnull (strstr (words, "150"));
  canvas_clear (&canvas);
}

static gboolean
is_other (SkColor a, SkColor b) {
  return fabs (a.r - b.r) + fabs (a.g - b.g) + fabs (a.b - b.b) > 0.01;
}

/* Pixels of a plot in which two pictures differ, but for @column and what is beside it. */
static int
count_other (const Canvas *a, const Canvas *b, const SkRect *rect, int column) {
  int n = 0;

  for (int y = (int) rect->y; y < rect->y + rect->height; y++)
    for (int x = (int) rect->x; x < rect->x + rect->width; x++)
      n += ABS (x - column) > 1 &&
           is_other (canvas_pixel (a, x, y), canvas_pixel (b, x, y));
  return n;
}

/* What happened is told beside the curves, not over them, however long its words are. */
static void
test_marks_hide_nothing (void) {
  g_autoptr (SkCurves) with = sk_curves_new ();
  g_autoptr (SkCurves) without = sk_curves_new ();
  SkCurvesView view = { .stacked = TRUE };
  SkCurvesLayout layout;
  SkPalette palette;
  Canvas canvases[2];

  sk_palette_init (&palette, FALSE, FALSE);
  paint_models_fill_curves (with, 500, 5);
  paint_models_fill_curves (without, 500, 5);
  for (int i = 0; i < 3; i++)
    sk_curves_add_event (with, 250,
                         "the trunk is frozen: what it makes of the pictures is kept");
  draw (&canvases[0], with, &view, &palette, 900, 500);
  draw (&canvases[1], without, &view, &palette, 900, 500);
  sk_curves_layout (with, &view, &palette, 900, 500, &layout);
  for (int panel = 0; panel < SK_N_PANELS; panel++) {
    const SkRect *rect = &layout.panels[panel];
    int column = (int) (rect->x + rect->width / 2);

    g_assert_cmpint (count_other (&canvases[0], &canvases[1], rect, column), ==, 0);
    /* The flag above it, and on the first panel the words, in short. */
    g_assert_cmpint (
        canvas_count (&canvases[0], palette.ink, column - 4, rect->y - 6, 8, 6), >, 5);
  }
  canvas_clear (&canvases[0]);
  canvas_clear (&canvases[1]);
}

/* A step in the past: its values in the legends, a line, and nothing over the curves. */
static void
test_step (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkCurvesView now = { .stacked = TRUE }, then = { .at = 100, .stacked = TRUE };
  SkCurvesLayout layout;
  const SkRect *rect = &layout.panels[SK_PANEL_LOSS];
  SkPalette palette;
  Canvas canvases[2];
  SkRect head;

  sk_palette_init (&palette, FALSE, FALSE);
  paint_models_fill_curves (curves, 500, 5);
  draw (&canvases[0], curves, &now, &palette, 900, 500);
  draw (&canvases[1], curves, &then, &palette, 900, 500);
  sk_curves_draw_step (canvases[1].cr, curves, &then, 900, 500, &palette);
  sk_curves_layout (curves, &then, &palette, 900, 500, &layout);
  head = (SkRect){ rect->x, rect->y - 22, rect->width, 20 };
  g_assert_cmpint (count_other (&canvases[0], &canvases[1], &head, -9), >, 5);
  for (int panel = 0; panel < SK_N_PANELS; panel++) {
    SkRect plot = layout.panels[panel];
    double x = plot.x + plot.width / 5;

    g_assert_cmpint (canvas_count_drawn (&canvases[1], (int) x - 1, plot.y, 3, 9), >=,
                     9);
    plot.x += plot.width / 4;
    plot.width *= 0.74;
    g_assert_cmpint (count_other (&canvases[0], &canvases[1], &plot, -9), ==, 0);
  }
  canvas_clear (&canvases[0]);
  canvas_clear (&canvases[1]);
}

static void
test_takes_snapshots (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  SkSnapshot snapshot = { .run_serial = 1 };
  SkTrainPoint point = { .step = 1, .epoch = 0.1, .loss = 2, .accuracy = 0.25 };
  double loss, accuracy, test_loss, test_accuracy;

  snapshot.train_points = g_array_new (FALSE, FALSE, sizeof (SkTrainPoint));
  g_array_append_val (snapshot.train_points, point);
  g_assert_true (sk_curves_take (curves, &snapshot));
  g_assert_true (sk_curves_take (curves, &snapshot));
  g_assert_cmpuint (sk_curves_n_train (curves), ==, 2);
  g_array_set_size (snapshot.train_points, 0);
  g_assert_false (sk_curves_take (curves, &snapshot));
  sk_curves_latest (curves, &loss, &accuracy, &test_loss, &test_accuracy);
  g_assert_cmpfloat (loss, ==, 2);
  g_assert_cmpfloat (accuracy, ==, 0.25);
  g_assert_true (isnan (test_loss) && isnan (test_accuracy));
  snapshot.run_serial = 2;
  g_assert_true (sk_curves_take (curves, &snapshot));
  g_assert_cmpuint (sk_curves_n_train (curves), ==, 0);
  g_array_unref (snapshot.train_points);
}

/* Half a million steps cost no more than their pixels. */
static void
test_speed (void) {
  g_autoptr (SkCurves) curves = sk_curves_new ();
  g_autoptr (SkCurves) few = sk_curves_new ();
  SkCurvesView view = { 0 };
  SkPalette palette;
  double seconds[2] = { INFINITY, INFINITY };
  gint64 start = g_get_monotonic_time ();

  sk_palette_init (&palette, FALSE, FALSE);
  paint_models_fill_curves (curves, 500000, 300);
  g_test_message ("appending 500,000 steps: %.0f ms",
                  (g_get_monotonic_time () - start) / 1000.);
  paint_models_fill_curves (few, 2000, 5);
  for (int trial = 0; trial < 10; trial++)
    for (int i = 0; i < 2; i++) {
      Canvas canvas;

      start = g_get_monotonic_time ();
      draw (&canvas, i == 0 ? few : curves, &view, &palette, 1920, 600);
      seconds[i] = MIN (seconds[i], (g_get_monotonic_time () - start) / 1e6);
      canvas_clear (&canvas);
    }
  g_test_message ("1920 x 600: 2,000 steps %.1f ms, 500,000 steps %.1f ms",
                  seconds[0] * 1000, seconds[1] * 1000);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/curves/level-line", test_level_line);
  g_test_add_func ("/paint/curves/markers", test_markers);
  g_test_add_func ("/paint/curves/no-test-split", test_no_test_split);
  g_test_add_func ("/paint/curves/odd-data", test_odd_data);
  g_test_add_func ("/paint/curves/gaps", test_gaps_are_marked);
  g_test_add_func ("/paint/curves/one-point", test_one_point);
  g_test_add_func ("/paint/curves/sizes", test_sizes);
  g_test_add_func ("/paint/curves/crosshair", test_crosshair);
  g_test_add_func ("/paint/curves/marks", test_marks_hide_nothing);
  g_test_add_func ("/paint/curves/step", test_step);
  g_test_add_func ("/paint/curves/snapshots", test_takes_snapshots);
  g_test_add_func ("/paint/curves/speed", test_speed);
  return g_test_run ();
}
