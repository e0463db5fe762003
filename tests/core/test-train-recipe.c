/* Recipes: defaults, presets, limits, JSON; and the rates of their schedules. */

#include <math.h>
#include <string.h>

#include "errors.h"
#include "recipe.h"

static void
test_defaults (void) {
  SkRecipe recipe;

  sk_recipe_init (&recipe);
  g_assert_cmpstr (recipe.net, ==, "resnet20");
  g_assert_cmpstr (recipe.data, ==, "builtin");
  g_assert_cmpint (recipe.optimizer, ==, SK_OPTIMIZER_SGD);
  g_assert_cmpint (recipe.batch, ==, 128);
  g_assert_cmpfloat (recipe.lr, ==, 0.1f);
  g_assert_cmpfloat (recipe.momentum, ==, 0.9f);
  g_assert_cmpfloat (recipe.weight_decay, ==, 5e-4f);
  g_assert_cmpint (recipe.schedule, ==, SK_SCHEDULE_COSINE);
  g_assert_cmpfloat (recipe.warmup, ==, 0);
  g_assert_cmpfloat (recipe.label_smoothing, ==, 0);
  g_assert_false (recipe.nesterov);
  g_assert_null (recipe.freeze);
  g_assert_true (sk_recipe_check (&recipe, NULL));
  sk_recipe_clear (&recipe);
}

