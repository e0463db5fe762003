/* Learning behind a frozen trunk, and the two phases of transfer: the same bits resumed or
 * not, frozen things stay, and what is kept gives what computing it again would. */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "errors.h"
#include "train-fixture.h"
#include "trainer-state.h"

/* Two epochs of the head by Adam, then two of everything by SGD. */
static void
prepare (Fixture *f) {
  g_autoptr (GError) error = NULL;

  g_assert_true (sk_recipe_apply_preset (&f->recipe, "transfer", &error));
  g_assert_no_error (error);
  f->recipe.epochs = 4;
  f->recipe.unfreeze = 2;
  f->recipe.batch = 8;
}

static SkParameters *
copy_parameters (SkTrainer *trainer) {
  SkParameters *copy =
      sk_parameters_new (sk_network_plan (sk_trainer_network (trainer)), NULL);

  sk_parameters_copy (copy, sk_trainer_parameters (trainer));
  return copy;
}

/* Whether all weights, and all statistics, of all groups but the head are as they were. */
static void
compare_trunk (SkTrainer *trainer, const SkParameters *before, gboolean *values,
               gboolean *statistics) {
  const SkPlan *plan = sk_network_plan (sk_trainer_network (trainer));
  const SkParameters *now = sk_trainer_parameters (trainer);

  *values = TRUE;
  for (int i = 0; i < plan->n_groups; i++) {
    const SkGroup *group = &plan->groups[i];

    if (strcmp (group->name, "fc") != 0)
      *values &= memcmp (before->values + group->offset, now->values + group->offset,
                         group->count * sizeof (float)) == 0;
  }
  *statistics = memcmp (before->statistics, now->statistics,
                        plan->n_statistics * sizeof (float)) == 0;
}

static double
distance (SkTrainer *a, SkTrainer *b) {
  const SkParameters *x = sk_trainer_parameters (a), *y = sk_trainer_parameters (b);
  double difference = 0, square = 0;

  for (gsize i = 0; i < x->n_values; i++) {
    double d = (double) x->values[i] - (double) y->values[i];

    difference += d * d;
    square += (double) y->values[i] * (double) y->values[i];
  }
  return sqrt (difference / square);
}

/* As if there were no room for features. */
static void
keep_nothing (SkTrainer *trainer) {
  sk_trunk_forget (trainer);
  trainer->trunk.refused = TRUE;
  sk_trainer_start_epoch (trainer);
  g_assert_false (trainer->trunk.keeping);
}

static void
test_phases (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = NULL;
  g_autoptr (SkParameters) before = NULL;
  g_autofree char *kept = NULL, *speed = NULL, *news = NULL;
  gboolean values, statistics;

  prepare (f);
  trainer = new_trainer (f, f->run_dir, FALSE);
  before = copy_parameters (trainer);
  advance (trainer, 6);
  compare_trunk (trainer, before, &values, &statistics);
  g_assert_true (values && statistics);
  g_assert_cmpint (sk_trainer_phase (trainer), ==, 1);
  g_assert_cmpfloat_with_epsilon ((double) sk_trainer_lr (trainer), 1e-3, 1e-9);
  kept = sk_trainer_take_news (trainer);
  speed = sk_trainer_take_news (trainer);
  news = sk_trainer_take_news (trainer);
  g_assert_nonnull (strstr (kept, "kept"));
  g_assert_nonnull (strstr (speed, "faster"));
  g_assert_cmpstr (news, ==, "everything learns: sgd, learning rate 0.001");
  g_assert_null (sk_trainer_take_news (trainer));
  g_assert_false (sk_network_is_frozen (sk_trainer_network (trainer), 0));
  advance (trainer, 1);
  compare_trunk (trainer, before, &values, &statistics);
  g_assert_false (values || statistics);
  advance (trainer, -1);
  g_assert_true (sk_trainer_finished (trainer));
}

/* Whatever is unfrozen, when the epochs end before that nothing is. */
static void
test_no_second_phase (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = NULL;

  prepare (f);
  f->recipe.epochs = 2;
  trainer = new_trainer (f, NULL, FALSE);
  advance (trainer, -1);
  g_assert_cmpint (sk_trainer_phase (trainer), ==, 0);
  g_assert_true (sk_network_is_frozen (sk_trainer_network (trainer), 0));
}

