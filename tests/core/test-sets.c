/* The built-in set and CIFAR, from files that the tests make. */

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "dataset.h"
#include "errors.h"
#include "file-fixture.h"

/* --- the built-in set ---------------------------------------------------------------- */

static void
test_builtin_counts (void) {
  g_autoptr (SkDataset) set = sk_dataset_open ("builtin", 1, NULL, NULL);
  int n[10] = { 0 };

  g_assert_nonnull (set);
  g_assert_cmpstr (sk_dataset_spec (set), ==, "builtin");
  g_assert_cmpint (sk_dataset_classes (set), ==, 10);
  g_assert_cmpint (sk_dataset_side (set), ==, 32);
  g_assert_cmpstr (sk_dataset_class_name (set, 9), ==, "spiral");
  for (int i = 0; i < sk_dataset_count (set, SK_SPLIT_TEST); i++)
    n[sk_dataset_label (set, SK_SPLIT_TEST, i)]++;
  for (int i = 0; i < 10; i++)
    g_assert_cmpint (n[i], ==, sk_dataset_count (set, SK_SPLIT_TEST) / 10);
  g_assert_null (sk_dataset_path (set, SK_SPLIT_TRAIN, 0));
}

static void
test_builtin_is_pure (void) {
  g_autoptr (SkDataset) a = sk_dataset_open ("builtin", 1, NULL, NULL);
  g_autoptr (SkDataset) b = sk_dataset_open ("builtin", 1, NULL, NULL);
  g_autoptr (SkDataset) other = sk_dataset_open ("builtin", 2, NULL, NULL);
  SkImage first, again, fresh, test, seed;

  g_assert_true (sk_dataset_read (b, SK_SPLIT_TRAIN, 40, &again, NULL));
  sk_image_clear (&again);
  g_assert_true (sk_dataset_read (a, SK_SPLIT_TRAIN, 41, &first, NULL));
  g_assert_true (sk_dataset_read (a, SK_SPLIT_TRAIN, 41, &again, NULL));
  g_assert_true (sk_dataset_read (b, SK_SPLIT_TRAIN, 41, &fresh, NULL));
  g_assert_true (sk_dataset_read (a, SK_SPLIT_TEST, 41, &test, NULL));
  g_assert_true (sk_dataset_read (other, SK_SPLIT_TRAIN, 41, &seed, NULL));
  g_assert_cmpmem (first.pixels, 3072, again.pixels, 3072);
  g_assert_cmpmem (first.pixels, 3072, fresh.pixels, 3072);
  g_assert_cmpint (memcmp (first.pixels, test.pixels, 3072), !=, 0);
  g_assert_cmpint (memcmp (first.pixels, seed.pixels, 3072), !=, 0);
  sk_image_clear (&first);
  sk_image_clear (&again);
  sk_image_clear (&fresh);
  sk_image_clear (&test);
  sk_image_clear (&seed);
}

