/* How a picture stands upright, by its EXIF: every number, in every file that says it. */

#include <string.h>

#include "exif.h"
#include "picture-fixture.h"

/* Stored as abc/def; how it stands upright, by the definition of each number. */
static const struct {
  int width, height;
  const char *letters;
} upright[9] = {
  { 0, 0, NULL },     { 3, 2, "abcdef" }, { 3, 2, "cbafed" },
  { 3, 2, "fedcba" }, { 3, 2, "defabc" }, { 2, 3, "adbecf" },
  { 2, 3, "daebfc" }, { 2, 3, "fcebda" }, { 2, 3, "cfbead" },
};

static void
make_exif (guint8 *tiff, gboolean big_endian, int orientation) {
  static const guint8 big[26] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12,
                                  0,   3,   0, 0,  0, 1, 0, 0, 0, 0, 0, 0 };
  static const guint8 little[26] = { 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1,
                                     3,   0,   1,  0, 0, 0, 0, 0, 0, 0, 0,    0 };

  memcpy (tiff, big_endian ? big : little, 26);
  tiff[big_endian ? 19 : 18] = (guint8) orientation;
}

static void
test_orientations (void) {
  for (int orientation = 1; orientation <= 8; orientation++) {
    SkImage image = { g_malloc (18), 3, 2 };
    const char *want = upright[orientation].letters;
    guint8 tiff[26];

    make_exif (tiff, orientation % 2, orientation);
    g_assert_cmpint (sk_exif_orientation (tiff, sizeof tiff), ==, orientation);
    for (int i = 0; i < 18; i++)
      image.pixels[i] = (guint8) ('a' + i / 3);
    sk_image_orient (&image, orientation);
    g_assert_cmpint (image.width, ==, upright[orientation].width);
    g_assert_cmpint (image.height, ==, upright[orientation].height);
    for (int i = 0; i < 18; i++)
      g_assert_cmpint (image.pixels[i], ==, want[i / 3]);
    sk_image_clear (&image);
  }
}

static void
test_orientation_in_png (void) {
  g_autoptr (GBytes) plain = encode ("png", 5, 3, FALSE);
  g_autoptr (GByteArray) png = g_byte_array_new ();
  gsize size;
  const guint8 *bytes = g_bytes_get_data (plain, &size);
  guint8 tiff[26];
  SkImage image;

  make_exif (tiff, TRUE, 6);
  g_byte_array_append (png, bytes, 33); /* signature and IHDR */
  append_chunk (png, "eXIf", tiff, sizeof tiff);
  g_byte_array_append (png, bytes + 33, (guint) size - 33);
  g_assert_true (decode_bytes (png->data, png->len, &image, NULL));
  g_assert_cmpint (image.width, ==, 3);
  g_assert_cmpint (image.height, ==, 5);
  /* Rotated by 90° clockwise: what was at the bottom left is at the top left. */
  g_assert_cmpint (image.pixels[0], ==, 2 * 30);
  sk_image_clear (&image);
}

/* An APP1 segment after SOI. */
static GByteArray *
jpeg_with_exif (int orientation) {
  g_autoptr (GBytes) plain = encode ("jpeg", 24, 8, FALSE);
  GByteArray *jpeg = g_byte_array_new ();
  static const guint8 segment[10] = { 0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0 };
  gsize size;
  const guint8 *bytes = g_bytes_get_data (plain, &size);
  guint8 tiff[26];

  make_exif (tiff, FALSE, orientation);
  g_byte_array_append (jpeg, bytes, 2);
  g_byte_array_append (jpeg, segment, sizeof segment);
  g_byte_array_append (jpeg, tiff, sizeof tiff);
  g_byte_array_append (jpeg, bytes + 2, (guint) size - 2);
  return jpeg;
}

static void
test_orientation_in_jpeg (void) {
  for (int orientation = 0; orientation <= 9; orientation++) {
    g_autoptr (GByteArray) jpeg = jpeg_with_exif (orientation);
    gboolean turned = orientation >= 5 && orientation <= 8;
    SkImage image;

    g_assert_true (decode_bytes (jpeg->data, jpeg->len, &image, NULL));
    g_assert_cmpint (image.width, ==, turned ? 8 : 24);
    g_assert_cmpint (image.height, ==, turned ? 24 : 8);
    sk_image_clear (&image);
  }
}

/* However it is cut or twisted, an answer of 1 … 8 and nothing read beyond the end. */
static void
test_exif_is_bounded (void) {
  guint8 tiff[26];

  make_exif (tiff, TRUE, 6);
  for (gsize size = 0; size <= sizeof tiff; size++) {
    g_autofree guint8 *exact = g_memdup2 (tiff, size); /* sanitizers watch its end */

    g_assert_cmpint (sk_exif_orientation (exact, size), ==, size >= 20 ? 6 : 1);
  }
  for (int i = 0; i < 200000; i++) {
    guint8 twisted[26];
    int answer;

    memcpy (twisted, tiff, sizeof twisted);
    for (int k = 0; k < 3; k++)
      twisted[4 + g_test_rand_int_range (0, 22)] = (guint8) g_test_rand_int ();
    answer = sk_exif_orientation (twisted, sizeof twisted);
    g_assert_true (answer >= 1 && answer <= 8);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode/orientation/all", test_orientations);
  g_test_add_func ("/decode/orientation/png", test_orientation_in_png);
  g_test_add_func ("/decode/orientation/jpeg", test_orientation_in_jpeg);
  g_test_add_func ("/decode/orientation/bounded", test_exif_is_bounded);
  return g_test_run ();
}