/* Stopped at every step in turn, across the change of optimisers. */
static void
test_resume (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) whole = NULL;

  prepare (f);
  whole = new_trainer (f, f->run_dir, FALSE);
  advance (whole, -1);
  for (int stop = 1; stop < 12; stop++) {
    g_autofree char *dir = g_strdup_printf ("%s-%d", f->run_dir, stop);
    g_autoptr (SkTrainer) part = new_trainer (f, dir, FALSE);

    advance (part, stop);
    g_assert_true (sk_trainer_save (part, NULL));
    g_clear_pointer (&part, sk_trainer_free);
    part = new_trainer (f, dir, TRUE);
    g_assert_cmpint (sk_trainer_steps_done (part), ==, stop);
    g_assert_cmpint (sk_trainer_phase (part), ==, stop >= 6);
    advance (part, -1);
    assert_same_bits (part, whole);
    assert_same_record (dir, f->run_dir);
  }
}

static void
test_roll_back_freezes_again (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) whole = NULL;
  g_autoptr (SkTrainer) back = NULL;

  prepare (f);
  whole = new_trainer (f, NULL, FALSE);
  back = new_trainer (f, NULL, FALSE);
  advance (whole, -1);
  advance (back, 8);
  g_assert_true (sk_trainer_roll_back (back, NULL));
  g_assert_cmpint (sk_trainer_phase (back), ==, 0);
  advance (back, -1);
  assert_same_bits (back, whole);
}

/* Keeping features changes nothing that rounding does not. */
static void
test_kept_equals_computed (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) kept = NULL;
  g_autoptr (SkTrainer) computed = NULL;
  SkEpoch a = { 0 }, b = { 0 };

  prepare (f);
  f->recipe.epochs = 3;
  f->recipe.unfreeze = 0;
  kept = new_trainer (f, NULL, FALSE);
  computed = new_trainer (f, NULL, FALSE);
  keep_nothing (computed);
  while (!sk_trainer_finished (kept)) {
    SkStep x, y;

    do
      g_assert_true (sk_trainer_step (kept, &x, NULL));
    while (x.preparing > 0);
    g_assert_true (sk_trainer_step (computed, &y, NULL));
    g_assert_cmpint (x.step, ==, y.step);
    g_assert_cmpint (x.n_correct, ==, y.n_correct);
    g_assert_cmpfloat_with_epsilon (x.loss, y.loss, 1e-6);
    g_assert_cmpint (x.epoch_ended, ==, y.epoch_ended);
    if (!x.epoch_ended)
      continue;
    g_assert_true (sk_trainer_end_epoch (kept, &a, NULL));
    g_assert_true (sk_trainer_end_epoch (computed, &b, NULL));
    g_assert_true (a.kept && !b.kept);
    g_assert_cmpfloat_with_epsilon (a.test_loss, b.test_loss, 1e-6);
    g_assert_cmpfloat (a.test_accuracy, ==, b.test_accuracy);
  }
  g_test_message ("kept against computed: %.1e", distance (kept, computed));
  g_assert_cmpfloat (distance (kept, computed), <=, 1e-6);
}

/* Two augmented views, in turn: the third epoch has the first one's pictures again. */
static void
test_views (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) kept = NULL;
  g_autoptr (SkTrainer) computed = NULL;

  prepare (f);
  f->recipe.augment = TRUE;
  f->recipe.views = 2;
  kept = new_trainer (f, NULL, FALSE);
  computed = new_trainer (f, NULL, FALSE);
  keep_nothing (computed);
  advance (kept, 5);
  advance (computed, 5);
  g_assert_true (kept->trunk.keeping && !computed->trunk.keeping);
  g_assert_cmpfloat (distance (kept, computed), <=, 1e-6);
  /* A new view each epoch is not worth keeping. */
  f->recipe.views = 0;
  g_clear_pointer (&kept, sk_trainer_free);
  kept = new_trainer (f, NULL, FALSE);
  g_assert_false (kept->trunk.keeping);
}

