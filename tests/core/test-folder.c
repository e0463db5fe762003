/* Folders of pictures: the ImageFolder convention, flat folders, and what goes wrong. */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dataset.h"
#include "errors.h"
#include "file-fixture.h"
#include "loader.h"

/* --- making folders ------------------------------------------------------------------ */

static char *
make_folder (void) {
  char *folder = g_dir_make_tmp ("skipscope-test-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

static void
make_parent (const char *path) {
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
}

/* A picture of one colour; its kind follows from the extension. */
static void
put_picture (const char *folder, const char *name, int colour) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 12, 10);
  const char *type = g_str_has_suffix (name, ".png") ? "png" : "jpeg";
  g_autoptr (GError) error = NULL;

  make_parent (path);
  gdk_pixbuf_fill (pixbuf, (guint32) colour * 0x01010100u);
  gdk_pixbuf_save (pixbuf, path, type, &error, NULL);
  g_assert_no_error (error);
}

static void
put_text (const char *folder, const char *name, const char *text) {
  g_autofree char *path = g_build_filename (folder, name, NULL);

  make_parent (path);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
make_empty (const char *folder, const char *name) {
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
}

static SkDataset *
open_folder (const char *folder, guint64 seed, GError **error) {
  g_autofree char *spec = g_strconcat ("folder:", folder, NULL);

  return sk_dataset_open (spec, seed, NULL, error);
}

/* The end of a picture's path, below @folder. */
static const char *
name_of (SkDataset *set, const char *folder, SkSplit split, int index) {
  const char *path = sk_dataset_path (set, split, index);

  g_assert_true (g_str_has_prefix (path, folder));
  return path + strlen (folder) + 1;
}

static void
check_refused (const char *folder, SkErrorCode code, const char *named) {
  g_autoptr (GError) error = NULL;

  g_assert_null (open_folder (folder, 1, &error));
  g_assert_error (error, SK_ERROR, (int) code);
  if (strstr (error->message, named) == NULL)
    g_error ("“%s” does not say “%s”", error->message, named);
}

/* --- tests --------------------------------------------------------------------------- */

static void
test_image_folder (void) {
  static const char *const names[] = {
    "train/Zebra/b.PNG.png",   "train/ant/A.jpg", "train/ant/a.JPEG",
    "train/ant/deep/er/c.png", "train/ant/z.jpg",
  };
  g_autofree char *folder = make_folder ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) set = NULL;
  g_autoptr (GPtrArray) skipped = NULL;
  SkImage image;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    put_picture (folder, names[i], (int) i * 40);
  put_picture (folder, "test/ant/t.png", 200);
  put_picture (folder, "val/ant/v.png", 100);
  put_picture (folder, "val/Zebra/v.png", 100);
  put_text (folder, "train/ant/imageNotFound.gif", "GIF89a");
  put_text (folder, "train/ant/.DS_Store", "x");
  put_text (folder, "train/README.txt", "not a class");
  make_empty (folder, "train/.hidden");
  set = open_folder (folder, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sk_dataset_classes (set), ==, 2);
  g_assert_cmpstr (sk_dataset_class_name (set, 0), ==, "Zebra");
  g_assert_cmpstr (sk_dataset_class_name (set, 1), ==, "ant");
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), ==, 5);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TEST), ==, 1);
  g_assert_cmpint (sk_dataset_side (set), ==, 0);
  for (int i = 0; i < 5; i++) {
    g_assert_cmpstr (name_of (set, folder, SK_SPLIT_TRAIN, i), ==, names[i]);
    g_assert_cmpint (sk_dataset_label (set, SK_SPLIT_TRAIN, i), ==, i > 0);
    g_assert_true (sk_dataset_read (set, SK_SPLIT_TRAIN, i, &image, NULL));
    g_assert_cmpint (image.width, ==, 12);
    g_assert_cmpint (image.height, ==, 10);
    g_assert_cmpint (ABS (image.pixels[77] - i * 40), <, 3);
    sk_image_clear (&image);
  }
  g_assert_cmpstr (name_of (set, folder, SK_SPLIT_TEST, 0), ==, "test/ant/t.png");
  skipped = sk_dataset_skipped (set);
  g_assert_cmpuint (skipped->len, ==, 2);
  g_assert_nonnull (strstr (((SkSkipped *) skipped->pdata[0])->path, ".DS_Store"));
  g_assert_nonnull (strstr (((SkSkipped *) skipped->pdata[1])->path, "imageNotFound"));
  remove_tree (folder);
}

