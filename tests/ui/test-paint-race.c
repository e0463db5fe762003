/* Races: rows and curves where they must be, what the words say, odd data, tiny sizes. */

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "export.h"
#include "race-view.h"

#define STEPS 120

typedef struct {
  SkRaceState state;
  GArray *points, *epochs, *departures;
} Race;

static void
add_contestant (Race *self, const char *net, int twin) {
  SkContestant *one = &self->state.contestants[self->state.n++];
  g_autoptr (GError) error = NULL;
  SkVariant variant;

  g_assert_true (sk_variant_find (net, &variant, &error));
  *one = (SkContestant){ .net = (char *) net, .twin = twin, .step = STEPS };
  one->plan = sk_plan_new (&variant, 1, 0, 0, 0, &error);
  g_assert_no_error (error);
  one->gradients = g_new (float, one->plan->n_blocks);
}

/* Residual networks learn; deep plain ones do not, and their gradient grows towards the
 * stem by half in each block. */
static Race *
race_new (const char *const *nets, const int *twins) {
  Race *self = g_new0 (Race, 1);

  self->state.contestants = g_new0 (SkContestant, 8);
  self->points = g_array_new (FALSE, FALSE, sizeof (SkRacePoint));
  self->epochs = g_array_new (FALSE, FALSE, sizeof (SkRaceEpoch));
  self->departures = g_array_new (FALSE, FALSE, sizeof (SkRaceDeparture));
  for (int i = 0; nets[i]; i++) {
    const SkPlan *plan;
    gboolean learns;

    add_contestant (self, nets[i], twins[i]);
    plan = self->state.contestants[i].plan;
    learns = plan->variant.skips || plan->n_blocks < 20;
    for (int b = 0; b < plan->n_blocks; b++)
      self->state.contestants[i].gradients[b] =
          1e-4f * (plan->variant.skips ? 1 : powf (1.5f, plan->n_blocks - 1 - b));
    for (int step = 1; step <= STEPS; step++) {
      double progress = learns ? step / (double) STEPS : 0;
      SkRacePoint point = { i,
                            { .step = step,
                              .epoch = step / 60.,
                              .loss = (float) (2.3 - 1.5 * progress),
                              .accuracy = (float) (0.1 + 0.6 * progress) } };
      SkRaceDeparture departure = { i, step, plan->n_blocks - 7 };

      g_array_append_val (self->points, point);
      if (!plan->variant.skips)
        g_array_append_val (self->departures, departure);
    }
  }
  return self;
}

static void
race_free (Race *self) {
  for (int i = 0; i < self->state.n; i++) {
    sk_plan_unref (self->state.contestants[i].plan);
    g_free (self->state.contestants[i].gradients);
  }
  g_free (self->state.contestants);
  g_array_unref (self->points);
  g_array_unref (self->epochs);
  g_array_unref (self->departures);
  g_free (self);
}

static SkRaceView *
view_new (const Race *race) {
  SkRaceView *view = sk_race_view_new ();

  sk_race_view_show (view, &race->state);
  sk_race_view_add (view, race->points, race->epochs, race->departures);
  return view;
}

static const char *const twin_nets[] = { "resnet56", "plain56", NULL };
static const int twin_twins[] = { 1, 0 };
static const char *const depth_nets[] = { "plain20", "plain56", "resnet20", "resnet56",
                                          NULL };
static const int depth_twins[] = { 2, 3, 0, 1 };

