/* Resizing against Pillow, crops and flips against their definition, normalisation. */

#include <math.h>
#include <string.h>

#include "normalisation.h"
#include "transform.h"

/* The formula of golden/resize.py. */
static guint8
pattern (int x, int y, int c) {
  guint32 noise = (guint32) (x * 1103 + y * 2741 + c * 977 + 1) * 2654435761u >> 24;

  return (guint8) ((noise + (guint32) (x * 3 + y * 5) % 256) / 2);
}

static SkImage
make_picture (int width, int height) {
  SkImage image = { g_malloc ((gsize) width * (gsize) height * 3), width, height };

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        image.pixels[((gsize) y * (gsize) width + (gsize) x) * 3 + (gsize) c] =
            pattern (x, y, c);
  return image;
}

static const guint8 *
pixel (const guint8 *pixels, int side, int x, int y) {
  return pixels + ((gsize) y * (gsize) side + (gsize) x) * 3;
}

static void
test_resize_equals_pillow (void) {
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "golden", "resize.bin", NULL);
  g_autofree char *contents = NULL;
  gsize size, at = 0;
  int n_cases = 0;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  for (; at < size; n_cases++) {
    gint32 header[5]; /* width, height, new width, new height, bicubic */
    SkImage in, out;
    gsize n;

    memcpy (header, contents + at, sizeof header);
    at += sizeof header;
    in = make_picture (header[0], header[1]);
    sk_image_resize (&in, header[2], header[3],
                     header[4] != 0 ? SK_FILTER_BICUBIC : SK_FILTER_BILINEAR, &out);
    n = (gsize) header[2] * (gsize) header[3] * 3;
    g_assert_cmpuint (at + n, <=, size);
    for (gsize i = 0; i < n; i++)
      g_assert_cmpint (abs ((int) out.pixels[i] - (guint8) contents[at + i]), <=, 1);
    at += n;
    sk_image_clear (&in);
    sk_image_clear (&out);
  }
  g_assert_cmpint (n_cases, ==, 16);
}

static void
test_centre_crop (void) {
  /* The short side becomes 32, the long one int (32·100/57) = 56; the crop begins at
   * round ((56 − 28) / 2) = 14 and round ((32 − 28) / 2) = 2. */
  SkImage image = make_picture (100, 57), whole;
  SkTransform transform = { .side = 28, .resize = 32 };
  g_autofree guint8 *got = g_malloc (28 * 28 * 3);

  sk_image_resize (&image, 56, 32, SK_FILTER_BILINEAR, &whole);
  sk_transform_pixels (&transform, &image, SK_AUGMENT_NONE, NULL, got);
  for (int y = 0; y < 28; y++)
    g_assert_cmpmem (pixel (got, 28, 0, y), 28 * 3,
                     whole.pixels + ((y + 2) * 56 + 14) * 3, 28 * 3);
  sk_image_clear (&image);
  sk_image_clear (&whole);
}

