/* The mapping report of other people's networks: tests/golden/networks.py had PyTorch
 * write them. Every tensor i of such a file is i / 64 everywhere. */

#include <glib/gstdio.h>
#include <string.h>

#include "inspection.h"
#include "safetensors.h"
#include "session-fixture.h"
#include "weights.h"

static char *
network_path (const char *name) {
  return g_test_build_filename (G_TEST_DIST, "golden", "networks", name, NULL);
}

static SkInspection *
inspect (const char *name, const char *net, int classes, gboolean parts) {
  g_autofree char *path = network_path (name);
  g_autoptr (GError) error = NULL;
  SkInspection *inspection = sk_inspection_new (path, net, classes, parts, &error);

  g_assert_no_error (error);
  return inspection;
}

static const struct {
  const char *file, *net, *wrapper, *shortcut;
  int classes, matched, renamed, reshaped, ignored;
  float std; /* the first: tells which transform was chosen */
  const char *why; /* of the transform */
} known[] = {
  { "torchvision-resnet18.pth", "resnet18", NULL, "projection", 1000, 102, 0, 0, 20,
    0.229f, "224 × 224" },
  { "training-resnet18.pth", "resnet18", "state_dict", "projection", 1000, 0, 102, 0,
    20, 0.229f, "224 × 224" },
  { "average-resnet18.pth", "resnet18", "model", "projection", 1000, 0, 102, 0, 20,
    0.229f, "224 × 224" },
  { "ema-only-resnet18.pth", "resnet18", "state_dict_ema", "projection", 1000, 0, 102,
    0, 21, 0.229f, "224 × 224" },
  { "half-resnet50.pth", "resnet50", NULL, "projection", 1000, 267, 0, 0, 0, 0.229f,
    "224 × 224" },
  { "bfloat16-resnet18.pth", "resnet18", NULL, "projection", 1000, 101, 0, 1, 20,
    0.229f, "224 × 224" },
  { "akamaster-resnet20.pth", "resnet20", "state_dict", "padding", 10, 0, 97, 0, 0,
    0.229f, "akamaster" },
  { "chenyaofo-resnet20.pth", "resnet20-b", NULL, "projection", 10, 107, 0, 0, 21,
    0.2023f, "32 × 32" },
  { "kuangliu-resnet18.pth", "resnet18-cifar", "net", "projection", 10, 0, 102, 0, 20,
    0.2023f, "kuangliu" },
};

static void
test_known_networks (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autoptr (SkInspection) found = inspect (known[i].file, NULL, 0, FALSE);

    g_test_message ("%s", known[i].file);
    g_assert_null (found->problem);
    g_assert_cmpstr (found->net, ==, known[i].net);
    g_assert_cmpstr (found->wrapper, ==, known[i].wrapper);
    g_assert_cmpstr (found->shortcut, ==, known[i].shortcut);
    g_assert_cmpint (found->classes, ==, known[i].classes);
    g_assert_cmpint (found->file_classes, ==, known[i].classes);
    g_assert_cmpint (found->counts[SK_FATE_MATCHED], ==, known[i].matched);
    g_assert_cmpint (found->counts[SK_FATE_RENAMED], ==, known[i].renamed);
    g_assert_cmpint (found->counts[SK_FATE_RESHAPED], ==, known[i].reshaped);
    g_assert_cmpint (found->counts[SK_FATE_IGNORED], ==, known[i].ignored);
    g_assert_cmpint (found->n_taken, ==, found->n_parts);
    g_assert_true (found->fits);
    g_assert_cmpfloat (found->std[0], ==, known[i].std);
    g_assert_nonnull (strstr (found->transform_why, known[i].why));
    g_assert_cmpuint (strlen (found->sha256), ==, 64);
    for (guint r = 0; r < found->rows->len; r++) {
      const SkInspectionRow *row = found->rows->pdata[r];

      g_assert_true (row->why != NULL || row->fate == SK_FATE_MATCHED);
    }
  }
}

/* What the report says is taken arrives: tensor i of the file is i / 64. */
static void
test_values_arrive (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autofree char *path = network_path (known[i].file);
    g_autoptr (GError) error = NULL;
    g_autoptr (SkTensorFile) file = sk_tensor_file_read (path, &error);
    g_autoptr (SkPlan) plan = NULL;
    g_autoptr (SkParameters) parameters = NULL;
    g_autoptr (GPtrArray) rows = NULL;
    SkVariant variant;

    g_assert_no_error (error);
    g_assert_true (sk_variant_find (known[i].net, &variant, NULL));
    plan = sk_plan_new (&variant, 1, 0, 0, known[i].classes, NULL);
    parameters = sk_parameters_new (plan, NULL);
    g_assert_true (
        sk_weights_load (path, plan, parameters, SK_FIT_WHOLE, NULL, &error));
    g_assert_no_error (error);
    rows = sk_weights_map (file, plan, SK_FIT_WHOLE, NULL);
    for (guint r = 0; r < rows->len; r++) {
      const SkMapRow *row = rows->pdata[r];
      const float *values;
      float want;

      if (row->parameter < 0)
        continue;
      values = sk_parameters_at (parameters, plan, row->parameter);
      if (row->tensor->dtype == SK_DTYPE_BF16) /* seven bits are kept of i */
        continue;
      for (guint t = 0; t < file->tensors->len; t++)
        if (file->tensors->pdata[t] == row->tensor) {
          /* The counter n_averaged stands before the rest. */
          want = (float) (t - (strstr (known[i].file, "ema-only") != NULL)) / 64;
          g_assert_cmpfloat (values[0], ==, want);
          g_assert_cmpfloat (values[plan->parameters[row->parameter].count - 1], ==,
                             want);
        }
    }
  }
}