static void
test_test_part_names (void) {
  static const char *const parts[] = { "valid", "val", "test" };
  g_autofree char *folder = make_folder ();

  put_picture (folder, "train/a/1.png", 1);
  put_picture (folder, "train/b/1.png", 1);
  /* Each that is added comes before those that are there. */
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *name = g_strconcat (parts[i], "/b/1.png", NULL);
    g_autoptr (SkDataset) set = NULL;

    put_picture (folder, name, 1);
    set = open_folder (folder, 1, NULL);
    g_assert_nonnull (set);
    g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TEST), ==, 1);
    g_assert_cmpint (sk_dataset_label (set, SK_SPLIT_TEST, 0), ==, 1);
    g_assert_cmpstr (name_of (set, folder, SK_SPLIT_TEST, 0), ==, name);
  }
  remove_tree (folder);
}

static void
put_flat (const char *folder, int n_a, int n_b) {
  for (int i = 0; i < n_a + n_b; i++) {
    g_autofree char *name =
        g_strdup_printf ("%s/%03d.png", i < n_a ? "a" : "b", i < n_a ? i : i - n_a);

    put_picture (folder, name, i);
  }
}

static void
test_flat_split (void) {
  g_autofree char *folder = make_folder ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (SkDataset) set = NULL, again = NULL, other = NULL;
  int n_b = 0, same = 0;

  put_flat (folder, 40, 15);
  set = open_folder (folder, 1, NULL);
  again = open_folder (folder, 1, NULL);
  other = open_folder (folder, 2, NULL);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), ==, 44);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TEST), ==, 11);
  for (int split = 0; split < 2; split++)
    for (int i = 0; i < sk_dataset_count (set, (SkSplit) split); i++) {
      const char *path = sk_dataset_path (set, (SkSplit) split, i);

      g_assert_true (g_hash_table_add (seen, (gpointer) path));
      g_assert_cmpstr (path, ==, sk_dataset_path (again, (SkSplit) split, i));
      if (i > 0) /* order is kept */
        g_assert_cmpint (strcmp (sk_dataset_path (set, (SkSplit) split, i - 1), path),
                         <, 0);
    }
  for (int i = 0; i < 11; i++) {
    n_b += sk_dataset_label (set, SK_SPLIT_TEST, i);
    same += strcmp (sk_dataset_path (set, SK_SPLIT_TEST, i),
                    sk_dataset_path (other, SK_SPLIT_TEST, i)) == 0;
  }
  g_assert_cmpint (n_b, ==, 3); /* a fifth of each class */
  g_assert_cmpint (same, <, 8);
  remove_tree (folder);
}

static void
test_whole_for_evaluation (void) {
  g_autofree char *folder = make_folder ();
  g_autofree char *spec = g_strconcat ("folder:", folder, NULL);
  g_autoptr (SkDataset) set = NULL, tested = NULL;
  g_autofree char *train = g_build_filename (folder, "with-train", NULL);

  put_flat (folder, 6, 5);
  set = sk_dataset_open_for_evaluation (spec, 1, NULL, NULL);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TEST), ==, 11);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), ==, 0);
  g_assert_cmpstr (name_of (set, folder, SK_SPLIT_TEST, 0), ==, "a/000.png");
  g_assert_cmpstr (name_of (set, folder, SK_SPLIT_TEST, 10), ==, "b/004.png");
  g_assert_cmpint (sk_dataset_label (set, SK_SPLIT_TEST, 6), ==, 1);
  g_clear_pointer (&set, sk_dataset_unref);

  /* With a test part of its own, that part alone. */
  remove_tree (folder);
  put_picture (folder, "train/a/1.png", 1);
  put_picture (folder, "train/b/1.png", 1);
  put_picture (folder, "test/a/1.png", 1);
  tested = sk_dataset_open_for_evaluation (spec, 1, NULL, NULL);
  g_assert_cmpint (sk_dataset_count (tested, SK_SPLIT_TEST), ==, 1);
  remove_tree (folder);
}

static void
test_test_part_alone (void) {
  g_autofree char *folder = make_folder ();
  g_autoptr (SkDataset) set = NULL;

  put_picture (folder, "val/a/1.png", 1);
  put_picture (folder, "val/b/1.png", 1);
  set = open_folder (folder, 1, NULL);
  g_assert_nonnull (set);
  g_assert_cmpint (sk_dataset_classes (set), ==, 2);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), ==, 0);
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TEST), ==, 2);
  remove_tree (folder);
}