static void
test_extreme_proportions (void) {
  static const int sizes[][2] = { { 30000, 1 }, { 1, 30000 }, { 1, 1 }, { 2, 3000 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    SkImage image = make_picture (sizes[i][0], sizes[i][1]);
    SkTransform transform = sk_transform_default (224);
    g_autofree float *out = g_new (float, 224 * 224 * 3);

    for (int augment = SK_AUGMENT_NONE; augment <= SK_AUGMENT_RANDOM_RESIZED_CROP;
         augment++) {
      SkRng rng = sk_rng_at (1, 2, i);

      sk_transform_apply (&transform, &image, (SkAugment) augment, &rng, out);
      for (int k = 0; k < 224 * 224 * 3; k++)
        g_assert_true (isfinite (out[k]));
    }
    sk_image_clear (&image);
  }
}

static void
test_normalise (void) {
  const SkNormalisation *norm = &sk_normalisation_cifar10;
  SkImage image = make_picture (32, 32);
  SkTransform transform = sk_transform_default (32);
  g_autofree float *out = g_new (float, 32 * 32 * 3);

  g_assert_cmpint (transform.resize, ==, 32);
  sk_transform_apply (&transform, &image, SK_AUGMENT_NONE, NULL, out);
  for (int i = 0; i < 32 * 32 * 3; i++) {
    double want = (image.pixels[i] / 255.0 - norm->mean[i % 3]) / norm->std[i % 3];

    g_assert_cmpfloat_with_epsilon (out[i], want, 1e-6);
  }
  sk_image_clear (&image);
}

/* Is @got @in moved by (dx, dy), black where nothing came, mirrored when @flipped? */
static gboolean
is_shift (const guint8 *got, const guint8 *in, int dx, int dy, gboolean flipped) {
  static const guint8 black[3];

  for (int y = 0; y < 32; y++)
    for (int x = 0; x < 32; x++) {
      int from_x = (flipped ? 31 - x : x) + dx, from_y = y + dy;
      gboolean inside = from_x >= 0 && from_x < 32 && from_y >= 0 && from_y < 32;
      const guint8 *want = inside ? pixel (in, 32, from_x, from_y) : black;

      if (memcmp (pixel (got, 32, x, y), want, 3) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
test_cifar_augmentation (void) {
  SkImage image = make_picture (32, 32);
  SkTransform transform = sk_transform_default (32);
  guint8 got[32 * 32 * 3];
  int seen[9][9][2] = { 0 }, n_seen = 0;

  for (guint64 i = 0; i < 4000; i++) {
    SkRng rng = sk_rng_at (5, 0, i);
    int found = 0;

    sk_transform_pixels (&transform, &image, SK_AUGMENT_CIFAR, &rng, got);
    for (int k = 0; k < 9 * 9 * 2 && !found; k++) {
      int dx = k / 18 - 4, dy = k / 2 % 9 - 4;

      found = is_shift (got, image.pixels, dx, dy, k % 2);
      if (found && seen[dx + 4][dy + 4][k % 2]++ == 0)
        n_seen++;
    }
    g_assert_true (found);
  }
  /* All of the 162 come about, none much more often than every 162nd time. */
  g_assert_cmpint (n_seen, ==, 162);
  for (int k = 0; k < 162; k++)
    g_assert_cmpint (seen[k / 18][k / 2 % 9][k % 2], <, 60);
  sk_image_clear (&image);
}

/* On a ramp a pixel's value says where it came from. */
static void
test_random_resized_crop (void) {
  const int side = 200;
  SkImage image = { g_malloc0 ((gsize) (side * side * 3)), side, side };
  SkTransform transform = { .side = 16, .resize = 16 };
  guint8 got[16 * 16 * 3];
  double area_sum = 0, area_min = 1, area_max = 0, ratio_min = 9, ratio_max = 0;
  int n_flipped = 0;

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      image.pixels[(y * side + x) * 3] = (guint8) x;
      image.pixels[(y * side + x) * 3 + 1] = (guint8) y;
    }
  for (guint64 i = 0; i < 2000; i++) {
    SkRng rng = sk_rng_at (9, 0, i);
    double width, height, area;

    sk_transform_pixels (&transform, &image, SK_AUGMENT_RANDOM_RESIZED_CROP, &rng, got);
    /* Between the centres of the second and the last pixel but one lie 13/16. */
    width = (pixel (got, 16, 14, 8)[0] - pixel (got, 16, 1, 8)[0]) * 16.0 / 13;
    height = (pixel (got, 16, 8, 14)[1] - pixel (got, 16, 8, 1)[1]) * 16.0 / 13;
    n_flipped += width < 0;
    width = fabs (width);
    area = width * height / (side * side);
    area_sum += area;
    area_min = MIN (area_min, area);
    area_max = MAX (area_max, area);
    ratio_min = MIN (ratio_min, width / height);
    ratio_max = MAX (ratio_max, width / height);
  }
  g_assert_cmpfloat (area_min, >, 0.06);
  g_assert_cmpfloat (area_min, <, 0.11);
  g_assert_cmpfloat (area_max, >, 0.85);
  g_assert_cmpfloat (area_max, <, 1.03);
  /* Uniform over 8–100 %, less those at the top that do not fit: 0.480 for a square. */
  g_assert_cmpfloat (fabs (area_sum / 2000 - 0.48), <, 0.02);
  g_assert_cmpfloat (ratio_min, >, 0.68);
  g_assert_cmpfloat (ratio_max, <, 1.45);
  g_assert_cmpfloat (ratio_max / ratio_min, >, 1.6);
  g_assert_cmpint (abs (n_flipped - 1000), <, 120);
  sk_image_clear (&image);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transform/resize/pillow", test_resize_equals_pillow);
  g_test_add_func ("/transform/centre-crop", test_centre_crop);
  g_test_add_func ("/transform/extreme-proportions", test_extreme_proportions);
  g_test_add_func ("/transform/normalise", test_normalise);
  g_test_add_func ("/transform/cifar", test_cifar_augmentation);
  g_test_add_func ("/transform/random-resized-crop", test_random_resized_crop);
  return g_test_run ();
}