/* The plain network's rows reach further out than its twin's, most of all by the stem. */
static void
test_mirror (void) {
  Race *race = race_new (twin_nets, twin_twins);
  g_autoptr (SkRaceView) view = view_new (race);
  SkRaceLayout layout;
  SkPalette palette;
  Canvas canvas;
  int left, right, row, low;

  sk_palette_init (&palette, FALSE, FALSE);
  sk_race_view_layout (view, &palette, 1200, 700, &layout);
  g_assert_cmpfloat (layout.mirror.width, >, 300);
  g_assert_cmpfloat (layout.loss.width, >, 300);
  g_assert_cmpfloat (layout.departure.width, >, 300);
  canvas_init (&canvas, 1200, 700, &palette);
  sk_race_view_draw (canvas.cr, view, 1200, 700, &palette);
  canvas_check (&canvas);
  row = (int) (layout.mirror.y + layout.mirror.height / 27 / 2);
  low = (int) (layout.mirror.y + layout.mirror.height * 26.5 / 27);
  left = canvas_count (&canvas, palette.series[0], (int) layout.mirror.x, row,
                       (int) layout.mirror.width / 2, 1);
  right =
      canvas_count_drawn (&canvas, (int) (layout.mirror.x + layout.mirror.width / 2),
                          row, (int) layout.mirror.width / 2, 1);
  g_assert_cmpint (left, >, 10);
  g_assert_cmpint (right, >, 2 * left);
  /* Twins have colours of their own. */
  g_assert_cmpint (canvas_count (&canvas, palette.series[1], (int) layout.mirror.x, row,
                                 (int) layout.mirror.width, 1),
                   >, 2);
  g_assert_cmpint (canvas_count (&canvas, palette.series[1], (int) layout.mirror.x, row,
                                 (int) layout.mirror.width / 2 - 30, 1),
                   ==, 0);
  right =
      canvas_count_drawn (&canvas, (int) (layout.mirror.x + layout.mirror.width / 2),
                          low, (int) layout.mirror.width / 2, 1);
  left = canvas_count (&canvas, palette.series[0], (int) layout.mirror.x, low,
                       (int) layout.mirror.width / 2, 1);
  g_assert_cmpint (abs (right - left), <, 40);
  canvas_clear (&canvas);

  g_assert_cmpint (
      sk_race_view_block_at (view, &palette, 1200, 700, layout.mirror.x + 5, row), ==,
      0);
  g_assert_cmpint (
      sk_race_view_block_at (view, &palette, 1200, 700, layout.mirror.x + 5, low), ==,
      26);
  g_assert_cmpint (sk_race_view_block_at (view, &palette, 1200, 700, 1190, low), ==,
                   -1);
  race_free (race);
}

/* A plain network's curve is dashed, and lies where its loss does. */
static void
test_curves (void) {
  Race *race = race_new (twin_nets, twin_twins);
  g_autoptr (SkRaceView) view = view_new (race);
  SkRaceLayout layout;
  SkPalette palette;
  Canvas canvas;
  int dashes = 0, y;
  double loss, accuracy;

  sk_race_view_latest (view, 0, &loss, &accuracy);
  g_assert_cmpfloat (loss, <, 1.1);
  g_assert_cmpfloat (accuracy, >, 0.6);
  sk_race_view_latest (view, 1, &loss, &accuracy);
  g_assert_cmpfloat_with_epsilon (loss, 2.3, 1e-3);
  g_assert_cmpfloat_with_epsilon (accuracy, 0.1, 1e-3);

  sk_palette_init (&palette, TRUE, FALSE);
  sk_race_view_layout (view, &palette, 1200, 700, &layout);
  canvas_init (&canvas, 1200, 700, &palette);
  sk_race_view_draw (canvas.cr, view, 1200, 700, &palette);
  for (y = (int) layout.loss.y; y < layout.loss.y + layout.loss.height / 2; y++) {
    int n = canvas_count (&canvas, palette.series[1], (int) layout.loss.x, y,
                          (int) layout.loss.width, 1);

    dashes = MAX (dashes, n);
  }
  g_assert_cmpint (dashes, >, layout.loss.width * 0.35);
  g_assert_cmpint (dashes, <, layout.loss.width * 0.85);
  canvas_clear (&canvas);
  race_free (race);
}

static void
test_words (void) {
  Race *race = race_new (twin_nets, twin_twins);
  g_autoptr (SkRaceView) view = view_new (race);
  g_autofree char *words = sk_race_view_words (view);
  g_autofree char *block = sk_race_view_describe_block (view, 0);
  g_autofree char *title = sk_race_figure_title (view, "CIFAR-10");

  g_test_message ("%s", words);
  g_assert_nonnull (strstr (words, "hardly better than guessing (10"));
  g_assert_nonnull (strstr (words, "grows"));
  g_assert_nonnull (strstr (words, "is 38000 times that of ResNet-56"));
  g_assert_nonnull (strstr (words, "7 blocks from the loss"));
  g_assert_nonnull (strstr (block, "layer1.0: gradient 1×10⁻⁴ in ResNet-56"));
  g_assert_cmpstr (title, ==, "ResNet-56, Plain-56 on CIFAR-10");
  race_free (race);
}

