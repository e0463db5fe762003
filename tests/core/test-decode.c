/* Pictures that may be dropped: valid, broken, hostile. */

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>

#include "errors.h"
#include "picture-fixture.h"

static void
test_lossless_formats (void) {
  static const char *const types[] = { "png", "bmp", "tiff" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GBytes) bytes = encode (types[i], 13, 7, FALSE);
    g_autoptr (GError) error = NULL;
    SkImage image;

    g_assert_true (sk_image_decode (bytes, NULL, &image, &error));
    g_assert_no_error (error);
    g_assert_cmpint (image.width, ==, 13);
    g_assert_cmpint (image.height, ==, 7);
    for (int p = 0; p < 13 * 7 * 3; p++)
      g_assert_cmpint (image.pixels[p], ==,
                       (guint8) (p % 3 * 70 + p / 39 * 30 + p / 3 % 13 * 7));
    sk_image_clear (&image);
  }
}

static void
test_alpha_over_white (void) {
  g_autoptr (GBytes) bytes = encode ("png", 13, 7, TRUE);
  SkImage image;

  g_assert_true (sk_image_decode (bytes, NULL, &image, NULL));
  for (int p = 0; p < 13 * 7; p++) {
    int alpha = (guint8) (3 * 70 + p / 13 * 30 + p % 13 * 7);

    for (int c = 0; c < 3; c++) {
      int value = (guint8) (c * 70 + p / 13 * 30 + p % 13 * 7);
      double want = value * alpha / 255.0 + 255.0 - alpha;

      g_assert_cmpfloat_with_epsilon (image.pixels[3 * p + c], want, 0.51);
    }
  }
  sk_image_clear (&image);
}

static void
test_jpeg (void) {
  g_autoptr (GBytes) bytes = encode ("jpeg", 40, 24, FALSE);
  SkImage image;
  double sum = 0;

  g_assert_true (sk_image_decode (bytes, NULL, &image, NULL));
  g_assert_cmpint (image.width, ==, 40);
  g_assert_cmpint (image.height, ==, 24);
  for (int p = 0; p < 40 * 24 * 3; p++)
    sum += image.pixels[p];
  g_assert_cmpfloat (sum, >, 0);
  sk_image_clear (&image);
}

/* --- broken and hostile -------------------------------------------------------------- */

static void
test_cut_anywhere (void) {
  static const char *const types[] = { "jpeg", "png", "bmp", "tiff" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GBytes) bytes = encode (types[i], 33, 40, FALSE);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    for (gsize cut = 0; cut < size; cut += 1 + size / 300) {
      g_autoptr (GError) error = NULL;
      SkImage image;

      if (decode_bytes (data, cut, &image, &error)) {
        g_assert_cmpint (image.width, ==, 33);
        g_assert_cmpint (image.height, ==, 40);
        /* What is lost may be an end marker, not half of the picture. */
        g_assert_cmpuint (cut, >, size / 2);
        sk_image_clear (&image);
      } else {
        g_assert_nonnull (error);
        g_assert_null (image.pixels);
      }
    }
  }
}

static void
test_flipped_bits (void) {
  static const char *const types[] = { "jpeg", "png", "bmp", "tiff" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GBytes) bytes = encode (types[i], 21, 18, i % 2);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    for (int k = 0; k < 400; k++) {
      g_autofree guint8 *bad = g_memdup2 (data, size);
      SkImage image;

      for (int n = 0; n < 4; n++)
        bad[g_test_rand_int_range (0, (gint32) MIN (size, 200))] ^=
            (guint8) (1 << g_test_rand_int_range (0, 8));
      if (decode_bytes (bad, size, &image, NULL))
        sk_image_clear (&image);
    }
  }
}

static void
test_huge_header (void) {
  static const guint8 ihdr[13] = { 0, 1, 0, 0, 0, 1, 0, 0, 16, 6, 0, 0, 0 };
  g_autoptr (GByteArray) png = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  SkImage image;

  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  append_chunk (png, "IHDR", ihdr, sizeof ihdr);
  append_chunk (png, "IEND", NULL, 0);
  g_assert_false (decode_bytes (png->data, png->len, &image, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "65536×65536"));
}