/* In the middle of an epoch, by hand: what was kept is forgotten, nothing else happens. */
static void
test_thawing_leaves_the_kept (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) trainer = NULL;
  SkEpoch epoch;
  SkStep step;
  int top;

  prepare (f);
  f->recipe.unfreeze = 0;
  trainer = new_trainer (f, NULL, FALSE);
  top = trainer->plan->n_groups - 2;
  advance (trainer, 4);
  g_assert_true (trainer->trunk.keeping);
  sk_network_set_frozen (trainer->network, top, FALSE);
  advance (trainer, 1);
  g_assert_false (trainer->trunk.keeping);
  g_assert_null (trainer->trunk.features[0]);
  sk_network_set_frozen (trainer->network, top, TRUE);
  g_assert_true (sk_trainer_step (trainer, &step, NULL));
  g_assert_true (sk_trainer_end_epoch (trainer, &epoch, NULL));
  g_assert_false (epoch.kept);
  g_assert_true (trainer->trunk.keeping); /* the next one is */
  sk_network_set_lambda (trainer->network, 2, 0.5f);
  advance (trainer, 1);
  g_assert_true (trainer->trunk.keeping);
  g_assert_cmpfloat (trainer->trunk.lambdas[2], ==, 0.5f);
}

/* Frozen weights stay in every mode; statistics stay where they are to. */
static void
test_modes (Fixture *f, gconstpointer unused) {
  static const struct {
    const char *mode;
    gboolean stays, kept;
  } modes[] = { { NULL, TRUE, TRUE },
                { "statistics", TRUE, TRUE },
                { "train", FALSE, FALSE },
                { "affine", FALSE, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (SkTrainer) trainer = NULL;
    g_autoptr (SkParameters) before = NULL;
    gboolean values, statistics;

    prepare (f);
    f->recipe.unfreeze = 0;
    g_free (f->recipe.bn_mode);
    f->recipe.bn_mode = g_strdup (modes[i].mode);
    trainer = new_trainer (f, NULL, FALSE);
    before = copy_parameters (trainer);
    advance (trainer, 4);
    compare_trunk (trainer, before, &values, &statistics);
    g_assert_true (values);
    g_assert_cmpint (statistics, ==, modes[i].stays);
    g_assert_cmpint (trainer->trunk.keeping, ==, modes[i].kept);
  }
}

static void
test_broken_pictures_are_left_out (Fixture *f, gconstpointer unused) {
  g_autofree char *path = g_build_filename (f->data_dir, "train/along/03.bmp", NULL);
  g_autoptr (SkTrainer) trainer = NULL;
  gint64 seen = 0;
  SkStep step;

  prepare (f);
  g_assert_true (g_file_set_contents (path, "BM no picture", -1, NULL));
  trainer = new_trainer (f, NULL, FALSE);
  for (int i = 0; i < 3;) {
    g_assert_true (sk_trainer_step (trainer, &step, NULL));
    i += step.preparing == 0;
    seen += step.n;
  }
  g_assert_cmpint (seen, ==, 2 * N_TRAIN - 1);
  g_assert_cmpint (sk_dataset_n_skipped (f->dataset), ==, 1);
}

/* With no picture at all there is no epoch, and no weights that learnt nothing. */
static void
test_no_picture_can_be_read (Fixture *f, gconstpointer unused) {
  static const char *const classes[] = { "along", "across" };
  g_autoptr (SkTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  SkStep step;

  prepare (f);
  for (int i = 0; i < N_CLASSES * N_TRAIN; i++) {
    g_autofree char *path =
        g_strdup_printf ("%s/train/%s/%02d.bmp", f->data_dir, classes[i % 2], i / 2);

    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    g_assert_true (g_file_set_contents (path, "BM no picture", -1, NULL));
  }
  trainer = new_trainer (f, NULL, FALSE);
  for (int i = 0; i < 20 && sk_trainer_step (trainer, &step, &error); i++)
    g_assert_false (step.epoch_ended);
  g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "none of the 20 pictures"));
}

/* Cancelled while the trunk looks at the pictures: it goes on where it was. */
static void
test_cancelled_pass (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) whole = NULL;
  g_autoptr (SkTrainer) other = NULL;
  gint flag = 0;

  prepare (f);
  whole = new_trainer (f, NULL, FALSE);
  other = new_trainer (f, NULL, FALSE);
  sk_trainer_set_cancel (other, &flag);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    SkStep step;

    g_assert_true (sk_trainer_step (other, &step, NULL));
    g_assert_cmpfloat (step.preparing, >, 0);
    g_atomic_int_set (&flag, 1);
    g_assert_false (sk_trainer_step (other, &step, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_CANCELLED);
    g_atomic_int_set (&flag, 0);
  }
  advance (whole, -1);
  advance (other, -1);
  assert_same_bits (whole, other);
}

