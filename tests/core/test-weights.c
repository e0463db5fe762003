/* Weight files against networks: names, what is read off a file, heads, refusals. */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "errors.h"
#include "file-fixture.h"
#include "safetensors.h"
#include "weights.h"

typedef struct {
  char *dir, *path;
  SkPlan *plan;
  SkParameters *parameters;
} Fixture;

static void
set_up (Fixture *f, gconstpointer net) {
  SkVariant variant;

  f->dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  f->path = g_build_filename (f->dir, "w.safetensors", NULL);
  g_assert_true (sk_variant_find (net, &variant, NULL));
  f->plan = sk_plan_new (&variant, 1, 0, 0, 0, NULL);
  f->parameters = sk_parameters_new (f->plan, NULL);
  sk_parameters_initialise (f->parameters, f->plan, 5, FALSE);
  for (gsize i = 0; i < f->plan->n_statistics; i++)
    f->parameters->statistics[i] = 0.5f + (float) i / 1000;
}

static void
tear_down (Fixture *f, gconstpointer net) {
  g_remove (f->path);
  g_rmdir (f->dir);
  g_free (f->path);
  g_free (f->dir);
  sk_parameters_free (f->parameters);
  sk_plan_unref (f->plan);
}

static void
assert_same_tensors (const SkPlan *plan, const SkParameters *a, const SkParameters *b) {
  for (int i = 0; i < plan->n_parameters; i++)
    g_assert_cmpmem (
        sk_parameters_at (a, plan, i), plan->parameters[i].count * sizeof (float),
        sk_parameters_at (b, plan, i), plan->parameters[i].count * sizeof (float));
}