static void
test_foreign_networks (void) {
  static const struct {
    const char *file, *says;
  } refused[] = {
    { "refuse-deep-stem.pth", "three convolutions" },
    { "refuse-average.pth", "average before they project" },
    { "refuse-resnext50.pth", "32 groups" },
    { "refuse-wide-resnet50.pth", "wide" },
    { "refuse-squeeze.pth", "squeeze" },
    { "refuse-vgg.pth", "features.0.weight" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (SkInspection) found = inspect (refused[i].file, NULL, 0, FALSE);

    g_test_message ("%s", found->problem);
    g_assert_nonnull (found->problem);
    g_assert_nonnull (strstr (found->problem, refused[i].says));
    g_assert_null (found->net);
    g_assert_false (found->fits);
    g_assert_cmpuint (found->rows->len, >, 0);
  }
}

/* A new head is no obstacle; another network is one, unless what fits is enough. */
static void
test_partial_loading (void) {
  g_autoptr (SkInspection) head = inspect ("torchvision-resnet18.pth", NULL, 2, FALSE);
  g_autoptr (SkInspection) stem =
      inspect ("torchvision-resnet18.pth", "resnet18-cifar", 10, FALSE);
  g_autoptr (SkInspection) parts =
      inspect ("torchvision-resnet18.pth", "resnet18-cifar", 10, TRUE);
  g_autoptr (SkInspection) nothing =
      inspect ("refuse-vgg.pth", "resnet18-cifar", 10, TRUE);
  const SkInspectionRow *row = parts->rows->pdata[0];

  g_assert_true (head->fits);
  g_assert_cmpint (head->counts[SK_FATE_NEW], ==, 2);
  g_assert_cmpint (head->n_taken, ==, 100);
  g_assert_cmpint (head->file_classes, ==, 1000);
  g_assert_cmpint (head->classes, ==, 2);

  g_assert_false (stem->fits);
  g_assert_cmpstr (stem->net, ==, "resnet18-cifar");
  g_assert_cmpint (stem->counts[SK_FATE_MISFIT], ==, 1);

  g_assert_true (parts->fits);
  g_assert_cmpint (parts->counts[SK_FATE_NEW], ==, 3);
  g_assert_cmpint (row->fate, ==, SK_FATE_NEW);
  g_assert_cmpstr (row->ours, ==, "conv1.weight");
  g_assert_cmpstr (row->shape, ==, "64×3×7×7");
  g_assert_nonnull (strstr (row->why, "64×3×3×3: it begins anew"));

  g_assert_nonnull (nothing->problem);
}

static void
test_parts_are_loaded (void) {
  g_autofree char *path = network_path ("torchvision-resnet18.pth");
  g_autofree char *small = network_path ("chenyaofo-resnet20.pth");
  g_autoptr (SkPlan) plan = NULL;
  g_autoptr (SkParameters) ours = NULL, start = NULL;
  g_autoptr (GError) error = NULL;
  SkVariant variant;
  int n = 0;

  g_assert_true (sk_variant_find ("resnet18-cifar", &variant, NULL));
  plan = sk_plan_new (&variant, 1, 0, 0, 10, NULL);
  ours = sk_parameters_new (plan, NULL);
  start = sk_parameters_new (plan, NULL);
  sk_parameters_initialise (ours, plan, 3, FALSE);
  sk_parameters_copy (start, ours);
  g_assert_false (sk_weights_load (path, plan, ours, SK_FIT_NEW_HEAD, NULL, &error));
  g_clear_error (&error);
  g_assert_true (sk_weights_load (path, plan, ours, SK_FIT_PARTS, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 99);
  g_assert_cmpmem (ours->values, plan->parameters[0].count * 4, start->values,
                   plan->parameters[0].count * 4);
  g_assert_cmpfloat (*sk_parameters_at (ours, plan, 1), ==, 1.0f / 64);
  /* Of a network of other widths only what happens to be alike. */
  g_assert_true (sk_weights_load (small, plan, ours, SK_FIT_PARTS, &n, &error));
  g_assert_cmpint (n, <, 20);
}

/* A name alone is not believed, a hash is, whatever the file is called. */
static void
test_origin (void) {
  g_autofree char *source = network_path ("torchvision-resnet18.pth");
  g_autofree char *dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autoptr (SkInspection) plain = inspect ("torchvision-resnet18.pth", NULL, 0, FALSE);
  g_autofree char *true_name = g_strdup_printf ("mine-%.8s (1).pth", plain->sha256);
  const char *const names[] = { "resnet50-11ad3fa6.pth", true_name };
  g_autofree char *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (source, &text, &size, NULL));
  for (int i = 0; i < 2; i++) {
    g_autofree char *path = g_build_filename (dir, names[i], NULL);
    g_autoptr (SkInspection) found = NULL;

    g_assert_true (g_file_set_contents (path, text, (gssize) size, NULL));
    found = sk_inspection_new (path, NULL, 0, FALSE, NULL);
    g_assert_nonnull (strstr (found->origin, i == 0 ? "damaged or changed" : "whole"));
    g_assert_cmpint (found->resize, ==, 256);
    g_remove (path);
  }
  g_rmdir (dir);
}

/* timm's config.json beside the weights. */
static void
test_config (void) {
  static const struct {
    const char *config;
    int side, resize;
    gboolean bicubic;
  } cases[] = {
    { "{\"architecture\":\"resnet18\",\"pretrained_cfg\":{\"input_size\":[3,224,224],"
      "\"test_input_size\":[3,288,288],\"crop_pct\":0.95,\"test_crop_pct\":1.0,"
      "\"interpolation\":\"bicubic\",\"mean\":[0.5,0.5,0.5],\"std\":[0.5,0.5,0.25]}}",
      288, 288, TRUE },
    { "{\"pretrained_cfg\":{\"input_size\":[3,224,224],\"crop_pct\":0.875,"
      "\"interpolation\":\"bilinear\",\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0."
      "224,"
      "0.225]}}",
      224, 256, FALSE },
    { "{\"pretrained_cfg\":{\"input_size\":[3,1e9,1e9],\"crop_pct\":0.875}}", 224, 256,
      FALSE },
    { "{\"pretrained_cfg\":[]}", 224, 256, FALSE },
    { "{", 224, 256, FALSE },
  };
  g_autofree char *source = network_path ("torchvision-resnet18.pth");
  g_autofree char *dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "model.safetensors", NULL);
  g_autofree char *config = g_build_filename (dir, "config.json", NULL);
  g_autofree char *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (source, &text, &size, NULL));
  g_assert_true (g_file_set_contents (path, text, (gssize) size, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SkInspection) found = NULL;

    g_assert_true (g_file_set_contents (config, cases[i].config, -1, NULL));
    found = sk_inspection_new (path, NULL, 0, FALSE, NULL);
    g_assert_cmpint (found->side, ==, cases[i].side);
    g_assert_cmpint (found->resize, ==, cases[i].resize);
    g_assert_cmpint (found->bicubic, ==, cases[i].bicubic);
    g_assert_cmpint (strstr (found->transform_why, "config.json") != NULL, ==, i < 2);
  }
  g_remove (config);
  g_remove (path);
  g_rmdir (dir);
}

