/* Going on, going back and a full disk: a run that was stopped anywhere, or rolled back,
 * leaves the same bits, logs and record as one that was not. */

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "errors.h"
#include "record.h"
#include "safetensors.h"
#include "train-fixture.h"

/* Lines of metrics.jsonl without what a clock decides. */
static char *
read_metrics (const char *run_dir) {
  g_autofree char *path = g_build_filename (run_dir, "metrics.jsonl", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GRegex) clock =
      g_regex_new ("\"(images_per_s|seconds|waited)\":[^,]*", 0, 0, NULL);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_regex_replace_literal (clock, text, -1, 0, "", 0, NULL);
}

static char *
read_text (const char *run_dir, const char *name) {
  g_autofree char *path = g_build_filename (run_dir, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static gsize
records_in (const char *dir, const SkTrainer *trainer) {
  const SkPlan *plan = sk_network_plan (sk_trainer_network ((SkTrainer *) trainer));
  g_autofree char *path = g_build_filename (dir, SK_RECORD_FILE, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint ((size - SK_RECORD_HEADER) % sk_record_size (plan), ==, 0);
  return (size - SK_RECORD_HEADER) / sk_record_size (plan);
}

static void
assert_same_state (const char *a, const char *b) {
  static const char *const names[] = { "values", "statistics", "optimizer.0" };
  g_autofree char *a_path = g_build_filename (a, "resume.safetensors", NULL);
  g_autofree char *b_path = g_build_filename (b, "resume.safetensors", NULL);
  g_autoptr (SkTensorFile) x = sk_tensor_file_read (a_path, NULL);
  g_autoptr (SkTensorFile) y = sk_tensor_file_read (b_path, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    const SkTensor *s = sk_tensor_file_find (x, names[i]);
    const SkTensor *t = sk_tensor_file_find (y, names[i]);

    g_assert_cmpmem (s->data, s->count * 4, t->data, t->count * 4);
  }
}

/* Interrupted at a step, with and without having saved there: the end is the same. */
static void
test_resumed_equals_uninterrupted (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) whole = NULL;
  g_autofree char *other_dir = g_build_filename (f->dir, "other", NULL);
  g_autofree char *whole_metrics = NULL, *whole_steps = NULL;
  /* within an epoch, at its end, and at the last step but one; three steps an epoch */
  static const int stops[] = { 1, 3, 8 };

  f->recipe.schedule = SK_SCHEDULE_ONECYCLE;
  whole = new_trainer (f, f->run_dir, FALSE);
  advance (whole, -1);
  whole_metrics = read_metrics (f->run_dir);
  whole_steps = read_text (f->run_dir, "steps.jsonl");
  g_assert_cmpuint (records_in (f->run_dir, whole), ==, 9);
  for (gsize i = 0; i < G_N_ELEMENTS (stops); i++)
    for (int saved = 0; saved < 2; saved++) {
      int at = stops[i];
      g_autoptr (SkTrainer) second = NULL;
      g_autofree char *metrics = NULL, *steps = NULL;

      {
        g_autoptr (SkTrainer) first = new_trainer (f, other_dir, FALSE);

        advance (first, at);
        if (saved != 0)
          g_assert_true (sk_trainer_save (first, NULL));
      }
      second = new_trainer (f, other_dir, TRUE);
      g_assert_cmpint (sk_trainer_steps_done (second), ==,
                       saved != 0 ? MIN (at, 9) : at / 3 * 3);
      advance (second, -1);
      assert_same_bits (whole, second);
      assert_same_state (f->run_dir, other_dir);
      metrics = read_metrics (other_dir);
      steps = read_text (other_dir, "steps.jsonl");
      g_assert_cmpstr (metrics, ==, whole_metrics);
      g_assert_cmpstr (steps, ==, whole_steps);
      assert_same_record (f->run_dir, other_dir);
      remove_tree (other_dir);
    }
}

/* Saved when the last batch of an epoch was done and its evaluation was not: the epoch's
 * line still says what flowed through the blocks. */
static void
test_resumed_before_evaluation (Fixture *f, gconstpointer unused) {
  g_autofree char *other_dir = g_build_filename (f->dir, "other", NULL);
  g_autofree char *expected = NULL, *metrics = NULL;
  g_autoptr (SkTrainer) resumed = NULL;

  {
    g_autoptr (SkTrainer) whole = new_trainer (f, f->run_dir, FALSE);
    g_autoptr (SkTrainer) other = new_trainer (f, other_dir, FALSE);
    SkStep step;

    advance (whole, 3);
    for (int i = 0; i < 3; i++)
      g_assert_true (sk_trainer_step (other, &step, NULL));
    g_assert_true (step.epoch_ended);
    g_assert_true (sk_trainer_save (other, NULL));
  }
  resumed = new_trainer (f, other_dir, TRUE);
  g_assert_nonnull (sk_trainer_blocks (resumed));
  advance (resumed, 1);
  expected = read_metrics (f->run_dir);
  metrics = read_metrics (other_dir);
  g_assert_nonnull (strstr (metrics, "\"blocks\":[{\"name\":\"layer1.0\""));
  g_assert_cmpstr (metrics, ==, expected);
  assert_same_record (f->run_dir, other_dir);
}

/* What cannot be recorded is said once and stops nothing. */
static void
test_record_that_cannot_be_written (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = new_trainer (f, f->run_dir, FALSE);
  g_autofree char *warning = NULL;
  struct rlimit before, tight;

  advance (trainer, 1);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  tight = before;
  tight.rlim_cur = 100;
  setrlimit (RLIMIT_FSIZE, &tight);
  g_assert_false (sk_trainer_save (trainer, NULL));
  advance (trainer, 1);
  g_assert_false (sk_trainer_save (trainer, NULL));
  setrlimit (RLIMIT_FSIZE, &before);
  warning = sk_trainer_take_warning (trainer);
  g_assert_nonnull (strstr (warning, SK_RECORD_FILE));
  g_assert_null (sk_trainer_take_warning (trainer));
  advance (trainer, -1);
  g_assert_cmpuint (records_in (f->run_dir, trainer), ==, 7); /* of steps 3 to 9 */
}

/* Nothing is measured, so nothing is recorded. */
static void
test_no_probes_no_record (Fixture *f, gconstpointer unused) {
  g_autofree char *path = g_build_filename (f->run_dir, SK_RECORD_FILE, NULL);
  g_autoptr (SkTrainer) trainer = NULL;
  g_autofree char *metrics = NULL;

  f->recipe.probes = FALSE;
  trainer = new_trainer (f, f->run_dir, FALSE);
  advance (trainer, -1);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_null (sk_trainer_blocks (trainer));
  metrics = read_text (f->run_dir, "metrics.jsonl");
  g_assert_null (strstr (metrics, "blocks"));
}

/* What a crash leaves behind the last saved state is forgotten. */
/* A run goes on with the mean it began with, whatever this version takes by default. */
static void
test_normalisation_stays (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = new_trainer (f, f->run_dir, FALSE);
  g_autofree char *path = g_build_filename (f->run_dir, "run.json", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *other = NULL;

  advance (trainer, 1);
  g_assert_true (sk_trainer_save (trainer, NULL));
  g_clear_pointer (&trainer, sk_trainer_free);
  text = read_text (f->run_dir, "run.json");
  parts = g_strsplit (text, "\"mean\": [0.4914,", 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  other = g_strjoinv ("\"mean\": [0.25,", parts);
  g_assert_true (g_file_set_contents (path, other, -1, NULL));
  trainer = new_trainer (f, f->run_dir, TRUE);
  g_assert_cmpfloat (sk_trainer_transform (trainer)->mean[0], ==, 0.25f);
  g_assert_false (sk_trainer_recipe (trainer)->has_normalisation);
}

static void
test_broken_lines_are_cut (Fixture *f, gconstpointer unused) {
  g_autofree char *path = g_build_filename (f->run_dir, "metrics.jsonl", NULL);
  g_autofree char *before = NULL, *after = NULL;
  FILE *file;

  {
    g_autoptr (SkTrainer) first = new_trainer (f, f->run_dir, FALSE);

    advance (first, 3);
  }
  before = read_text (f->run_dir, "metrics.jsonl");
  file = fopen (path, "a");
  fputs ("{\"epoch\":2,\"step\":6}\n{\"epoch\":3,\"st", file);
  fclose (file);
  {
    g_autoptr (SkTrainer) second = new_trainer (f, f->run_dir, TRUE);

    g_assert_cmpint (sk_trainer_steps_done (second), ==, 3);
  }
  after = read_text (f->run_dir, "metrics.jsonl");
  g_assert_cmpstr (before, ==, after);
}

/* From the beginning where nothing was saved, else from the end of the last epoch. */
static void
test_roll_back (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) whole = new_trainer (f, NULL, FALSE);
  g_autoptr (SkTrainer) trainer = new_trainer (f, f->run_dir, FALSE);
  g_autoptr (SkTrainer) fresh = new_trainer (f, NULL, FALSE);
  g_autoptr (GError) error = NULL;

  advance (whole, 5);
  advance (trainer, 2);
  g_assert_true (sk_trainer_roll_back (trainer, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sk_trainer_steps_done (trainer), ==, 0);
  assert_same_bits (fresh, trainer);
  advance (trainer, 4);
  g_assert_true (sk_trainer_roll_back (trainer, &error));
  g_assert_cmpint (sk_trainer_steps_done (trainer), ==, 3);
  g_assert_cmpuint (records_in (f->run_dir, trainer), ==, 3);
  advance (trainer, 2);
  assert_same_bits (whole, trainer);
  g_assert_true (sk_trainer_save (trainer, &error));
  g_assert_cmpuint (records_in (f->run_dir, trainer), ==, 5);
  sk_trainer_set_lr_factor (trainer, 0.5f);
  g_assert_true (sk_trainer_roll_back (trainer, &error));
  g_assert_cmpfloat (sk_trainer_lr (trainer), <, 0.6f * sk_trainer_lr (whole));
}

static void
test_full_disk_loses_nothing (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = new_trainer (f, f->run_dir, FALSE);
  g_autofree char *metrics = NULL;
  g_autofree char *path = g_build_filename (f->run_dir, "resume.safetensors", NULL);
  g_autoptr (SkTensorFile) state = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, tight;
  SkStep step;
  SkEpoch epoch;

  advance (trainer, 3);
  metrics = read_text (f->run_dir, "metrics.jsonl");
  for (int i = 0; i < 3; i++)
    g_assert_true (sk_trainer_step (trainer, &step, NULL));
  g_assert_true (step.epoch_ended);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  tight = before;
  tight.rlim_cur = 100000;
  setrlimit (RLIMIT_FSIZE, &tight);
  g_assert_false (sk_trainer_end_epoch (trainer, &epoch, &error));
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_clear_error (&error);
  g_assert_cmpint (epoch.epoch, ==, 2);
  g_assert_true (isfinite (epoch.test_loss));
  state = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  /* Training goes on, and the next epoch saves again. */
  advance (trainer, -1);
  {
    g_autoptr (SkTrainer) resumed = new_trainer (f, f->run_dir, TRUE);

    assert_same_bits (trainer, resumed);
    g_assert_true (sk_trainer_finished (resumed));
  }
}

#define ADD(path, func)                                                                \
  g_test_add ("/resume/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("any-step", test_resumed_equals_uninterrupted);
  ADD ("before-evaluation", test_resumed_before_evaluation);
  ADD ("broken-lines", test_broken_lines_are_cut);
  ADD ("normalisation", test_normalisation_stays);
  ADD ("roll-back", test_roll_back);
  ADD ("full-disk", test_full_disk_loses_nothing);
  ADD ("no-record", test_record_that_cannot_be_written);
  ADD ("no-probes", test_no_probes_no_record);
  return g_test_run ();
}
