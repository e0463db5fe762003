/* Runs from beginning to end: the same bits from the same seed, resumed or not; frozen
 * groups; a loss that is not finite; a full disk; cancellation. On a folder of small
 * pictures that the test draws. */

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <threads.h>

#include "errors.h"
#include "safetensors.h"
#include "train-fixture.h"
#include "weights.h"

static void
test_same_seed_same_bits (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) a = new_trainer (f, NULL, FALSE);
  g_autoptr (SkTrainer) b = new_trainer (f, NULL, FALSE);
  g_autoptr (SkTrainer) c = NULL;

  f->recipe.seed = 8;
  c = new_trainer (f, NULL, FALSE);
  advance (a, 5);
  advance (b, 5);
  advance (c, 5);
  assert_same_bits (a, b);
  g_assert_cmpint (memcmp (sk_trainer_parameters (a)->values,
                           sk_trainer_parameters (c)->values, 1000),
                   !=, 0);
}

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
      remove_tree (other_dir);
    }
}

/* What a crash leaves behind the last saved state is forgotten. */
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

static void
test_run_folder (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = new_trainer (f, f->run_dir, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *best = g_build_filename (f->run_dir, "best.safetensors", NULL);
  g_autofree char *last = g_build_filename (f->run_dir, "last.safetensors", NULL);
  g_autofree char *nothing = g_build_filename (f->dir, "nothing", NULL);
  g_autoptr (SkParameters) saved = NULL;
  const SkPlan *plan = sk_network_plan (sk_trainer_network (trainer));
  SkWeightsInfo info;
  SkRecipe recipe;

  g_assert_null (
      sk_trainer_new (&f->recipe, f->dataset, f->run_dir, FALSE, f->pool, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, f->run_dir));
  g_clear_error (&error);
  g_assert_null (sk_trainer_new (NULL, f->dataset, nothing, TRUE, f->pool, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_clear_error (&error);

  advance (trainer, -1);
  g_assert_true (sk_trainer_read_recipe (f->run_dir, &recipe, &error));
  g_assert_cmpstr (recipe.data, ==, f->recipe.data);
  g_assert_cmpint (recipe.batch, ==, 8);
  sk_recipe_clear (&recipe);
  g_assert_true (sk_weights_inspect (best, NULL, &info, &error));
  g_assert_cmpstr (info.class_names[0], ==, "across");
  g_assert_cmpstr (info.net, ==, "resnet20");
  sk_weights_info_clear (&info);
  saved = sk_parameters_new (plan, NULL);
  g_assert_true (sk_weights_load (last, plan, saved, FALSE, NULL, &error));
  for (int i = 0; i < plan->n_parameters; i++)
    g_assert_cmpmem (sk_parameters_at (saved, plan, i), plan->parameters[i].count * 4,
                     sk_parameters_at (sk_trainer_parameters (trainer), plan, i),
                     plan->parameters[i].count * 4);
}

static void
test_frozen_stays (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = NULL;
  g_autoptr (SkParameters) before = NULL;
  const SkParameters *now;
  const SkPlan *plan;
  int changed = 0;

  f->recipe.freeze = g_strdup ("stem,layer2.0");
  trainer = new_trainer (f, NULL, FALSE);
  plan = sk_network_plan (sk_trainer_network (trainer));
  now = sk_trainer_parameters (trainer);
  before = sk_parameters_new (plan, NULL);
  sk_parameters_copy (before, now);
  advance (trainer, 4);
  for (int i = 0; i < plan->n_groups; i++) {
    const SkGroup *group = &plan->groups[i];
    gboolean frozen =
        strcmp (group->name, "stem") == 0 || strcmp (group->name, "layer2.0") == 0;
    gboolean same = memcmp (before->values + group->offset, now->values + group->offset,
                            group->count * sizeof (float)) == 0;
    gboolean same_statistics =
        group->stat_count == 0 || memcmp (before->statistics + group->stat_offset,
                                          now->statistics + group->stat_offset,
                                          group->stat_count * sizeof (float)) == 0;

    g_assert_cmpint (same, ==, frozen);
    g_assert_cmpint (same_statistics, ==, frozen || group->stat_count == 0);
    changed += !same;
  }
  g_assert_cmpint (changed, ==, plan->n_groups - 2);
}

static void
test_everything_frozen_is_refused (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;

  f->recipe.freeze = g_strdup ("trunk,fc");
  g_assert_null (
      sk_trainer_new (&f->recipe, f->dataset, f->run_dir, FALSE, f->pool, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  g_assert_false (g_file_test (f->run_dir, G_FILE_TEST_EXISTS));
}

static void
test_not_finite_changes_nothing (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = NULL;
  g_autoptr (SkParameters) good = NULL;
  const SkPlan *plan;
  SkStep step;
  int n = 0;

  f->recipe.lr = 1000;
  f->recipe.weight_decay = 100;
  f->recipe.epochs = 50;
  trainer = new_trainer (f, NULL, FALSE);
  plan = sk_network_plan (sk_trainer_network (trainer));
  good = sk_parameters_new (plan, NULL);
  do {
    sk_parameters_copy (good, sk_trainer_parameters (trainer));
    g_assert_true (sk_trainer_step (trainer, &step, NULL));
    if (step.epoch_ended) {
      SkEpoch epoch;

      sk_trainer_end_epoch (trainer, &epoch, NULL);
    }
  } while (isfinite (step.loss) && ++n < 100);
  g_assert_false (isfinite (step.loss));
  g_assert_cmpint (sk_trainer_steps_done (trainer), ==, n);
  g_assert_nonnull (sk_trainer_culprit (trainer));
  g_test_message ("step %d, first not finite: %s", n, sk_trainer_culprit (trainer));
  g_assert_cmpmem (sk_trainer_parameters (trainer)->values, good->n_values * 4,
                   good->values, good->n_values * 4);
  g_assert_cmpmem (sk_trainer_parameters (trainer)->statistics, good->n_statistics * 4,
                   good->statistics, good->n_statistics * 4);
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
  advance (trainer, 2);
  assert_same_bits (whole, trainer);
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

static int
cancel_soon (void *data) {
  g_usleep (3000);
  g_atomic_int_set ((gint *) data, 1);
  return 0;
}

static void
test_cancelled_step_is_repeated (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) whole = new_trainer (f, NULL, FALSE);
  g_autoptr (SkTrainer) other = new_trainer (f, NULL, FALSE);
  gint flag = 0;

  advance (whole, 5);
  sk_trainer_set_cancel (other, &flag);
  for (int i = 0; i < 5; i++) {
    g_autoptr (GError) error = NULL;
    SkStep step;
    SkEpoch epoch;
    thrd_t thread;
    gboolean done;

    g_assert_cmpint (thrd_create (&thread, cancel_soon, &flag), ==, thrd_success);
    done = sk_trainer_step (other, &step, &error);
    thrd_join (thread, NULL);
    g_atomic_int_set (&flag, 0);
    if (!done) {
      g_assert_error (error, SK_ERROR, SK_ERROR_CANCELLED);
      g_assert_cmpint (sk_trainer_steps_done (other), ==, i);
      g_assert_true (sk_trainer_step (other, &step, NULL));
    }
    if (step.epoch_ended)
      g_assert_true (sk_trainer_end_epoch (other, &epoch, NULL));
  }
  assert_same_bits (whole, other);
}

static void
test_init_gives_all_but_the_head (Fixture *f, gconstpointer unused) {
  g_autofree char *path = g_build_filename (f->dir, "ten.safetensors", NULL);
  g_autoptr (SkTrainer) trainer = NULL;
  SkVariant variant;
  SkWeightsInfo info = { .has_normalisation = TRUE,
                         .mean = { 0.1f, 0.2f, 0.3f },
                         .std = { 0.5f, 0.6f, 0.7f } };
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkParameters) ten = NULL;
  const SkPlan *ours;

  g_assert_true (sk_variant_find ("resnet20", &variant, NULL));
  plan = sk_plan_new (&variant, 1, 0, 0, 10, NULL);
  ten = sk_parameters_new (plan, NULL);
  sk_parameters_initialise (ten, plan, 99, FALSE);
  g_assert_true (sk_weights_save (path, plan, ten, &info, NULL));
  f->recipe.init = g_strdup (path);
  trainer = new_trainer (f, f->run_dir, FALSE);
  ours = sk_network_plan (sk_trainer_network (trainer));
  g_assert_cmpint (ours->classes, ==, N_CLASSES);
  g_assert_cmpmem (sk_parameters_at (sk_trainer_parameters (trainer), ours, 0), 432 * 4,
                   sk_parameters_at (ten, plan, 0), 432 * 4);
  g_assert_cmpfloat (sk_trainer_transform (trainer)->mean[1], ==, 0.2f);
  advance (trainer, 3);
  /* A resumed run needs the file no more. */
  g_remove (path);
  g_clear_pointer (&trainer, sk_trainer_free);
  trainer = new_trainer (f, f->run_dir, TRUE);
  g_assert_cmpfloat (sk_trainer_transform (trainer)->std[2], ==, 0.7f);
}

static void
test_it_learns (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = NULL;
  SkStep step;
  SkEpoch epoch = { 0 };

  f->recipe.epochs = 12;
  f->recipe.augment = FALSE;
  trainer = new_trainer (f, NULL, FALSE);
  while (!sk_trainer_finished (trainer)) {
    g_assert_true (sk_trainer_step (trainer, &step, NULL));
    if (step.epoch_ended)
      g_assert_true (sk_trainer_end_epoch (trainer, &epoch, NULL));
  }
  g_test_message ("loss %.3f, test accuracy %.2f", epoch.train_loss,
                  epoch.test_accuracy);
  g_assert_cmpfloat (epoch.train_loss, <, 0.2);
  g_assert_cmpint (epoch.epoch, ==, 12);
}

static void
test_a_lonely_last_picture_is_refused (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;

  /* resnet18-stem7 ends in maps of one pixel; 20 pictures by 19 leave one. */
  g_free (f->recipe.net);
  f->recipe.net = g_strdup ("resnet18-stem7");
  f->recipe.batch = 19;
  g_assert_null (sk_trainer_new (&f->recipe, f->dataset, NULL, FALSE, f->pool, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
}

#define ADD(path, func)                                                                \
  g_test_add ("/trainer/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("same-seed", test_same_seed_same_bits);
  ADD ("resume", test_resumed_equals_uninterrupted);
  ADD ("broken-lines", test_broken_lines_are_cut);
  ADD ("run-folder", test_run_folder);
  ADD ("frozen", test_frozen_stays);
  ADD ("all-frozen", test_everything_frozen_is_refused);
  ADD ("not-finite", test_not_finite_changes_nothing);
  ADD ("roll-back", test_roll_back);
  ADD ("full-disk", test_full_disk_loses_nothing);
  ADD ("cancelled", test_cancelled_step_is_repeated);
  ADD ("init", test_init_gives_all_but_the_head);
  ADD ("learns", test_it_learns);
  ADD ("lonely-picture", test_a_lonely_last_picture_is_refused);
  return g_test_run ();
}