static void
test_every_preset_is_sound (void) {
  g_autoptr (GError) error = NULL;
  SkRecipe recipe;

  for (const SkPreset *preset = sk_presets (); preset->name != NULL; preset++) {
    sk_recipe_init (&recipe);
    recipe.lr = 77;
    g_assert_true (sk_recipe_apply_preset (&recipe, preset->name, &error));
    g_assert_cmpfloat (recipe.lr, <, 1);
    g_assert_true (sk_recipe_check (&recipe, &error));
    g_assert_cmpint (strlen (preset->title), >, 0);
    g_assert_cmpint (strlen (preset->description), >, 0);
    sk_recipe_clear (&recipe);
  }
  sk_recipe_init (&recipe);
  g_assert_false (sk_recipe_apply_preset (&recipe, "cake", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
  sk_recipe_clear (&recipe);
}

static void
test_limits (void) {
  static const struct {
    const char *json, *says;
  } wrong[] = {
    { "{\"lr\":-1}", "learning rate" },
    { "{\"batch\":0}", "batch" },
    { "{\"momentum\":1}", "momentum" },
    { "{\"epochs\":0}", "epochs" },
    { "{\"net\":\"resnet19\"}", "resnet" },
    { "{\"bn_mode\":\"x\"}", "batch-norm" },
    { "{\"std\":[0,1,1],\"has_normalisation\":true}", "std" },
    { "{\"nesterov\":true,\"momentum\":0}", "Nesterov" },
    { "{\"label_smoothing\":1}", "smoothing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    SkRecipe recipe;

    g_assert_false (sk_recipe_from_json (&recipe, wrong[i].json, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_ARGUMENT);
    g_assert_nonnull (strstr (error->message, wrong[i].says));
  }
}

static void
test_json_round_trip (void) {
  SkRecipe recipe, back;
  g_autofree char *json = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;
  static const char *const wrong[] = { "",
                                       "[]",
                                       "{\"lr\":\"x\"}",
                                       "{\"net\":null}",
                                       "{\"optimizer\":\"lion\"}",
                                       "{\"batch\":1.5}",
                                       "{\"mean\":[1,2]}" };

  sk_recipe_init (&recipe);
  g_free (recipe.data);
  recipe.data = g_strdup ("folder:/a \"b\"/ü\n");
  recipe.lr_scale = g_strdup ("fc=10");
  recipe.lr = 0.1f / 3;
  recipe.seed = 0xfedcba9876543210u;
  recipe.steps = (gint64) 1 << 33;
  recipe.has_normalisation = TRUE;
  recipe.mean[1] = 0.4465f;
  recipe.optimizer = SK_OPTIMIZER_ADAMW;
  recipe.schedule = SK_SCHEDULE_ONECYCLE;
  json = sk_recipe_to_json (&recipe);
  g_assert_true (sk_recipe_from_json (&back, json, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (back.data, ==, recipe.data);
  g_assert_cmpstr (back.lr_scale, ==, "fc=10");
  g_assert_null (back.init);
  g_assert_cmpfloat (back.lr, ==, recipe.lr);
  g_assert_cmpuint (back.seed, ==, recipe.seed);
  g_assert_cmpint (back.steps, ==, recipe.steps);
  g_assert_cmpfloat (back.mean[1], ==, recipe.mean[1]);
  again = sk_recipe_to_json (&back);
  g_assert_cmpstr (json, ==, again);
  sk_recipe_clear (&recipe);
  sk_recipe_clear (&back);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_clear_error (&error);
    g_assert_false (sk_recipe_from_json (&back, wrong[i], &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  }
}

static void
test_plain_twin (void) {
  SkRecipe recipe;
  SkVariant variant;

  sk_recipe_init (&recipe);
  g_assert_true (sk_recipe_find_variant (&recipe, &variant, NULL));
  g_assert_true (variant.skips);
  recipe.skips = FALSE;
  g_assert_true (sk_recipe_find_variant (&recipe, &variant, NULL));
  g_assert_false (variant.skips);
  g_assert_cmpstr (variant.name, ==, "plain20");
  recipe.skips = TRUE;
  g_free (recipe.net);
  recipe.net = g_strdup ("plain56");
  g_assert_true (sk_recipe_find_variant (&recipe, &variant, NULL));
  g_assert_false (variant.skips);
  sk_recipe_clear (&recipe);
}

#define assert_near(a, b)                                                              \
  g_assert_cmpfloat_with_epsilon ((double) (a), b, 1e-6 * fabs (b) + 1e-12)

/* 100 epochs of 10 steps; values by hand, from PyTorch's definitions. */
static void
test_cosine_and_step (void) {
  SkRecipe recipe = { .lr = 0.1f, .epochs = 100, .schedule = SK_SCHEDULE_COSINE };

  assert_near (sk_recipe_lr (&recipe, 0, 10), 0.1);
  assert_near (sk_recipe_lr (&recipe, 9, 10), 0.1);
  assert_near (sk_recipe_lr (&recipe, 10, 10), 0.1 * (1 + cos (G_PI / 100)) / 2);
  assert_near (sk_recipe_lr (&recipe, 500, 10), 0.05);
  assert_near (sk_recipe_lr (&recipe, 999, 10), 0.1 * (1 + cos (G_PI * 0.99)) / 2);
  /* steps beat epochs: 35 of them are 4 epochs, the last one short */
  recipe.steps = 35;
  g_assert_cmpint (sk_recipe_total_steps (&recipe, 10), ==, 35);
  assert_near (sk_recipe_lr (&recipe, 20, 10), 0.05);
  recipe.steps = 0;
  recipe.schedule = SK_SCHEDULE_STEP;
  assert_near (sk_recipe_lr (&recipe, 299, 10), 0.1);
  assert_near (sk_recipe_lr (&recipe, 300, 10), 0.01);
  assert_near (sk_recipe_lr (&recipe, 599, 10), 0.01);
  assert_near (sk_recipe_lr (&recipe, 600, 10), 0.001);
  assert_near (sk_recipe_lr (&recipe, 900, 10), 0.0001);
}

static void
test_warmup (void) {
  SkRecipe recipe = {
    .lr = 0.1f, .epochs = 100, .warmup = 2.5f, .schedule = SK_SCHEDULE_CONSTANT
  };

  assert_near (sk_recipe_lr (&recipe, 0, 10), 0.1 / 25);
  assert_near (sk_recipe_lr (&recipe, 12, 10), 0.1 * 13 / 25);
  assert_near (sk_recipe_lr (&recipe, 24, 10), 0.1);
  assert_near (sk_recipe_lr (&recipe, 999, 10), 0.1);
}

/* Each phase has the schedule to itself, over its own steps. */
static void
test_two_phases (void) {
  SkRecipe recipe = { .lr = 0.1f,
                      .epochs = 10,
                      .schedule = SK_SCHEDULE_COSINE,
                      .warmup = 1,
                      .unfreeze = 4,
                      .unfreeze_lr = 0.01f };

  assert_near (sk_recipe_lr (&recipe, 4, 10), 0.05);
  assert_near (sk_recipe_lr (&recipe, 20, 10), 0.05);
  g_assert_cmpint (sk_recipe_phase (&recipe, 39, 10), ==, 0);
  g_assert_cmpint (sk_recipe_phase (&recipe, 40, 10), ==, 1);
  assert_near (sk_recipe_lr (&recipe, 44, 10), 0.005);
  assert_near (sk_recipe_lr (&recipe, 49, 10), 0.01);
  assert_near (sk_recipe_lr (&recipe, 70, 10), 0.005);
  /* Ends before the second phase begins. */
  recipe.epochs = 4;
  g_assert_cmpint (sk_recipe_phase (&recipe, 40, 10), ==, 0);
  assert_near (sk_recipe_lr (&recipe, 20, 10), 0.05);
}

/* torch.optim.lr_scheduler.OneCycleLR (max_lr=0.1, total_steps=20). */
static void
test_one_cycle (void) {
  static const double pytorch[20] = {
    0.004,         0.01316718427, 0.03716718427,  0.06683281573,  0.09083281573,
    0.1,           0.09874640062, 0.0950484632,   0.08909161776,  0.08117456539,
    0.07169430018, 0.06112620219, 0.0500002,      0.03887419781,  0.02830609982,
    0.01882583461, 0.01090878224, 0.004951936799, 0.001253999376, 4e-07,
  };
  SkRecipe recipe = { .lr = 0.1f, .epochs = 2, .schedule = SK_SCHEDULE_ONECYCLE };

  for (int step = 0; step < 20; step++)
    assert_near (sk_recipe_lr (&recipe, step, 10), pytorch[step]);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recipe/defaults", test_defaults);
  g_test_add_func ("/recipe/presets", test_every_preset_is_sound);
  g_test_add_func ("/recipe/limits", test_limits);
  g_test_add_func ("/recipe/json", test_json_round_trip);
  g_test_add_func ("/recipe/plain-twin", test_plain_twin);
  g_test_add_func ("/schedule/cosine-and-step", test_cosine_and_step);
  g_test_add_func ("/schedule/warm-up", test_warmup);
  g_test_add_func ("/schedule/two-phases", test_two_phases);
  g_test_add_func ("/schedule/one-cycle", test_one_cycle);
  return g_test_run ();
}
