/* Bars, and pictures as files. */

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>

#include "canvas.h"
#include "figures.h"
#include "paint-models.h"

/* The bar of a greater value is higher, and bars stand on the base line. */
static void
test_bars (void) {
  PaintModels *models = paint_models_new ("resnet20", 10, 1);
  SkBars *bars = models->bars;
  SkPalette palette;
  Canvas canvas;
  int tops[64];

  sk_palette_init (&palette, FALSE, FALSE);
  for (int i = 0; i < bars->n; i++)
    models->snapshot.layers[bars->items[i].parameter].gradient_norm =
        pow (10, -4 + 3. * i / (bars->n - 1));
  sk_bars_update (bars, models->plan, models->snapshot.layers, NULL);
  g_assert_cmpint (bars->n, ==, 20); /* 19 convolutions and the head */
  canvas_init (&canvas, 900, 300, &palette);
  sk_bars_draw (canvas.cr, bars, 900, 300, &palette, -1);
  canvas_check (&canvas);
  for (int i = 0; i < bars->n; i++) {
    SkColor fill = sk_palette_scale (
        &palette, sk_log_range_place (&bars->range, bars->items[i].value));
    int x = 0, y = 0;

    while (x < 900 && sk_bars_at (bars, 900, 300, &palette, x, 150) != i)
      x++;
    g_assert_cmpint (x, <, 900);
    x += 12;
    while (y < 270 && canvas_count (&canvas, fill, x - 3, y, 6, 1) < 5)
      y++;
    tops[i] = y;
    if (i > 0)
      g_assert_cmpint (tops[i], <=, tops[i - 1]);
  }
  g_assert_cmpint (tops[0], >, tops[bars->n - 1] + 100);
  canvas_clear (&canvas);
  paint_models_free (models);
}

static void
test_odd_bars (void) {
  PaintModels *models = paint_models_new ("resnet152", 10, 1);
  const float odd[] = { NAN, 0, INFINITY, -1, 1e30f };
  const int sizes[] = { 1, 40, 160, 900 };
  SkPalette palette;

  sk_palette_init (&palette, TRUE, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++) {
      Canvas canvas;

      for (int p = 0; p < models->plan->n_parameters; p++) {
        models->snapshot.layers[p].gradient_norm = odd[(i + p) % 5];
        models->snapshot.layers[p].non_finite = p % 3;
      }
      sk_bars_update (models->bars, models->plan, models->snapshot.layers,
                      models->snapshot.frozen);
      canvas_init (&canvas, sizes[s], 200, &palette);
      sk_bars_draw (canvas.cr, models->bars, sizes[s], 200, &palette, 3);
      canvas_check (&canvas);
      for (int x = -5; x < sizes[s] + 5; x++)
        g_assert_cmpint (sk_bars_at (models->bars, sizes[s], 200, &palette, x, 100), <,
                         models->bars->n);
      canvas_clear (&canvas);
    }
  sk_bars_update (models->bars, models->plan, NULL, NULL);
  for (int i = 0; i < models->bars->n; i++) {
    g_autofree char *words = sk_bars_describe (models->bars, i);

    g_assert_nonnull (strstr (words, "not measured"));
  }
  paint_models_free (models);
}

static void
picture_cb (cairo_t *cr, double width, double height, const SkPalette *palette,
            gconstpointer data) {
  cairo_set_source_rgb (cr, 1, 0, 0);
  cairo_rectangle (cr, 10, 10, 20, 20);
  cairo_fill (cr);
}

static void
assert_begins (const char *path, const char *magic) {
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >, 100);
  g_assert_cmpint (memcmp (bytes, magic, strlen (magic)), ==, 0);
}

