/* A folder looked at before anything learns from it: classes, the split, broken files,
 * files that are there twice. */

#include <string.h>

#include "file-fixture.h"
#include "surveyor.h"

typedef struct {
  char *dir;
  SkPool *pool;
} Fixture;

/* A 24×16 BMP of one colour. */
static void
write_picture (const Fixture *f, const char *name, guint8 colour) {
  gsize size;
  g_autofree guint8 *bmp = make_bmp (24, 16, &size);
  g_autofree char *path = g_build_filename (f->dir, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  memset (bmp + BMP_PIXELS, colour, size - BMP_PIXELS);
  g_assert_true (g_file_set_contents (path, (char *) bmp, (gssize) size, NULL));
}

static void
write_text (const Fixture *f, const char *name, const char *text) {
  g_autofree char *path = g_build_filename (f->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (Fixture *f, gconstpointer unused) {
  f->dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  f->pool = sk_pool_new (2, 0);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  sk_pool_free (f->pool);
  remove_tree (f->dir);
  g_free (f->dir);
}

static SkSurvey *
survey (const Fixture *f) {
  g_autofree char *spec = g_strconcat ("folder:", f->dir, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = sk_dataset_open (spec, SK_DATASET_SEED, NULL, &error);
  SkSurvey *self;

  g_assert_no_error (error);
  self = sk_survey_new (dataset);
  g_assert_false (self->checked);
  sk_survey_find_duplicates (self, dataset, NULL);
  g_assert_true (sk_survey_read_pictures (self, dataset, f->pool, NULL, NULL, NULL));
  g_assert_true (self->checked);
  return self;
}

static void
test_parts (Fixture *f, gconstpointer unused) {
  g_autoptr (SkSurvey) self = NULL;
  const SkSurveyFile *file;

  write_picture (f, "train/ants/1.bmp", 1);
  write_picture (f, "train/ants/2.bmp", 2);
  write_picture (f, "train/bees/3.bmp", 3);
  write_picture (f, "train/bees/again.bmp", 1); /* an ant */
  write_picture (f, "test/ants/2.bmp", 2); /* learnt from */
  write_picture (f, "test/bees/4.bmp", 4);
  write_text (f, "train/bees/broken.bmp", "BM no picture");
  write_text (f, "train/bees/note.txt", "no picture at all");
  self = survey (f);
  g_assert_cmpint (self->n_classes, ==, 2);
  g_assert_cmpstr (self->classes[1].name, ==, "bees");
  g_assert_cmpint (self->classes[1].count[SK_SURVEY_TRAIN], ==, 3);
  g_assert_cmpint (self->count[SK_SURVEY_TRAIN], ==, 5);
  g_assert_cmpint (self->count[SK_SURVEY_TEST], ==, 2);
  g_assert_false (self->split_here);

  g_assert_cmpint (self->broken->len, ==, 2);
  file = g_ptr_array_index (self->broken, 0);
  g_assert_true (g_str_has_suffix (file->path, "note.txt"));
  file = g_ptr_array_index (self->broken, 1);
  g_assert_true (g_str_has_suffix (file->path, "broken.bmp"));
  g_assert_nonnull (file->reason);

  /* What spoils the test comes first. */
  g_assert_cmpint (self->duplicates->len, ==, 2);
  g_assert_cmpint (self->n_leaks, ==, 1);
  g_assert_cmpint (self->n_contradictions, ==, 1);
  file = g_ptr_array_index (self->duplicates, 0);
  g_assert_true (file->leaks && !file->contradicts);
  g_assert_true (g_str_has_suffix (file->path, "test/ants/2.bmp"));
  g_assert_true (g_str_has_suffix (file->original, "train/ants/2.bmp"));
  file = g_ptr_array_index (self->duplicates, 1);
  g_assert_true (!file->leaks && file->contradicts);

  g_assert_cmpint (self->thumbnails->len, ==, 6);
  for (guint i = 0; i < self->thumbnails->len; i++) {
    const SkSurveyThumbnail *small = g_ptr_array_index (self->thumbnails, i);

    g_assert_cmpint (small->label, ==, i < 3 ? 0 : 1);
    g_assert_cmpint (small->width, ==, 24);
    g_assert_cmpint (small->height, ==, 16);
  }
}

/* A flat folder is split, a fifth of each class; the same split each time. */
static void
test_flat (Fixture *f, gconstpointer unused) {
  g_autoptr (SkSurvey) self = NULL;

  for (int i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("%s/%02d.bmp", i % 4 ? "many" : "few", i);

    write_picture (f, name, (guint8) i);
  }
  self = survey (f);
  g_assert_true (self->split_here);
  g_assert_cmpint (self->classes[0].count[SK_SURVEY_TEST], ==, 2);
  g_assert_cmpint (self->classes[0].count[SK_SURVEY_TRAIN], ==, 8);
  g_assert_cmpint (self->classes[1].count[SK_SURVEY_TEST], ==, 6);
  g_assert_cmpint (self->duplicates->len, ==, 0);
  /* A few of each class, not all. */
  g_assert_cmpint (self->thumbnails->len, ==, 12);
}

static void
test_one_piece (Fixture *f, gconstpointer unused) {
  g_autoptr (SkDataset) dataset = sk_dataset_open ("builtin", 0, NULL, NULL);
  g_autoptr (SkSurvey) self = sk_survey_new (dataset);
  gint cancel = 1;

  sk_survey_find_duplicates (self, dataset, NULL);
  g_assert_false (
      sk_survey_read_pictures (self, dataset, f->pool, NULL, NULL, &cancel));
  g_assert_false (self->checked);
  g_assert_true (sk_survey_read_pictures (self, dataset, f->pool, NULL, NULL, NULL));
  g_assert_cmpint (self->thumbnails->len, ==, 60);
  g_assert_cmpint (self->duplicates->len, ==, 0);
}

#define ADD(path, func)                                                                \
  g_test_add ("/survey/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("parts", test_parts);
  ADD ("flat", test_flat);
  ADD ("one-piece", test_one_piece);
  return g_test_run ();
}
