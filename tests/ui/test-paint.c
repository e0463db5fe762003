/* Colours, axes, ranges, series: what pictures are made of. */

#include <math.h>
#include <string.h>

#include "axis.h"
#include "palette.h"
#include "range.h"
#include "series.h"

static void
assert_contrast (SkColor color, SkColor ground, double least, const char *what) {
  double contrast = sk_color_contrast (color, ground);

  if (contrast < least)
    g_error ("%s has a contrast of %.2f, wants %.1f", what, contrast, least);
}

static void
test_contrast (void) {
  for (int look = 0; look < 4; look++) {
    SkPalette palette;
    SkColor grounds[2];

    sk_palette_init (&palette, look & 1, look & 2);
    grounds[0] = palette.background;
    grounds[1] = palette.surface;
    for (int i = 0; i < 2; i++) {
      double text = look & 2 ? 7 : 4.5;

      assert_contrast (palette.ink, grounds[i], 7, "ink");
      assert_contrast (palette.dim, grounds[i], text, "dim");
      assert_contrast (palette.train, grounds[i], 4.5, "train");
      assert_contrast (palette.test, grounds[i], 4.5, "test");
      assert_contrast (palette.skip, grounds[i], 4.5, "skip");
      assert_contrast (palette.residual, grounds[i], 4.5, "residual");
      assert_contrast (palette.error, grounds[i], 4.5, "error");
      assert_contrast (palette.warning, grounds[i], 4.5, "warning");
      assert_contrast (palette.accent, grounds[i], 4, "accent");
      assert_contrast (palette.ice, grounds[i], 3, "ice");
      assert_contrast (palette.frame, grounds[i], 3, "frame");
      assert_contrast (palette.wire, grounds[i], 3, "wire");
      for (gsize s = 0; s < G_N_ELEMENTS (palette.series); s++)
        assert_contrast (palette.series[s], grounds[i], 4.5, "series");
    }
  }
}

/* From dark to light in even steps, on any theme. */
static void
test_heat (void) {
  double before = -1;

  for (int i = 0; i <= 20; i++) {
    double lab[3];

    sk_color_to_oklab (sk_color_heat (i / 20.), lab);
    g_assert_cmpfloat (lab[0], >, before + (i > 0 ? 0.03 : 0));
    g_assert_cmpfloat (lab[0], <, before + 0.05 + (i > 0 ? 0 : 2));
    before = lab[0];
  }
  g_assert_cmpfloat (sk_color_heat (NAN).r, ==, sk_color_heat (0).r);
}

/* Text on any colour of the scale can be read, and equal steps look equal. */
static void
test_scale (void) {
  for (int dark = 0; dark < 2; dark++) {
    SkPalette palette;
    double before[3], first[3], last[3];

    sk_palette_init (&palette, dark, FALSE);
    sk_color_to_oklab (sk_palette_scale (&palette, 0), first);
    sk_color_to_oklab (sk_palette_scale (&palette, 1), last);
    g_assert_cmpfloat (fabs (last[0] - first[0]), >, 0.5);
    for (int i = 0; i <= 100; i++) {
      SkColor color = sk_palette_scale (&palette, i / 100.);
      double lab[3];

      g_assert_cmpfloat (sk_color_contrast (color, sk_color_on (color)), >=, 4.5);
      sk_color_to_oklab (color, lab);
      g_assert_cmpfloat_with_epsilon (
          lab[0], first[0] + i / 100. * (last[0] - first[0]), 0.004);
      if (i > 0) {
        double step =
            hypot (lab[0] - before[0], hypot (lab[1] - before[1], lab[2] - before[2]));

        /* No step is invisible, none jumps. */
        g_assert_cmpfloat (step, >, 0.004);
        g_assert_cmpfloat (step, <, 0.02);
      }
      memcpy (before, lab, sizeof lab);
    }
    g_assert_cmpfloat (sk_palette_scale (&palette, NAN).r, ==, palette.surface.r);
    g_assert_cmpfloat (sk_palette_scale (&palette, 7).r, ==,
                       sk_palette_scale (&palette, 1).r);
    /* Most stands out most from the background. */
    g_assert_cmpfloat (
        sk_color_contrast (sk_palette_scale (&palette, 1), palette.background), >,
        sk_color_contrast (sk_palette_scale (&palette, 0), palette.background));
  }
}

