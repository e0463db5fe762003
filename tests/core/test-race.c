/* Races: twins begin alike and see the same pictures, go in lock-step, resume as if they
 * had never stopped, and do not fall together. On a small CIFAR-10 of noise. */

#include <math.h>
#include <string.h>

#include "errors.h"
#include "file-fixture.h"
#include "race-folder.h"
#include "race.h"

#define N_TRAIN 40 /* batches of 16, 16 and 8 */

static const char *const twins[] = { "resnet20", "plain20", NULL };

typedef struct {
  char *dir, *race_dir;
  SkPool *pool;
  SkDataset *dataset;
  SkRecipe recipe;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;

  f->dir = g_dir_make_tmp ("skipscope-race-XXXXXX", NULL);
  f->race_dir = g_build_filename (f->dir, "race", NULL);
  f->pool = sk_pool_new (2, 0);
  sk_recipe_init (&f->recipe);
  g_free (f->recipe.data);
  f->recipe.data = make_cifar10 (f->dir, N_TRAIN, 10);
  f->recipe.epochs = 2;
  f->recipe.batch = 16;
  f->recipe.lr = 0.01f;
  f->recipe.seed = 3;
  f->dataset = sk_dataset_open (f->recipe.data, 0, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  sk_dataset_unref (f->dataset);
  sk_recipe_clear (&f->recipe);
  sk_pool_free (f->pool);
  remove_tree (f->dir);
  g_free (f->race_dir);
  g_free (f->dir);
}

static SkRace *
new_race (Fixture *f, const char *dir, gboolean resume) {
  g_autoptr (GError) error = NULL;
  SkRace *race =
      sk_race_new (&f->recipe, twins, f->dataset, dir, resume, f->pool, NULL, &error);

  g_assert_no_error (error);
  return race;
}

static SkRaceTurn
take_turn (SkRace *race) {
  g_autoptr (GError) error = NULL;
  SkRaceTurn turn;
  SkEpoch epoch;

  g_assert_true (sk_race_step (race, &turn, &error));
  g_assert_no_error (error);
  if (isfinite (turn.step.loss) && turn.step.epoch_ended) {
    g_assert_true (sk_race_end_epoch (race, turn.contestant, &epoch, &error));
    g_assert_no_error (error);
  }
  return turn;
}

static const SkPlan *
plan_of (SkRace *race, int i) {
  return sk_network_plan (sk_trainer_network (sk_race_trainer (race, i)));
}

/* Every weight that both have: convolutions, batch norms, the head. */
static void
test_twins_begin_alike (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRace) race = new_race (f, NULL, FALSE);
  const SkPlan *residual = plan_of (race, 0), *plain = plan_of (race, 1);
  int n_convs = 0;

  g_assert_true (residual->variant.skips);
  g_assert_false (plain->variant.skips);
  g_assert_cmpint (sk_race_twin (race, 0), ==, 1);
  g_assert_cmpint (sk_race_twin (race, 1), ==, 0);
  g_assert_cmpint (plain->n_parameters, ==, residual->n_parameters);
  for (int i = 0; i < plain->n_parameters; i++) {
    const SkParameter *parameter = &plain->parameters[i];
    int other = sk_plan_find_parameter (residual, parameter->name);
    const float *a, *b;

    g_assert_cmpint (other, >=, 0);
    a = sk_parameters_at (sk_trainer_parameters (sk_race_trainer (race, 1)), plain, i);
    b = sk_parameters_at (sk_trainer_parameters (sk_race_trainer (race, 0)), residual,
                          other);
    g_assert_cmpmem (a, parameter->count * sizeof *a, b, parameter->count * sizeof *b);
    n_convs += parameter->kind == SK_PARAMETER_CONV;
  }
  g_assert_cmpint (n_convs, ==, 19);
}

/* With every skip cut the residual twin is the plain one: where both are given the same
 * weights and the same batches they learn the same. */
static void
test_twins_see_the_same (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRace) race = new_race (f, NULL, FALSE);
  SkNetwork *residual = sk_trainer_network (sk_race_trainer (race, 0));

  for (int i = 0; i < plan_of (race, 0)->n_blocks; i++)
    sk_network_set_lambda (residual, i, 0);
  while (!sk_race_is_over (race)) {
    SkRaceTurn a = take_turn (race), b = take_turn (race);
    const float *x = sk_race_gradients (race, 0, a.step.step);
    const float *y = sk_race_gradients (race, 1, b.step.step);

    g_assert_cmpint (a.contestant, ==, 0);
    g_assert_cmpint (b.contestant, ==, 1);
    g_assert_cmpfloat_with_epsilon (a.step.loss, b.step.loss, 1e-4 * a.step.loss);
    g_assert_cmpint (a.step.n, ==, b.step.n);
    for (int i = 0; i < plan_of (race, 0)->n_blocks; i++)
      g_assert_cmpfloat_with_epsilon (x[i], y[i], 0.02f * y[i]);
    g_assert_cmpint (sk_race_departure (race, 1, a.step.step), ==, SK_RACE_NOWHERE);
  }
}