static void
test_round_trip (Fixture *f, gconstpointer net) {
  g_autoptr (SkParameters) back = sk_parameters_new (f->plan, NULL);
  g_auto (GStrv) names = g_strsplit ("a cat|\"dog\"|größe|4|5|6|7|8|9|10", "|", 0);
  SkWeightsInfo info = { .has_normalisation = TRUE,
                         .mean = { 0.4914f, 1 / 3.0f, 0.1f },
                         .std = { 0.2f, 0.3f, 0.7f },
                         .side = 32,
                         .resize = 40,
                         .class_names = names };
  SkWeightsInfo found;
  g_autoptr (GError) error = NULL;
  int n = 0;

  g_assert_true (sk_weights_save (f->path, f->plan, f->parameters, &info, &error));
  g_assert_no_error (error);
  g_assert_true (sk_weights_inspect (f->path, NULL, &found, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (found.net, ==, net);
  g_assert_cmpstr (found.variant.name, ==, net);
  g_assert_cmpint (found.classes, ==, f->plan->classes);
  g_assert_true (found.has_normalisation);
  g_assert_cmpmem (found.mean, sizeof found.mean, info.mean, sizeof info.mean);
  g_assert_cmpmem (found.std, sizeof found.std, info.std, sizeof info.std);
  g_assert_cmpint (found.side, ==, 32);
  g_assert_cmpint (found.resize, ==, 40);
  g_assert_cmpstrv (found.class_names, names);
  g_assert_true (sk_weights_load (f->path, f->plan, back, FALSE, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, f->plan->n_parameters);
  assert_same_tensors (f->plan, f->parameters, back);
  sk_weights_info_clear (&found);
}

/* A file holds filters in PyTorch's order: tap (r,s) of channel c of filter k. */
static void
test_filters_are_permuted (Fixture *f, gconstpointer net) {
  const float *ours = sk_parameters_at (f->parameters, f->plan, 0);
  g_autoptr (SkTensorFile) file = NULL;
  g_autofree float *theirs = g_new (float, 16 * 3 * 3 * 3);

  g_assert_true (sk_weights_save (f->path, f->plan, f->parameters, NULL, NULL));
  file = sk_tensor_file_read (f->path, NULL);
  sk_tensor_to_floats (sk_tensor_file_find (file, "conv1.weight"), theirs);
  for (int k = 0; k < 16; k++)
    for (int c = 0; c < 3; c++)
      for (int r = 0; r < 3; r++)
        for (int s = 0; s < 3; s++)
          g_assert_cmpfloat (theirs[((k * 3 + c) * 3 + r) * 3 + s], ==,
                             ours[((r * 3 + s) * 3 + c) * 16 + k]);
}

/* Writes the fixture's tensors again, each under the name that @rename gives it. */
static void
rewrite (Fixture *f, const char *prefix, const char *head, const char *leave_out,
         const char *add) {
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GArray) out = g_array_new (FALSE, TRUE, sizeof (SkTensorToWrite));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const float zero[1] = { 0 };
  SkTensorToWrite extra = { add, SK_DTYPE_F32, { 1 }, 1, zero };

  g_assert_true (sk_weights_save (f->path, f->plan, f->parameters, NULL, NULL));
  file = sk_tensor_file_read (f->path, NULL);
  for (guint i = 0; i < file->tensors->len; i++) {
    const SkTensor *tensor = file->tensors->pdata[i];
    const char *rest = g_str_has_prefix (tensor->name, "fc.") ? tensor->name + 3 : NULL;
    char *name = rest != NULL ? g_strconcat (prefix, head, rest, NULL)
                              : g_strconcat (prefix, tensor->name, NULL);
    SkTensorToWrite entry = { name, SK_DTYPE_F32, { 0 }, tensor->n_dims, tensor->data };

    g_ptr_array_add (names, name);
    memcpy (entry.shape, tensor->shape, sizeof entry.shape);
    if (g_strcmp0 (tensor->name, leave_out) != 0)
      g_array_append_val (out, entry);
  }
  if (add != NULL)
    g_array_append_val (out, extra);
  g_assert_true (
      sk_safetensors_write (f->path, (gpointer) out->data, (int) out->len, NULL, NULL));
}

static void
test_foreign_names (Fixture *f, gconstpointer net) {
  g_autoptr (SkParameters) back = sk_parameters_new (f->plan, NULL);
  SkWeightsInfo info;
  g_autoptr (GError) error = NULL;

  rewrite (f, "_orig_mod.module.", "linear.", NULL, "module.bn1.num_batches_tracked");
  g_assert_true (sk_weights_inspect (f->path, NULL, &info, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (info.variant.name, ==, "resnet20");
  g_assert_true (info.has_normalisation);
  g_assert_cmpfloat (info.mean[0], ==, 0.485f);
  g_assert_cmpfloat (info.std[2], ==, 0.225f);
  g_assert_true (sk_weights_load (f->path, f->plan, back, FALSE, NULL, &error));
  g_assert_no_error (error);
  assert_same_tensors (f->plan, f->parameters, back);
  sk_weights_info_clear (&info);
  /* torchvision's names say nothing about the pictures */
  rewrite (f, "", "fc.", NULL, NULL);
  g_assert_true (sk_weights_inspect (f->path, NULL, &info, NULL));
  g_assert_false (info.has_normalisation);
  sk_weights_info_clear (&info);
}

static void
assert_load_refused (Fixture *f, const char *says) {
  g_autoptr (SkParameters) back = sk_parameters_new (f->plan, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (sk_weights_load (f->path, f->plan, back, TRUE, NULL, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_nonnull (strstr (error->message, f->path));
  for (gsize i = 0; i < back->n_values; i++)
    g_assert_cmpfloat (back->values[i], ==, 0);
}

static void
test_what_does_not_fit_is_named (Fixture *f, gconstpointer net) {
  rewrite (f, "", "fc.", "layer2.1.bn2.bias", NULL);
  assert_load_refused (f, "layer2.1.bn2.bias");
  rewrite (f, "", "fc.", NULL, "layer2.7.bn2.bias");
  assert_load_refused (f, "layer2.7.bn2.bias");
  rewrite (f, "", "fc.", NULL, "module.bn1.bias");
  assert_load_refused (f, "bn1.bias");
}

static void
test_new_head (Fixture *f, gconstpointer net) {
  g_autoptr (SkPlan) plan =
      sk_plan_new (&f->plan->variant, 1, 0, 0, f->plan->classes + 3, NULL);
  g_autoptr (SkParameters) ours = sk_parameters_new (plan, NULL);
  g_autoptr (SkParameters) start = sk_parameters_new (plan, NULL);
  g_autoptr (GError) error = NULL;
  int n = 0;

  sk_parameters_initialise (ours, plan, 9, FALSE);
  sk_parameters_copy (start, ours);
  g_assert_true (sk_weights_save (f->path, f->plan, f->parameters, NULL, NULL));
  g_assert_false (sk_weights_load (f->path, plan, ours, FALSE, NULL, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_true (sk_weights_load (f->path, plan, ours, TRUE, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, plan->n_parameters - 2);
  for (int i = 0; i < plan->n_parameters; i++) {
    gboolean head = g_str_has_prefix (plan->parameters[i].name, "fc.");
    const SkParameters *want = head ? start : f->parameters;

    g_assert_cmpmem (sk_parameters_at (ours, plan, i),
                     plan->parameters[i].count * sizeof (float),
                     sk_parameters_at (want, head ? plan : f->plan, i),
                     plan->parameters[i].count * sizeof (float));
  }
}

/* Every network in the table is told from names and shapes alone, or shares them with the
 * one that is told. */
static void
test_every_variant_is_recognised (void) {
  for (const char *const *name = sk_variant_names (); *name != NULL; name++) {
    g_autoptr (SkTensorFile) file = sk_tensor_file_new ("a test");
    g_autoptr (GError) error = NULL;
    g_autoptr (SkPlan) plan = NULL;
    SkVariant variant;
    SkWeightsInfo info;

    g_assert_true (sk_variant_find (*name, &variant, NULL));
    plan = sk_plan_new (&variant, 1, 0, 0, 7, NULL);
    for (int i = 0; i < plan->n_parameters; i++) {
      const SkParameter *p = &plan->parameters[i];
      SkTensor *tensor = sk_tensor_file_add (file, p->name);

      tensor->n_dims = p->n_dims;
      for (int d = 0; d < p->n_dims; d++)
        tensor->shape[d] = p->shape[d];
    }
    g_assert_true (sk_weights_inspect_file (file, NULL, &info, &error));
    g_assert_no_error (error);
    g_assert_cmpint (info.classes, ==, 7);
    g_assert_cmpint (info.variant.block, ==, variant.block);
    g_assert_cmpint (info.variant.n_stages, ==, variant.n_stages);
    g_assert_cmpmem (info.variant.depths, sizeof variant.depths, variant.depths,
                     sizeof variant.depths);
    sk_weights_info_clear (&info);
    g_assert_true (sk_weights_inspect_file (file, *name, &info, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (info.variant.name, ==, *name);
    sk_weights_info_clear (&info);
    g_assert_false (sk_weights_inspect_file (
        file, variant.n_stages == 3 ? "resnet152" : "resnet20", &info, &error));
    g_assert_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED);
  }
}

static void
test_foreign_networks_are_refused (Fixture *f, gconstpointer net) {
  const float zero[3 * 9] = { 0 };
  SkTensorToWrite stem = { "conv1.0.weight", SK_DTYPE_F32, { 1, 3, 3, 3 }, 4, zero };
  SkTensorToWrite other = { "features.0.weight", SK_DTYPE_F32, { 1 }, 1, zero };
  SkWeightsInfo info;
  g_autoptr (GError) error = NULL;

  g_assert_true (sk_safetensors_write (f->path, &stem, 1, NULL, NULL));
  g_assert_false (sk_weights_inspect (f->path, NULL, &info, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "timm"));
  g_clear_error (&error);
  g_assert_true (sk_safetensors_write (f->path, &other, 1, NULL, NULL));
  g_assert_false (sk_weights_inspect (f->path, NULL, &info, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED);
}

/* A name alone is not believed. */
static void
test_origin (Fixture *f, gconstpointer net) {
  g_autofree char *path = g_build_filename (f->dir, "resnet50-11ad3fa6.pth", NULL);
  SkWeightsInfo info;
  g_autoptr (GError) error = NULL;

  g_assert_true (sk_weights_save (path, f->plan, f->parameters, NULL, &error));
  g_assert_true (sk_weights_inspect (path, NULL, &info, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (info.name_note, "but its SHA-256 begins with"));
  g_assert_cmpint (info.resize, ==, 0);
  sk_weights_info_clear (&info);
  g_remove (path);
}

/* The published CIFAR-10 weights, when they are there. */
static void
test_published_weights (Fixture *f, gconstpointer net) {
  g_autofree char *path = shared_path ("weights/resnet20-cifar10.safetensors");
  g_autoptr (GError) error = NULL;
  SkWeightsInfo info;
  int n = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("needs shared/data/weights/resnet20-cifar10.safetensors");
    return;
  }
  g_assert_true (sk_weights_inspect (path, NULL, &info, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (info.variant.name, ==, "resnet20");
  g_assert_cmpint (info.classes, ==, 10);
  g_assert_cmpfloat (info.mean[1], ==, 0.456f);
  g_assert_true (sk_weights_load (path, f->plan, f->parameters, FALSE, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 97);
  sk_weights_info_clear (&info);
}

#define ADD(path, func)                                                                \
  g_test_add ("/weights/" path, Fixture, "resnet20", set_up, func, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  g_test_add ("/weights/round-trip-bottleneck", Fixture, "resnet50-cifar", set_up,
              test_round_trip, tear_down);
  ADD ("permuted", test_filters_are_permuted);
  ADD ("foreign-names", test_foreign_names);
  ADD ("misfits", test_what_does_not_fit_is_named);
  ADD ("new-head", test_new_head);
  ADD ("foreign-networks", test_foreign_networks_are_refused);
  ADD ("origin", test_origin);
  ADD ("published", test_published_weights);
  g_test_add_func ("/weights/every-variant", test_every_variant_is_recognised);
  return g_test_run ();
}
