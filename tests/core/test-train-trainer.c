/* Runs from beginning to end: the same bits from the same seed; what is in a run folder;
 * frozen groups; a loss that is not finite; cancellation. */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <threads.h>

#include "errors.h"
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
  ADD ("run-folder", test_run_folder);
  ADD ("frozen", test_frozen_stays);
  ADD ("all-frozen", test_everything_frozen_is_refused);
  ADD ("not-finite", test_not_finite_changes_nothing);
  ADD ("cancelled", test_cancelled_step_is_repeated);
  ADD ("init", test_init_gives_all_but_the_head);
  ADD ("learns", test_it_learns);
  ADD ("lonely-picture", test_a_lonely_last_picture_is_refused);
  return g_test_run ();
}