/* A progressive JPEG whose last scan stands there @repeats times. */
static GByteArray *
make_scans (int repeats) {
  struct jpeg_compress_struct cinfo;
  struct jpeg_error_mgr errors;
  GByteArray *out = g_byte_array_new ();
  unsigned char *buffer = NULL;
  unsigned long size = 0, last = 0;
  JSAMPLE row[64 * 3] = { 0 };
  JSAMPROW rows[1] = { row };

  cinfo.err = jpeg_std_error (&errors);
  jpeg_create_compress (&cinfo);
  jpeg_mem_dest (&cinfo, &buffer, &size);
  cinfo.image_width = cinfo.image_height = 64;
  cinfo.input_components = 3;
  cinfo.in_color_space = JCS_RGB;
  jpeg_set_defaults (&cinfo);
  jpeg_simple_progression (&cinfo);
  jpeg_start_compress (&cinfo, TRUE);
  for (int y = 0; y < 64; y++) {
    row[y * 3 % 192] = 255;
    jpeg_write_scanlines (&cinfo, rows, 1);
  }
  jpeg_finish_compress (&cinfo);
  jpeg_destroy_compress (&cinfo);
  for (unsigned long i = 0; i + 1 < size; i++)
    if (buffer[i] == 0xff && buffer[i + 1] == 0xda)
      last = i;
  g_byte_array_append (out, buffer, (guint) last);
  for (int i = 0; i < repeats; i++)
    g_byte_array_append (out, buffer + last, (guint) (size - 2 - last));
  g_byte_array_append (out, buffer + size - 2, 2);
  free (buffer);
  return out;
}

static void
test_many_scans (void) {
  g_autoptr (GByteArray) honest = make_scans (1), bomb = make_scans (2000);
  g_autoptr (GError) error = NULL;
  SkImage image;

  g_assert_true (decode_bytes (honest->data, honest->len, &image, NULL));
  g_assert_cmpint (image.width, ==, 64);
  sk_image_clear (&image);
  g_assert_false (decode_bytes (bomb->data, bomb->len, &image, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "scans"));
}

static void
test_not_pictures (void) {
  static const struct {
    const char *bytes;
    const char *named;
  } cases[] = {
    { "", "an empty file" },
    { "hello there", "plain text" },
    { "<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG" },
    { "<!DOCTYPE html><title>404</title>", "web page" },
    { "version https://git-lfs.github.com/spec/v1\n", "Git LFS" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    SkImage image;

    g_assert_false (
        decode_bytes (cases[i].bytes, strlen (cases[i].bytes), &image, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, cases[i].named));
  }
}

static void
test_cancelled (void) {
  static const char *const types[] = { "jpeg", "png" };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GBytes) bytes = encode (types[i], 8, 8, FALSE);
    g_autoptr (GError) error = NULL;
    SkImage image;

    g_assert_false (sk_image_decode (bytes, cancellable, &image, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_CANCELLED);
  }
}

static void
test_load_what_is_no_file (void) {
  g_autofree char *folder = g_dir_make_tmp ("skipscope-test-XXXXXX", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe.jpg", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing.jpg", NULL);
  const char *paths[] = { folder, pipe, missing, "/dev/zero" };

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (GError) error = NULL;
    SkImage image;

    g_assert_false (sk_image_load (paths[i], NULL, &image, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
    g_assert_nonnull (strstr (error->message, paths[i]));
  }
  g_unlink (pipe);
  g_rmdir (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode/lossless", test_lossless_formats);
  g_test_add_func ("/decode/alpha", test_alpha_over_white);
  g_test_add_func ("/decode/jpeg", test_jpeg);
  g_test_add_func ("/decode/cut", test_cut_anywhere);
  g_test_add_func ("/decode/flipped-bits", test_flipped_bits);
  g_test_add_func ("/decode/huge-header", test_huge_header);
  g_test_add_func ("/decode/many-scans", test_many_scans);
  g_test_add_func ("/decode/not-pictures", test_not_pictures);
  g_test_add_func ("/decode/cancelled", test_cancelled);
  g_test_add_func ("/decode/no-file", test_load_what_is_no_file);
  return g_test_run ();
}
