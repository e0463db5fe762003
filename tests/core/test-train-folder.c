/* The same pictures, written out as folders of PNG and JPEG files, train as well: real
 * CIFAR-10 where shared/data has it, else the built-in set. */

#include <math.h>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "evaluate.h"
#include "file-fixture.h"
#include "trainer.h"

#define PER_CLASS 24
#define CLASSES 10

typedef struct {
  SkDataset *source;
  char *dir;
  SkPool *pool;
} Fixture;

static SkDataset *
open_source (void) {
  g_autofree char *archive = shared_path ("cifar-10-binary.tar.xz");
  g_autofree char *spec = g_strconcat ("cifar10:", archive, NULL);
  g_autoptr (GError) error = NULL;
  gboolean real = g_file_test (archive, G_FILE_TEST_EXISTS);
  SkDataset *source = sk_dataset_open (real ? spec : "builtin", 0, NULL, &error);

  g_assert_no_error (error);
  return source;
}

static void
write_picture (Fixture *f, SkSplit split, int index, const char *part, const char *kind,
               int number) {
  int label = sk_dataset_label (f->source, split, index);
  g_autofree char *folder =
      g_strdup_printf ("%s/%s/%s/class%d", f->dir, kind, part, label);
  g_autofree char *path = g_strdup_printf ("%s/%04d.%s", folder, number, kind);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GError) error = NULL;
  SkImage image;

  g_assert_true (sk_dataset_read (f->source, split, index, &image, &error));
  g_mkdir_with_parents (folder, 0700);
  pixbuf =
      gdk_pixbuf_new_from_data (image.pixels, GDK_COLORSPACE_RGB, FALSE, 8, image.width,
                                image.height, image.width * 3, NULL, NULL);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, kind, &error, NULL));
  sk_image_clear (&image);
}

/* The first PER_CLASS pictures of every class, as PNG and as JPEG. */
static void
write_part (Fixture *f, SkSplit split, const char *part) {
  int written[CLASSES] = { 0 };

  for (int i = 0; i < sk_dataset_count (f->source, split); i++) {
    int label = sk_dataset_label (f->source, split, i);

    if (written[label] == PER_CLASS)
      continue;
    write_picture (f, split, i, part, "png", written[label]);
    write_picture (f, split, i, part, "jpeg", written[label]);
    written[label]++;
  }
}

static void
set_up (Fixture *f) {
  f->dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  f->pool = sk_pool_new (2, 0);
  f->source = open_source ();
  write_part (f, SK_SPLIT_TRAIN, "train");
  write_part (f, SK_SPLIT_TEST, "test");
}

static void
tear_down (Fixture *f) {
  remove_tree (f->dir);
  sk_dataset_unref (f->source);
  sk_pool_free (f->pool);
  g_free (f->dir);
}

static SkDataset *
open_folder (const Fixture *f, const char *kind) {
  g_autofree char *spec = g_strdup_printf ("folder:%s/%s", f->dir, kind);
  g_autoptr (GError) error = NULL;
  SkDataset *folder = sk_dataset_open (spec, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sk_dataset_classes (folder), ==, CLASSES);
  g_assert_cmpint (sk_dataset_count (folder, SK_SPLIT_TRAIN), ==, CLASSES * PER_CLASS);
  g_assert_cmpint (sk_dataset_count (folder, SK_SPLIT_TEST), ==, CLASSES * PER_CLASS);
  return folder;
}

/* PNG loses nothing: every byte that the network sees is the source's. */
static void
test_png_is_lossless (gconstpointer data) {
  const Fixture *f = data;
  g_autoptr (SkDataset) folder = open_folder (f, "png");
  int written[CLASSES] = { 0 };

  for (int i = 0; i < sk_dataset_count (f->source, SK_SPLIT_TRAIN); i++) {
    int label = sk_dataset_label (f->source, SK_SPLIT_TRAIN, i);
    SkImage a, b;

    if (written[label] == PER_CLASS)
      continue;
    g_assert_true (sk_dataset_read (f->source, SK_SPLIT_TRAIN, i, &a, NULL));
    g_assert_true (sk_dataset_read (folder, SK_SPLIT_TRAIN,
                                    label * PER_CLASS + written[label]++, &b, NULL));
    g_assert_cmpmem (a.pixels, 32 * 32 * 3, b.pixels, (gsize) b.width * b.height * 3);
    sk_image_clear (&a);
    sk_image_clear (&b);
  }
}

/* A few epochs on few pictures: they are learnt by heart. */
static void
train (const Fixture *f, const char *kind) {
  g_autoptr (SkDataset) folder = open_folder (f, kind);
  g_autoptr (SkTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  double first = 0, last = 0;
  SkRecipe recipe;

  sk_recipe_init (&recipe);
  recipe.epochs = 12;
  recipe.batch = 40;
  recipe.lr = 0.05f;
  recipe.augment = FALSE;
  trainer = sk_trainer_new (&recipe, folder, NULL, FALSE, f->pool, &error);
  g_assert_no_error (error);
  while (!sk_trainer_finished (trainer)) {
    SkStep step;
    SkEpoch epoch;

    g_assert_true (sk_trainer_step (trainer, &step, &error));
    if (!step.epoch_ended)
      continue;
    g_assert_true (sk_trainer_end_epoch (trainer, &epoch, &error));
    first = epoch.epoch == 1 ? epoch.train_loss : first;
    last = epoch.train_loss;
  }
  g_test_message ("%s: loss %.3f, then %.3f", kind, first, last);
  g_assert_cmpfloat (last, <, 0.75 * first);
  sk_recipe_clear (&recipe);
}

static void
test_png_trains (gconstpointer data) {
  train (data, "png");
}

static void
test_jpeg_trains (gconstpointer data) {
  train (data, "jpeg");
}

int
main (int argc, char **argv) {
  Fixture fixture;
  int status;

  g_test_init (&argc, &argv, NULL);
  set_up (&fixture);
  g_test_add_data_func ("/folder/png/lossless", &fixture, test_png_is_lossless);
  g_test_add_data_func ("/folder/png/trains", &fixture, test_png_trains);
  g_test_add_data_func ("/folder/jpeg/trains", &fixture, test_jpeg_trains);
  status = g_test_run ();
  tear_down (&fixture);
  return status;
}