/* Who races learns what he would have learnt alone. */
static void
test_race_equals_training_alone (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRace) race = new_race (f, NULL, FALSE);
  g_autoptr (SkTrainer) alone = NULL;
  const SkParameters *a, *b;
  SkEpoch epoch;
  SkStep step;

  g_free (f->recipe.net);
  f->recipe.net = g_strdup ("plain20");
  alone = sk_trainer_new (&f->recipe, f->dataset, NULL, FALSE, f->pool, NULL);
  while (!sk_race_is_over (race))
    take_turn (race);
  while (!sk_trainer_finished (alone)) {
    g_assert_true (sk_trainer_step (alone, &step, NULL));
    if (step.epoch_ended)
      g_assert_true (sk_trainer_end_epoch (alone, &epoch, NULL));
  }
  a = sk_trainer_parameters (alone);
  b = sk_trainer_parameters (sk_race_trainer (race, 1));
  g_assert_cmpmem (a->values, a->n_values * sizeof (float), b->values,
                   b->n_values * sizeof (float));
}

static void
test_lock_step (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRace) race = new_race (f, NULL, FALSE);

  for (int i = 0; i < 12; i++) {
    SkRaceTurn turn = take_turn (race);

    g_assert_cmpint (turn.contestant, ==, i % 2);
    g_assert_cmpint (turn.step.step, ==, i / 2 + 1);
    g_assert_cmpint (turn.round_ended, ==, i % 2);
    g_assert_cmpint (sk_race_departure (race, 0, turn.step.step) == SK_RACE_UNKNOWN, ==,
                     i % 2 == 0);
  }
  g_assert_true (sk_race_is_over (race));
  g_assert_cmpint (sk_race_state (race, 0), ==, SK_CONTESTANT_FINISHED);
  g_assert_null (sk_race_gradients (race, 0, 7));
  g_assert_null (sk_race_gradients (race, 0, 0));
}

static void
assert_same_end (Fixture *f, SkRace *whole, SkRace *second) {
  for (int i = 0; i < 2; i++) {
    const SkParameters *a = sk_trainer_parameters (sk_race_trainer (whole, i));
    const SkParameters *b = sk_trainer_parameters (sk_race_trainer (second, i));

    g_assert_cmpmem (a->values, a->n_values * sizeof (float), b->values,
                     b->n_values * sizeof (float));
    for (int step = 1; step <= 6; step++) {
      const float *x = sk_race_gradients (whole, i, step);
      const float *y = sk_race_gradients (second, i, step);

      g_assert_cmpmem (x, 9 * sizeof (float), y, 9 * sizeof (float));
      g_assert_cmpint (sk_race_departure (whole, i, step), ==,
                       sk_race_departure (second, i, step));
    }
  }
}

/* Stopped after any turn, within a round too, saved there or killed. */
static void
test_resumed_equals_uninterrupted (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRace) whole = new_race (f, NULL, FALSE);
  static const int stops[] = { 0, 1, 5, 6, 7, 12 };

  while (!sk_race_is_over (whole))
    take_turn (whole);
  for (gsize i = 0; i < G_N_ELEMENTS (stops); i++)
    for (int saved = 0; saved < 2; saved++) {
      g_autoptr (SkRace) second = NULL;
      g_auto (GStrv) nets = NULL;
      SkRecipe recipe = { 0 };
      g_autoptr (GError) error = NULL;

      {
        g_autoptr (SkRace) first = new_race (f, f->race_dir, FALSE);

        for (int turn = 0; turn < stops[i]; turn++)
          take_turn (first);
        if (saved)
          g_assert_true (sk_race_save (first, NULL));
      }
      g_assert_true (sk_race_folder_read (f->race_dir, &recipe, &nets, &error));
      g_assert_no_error (error);
      second = sk_race_new (&recipe, (const char *const *) nets, f->dataset,
                            f->race_dir, TRUE, f->pool, NULL, &error);
      g_assert_no_error (error);
      while (!sk_race_is_over (second))
        take_turn (second);
      assert_same_end (f, whole, second);
      sk_recipe_clear (&recipe);
      remove_tree (f->race_dir);
    }
}

static void
test_others_go_on (Fixture *f, gconstpointer unused) {
  g_autoptr (SkRace) race = new_race (f, NULL, FALSE);
  int turns[2] = { 0 };

  take_turn (race);
  take_turn (race);
  /* A step that no weights survive. */
  sk_trainer_set_lr_factor (sk_race_trainer (race, 1), 1e30f);
  while (!sk_race_is_over (race))
    turns[take_turn (race).contestant]++;
  g_assert_cmpint (sk_race_state (race, 0), ==, SK_CONTESTANT_FINISHED);
  g_assert_cmpint (sk_race_state (race, 1), ==, SK_CONTESTANT_DIVERGED);
  g_assert_cmpint (turns[0], ==, 5);
  g_assert_cmpint (turns[1], <, 5);
  g_assert_nonnull (sk_trainer_culprit (sk_race_trainer (race, 1)));
}