static void
test_unknown_specs (void) {
  static const char *const specs[] = { "mnist", "cifar10:", "folder:", "/tmp", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sk_dataset_open (specs[i], 1, NULL, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
    if (strcmp (specs[i], "/tmp") == 0)
      g_assert_nonnull (strstr (error->message, "folder:/tmp"));
  }
}

/* --- CIFAR --------------------------------------------------------------------------- */

/* @n records whose labels and pixels follow from @salt. */
static GBytes *
make_records (int n, int label_bytes, int n_classes, int salt) {
  gsize record = (gsize) label_bytes + 3072;
  guint8 *bytes = g_malloc ((gsize) n * record);

  for (int i = 0; i < n; i++) {
    guint8 *at = bytes + (gsize) i * record;

    at[0] = 3;
    at[label_bytes - 1] = (guint8) ((i + salt) % n_classes);
    for (int k = 0; k < 3072; k++)
      at[label_bytes + k] = (guint8) (k / 1024 * 80 + k % 61 + i + salt);
  }
  return g_bytes_new_take (bytes, (gsize) n * record);
}

static char *
make_folder (void) {
  char *folder = g_dir_make_tmp ("skipscope-test-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

static void
put (const char *folder, const char *name, GBytes *bytes) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
}

static void
put_records (const char *folder, const char *name, int n, int salt) {
  g_autoptr (GBytes) bytes = make_records (n, 1, 10, salt);

  put (folder, name, bytes);
}

static SkDataset *
open_at (const char *kind, const char *path, GError **error) {
  g_autofree char *spec = g_strconcat (kind, ":", path, NULL);

  return sk_dataset_open (spec, 1, NULL, error);
}

/* Record @i of make_records (…, salt), as interleaved RGB. */
static void
check_picture (SkDataset *set, SkSplit split, int index, int i, int salt) {
  SkImage image;

  g_assert_true (sk_dataset_read (set, split, index, &image, NULL));
  g_assert_cmpint (image.width, ==, 32);
  g_assert_cmpint (image.height, ==, 32);
  for (int p = 0; p < 1024; p++)
    for (int c = 0; c < 3; c++)
      g_assert_cmpint (image.pixels[3 * p + c], ==,
                       (guint8) (c * 80 + (c * 1024 + p) % 61 + i + salt));
  sk_image_clear (&image);
}

static void
check_small_cifar10 (SkDataset *set) {
  g_assert_cmpint (sk_dataset_classes (set), ==, 10);
  g_assert_cmpint (sk_dataset_side (set), ==, 32);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), ==, 7);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TEST), ==, 2);
  g_assert_cmpint (sk_dataset_label (set, SK_SPLIT_TRAIN, 0), ==, 1);
  g_assert_cmpint (sk_dataset_label (set, SK_SPLIT_TRAIN, 6), ==, 4);
  g_assert_cmpstr (sk_dataset_class_name (set, 9), ==, "truck");
  check_picture (set, SK_SPLIT_TRAIN, 3, 3, 1);
  check_picture (set, SK_SPLIT_TRAIN, 4, 0, 2);
  check_picture (set, SK_SPLIT_TEST, 1, 1, 9);
}

static void
test_cifar10_folder (void) {
  g_autofree char *folder = make_folder ();

  /* Batches are taken by name, not as the folder lists them. */
  put_records (folder, "cifar-10-batches-bin/data_batch_2.bin", 3, 2);
  put_records (folder, "cifar-10-batches-bin/data_batch_1.bin", 4, 1);
  put_records (folder, "cifar-10-batches-bin/test_batch.bin", 2, 9);
  for (int inner = 0; inner < 2; inner++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path =
        g_build_filename (folder, inner ? "cifar-10-batches-bin" : NULL, NULL);
    g_autoptr (SkDataset) set = open_at ("cifar10", path, &error);

    g_assert_no_error (error);
    check_small_cifar10 (set);
  }
  remove_tree (folder);
}

static void
add_entry (struct archive *archive, const char *name, GBytes *bytes) {
  struct archive_entry *entry = archive_entry_new ();
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (la_int64_t) size);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (archive, data, size), ==, size);
  archive_entry_free (entry);
}

static char *
make_archive (const char *folder, const char *filter) {
  struct archive *archive = archive_write_new ();
  char *path = g_build_filename (folder, "set.tar", NULL);
  g_autoptr (GBytes) one = make_records (4, 1, 10, 1), two = make_records (3, 1, 10, 2);
  g_autoptr (GBytes) test = make_records (2, 1, 10, 9);
  g_autoptr (GBytes) readme = g_bytes_new_static ("hello", 5);

  archive_write_set_format_ustar (archive);
  if (filter)
    g_assert_cmpint (archive_write_add_filter_by_name (archive, filter), ==,
                     ARCHIVE_OK);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  add_entry (archive, "./cifar-10-batches-bin/readme.html", readme);
  add_entry (archive, "./cifar-10-batches-bin/data_batch_2.bin", two);
  add_entry (archive, "./cifar-10-batches-bin/test_batch.bin", test);
  add_entry (archive, "./cifar-10-batches-bin/data_batch_1.bin", one);
  archive_write_close (archive);
  archive_write_free (archive);
  return path;
}