static void
test_formats (void) {
  g_autofree char *folder = g_dir_make_tmp ("skipscope-paint-XXXXXX", NULL);
  const char *const magics[][2] = { { "a.png", "\x89PNG" },
                                    { "a.svg", "<?xml" },
                                    { "a.PDF", "%PDF" } };
  cairo_surface_t *read;
  SkPalette palette;
  g_autofree char *png = g_build_filename (folder, "a.png", NULL);

  sk_palette_init (&palette, FALSE, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++) {
    g_autofree char *path = g_build_filename (folder, magics[i][0], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_true (sk_export (path, 100, 50, 2, &palette, picture_cb, NULL, &error));
    g_assert_no_error (error);
    assert_begins (path, magics[i][1]);
  }
  read = cairo_image_surface_create_from_png (png);
  g_assert_cmpint (cairo_image_surface_get_width (read), ==, 200);
  g_assert_cmpint (cairo_image_surface_get_height (read), ==, 100);
  {
    const guint32 *row =
        (const guint32 *) (gconstpointer) (cairo_image_surface_get_data (read) +
                                           40 * cairo_image_surface_get_stride (read));

    g_assert_cmphex (row[40] & 0xffffff, ==, 0xff0000);
    g_assert_cmphex (row[10] & 0xffffff, ==, 0xffffff);
  }
  cairo_surface_destroy (read);
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++) {
    g_autofree char *path = g_build_filename (folder, magics[i][0], NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* no draft was left behind */
}

static void
test_refusals (void) {
  const struct {
    const char *path;
    double width, scale;
    int code;
    const char *says;
  } cases[] = {
    { "/tmp/skipscope.gif", 100, 1, G_FILE_ERROR_INVAL, ".png, .svg or .pdf" },
    { "/tmp/skipscope.png", 1e6, 1, G_FILE_ERROR_INVAL, "size" },
    { "/tmp/skipscope.png", 100, NAN, G_FILE_ERROR_INVAL, "size" },
    { "/tmp/skipscope.png", 0, 1, G_FILE_ERROR_INVAL, "size" },
    { "/no/such/folder/a.png", 100, 1, G_FILE_ERROR_NOENT, "another folder" },
  };
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (sk_export (cases[i].path, cases[i].width, 50, cases[i].scale,
                               &palette, picture_cb, NULL, &error));
    g_assert_error (error, G_FILE_ERROR, cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_false (g_file_test ("/tmp/skipscope.png", G_FILE_TEST_EXISTS));
  }
}

/* A file that may not grow, as on a full disk: refused, and the old picture is whole. */
static void
test_no_room (void) {
  g_autofree char *folder = g_dir_make_tmp ("skipscope-paint-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.png", NULL);
  PaintModels *models = paint_models_new ("resnet20", 1000, 5);
  SkFigures figures = { "a", "b", models->plan, models->curves, models->bars, NULL };
  g_autofree char *left = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  g_assert_true (g_file_set_contents (path, "the old picture", -1, NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 4096;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (
      sk_export (path, 800, 400, 1, &palette, sk_figure_curves, &figures, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_nonnull (error);
  g_assert_true (g_file_get_contents (path, &left, NULL, NULL));
  g_assert_cmpstr (left, ==, "the old picture");
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  paint_models_free (models);
}

static void
test_run_folder (void) {
  g_autofree char *folder = g_dir_make_tmp ("skipscope-paint-XXXXXX", NULL);
  PaintModels *models = paint_models_new ("resnet110", 3000, 5);
  SkFigures figures = { "ResNet-110",   "epoch 5 of 5", models->plan,
                        models->curves, models->bars,   &models->live };
  const char *const names[] = { "curves.png", "gradients.png", "network.png" };
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_true (sk_figures_save (&figures, folder, &error));
  g_assert_no_error (error);
  g_test_message ("three pictures of a run: %.0f ms",
                  (g_get_monotonic_time () - start) / 1000.);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    assert_begins (path, "\x89PNG");
    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  paint_models_free (models);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/bars/heights", test_bars);
  g_test_add_func ("/paint/bars/odd", test_odd_bars);
  g_test_add_func ("/paint/export/formats", test_formats);
  g_test_add_func ("/paint/export/refusals", test_refusals);
  g_test_add_func ("/paint/export/no-room", test_no_room);
  g_test_add_func ("/paint/export/run-folder", test_run_folder);
  return g_test_run ();
}