static void
test_departure (void) {
  const float residual[] = { 1, 1, 1, 1, 1 };
  const float alike[] = { 9, 0.2f, 1, 5, 10 };
  const float more[] = { 1000, 100, 11, 5, 1 };
  const float less[] = { 0.01f, 0.05f, 0.09f, 0.5f, 1 };
  const float nothing[] = { 1, 1, 0, 1, 1 };
  const float none[] = { 0, 0, 0, 0, 0 };

  g_assert_cmpint (sk_race_depart (residual, alike, 5), ==, SK_RACE_NOWHERE);
  g_assert_cmpint (sk_race_depart (residual, more, 5), ==, 2);
  g_assert_cmpint (sk_race_depart (residual, less, 5), ==, 2);
  g_assert_cmpint (sk_race_depart (residual, nothing, 5), ==, 2);
  g_assert_cmpint (sk_race_depart (more, residual, 5), ==, 2);
  g_assert_cmpint (sk_race_depart (none, none, 5), ==, SK_RACE_NOWHERE);
}

static void
assert_nets (const char *list, const char *expected) {
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) nets = sk_race_parse_nets (list, &error);
  g_autofree char *joined = nets ? g_strjoinv (" ", nets) : NULL;

  g_assert_cmpstr (joined, ==, expected);
  if (expected == NULL)
    g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
}

static void
test_names (void) {
  assert_nets ("resnet56,plain56", "resnet56 plain56");
  assert_nets ("ResNet-56, plain-56", "resnet56 plain56");
  assert_nets ("resnet20-b,plain-20-b,resnet18-cifar",
               "resnet20-b plain20-b resnet18-cifar");
  assert_nets ("resnet56", NULL);
  assert_nets ("resnet56,resnet-56", NULL);
  assert_nets ("resnet56,plane56", NULL);
  assert_nets ("resnet56,,plain56", NULL);
  assert_nets ("", NULL);
  assert_nets ("resnet18,resnet20,resnet32,resnet34,resnet44,resnet50,resnet56,plain18,"
               "plain20",
               NULL);
}

static void
test_folders (Fixture *f, gconstpointer unused) {
  g_autoptr (GError) error = NULL;
  g_autofree char *nothing = g_build_filename (f->dir, "nothing", NULL);
  g_auto (GStrv) nets = NULL;
  SkRecipe recipe = { 0 };

  sk_race_free (new_race (f, f->race_dir, FALSE));
  g_assert_true (sk_race_folder_is (f->race_dir));
  g_assert_null (sk_race_new (&f->recipe, twins, f->dataset, f->race_dir, FALSE,
                              f->pool, NULL, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  g_assert_true (sk_race_folder_is (f->race_dir));
  g_clear_error (&error);

  g_assert_false (sk_race_folder_read (nothing, &recipe, &nets, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_clear_error (&error);

  /* The second network cannot be built: the first leaves nothing behind. */
  f->recipe.freeze = g_strdup ("layer4");
  g_assert_null (sk_race_new (
      &f->recipe, (const char *const[]){ "resnet18-cifar", "plain20", NULL },
      f->dataset, nothing, FALSE, f->pool, NULL, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  g_assert_false (g_file_test (nothing, G_FILE_TEST_EXISTS));
}

static void
test_broken_folders (Fixture *f, gconstpointer unused) {
  static const char *const texts[] = {
    "",
    "[]",
    "{\"format\":1}",
    "{\"format\":7,\"nets\":[\"resnet20\",\"plain20\"],\"recipe\":{}}",
    "{\"format\":1,\"nets\":\"resnet20\",\"recipe\":{}}",
    "{\"format\":1,\"nets\":[1,2],\"recipe\":{}}",
    "{\"format\":1,\"nets\":[\"../x\",\"plain20\"],\"recipe\":{}}",
    "{\"format\":1,\"nets\":[\"resnet20\",\"plain20\"],\"recipe\":[]}",
  };
  g_autofree char *path = g_build_filename (f->dir, "race.json", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) nets = NULL;
    SkRecipe recipe = { 0 };

    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    g_assert_false (sk_race_folder_read (f->dir, &recipe, &nets, &error));
    g_assert_nonnull (strstr (error->message, path));
    g_assert_null (nets);
    sk_recipe_clear (&recipe);
  }
}

int
main (int argc, char **argv) {
  const struct {
    const char *name;
    void (*test) (Fixture *f, gconstpointer unused);
  } tests[] = {
    { "/race/twins-begin-alike", test_twins_begin_alike },
    { "/race/twins-see-the-same", test_twins_see_the_same },
    { "/race/equals-training-alone", test_race_equals_training_alone },
    { "/race/lock-step", test_lock_step },
    { "/race/resumed-equals-uninterrupted", test_resumed_equals_uninterrupted },
    { "/race/others-go-on", test_others_go_on },
    { "/race/folders", test_folders },
    { "/race/broken-folders", test_broken_folders },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/race/departure", test_departure);
  g_test_add_func ("/race/names", test_names);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