/* What is measured is said, be it the other way. */
static void
test_words_follow (void) {
  Race *race = race_new (twin_nets, twin_twins);
  g_autoptr (SkRaceView) view = NULL;
  g_autofree char *fading = NULL, *again = NULL, *early = NULL, *diverged = NULL;

  for (int b = 0; b < 27; b++)
    race->state.contestants[1].gradients[b] = 1e-4f * powf (0.5f, 26 - b);
  view = view_new (race);
  fading = sk_race_view_words (view);
  g_assert_nonnull (strstr (fading, "fades"));
  race->state.contestants[1].gradients[0] = 2e-4f;
  sk_race_view_show (view, &race->state);
  again = sk_race_view_words (view);
  g_assert_nonnull (strstr (again, "but by the first block they are of like size"));
  race->state.contestants[1].diverged = TRUE;
  sk_race_view_show (view, &race->state);
  diverged = sk_race_view_words (view);
  g_assert_nonnull (strstr (diverged, "Plain-56 has diverged after step 120"));
  race->state.contestants[0].step = race->state.contestants[1].step = 0;
  sk_race_view_show (view, &race->state);
  early = sk_race_view_words (view);
  g_assert_nonnull (strstr (early, "same weights"));
  race_free (race);
}

static void
test_words_of_depth (void) {
  Race *race = race_new (depth_nets, depth_twins);
  g_autoptr (SkRaceView) view = view_new (race);
  g_autofree char *words = sk_race_view_words (view);

  g_test_message ("%s", words);
  g_assert_cmpint (sk_race_view_n_pairs (view), ==, 2);
  g_assert_cmpstr (sk_race_view_plain (view, sk_race_view_pair (view))->net, ==,
                   "plain56");
  g_assert_nonnull (strstr (words, "Without skips more depth makes it worse"));
  g_assert_nonnull (strstr (words, "With skips more depth does no harm"));
  sk_race_view_set_pair (view, 0);
  g_assert_cmpstr (sk_race_view_residual (view, sk_race_view_pair (view))->net, ==,
                   "resnet20");
  race_free (race);
}

/* Snapshots of one race add up, another one begins anew, and none leaves it alone. */
static void
test_snapshots (void) {
  Race *race = race_new (twin_nets, twin_twins);
  g_autoptr (SkRaceView) view = sk_race_view_new ();
  g_autoptr (SkSnapshot) snapshot = sk_snapshot_new ();
  double loss, accuracy;

  g_assert_false (sk_race_view_take (view, snapshot));
  snapshot->race = sk_race_state_copy (&race->state);
  snapshot->run_serial = 1;
  g_assert_true (sk_race_view_take (view, snapshot));
  sk_race_view_latest (view, 0, &loss, &accuracy);
  g_assert_true (isnan (loss));
  g_array_append_vals (snapshot->race_points, race->points->data, race->points->len);
  sk_race_view_take (view, snapshot);
  sk_race_view_latest (view, 0, &loss, &accuracy);
  g_assert_cmpfloat (loss, <, 1.1);
  g_array_set_size (snapshot->race_points, 0);
  snapshot->run_serial = 2;
  sk_race_view_take (view, snapshot);
  sk_race_view_latest (view, 0, &loss, &accuracy);
  g_assert_true (isnan (loss));
  race_free (race);
}

static void
draw_all_sizes (const SkRaceView *view) {
  static const int sizes[][2] = { { 1, 1 },     { 40, 700 },  { 700, 40 },
                                  { 360, 640 }, { 900, 500 }, { 2560, 1300 } };
  SkPalette palette;

  for (int look = 0; look < 4; look++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
      Canvas canvas;

      sk_palette_init (&palette, look & 1, look & 2);
      canvas_init (&canvas, sizes[i][0], sizes[i][1], &palette);
      sk_race_view_draw (canvas.cr, view, sizes[i][0], sizes[i][1], &palette);
      canvas_check (&canvas);
      canvas_clear (&canvas);
    }
}

