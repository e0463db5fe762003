/* Every kind of file that may be dropped: valid, odd, broken, hostile. */

#include <archive.h>
#include <archive_entry.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include <jpeglib.h>

#include "decode.h"
#include "errors.h"
#include "exif.h"

#define SLOW 2.0 /* seconds of processor time that a file may take */
#define MEMORY ((glong) 512) /* MB that the whole corpus may take */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* --- helpers ------------------------------------------------------------------------- */

static char *
shared_path (const char *name) {
  const char *shared = g_getenv ("SKIPSCOPE_SHARED");

  return g_build_filename (shared ? shared : "../shared", "data", name, NULL);
}

/* A file of @type whose pixels follow from their place. */
static GBytes *
encode (const char *type, int width, int height, gboolean alpha) {
  g_autoptr (GdkPixbuf) pixbuf =
      gdk_pixbuf_new (GDK_COLORSPACE_RGB, alpha, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf), n = alpha ? 4 : 3;
  g_autoptr (GError) error = NULL;
  char *buffer;
  gsize size;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < n; c++)
        pixels[y * stride + x * n + c] = (guint8) (c * 70 + y * 30 + x * 7);
  gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &size, type, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (buffer, size);
}

static gboolean
decode_bytes (const void *bytes, gsize size, SkImage *image, GError **error) {
  g_autoptr (GBytes) wrapped = g_bytes_new (bytes, size);

  return sk_image_decode (wrapped, NULL, image, error);
}

static guint32
crc32_of (const guint8 *bytes, gsize size) {
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++) {
    crc ^= bytes[i];
    for (int k = 0; k < 8; k++)
      crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return ~crc;
}

static void
append32 (GByteArray *bytes, guint32 value) {
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *) &big, 4);
}

static void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint32 size) {
  gsize at = png->len + 4;

  append32 (png, size);
  g_byte_array_append (png, (const guint8 *) type, 4);
  if (size > 0)
    g_byte_array_append (png, data, size);
  append32 (png, crc32_of (png->data + at, size + 4));
}

/* --- formats ------------------------------------------------------------------------- */

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

/* --- orientation --------------------------------------------------------------------- */

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

/* --- the corpus ---------------------------------------------------------------------- */

/* One line of EXPECT.tsv against what comes out. */
static void
check_expected (const char *folder, char **columns) {
  g_autofree char *path = g_build_filename (folder, columns[0], NULL);
  const char *expect = columns[4], *size = columns[5];
  gboolean foreign =
      g_str_has_suffix (columns[0], ".ico") || g_str_has_suffix (columns[0], ".ppm");
  clock_t began = clock ();
  g_autoptr (GError) error = NULL;
  g_autofree char *got = NULL;
  SkImage image;

  if (sk_image_load (path, NULL, &image, &error)) {
    got = g_strdup_printf ("%dx%d", image.width, image.height);
    sk_image_clear (&image);
    if (*size == '\0' && g_str_has_prefix (expect, "either "))
      size = expect + strlen ("either ");
    if (strcmp (got, size) != 0)
      g_error ("%s became %s, but “%s” was expected", columns[0], got, expect);
  } else if (g_str_has_prefix (expect, "decodes") && !foreign) {
    g_error ("%s was refused: %s", columns[0], error->message);
  } else {
    g_assert_nonnull (strstr (error->message, columns[0]));
    g_assert_null (strchr (error->message, '\n'));
  }
  g_assert_cmpfloat ((double) (clock () - began) / CLOCKS_PER_SEC, <, SLOW);
}

static void
test_corpus (void) {
  g_autofree char *folder = shared_path ("nasty-images");
  g_autofree char *list = g_build_filename (folder, "EXPECT.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  struct rusage usage;
  int n = 0;

  if (!g_file_get_contents (list, &text, NULL, NULL)) {
    g_test_skip ("needs shared/data/nasty-images");
    return;
  }
  lines = g_strsplit (text, "\n", -1);
  for (int i = 1; lines[i] && *lines[i]; i++) {
    g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);

    g_assert_cmpuint (g_strv_length (columns), >=, 6);
    check_expected (folder, columns);
    n++;
  }
  g_assert_cmpint (n, ==, 143);
  getrusage (RUSAGE_SELF, &usage);
  if (!SANITIZED)
    g_assert_cmpint (usage.ru_maxrss >> 10, <, MEMORY);
}

