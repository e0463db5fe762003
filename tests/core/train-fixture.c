#include "train-fixture.h"

#include <math.h>

#include "record.h"

/* A 32×32 BMP: stripes this way for one class, that way for the other, and noise. */
static void
draw_picture (const char *path, int label, guint32 seed) {
  gsize size;
  guint8 *bmp = make_bmp (32, 32, &size);
  g_autoptr (GError) error = NULL;

  for (int y = 0; y < 32; y++)
    for (int x = 0; x < 32; x++)
      for (int c = 0; c < 3; c++) {
        int wave = (label != 0 ? x : y) / 4 % 2 * 120;

        seed = seed * 1664525 + 1013904223;
        bmp[BMP_PIXELS + (y * 32 + x) * 3 + c] = (guint8) (wave + (int) (seed >> 25));
      }
  g_file_set_contents (path, (const char *) bmp, (gssize) size, &error);
  g_assert_no_error (error);
  g_free (bmp);
}

static void
draw_pictures (const char *dir) {
  static const char *const splits[] = { "train", "test" };

  for (int split = 0; split < 2; split++)
    for (int label = 0; label < N_CLASSES; label++) {
      g_autofree char *class_dir =
          g_build_filename (dir, splits[split], label != 0 ? "across" : "along", NULL);

      g_assert_cmpint (g_mkdir_with_parents (class_dir, 0777), ==, 0);
      for (int i = 0; i < (split == 0 ? N_TRAIN : N_TEST); i++) {
        g_autofree char *path = g_strdup_printf ("%s/%02d.bmp", class_dir, i);

        draw_picture (path, label, (guint32) (split * 1000 + label * 100 + i));
      }
    }
}

void
set_up (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  f->data_dir = g_build_filename (f->dir, "data", NULL);
  f->run_dir = g_build_filename (f->dir, "run", NULL);
  draw_pictures (f->data_dir);
  f->pool = sk_pool_new (2, 0);
  sk_recipe_init (&f->recipe);
  g_free (f->recipe.data);
  f->recipe.data = g_strconcat ("folder:", f->data_dir, NULL);
  f->recipe.epochs = 3;
  f->recipe.batch = 8;
  f->recipe.lr = 0.02f;
  f->recipe.seed = 7;
  f->dataset = sk_dataset_open (f->recipe.data, f->recipe.seed, NULL, &error);
  g_assert_no_error (error);
}

void
tear_down (Fixture *f, gconstpointer unused) {
  sk_dataset_unref (f->dataset);
  sk_recipe_clear (&f->recipe);
  sk_pool_free (f->pool);
  remove_tree (f->dir);
  g_free (f->run_dir);
  g_free (f->data_dir);
  g_free (f->dir);
}

SkTrainer *
new_trainer (Fixture *f, const char *run_dir, gboolean resume) {
  g_autoptr (GError) error = NULL;
  SkTrainer *trainer =
      sk_trainer_new (&f->recipe, f->dataset, run_dir, resume, f->pool, &error);

  g_assert_no_error (error);
  return trainer;
}

void
advance (SkTrainer *trainer, int n_steps) {
  while (!sk_trainer_finished (trainer) && n_steps-- != 0) {
    g_autoptr (GError) error = NULL;
    SkStep step;
    SkEpoch epoch;

    g_assert_true (sk_trainer_step (trainer, &step, &error));
    g_assert_no_error (error);
    g_assert_true (isfinite (step.loss));
    if (step.preparing > 0)
      n_steps++;
    if (step.epoch_ended) {
      g_assert_true (sk_trainer_end_epoch (trainer, &epoch, &error));
      g_assert_no_error (error);
    }
  }
}

void
assert_same_bits (SkTrainer *a, SkTrainer *b) {
  const SkParameters *x = sk_trainer_parameters (a), *y = sk_trainer_parameters (b);

  g_assert_cmpmem (x->values, x->n_values * sizeof (float), y->values,
                   y->n_values * sizeof (float));
  g_assert_cmpmem (x->statistics, x->n_statistics * sizeof (float), y->statistics,
                   y->n_statistics * sizeof (float));
}

void
assert_same_record (const char *a, const char *b) {
  g_autofree char *a_path = g_build_filename (a, SK_RECORD_FILE, NULL);
  g_autofree char *b_path = g_build_filename (b, SK_RECORD_FILE, NULL);
  g_autofree char *a_bytes = NULL, *b_bytes = NULL;
  gsize a_size, b_size;

  g_assert_true (g_file_get_contents (a_path, &a_bytes, &a_size, NULL));
  g_assert_true (g_file_get_contents (b_path, &b_bytes, &b_size, NULL));
  g_assert_cmpmem (a_bytes, a_size, b_bytes, b_size);
}