static void
test_cifar10_archive (void) {
  static const char *const filters[] = { NULL, "gzip", "xz" };
  g_autofree char *folder = make_folder ();

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++) {
    g_autofree char *path = make_archive (folder, filters[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (SkDataset) set = open_at ("cifar10", path, &error);

    g_assert_no_error (error);
    check_small_cifar10 (set);
  }
  remove_tree (folder);
}

static void
test_cifar10_cut_archive (void) {
  g_autofree char *folder = make_folder ();
  g_autofree char *path = make_archive (folder, "gzip");
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_true (g_file_set_contents (path, contents, (gssize) size / 2, NULL));
  g_assert_null (open_at ("cifar10", path, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, path));
  remove_tree (folder);
}

static void
test_cifar100_folder (void) {
  g_autofree char *folder = make_folder ();
  g_autoptr (GBytes) train = make_records (5, 2, 100, 60);
  g_autoptr (GBytes) test = make_records (3, 2, 100, 97);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) set = NULL;

  put (folder, "train.bin", train);
  put (folder, "test.bin", test);
  set = open_at ("cifar100", folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sk_dataset_classes (set), ==, 100);
  g_assert_cmpint (sk_dataset_label (set, SK_SPLIT_TRAIN, 2), ==, 62);
  g_assert_cmpint (sk_dataset_label (set, SK_SPLIT_TEST, 2), ==, 99);
  g_assert_cmpstr (sk_dataset_class_name (set, 99), ==, "worm");
  g_assert_cmpstr (sk_dataset_class_name (set, 0), ==, "apple");
  check_picture (set, SK_SPLIT_TRAIN, 4, 4, 60);
  remove_tree (folder);
}

static void
test_cifar10_own_names (void) {
  g_autofree char *folder = make_folder ();
  const char *text = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n";
  g_autoptr (GBytes) names = g_bytes_new_static (text, strlen (text));
  g_autoptr (SkDataset) set = NULL;

  put_records (folder, "test_batch.bin", 2, 9);
  put (folder, "batches.meta.txt", names);
  set = open_at ("cifar10", folder, NULL);
  g_assert_nonnull (set);
  g_assert_cmpstr (sk_dataset_class_name (set, 9), ==, "j");
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), ==, 0);
  remove_tree (folder);
}

/* What is wrong, and what the message must name. */
static void
check_refused (const char *folder, SkErrorCode code, const char *named) {
  g_autoptr (GError) error = NULL;

  g_assert_null (open_at ("cifar10", folder, &error));
  g_assert_error (error, SK_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, folder));
  if (strstr (error->message, named) == NULL)
    g_error ("“%s” does not say “%s”", error->message, named);
}

static void
test_cifar10_refusals (void) {
  g_autofree char *folder = make_folder ();
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autoptr (GBytes) good = make_records (3, 1, 10, 0), cut = NULL, empty = NULL;
  guint8 *wrong = g_memdup2 (g_bytes_get_data (good, NULL), 3 * 3073);
  g_autoptr (GBytes) bad_label = g_bytes_new_take (wrong, 3 * 3073);

  check_refused (missing, SK_ERROR_FILE, "does not exist");
  check_refused (folder, SK_ERROR_FORMAT, "data_batch*.bin");
  cut = g_bytes_new_from_bytes (good, 0, 2 * 3073 + 100);
  put (folder, "data_batch_1.bin", cut);
  check_refused (folder, SK_ERROR_FORMAT, "data_batch_1.bin has 6246 bytes");
  check_refused (folder, SK_ERROR_FORMAT, "offset 6146");
  empty = g_bytes_new (NULL, 0);
  put (folder, "data_batch_1.bin", empty);
  check_refused (folder, SK_ERROR_FORMAT, "data_batch_1.bin has 0 bytes");
  wrong[2 * 3073] = 10;
  put (folder, "data_batch_1.bin", bad_label);
  check_refused (folder, SK_ERROR_FORMAT, "record 2, offset 6146: label 10");
  remove_tree (folder);
}

static void
test_cancelled (void) {
  g_autofree char *folder = make_folder ();
  g_autofree char *path = make_archive (folder, NULL);
  g_autofree char *spec = g_strconcat ("cifar10:", path, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sk_dataset_open (spec, 1, cancellable, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_CANCELLED);
  remove_tree (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sets/unknown", test_unknown_specs);
  g_test_add_func ("/sets/builtin/counts", test_builtin_counts);
  g_test_add_func ("/sets/builtin/pure", test_builtin_is_pure);
  g_test_add_func ("/sets/cifar10/folder", test_cifar10_folder);
  g_test_add_func ("/sets/cifar10/archive", test_cifar10_archive);
  g_test_add_func ("/sets/cifar10/cut-archive", test_cifar10_cut_archive);
  g_test_add_func ("/sets/cifar10/own-names", test_cifar10_own_names);
  g_test_add_func ("/sets/cifar10/refusals", test_cifar10_refusals);
  g_test_add_func ("/sets/cifar10/cancelled", test_cancelled);
  g_test_add_func ("/sets/cifar100/folder", test_cifar100_folder);
  return g_test_run ();
}