static void
test_oklab_returns (void) {
  const SkColor colors[] = { { 0, 0, 0, 1 },
                             { 1, 1, 1, 1 },
                             { 1, 0, 0, 1 },
                             { 0.2, 0.4, 0.6, 1 },
                             { 0, 0.5, 0.25, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (colors); i++) {
    double lab[3];
    SkColor back;

    sk_color_to_oklab (colors[i], lab);
    back = sk_color_from_oklab (lab);
    g_assert_cmpfloat_with_epsilon (back.r, colors[i].r, 1e-3);
    g_assert_cmpfloat_with_epsilon (back.g, colors[i].g, 1e-3);
    g_assert_cmpfloat_with_epsilon (back.b, colors[i].b, 1e-3);
  }
  /* The published value of pure red. */
  {
    double lab[3];

    sk_color_to_oklab ((SkColor){ 1, 0, 0, 1 }, lab);
    g_assert_cmpfloat_with_epsilon (lab[0], 0.62796, 1e-4);
    g_assert_cmpfloat_with_epsilon (lab[1], 0.22486, 1e-4);
    g_assert_cmpfloat_with_epsilon (lab[2], 0.12585, 1e-4);
  }
}

static void
assert_labels (SkAxis axis, int n, const char *expected) {
  g_autoptr (GString) labels = g_string_new (NULL);
  SkTick ticks[SK_AXIS_MAX_TICKS];
  int count;

  sk_axis_mend (&axis);
  count = sk_axis_ticks (&axis, n, ticks);
  for (int i = 0; i < count; i++)
    if (ticks[i].major)
      g_string_append_printf (labels, "%s%s", labels->len > 0 ? " " : "",
                              ticks[i].label);
  g_assert_cmpstr (labels->str, ==, expected);
}

static void
test_ticks (void) {
  assert_labels ((SkAxis){ .min = 0, .max = 1, .to = 100 }, 5,
                 "0.0 0.2 0.4 0.6 0.8 1.0");
  assert_labels ((SkAxis){ .min = 0, .max = 2.5, .to = 100 }, 5,
                 "0.0 0.5 1.0 1.5 2.0 2.5");
  assert_labels ((SkAxis){ .min = -20, .max = 100, .to = 100 }, 3, "0 50 100");
  assert_labels ((SkAxis){ .min = 0, .max = 40000, .to = 100 }, 4, "0 10k 20k 30k 40k");
  assert_labels ((SkAxis){ .min = 1e-6, .max = 1, .to = 100, .log = TRUE }, 4,
                 "10⁻⁶ 10⁻⁴ 10⁻² 1");
  assert_labels ((SkAxis){ .min = 1e-2, .max = 10, .to = 100, .log = TRUE }, 4,
                 "0.01 0.1 1 10");
  assert_labels ((SkAxis){ .min = 0.3, .max = 4, .to = 100, .log = TRUE }, 3,
                 "0.5 1 2");
  assert_labels ((SkAxis){ .min = 1e-14, .max = 1e-12, .to = 100, .log = TRUE }, 5,
                 "10⁻¹⁴ 10⁻¹³ 10⁻¹²");
}

static void
test_axis_mends (void) {
  const SkAxis bad[] = {
    { .min = NAN, .max = 3 },
    { .min = INFINITY, .max = -INFINITY },
    { .min = 2, .max = 2 },
    { .min = 0, .max = 0 },
    { .min = 5, .max = 1 },
    { .min = 0, .max = 4, .log = TRUE },
    { .min = -3, .max = -1, .log = TRUE },
    { .min = 7, .max = 7, .log = TRUE },
    { .min = 1e30, .max = 1e30 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    SkAxis axis = bad[i];
    SkTick ticks[SK_AXIS_MAX_TICKS];
    int n;

    axis.to = 100;
    sk_axis_mend (&axis);
    g_assert_true (isfinite (axis.min) && isfinite (axis.max));
    g_assert_cmpfloat (axis.min, <, axis.max);
    if (axis.log)
      g_assert_cmpfloat (axis.min, >, 0);
    n = sk_axis_ticks (&axis, 5, ticks);
    g_assert_cmpint (n, <=, SK_AXIS_MAX_TICKS);
    g_assert_cmpfloat_with_epsilon (sk_axis_place (&axis, axis.max), 100, 1e-6);
    sk_axis_widen (&axis, 5);
    g_assert_cmpfloat (axis.min, <, axis.max);
  }
}

static void
test_axis_returns (void) {
  for (int is_log = 0; is_log < 2; is_log++) {
    SkAxis axis = { .min = 0.1, .max = 40, .from = 300, .to = 20, .log = is_log };

    for (double value = 0.1; value < 40; value *= 1.7)
      g_assert_cmpfloat_with_epsilon (
          sk_axis_value (&axis, sk_axis_place (&axis, value)), value, 1e-9 * 40);
  }
}

static void
test_range (void) {
  SkLogRange range = { 0 };
  float values[200];

  /* One wild value, zeros and NaN do not move it. */
  for (int i = 0; i < 200; i++)
    values[i] = 2e-4f * (1 + i / 100.f);
  values[0] = NAN;
  values[1] = 0;
  values[2] = INFINITY;
  values[3] = 1e9f;
  g_assert_true (sk_log_range_update (&range, values, 200));
  g_assert_cmpfloat (range.low, ==, -5);
  g_assert_cmpfloat (range.high, ==, -3);
  g_assert_false (sk_log_range_update (&range, values, 200));
  g_assert_cmpfloat (sk_log_range_place (&range, 1e-4), ==, 0.5);
  g_assert_cmpfloat (sk_log_range_place (&range, 1e9), ==, 1);
  g_assert_cmpfloat (sk_log_range_place (&range, 0), ==, 0);
  g_assert_true (isnan (sk_log_range_place (&range, NAN)));

  /* It grows at once and tells. */
  for (int i = 100; i < 200; i++)
    values[i] = 0.5f;
  g_assert_true (sk_log_range_update (&range, values, 200));
  g_assert_cmpfloat (range.high, ==, 0);

  /* It shrinks only when that lasts. */
  for (int i = 0; i < 200; i++)
    values[i] = 3e-4f;
  for (int i = 0; i < 10; i++)
    g_assert_false (sk_log_range_update (&range, values, 200));
  for (int i = 0; i < 100; i++)
    sk_log_range_update (&range, values, 200);
  g_assert_cmpfloat (range.high, <=, -3);

  /* Nothing to measure changes nothing. */
  values[0] = NAN;
  g_assert_false (sk_log_range_update (&range, values, 1));
  g_assert_false (sk_log_range_update (&range, NULL, 0));
}

/* A real minus on axes and in words, and none where a number rounds to nothing. */
static void
test_minus (void) {
  const SkAxis axis = { .min = -4, .max = 4, .from = 0, .to = 100 };
  SkTick ticks[SK_AXIS_MAX_TICKS];
  int n = sk_axis_ticks (&axis, 4, ticks);
  const struct {
    double value;
    int decimals;
    gboolean sign;
    const char *words;
  } cases[] = {
    { -1.25, 1, TRUE, "−1.2" }, { -0.04, 1, TRUE, "0.0" }, { 0.3, 1, TRUE, "+0.3" },
    { 0.3, 1, FALSE, "0.3" },   { -7, 0, FALSE, "−7" },
  };

  g_assert_cmpstr (ticks[0].label, ==, "−4");
  g_assert_cmpstr (ticks[n / 2].label, ==, "0");
  for (int i = 0; i < n; i++)
    g_assert_null (strchr (ticks[i].label, '-'));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words =
        sk_format_fixed (cases[i].value, cases[i].decimals, cases[i].sign);

    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

static void
test_numbers (void) {
  const struct {
    double value;
    const char *number, *brief;
  } cases[] = {
    { 0, "0", "0" },
    { 0.25, "0.25", "0.25" },
    { 1.5e-4, "1.5×10⁻⁴", "1.5e-4" },
    { 9.9996e-5, "1×10⁻⁴", "1.0e-4" },
    { -2.345e-7, "−2.35×10⁻⁷", "−2.3e-7" },
    { 12345, "1.23e+04", "12.3k" },
    { 1e12, "1×10¹²", "1.0e12" },
    { -0.25, "−0.25", "−0.25" },
    { NAN, "NaN", "NaN" },
    { INFINITY, "∞", "∞" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *number = sk_format_number (cases[i].value);
    g_autofree char *brief = sk_format_short (cases[i].value);

    if (cases[i].value != 12345)
      g_assert_cmpstr (number, ==, cases[i].number);
    g_assert_cmpstr (brief, ==, cases[i].brief);
  }
}

/* Every range of a ragged series, against looking at each point. */
static void
test_series_extent (void) {
  g_autoptr (SkSeries) series = sk_series_new ();
  GRand *rand = g_rand_new_with_seed (3);
  const int n = 5003;
  g_autofree float *values = g_new (float, n);

  for (int i = 0; i < n; i++) {
    int kind = g_rand_int_range (rand, 0, 40);

    values[i] = kind == 0 ? NAN : kind == 1 ? INFINITY : g_rand_double (rand);
    sk_series_append (series, i * 0.5, values[i]);
  }
  for (int trial = 0; trial < 2000; trial++) {
    int from = g_rand_int_range (rand, 0, n), to = g_rand_int_range (rand, 0, n + 20);
    SkExtent got = sk_series_extent (series, from, to);
    float min = INFINITY, max = -INFINITY;
    guint non_finite = 0;

    for (int i = from; i < MIN (to, n); i++) {
      if (isfinite (values[i])) {
        min = MIN (min, values[i]);
        max = MAX (max, values[i]);
      } else {
        non_finite++;
      }
    }
    g_assert_cmpfloat (got.min, ==, min);
    g_assert_cmpfloat (got.max, ==, max);
    g_assert_cmpuint (got.non_finite, ==, non_finite);
  }
  g_assert_cmpuint (sk_series_find (series, 100.2), ==, 201);
  g_assert_cmpuint (sk_series_nearest (series, 100.2), ==, 200);
  g_assert_cmpuint (sk_series_nearest (series, 1e9), ==, n - 1);
  g_assert_cmpuint (sk_series_find (series, 1e9), ==, n);
  g_rand_free (rand);
}

static void
test_series_order (void) {
  g_autoptr (SkSeries) series = sk_series_new ();

  sk_series_append (series, 5, 1);
  sk_series_append (series, 3, 2); /* time does not run backwards */
  sk_series_append (series, NAN, 3);
  g_assert_cmpfloat (sk_series_x (series, 1), ==, 5);
  g_assert_cmpfloat (sk_series_x (series, 2), ==, 5);
  sk_series_clear (series);
  g_assert_cmpuint (sk_series_length (series), ==, 0);
  g_assert_cmpuint (sk_series_extent (series, 0, 10).non_finite, ==, 0);
}

static void
test_smoother (void) {
  SkSmoother smoother = { .decay = 0.9 };

  /* Not biased towards zero: a constant is itself from the first point on. */
  for (int i = 0; i < 5; i++)
    g_assert_cmpfloat_with_epsilon (sk_smoother_next (&smoother, 3), 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (sk_smoother_next (&smoother, NAN), 3, 1e-12);
  smoother = (SkSmoother){ .decay = 0.5 };
  sk_smoother_next (&smoother, 0);
  g_assert_cmpfloat_with_epsilon (sk_smoother_next (&smoother, 3), 2, 1e-12);
  smoother = (SkSmoother){ .decay = 0.5 };
  g_assert_true (isnan (sk_smoother_next (&smoother, NAN)));
  smoother = (SkSmoother){ 0 };
  sk_smoother_next (&smoother, 8);
  g_assert_cmpfloat (sk_smoother_next (&smoother, 1), ==, 1);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paint/palette/contrast", test_contrast);
  g_test_add_func ("/paint/palette/scale", test_scale);
  g_test_add_func ("/paint/palette/heat", test_heat);
  g_test_add_func ("/paint/palette/oklab", test_oklab_returns);
  g_test_add_func ("/paint/axis/ticks", test_ticks);
  g_test_add_func ("/paint/axis/mends", test_axis_mends);
  g_test_add_func ("/paint/axis/returns", test_axis_returns);
  g_test_add_func ("/paint/range", test_range);
  g_test_add_func ("/paint/numbers", test_numbers);
  g_test_add_func ("/paint/minus", test_minus);
  g_test_add_func ("/paint/series/extent", test_series_extent);
  g_test_add_func ("/paint/series/order", test_series_order);
  g_test_add_func ("/paint/smoother", test_smoother);
  return g_test_run ();
}
