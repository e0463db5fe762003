/* A corpus of odd, broken and hostile files, each with what is expected of it. Skipped where
 * it is not there. */

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "decode.h"
#include "file-fixture.h"

#define SLOW 2.0 /* seconds of processor time that a file may take */
#define MEMORY ((glong) 512) /* MB that the whole corpus may take */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

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
    remove_tree (folder);
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
    n++;
  }
  g_assert_cmpint (n, ==, 7);
  archive_read_free (archive);
  remove_tree (folder);
}

int
main (int argc, char **argv) {
  /* For libarchive, which translates names of files. */
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode/corpus/expected", test_corpus);
  g_test_add_func ("/decode/corpus/exif", test_exif_corpus);
  g_test_add_func ("/decode/corpus/odd-names", test_odd_names);
  return g_test_run ();
}