/* All eight show one picture; JPEG's losses differ a little. */
static void
test_exif_corpus (void) {
  g_autofree char *folder = shared_path ("nasty-images");
  SkImage first = { 0 };

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_test_skip ("needs shared/data/nasty-images");
    return;
  }
  for (int i = 1; i <= 8; i++) {
    g_autofree char *path = g_strdup_printf ("%s/exif-landscape-%d.jpg", folder, i);
    double difference = 0;
    SkImage image;

    g_assert_true (sk_image_load (path, NULL, &image, NULL));
    if (i == 1) {
      first = image;
      continue;
    }
    g_assert_cmpint (image.width, ==, first.width);
    /* The number that is drawn in the middle differs, little else. */
    for (int p = 0; p < image.width * image.height * 3; p++)
      difference += ABS ((int) image.pixels[p] - first.pixels[p]);
    g_assert_cmpfloat (difference / (image.width * image.height * 3), <, 4.0);
    sk_image_clear (&image);
  }
  sk_image_clear (&first);
}

/* Unpacks the odd names into a folder of our own, and loads each. */
static void
test_odd_names (void) {
  g_autofree char *path = shared_path ("nasty-images/odd-names.tar");
  g_autofree char *folder = g_dir_make_tmp ("skipscope-test-XXXXXX", NULL);
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  int n = 0;

  archive_read_support_format_tar (archive);
  if (archive_read_open_filename (archive, path, 65536) != ARCHIVE_OK) {
    archive_read_free (archive);
    g_rmdir (folder);
    g_test_skip ("needs shared/data/nasty-images");
    return;
  }
  while (archive_read_next_header (archive, &entry) == ARCHIVE_OK) {
    g_autofree char *name = g_path_get_basename (archive_entry_pathname (entry));
    g_autofree char *file = g_build_filename (folder, name, NULL);
    gsize size = (gsize) archive_entry_size (entry);
    g_autofree char *bytes = g_malloc (size);
    SkImage image;

    if (archive_entry_filetype (entry) != AE_IFREG)
      continue;
    g_assert_cmpint (archive_read_data (archive, bytes, size), ==, size);
    g_assert_true (g_file_set_contents (file, bytes, (gssize) size, NULL));
    g_assert_true (sk_image_load (file, NULL, &image, NULL));
    g_assert_cmpint (image.width, ==, 128);
    sk_image_clear (&image);
    g_unlink (file);
    n++;
  }
  g_assert_cmpint (n, ==, 7);
  archive_read_free (archive);
  g_rmdir (folder);
}

int
main (int argc, char **argv) {
  /* For libarchive, which translates names of files. */
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode/lossless", test_lossless_formats);
  g_test_add_func ("/decode/alpha", test_alpha_over_white);
  g_test_add_func ("/decode/jpeg", test_jpeg);
  g_test_add_func ("/decode/orientation/all", test_orientations);
  g_test_add_func ("/decode/orientation/png", test_orientation_in_png);
  g_test_add_func ("/decode/orientation/jpeg", test_orientation_in_jpeg);
  g_test_add_func ("/decode/orientation/bounded", test_exif_is_bounded);
  g_test_add_func ("/decode/cut", test_cut_anywhere);
  g_test_add_func ("/decode/flipped-bits", test_flipped_bits);
  g_test_add_func ("/decode/huge-header", test_huge_header);
  g_test_add_func ("/decode/many-scans", test_many_scans);
  g_test_add_func ("/decode/not-pictures", test_not_pictures);
  g_test_add_func ("/decode/cancelled", test_cancelled);
  g_test_add_func ("/decode/no-file", test_load_what_is_no_file);
  g_test_add_func ("/decode/corpus/expected", test_corpus);
  g_test_add_func ("/decode/corpus/exif", test_exif_corpus);
  g_test_add_func ("/decode/corpus/odd-names", test_odd_names);
  return g_test_run ();
}