/* Through the border, as a window asks. */
static void
test_session (void) {
  Fixture *fixture = fixture_new (16, 10);
  g_autofree char *path = network_path ("kuangliu-resnet18.pth");
  SkRecipe recipe;
  SkCommand command = {
    .kind = SK_COMMAND_INSPECT, .path = path, .serial = 1, .classes = 4
  };
  const SkAnswer *answer;

  sk_session_send (fixture->session, &command);
  answer = fixture_wait_answer (fixture, 1);
  g_assert_cmpint (answer->kind, ==, SK_COMMAND_INSPECT);
  g_assert_null (answer->error);
  g_assert_cmpstr (answer->inspection->net, ==, "resnet18-cifar");
  g_assert_cmpint (answer->inspection->counts[SK_FATE_NEW], ==, 2);

  sk_recipe_init (&recipe);
  g_free (recipe.net);
  recipe.net = g_strdup ("resnet34-cifar");
  command.recipe = &recipe;
  command.serial = 2;
  command.flag = TRUE;
  sk_session_send (fixture->session, &command);
  answer = fixture_wait_answer (fixture, 2);
  g_assert_cmpstr (answer->inspection->net, ==, "resnet34-cifar");
  g_assert_true (answer->inspection->fits);
  sk_recipe_clear (&recipe);

  command = (SkCommand){ .kind = SK_COMMAND_INSPECT, .path = "/no/such", .serial = 3 };
  sk_session_send (fixture->session, &command);
  answer = fixture_wait_answer (fixture, 3);
  g_assert_null (answer->inspection);
  g_assert_nonnull (strstr (answer->error, "/no/such"));
  fixture_free (fixture);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inspection/known", test_known_networks);
  g_test_add_func ("/inspection/values", test_values_arrive);
  g_test_add_func ("/inspection/foreign", test_foreign_networks);
  g_test_add_func ("/inspection/parts", test_partial_loading);
  g_test_add_func ("/inspection/parts-are-loaded", test_parts_are_loaded);
  g_test_add_func ("/inspection/origin", test_origin);
  g_test_add_func ("/inspection/config", test_config);
  g_test_add_func ("/inspection/session", test_session);
  return g_test_run ();
}