static void
test_features_on_disk (Fixture *f, gconstpointer unused) {
  g_autofree char *path = g_build_filename (f->dir, "features", NULL);
  g_autoptr (GError) error = NULL;
  SkFeatures *features = sk_features_new (100, 3, 1000, path, &error);

  g_assert_no_error (error);
  g_assert_true (sk_features_on_disk (features));
  g_assert_cmpuint (sk_features_bytes (features), ==, 1200);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (sk_features_done (features, 40, 60), ==, 0);
  sk_features_row (features, 99)[2] = 7;
  for (int i = 40; i < 100; i++)
    sk_features_set_state (features, i, i == 50 ? SK_FEATURE_BROKEN : SK_FEATURE_KNOWN);
  g_assert_cmpint (sk_features_done (features, 40, 60), ==, 60);
  g_assert_cmpfloat (sk_features_row (features, 99)[2], ==, 7);
  sk_features_free (features);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  features = sk_features_new (100, 3, 1200, path, &error);
  g_assert_false (sk_features_on_disk (features));
  sk_features_free (features);
  g_assert_null (sk_features_new (100, 3, 1000, NULL, NULL));
  g_assert_null (sk_features_new (100, 3, 1000, "/nowhere/at/all", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
}

/* Pictures are prepared as the weights want it, in the proportion of this network's side;
 * what was learnt says so, and a resumed run does not need the weights for it. */
static void
test_preparation (Fixture *f, gconstpointer unused) {
  g_autoptr (SkTrainer) donor = new_trainer (f, NULL, FALSE);
  g_autoptr (SkTrainer) trainer = NULL;
  g_autofree char *weights = g_build_filename (f->dir, "donor.safetensors", NULL);
  g_autofree char *learnt = g_build_filename (f->run_dir, "last.safetensors", NULL);
  g_autofree char **names = NULL;
  SkWeightsInfo info = sk_trainer_info (donor, &names);

  info.side = 64;
  info.resize = 80;
  info.bicubic = TRUE;
  g_assert_true (
      sk_weights_save (weights, donor->plan, donor->parameters, &info, NULL));
  f->recipe.init = g_strdup (weights);
  trainer = new_trainer (f, f->run_dir, FALSE);
  g_assert_cmpint (sk_trainer_transform (trainer)->resize, ==, 40);
  g_assert_cmpint (sk_trainer_transform (trainer)->filter, ==, SK_FILTER_BICUBIC);
  advance (trainer, 1);
  g_assert_true (sk_trainer_save (trainer, NULL));
  g_clear_pointer (&trainer, sk_trainer_free);

  info = (SkWeightsInfo){ 0 };
  g_assert_true (sk_weights_inspect (learnt, NULL, &info, NULL));
  g_assert_cmpint (info.resize, ==, 40);
  g_assert_true (info.bicubic);
  sk_weights_info_clear (&info);
  g_remove (weights);
  trainer = new_trainer (f, f->run_dir, TRUE);
  g_assert_cmpint (sk_trainer_transform (trainer)->resize, ==, 40);
  g_assert_cmpint (sk_trainer_transform (trainer)->filter, ==, SK_FILTER_BICUBIC);
}

#define ADD(path, func)                                                                \
  g_test_add ("/transfer/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("phases", test_phases);
  ADD ("preparation", test_preparation);
  ADD ("no-second-phase", test_no_second_phase);
  ADD ("resume", test_resume);
  ADD ("roll-back", test_roll_back_freezes_again);
  ADD ("kept-equals-computed", test_kept_equals_computed);
  ADD ("views", test_views);
  ADD ("thawing", test_thawing_leaves_the_kept);
  ADD ("modes", test_modes);
  ADD ("broken-pictures", test_broken_pictures_are_left_out);
  ADD ("no-picture", test_no_picture_can_be_read);
  ADD ("cancelled-pass", test_cancelled_pass);
  ADD ("features-on-disk", test_features_on_disk);
  return g_test_run ();
}
