#include "file-fixture.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>

#include "rng.h"

#define RECORD 3073

void
remove_tree (const char *path) {
  gboolean link = g_file_test (path, G_FILE_TEST_IS_SYMLINK);
  g_autoptr (GDir) dir = link ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

char *
shared_path (const char *name) {
  const char *shared = g_getenv ("SKIPSCOPE_SHARED");

  return g_build_filename (shared != NULL ? shared : "../shared", "data", name, NULL);
}

GBytes *
unpack_xz (const char *path) {
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  GByteArray *bytes = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (1 << 20);
  la_ssize_t n;

  archive_read_support_filter_xz (archive);
  archive_read_support_format_raw (archive);
  g_assert_cmpint (archive_read_open_filename (archive, path, 1 << 20), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_read_next_header (archive, &entry), ==, ARCHIVE_OK);
  while ((n = archive_read_data (archive, buffer, 1 << 20)) > 0)
    g_byte_array_append (bytes, buffer, (guint) n);
  g_assert_cmpint (n, ==, 0);
  archive_read_free (archive);
  return g_byte_array_free_to_bytes (bytes);
}

static void
write_records (const char *folder, const char *name, int n, guint64 seed) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree guint8 *records = g_malloc ((gsize) n * RECORD);

  for (int i = 0; i < n; i++) {
    SkRng rng = sk_rng_at (seed, 1, (guint64) i);
    guint8 *record = records + (gsize) i * RECORD;

    record[0] = (guint8) (i % 10);
    for (int j = 1; j < RECORD; j++)
      record[j] = (guint8) (record[0] * 16 + sk_rng_below (&rng, 96));
  }
  g_assert_true (
      g_file_set_contents (path, (const char *) records, (gssize) n * RECORD, NULL));
}

char *
make_cifar10 (const char *folder, int n_train, int n_test) {
  write_records (folder, "data_batch_1.bin", n_train, 1);
  write_records (folder, "test_batch.bin", n_test, 2);
  return g_strconcat ("cifar10:", folder, NULL);
}

static void
put_u32 (guint8 *at, guint32 value) {
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

guint8 *
make_bmp (int width, int height, gsize *size) {
  gsize stride = ((gsize) width * 3 + 3) / 4 * 4;
  guint8 *bmp;

  *size = BMP_PIXELS + stride * (gsize) height;
  bmp = g_malloc0 (*size);
  memcpy (bmp, "BM", 2);
  put_u32 (bmp + 2, (guint32) *size);
  put_u32 (bmp + 10, BMP_PIXELS);
  put_u32 (bmp + 14, 40); /* of the second header */
  put_u32 (bmp + 18, (guint32) width);
  put_u32 (bmp + 22, (guint32) height);
  bmp[26] = 1; /* plane */
  bmp[28] = 24; /* bits */
  return bmp;
}