static void
test_refusals (void) {
  g_autofree char *folder = make_folder ();
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);

  check_refused (missing, SK_ERROR_FILE, "is not a folder");
  check_refused (folder, SK_ERROR_FORMAT, "holds no folders");
  put_picture (folder, "train/ant/1.png", 1);
  check_refused (folder, SK_ERROR_FORMAT, "only one class (“ant”)");
  make_empty (folder, "train/bee");
  check_refused (folder, SK_ERROR_FORMAT, "train/bee holds no picture");
  put_text (folder, "train/bee/notes.txt", "nothing");
  check_refused (folder, SK_ERROR_FORMAT, "train/bee holds no picture");
  put_picture (folder, "train/bee/1.png", 1);
  put_picture (folder, "val/wasp/1.png", 1);
  check_refused (folder, SK_ERROR_FORMAT, "val/wasp is a class that the training");
  remove_tree (folder);
}

static void
test_broken_files_end_nothing (void) {
  g_autofree char *folder = make_folder ();
  g_autoptr (SkDataset) set = NULL;
  g_autoptr (SkLoader) loader = NULL;
  g_autoptr (GPtrArray) skipped = NULL;
  SkTransform transform = sk_transform_default (32);
  int n = 0;

  for (int i = 0; i < 10; i++) {
    g_autofree char *name = g_strdup_printf ("train/%s/%d.jpg", i % 2 ? "a" : "b", i);

    put_picture (folder, name, i);
  }
  put_text (folder, "train/a/broken.jpg", "<html>404</html>");
  put_text (folder, "train/b/empty.png", "");
  set = open_folder (folder, 1, NULL);
  loader = sk_loader_new (set, SK_SPLIT_TRAIN, &transform,
                          SK_AUGMENT_RANDOM_RESIZED_CROP, 4, 1, TRUE, 0);
  sk_loader_start (loader, 0, 0);
  for (int i = 0; i < 3 * sk_loader_n_batches (loader); i++)
    n += sk_loader_next (loader)->n;
  g_assert_cmpint (n, ==, 30);
  g_assert_cmpint (sk_dataset_n_skipped (set), ==, 2);
  skipped = sk_dataset_skipped (set);
  for (guint i = 0; i < 2; i++) {
    const SkSkipped *file = skipped->pdata[i];

    g_assert_true (g_str_has_prefix (file->reason, "not a JPEG"));
  }
  remove_tree (folder);
}

static void
test_links_in_circles (void) {
  g_autofree char *folder = make_folder ();
  g_autofree char *up = g_build_filename (folder, "a", "up", NULL);
  g_autofree char *self = g_build_filename (folder, "a", "self", NULL);
  g_autoptr (SkDataset) set = NULL;

  put_flat (folder, 3, 3);
  g_assert_cmpint (symlink ("..", up), ==, 0);
  g_assert_cmpint (symlink (".", self), ==, 0);
  set = open_folder (folder, 1, NULL);
  g_assert_nonnull (set);
  /* "up" shows the whole folder once more, but not itself again. */
  g_assert_cmpint (sk_dataset_count (set, SK_SPLIT_TRAIN), <, 20);
  g_assert_cmpint (sk_dataset_n_skipped (set), >, 0);
  remove_tree (folder);
}

static void
test_odd_class_names (void) {
  g_autofree char *folder = make_folder ();
  g_autoptr (SkDataset) set = NULL;

  put_picture (folder, "\xff\xfe bytes/1.png", 1);
  put_picture (folder, "-dash <b>/1.png", 1);
  put_picture (folder, "\xc3\xa9t\xc3\xa9/1.png", 1);
  set = open_folder (folder, 1, NULL);
  g_assert_nonnull (set);
  g_assert_cmpint (sk_dataset_classes (set), ==, 3);
  g_assert_cmpstr (sk_dataset_class_name (set, 0), ==, "-dash <b>");
  g_assert_cmpstr (sk_dataset_class_name (set, 1), ==, "été");
  g_assert_true (g_utf8_validate (sk_dataset_class_name (set, 2), -1, NULL));
  remove_tree (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/folder/image-folder", test_image_folder);
  g_test_add_func ("/folder/test-part-names", test_test_part_names);
  g_test_add_func ("/folder/flat-split", test_flat_split);
  g_test_add_func ("/folder/whole-for-evaluation", test_whole_for_evaluation);
  g_test_add_func ("/folder/test-part-alone", test_test_part_alone);
  g_test_add_func ("/folder/refusals", test_refusals);
  g_test_add_func ("/folder/broken-files", test_broken_files_end_nothing);
  g_test_add_func ("/folder/links-in-circles", test_links_in_circles);
  g_test_add_func ("/folder/odd-class-names", test_odd_class_names);
  return g_test_run ();
}