static void
test_odd_data (void) {
  static const char *const alone[] = { "resnet20", "resnet110", NULL };
  static const int none[] = { -1, -1 };
  const float odd[] = { NAN, INFINITY, 0, -1, 1e30f, 1e-30f };
  Race *race = race_new (twin_nets, twin_twins);
  Race *strangers = race_new (alone, none);
  g_autoptr (SkRaceView) empty = sk_race_view_new ();
  g_autoptr (SkRaceView) view = NULL, pairless = view_new (strangers);
  g_autofree char *words = NULL, *no_block = NULL;

  draw_all_sizes (empty);
  draw_all_sizes (pairless);
  g_assert_cmpint (sk_race_view_n_pairs (pairless), ==, 0);
  no_block = sk_race_view_describe_block (pairless, 0);
  g_assert_null (no_block);
  for (guint i = 0; i < race->points->len; i++) {
    SkRacePoint *point = &g_array_index (race->points, SkRacePoint, i);

    point->point.loss = odd[i % G_N_ELEMENTS (odd)];
  }
  for (int b = 0; b < 27; b++)
    race->state.contestants[1].gradients[b] = odd[(guint) b % G_N_ELEMENTS (odd)];
  view = view_new (race);
  draw_all_sizes (view);
  words = sk_race_view_words (view);
  g_clear_pointer (&race->state.contestants[0].gradients, g_free);
  sk_race_view_show (view, &race->state);
  draw_all_sizes (view);
  race_free (strangers);
  race_free (race);
}

static void
test_export (void) {
  static const char *const endings[] = { "png", "svg", "pdf" };
  g_autofree char *dir = g_dir_make_tmp ("skipscope-race-XXXXXX", NULL);
  Race *race = race_new (depth_nets, depth_twins);
  g_autoptr (SkRaceView) view = view_new (race);
  SkRaceFigure figure = { view, "Race" };
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *path = g_strdup_printf ("%s/race.%s", dir, endings[i]);
    g_autoptr (GError) error = NULL;

    g_assert_true (
        sk_export (path, 1000, 700, 1, &palette, sk_race_figure, &figure, &error));
    g_assert_no_error (error);
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    g_unlink (path);
  }
  g_rmdir (dir);
  race_free (race);
}

/* Fast enough for every frame: a long race at a large size. */
static void
test_speed (void) {
  Race *race = race_new (depth_nets, depth_twins);
  g_autoptr (SkRaceView) view = view_new (race);
  SkPalette palette;
  Canvas canvas;
  gint64 begun;

  for (int i = 0; i < 100; i++) {
    for (guint j = 0; j < race->points->len; j++)
      g_array_index (race->points, SkRacePoint, j).point.step += STEPS;
    sk_race_view_add (view, race->points, race->epochs, race->departures);
  }
  for (int i = 0; i < 4; i++)
    race->state.contestants[i].step = 101 * STEPS;
  sk_race_view_show (view, &race->state);
  sk_palette_init (&palette, FALSE, FALSE);
  canvas_init (&canvas, 1920, 1000, &palette);
  begun = g_get_monotonic_time ();
  for (int i = 0; i < 5; i++)
    sk_race_view_draw (canvas.cr, view, 1920, 1000, &palette);
  g_test_minimized_result ((double) (g_get_monotonic_time () - begun) / 5e6,
                           "s a picture of 12,120 steps of four networks");
  canvas_clear (&canvas);
  race_free (race);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/race/mirror", test_mirror);
  g_test_add_func ("/paint/race/curves", test_curves);
  g_test_add_func ("/paint/race/words", test_words);
  g_test_add_func ("/paint/race/words-follow", test_words_follow);
  g_test_add_func ("/paint/race/words-of-depth", test_words_of_depth);
  g_test_add_func ("/paint/race/snapshots", test_snapshots);
  g_test_add_func ("/paint/race/odd-data", test_odd_data);
  g_test_add_func ("/paint/race/export", test_export);
  g_test_add_func ("/paint/race/speed", test_speed);
  return g_test_run ();
}
