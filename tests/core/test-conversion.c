/* Weights from container to container: the same bits, torchvision's names, and what is
 * known of classes and pictures goes along. */

#include <math.h>
#include <string.h>

#include "conversion.h"
#include "errors.h"
#include "file-fixture.h"
#include "inspection.h"
#include "names.h"
#include "weights.h"

typedef struct {
  char *dir;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data) {
  f->dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data) {
  remove_tree (f->dir);
  g_free (f->dir);
}

static char *
golden_path (const char *folder, const char *name) {
  return g_test_build_filename (G_TEST_DIST, "golden", folder, name, NULL);
}

static void
convert (const char *in, const char *out, gboolean half) {
  SkConversion how = { .half = half };
  SkConverted done;
  g_autoptr (GError) error = NULL;
  gboolean ok = sk_convert (in, out, &how, &done, &error);

  g_assert_no_error (error);
  g_assert_true (ok);
  sk_converted_clear (&done);
}

/* Every tensor of @a is in @b under its torchvision name, or its own, bit for bit. */
static void
assert_same_bits (const char *a, const char *b, gboolean own_names) {
  g_autoptr (SkTensorFile) old = sk_tensor_file_read (a, NULL);
  g_autoptr (SkTensorFile) new = sk_tensor_file_read (b, NULL);

  g_assert_cmpuint (old->tensors->len, ==, new->tensors->len);
  for (guint i = 0; i < old->tensors->len; i++) {
    const SkTensor *from = old->tensors->pdata[i];
    g_autofree char *name =
        own_names ? g_strdup (from->name) : sk_name_canonical (from->name, NULL);
    const SkTensor *to = sk_tensor_file_find (new, name);
    gsize size = from->count * sk_dtype_size (from->dtype);
    g_autofree guint8 *x = g_malloc0 (size + 1), *y = g_malloc0 (size + 1);

    g_assert_nonnull (to);
    g_assert_cmpint (to->dtype, ==, from->dtype);
    g_assert_cmpuint (to->count, ==, from->count);
    sk_tensor_to_bytes (from, x);
    sk_tensor_to_bytes (to, y);
    g_assert_cmpmem (x, size, y, size);
  }
}

static void
assert_same_files (const char *a, const char *b) {
  g_autofree char *x = NULL, *y = NULL;
  gsize n, m;

  g_assert_true (g_file_get_contents (a, &x, &n, NULL));
  g_assert_true (g_file_get_contents (b, &y, &m, NULL));
  g_assert_cmpmem (x, n, y, m);
}

/* .pth → .safetensors → .pth → .safetensors */
static void
test_round_trips (Fixture *f, gconstpointer data) {
  static const struct {
    const char *folder, *name;
    gboolean foreign;
  } files[] = {
    { "networks", "akamaster-resnet20.pth", FALSE },
    { "networks", "chenyaofo-resnet20.pth", FALSE },
    { "networks", "bfloat16-resnet18.pth", FALSE },
    { "networks", "refuse-vgg.pth", TRUE },
    { "checkpoints", "zip.pth", TRUE },
    { "checkpoints", "new.pth", TRUE },
    { "checkpoints", "legacy.pth", TRUE },
    { "checkpoints", "tar.pth", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *in = golden_path (files[i].folder, files[i].name);
    g_autofree char *a = g_build_filename (f->dir, "a.safetensors", NULL);
    g_autofree char *b = g_build_filename (f->dir, "b.PTH", NULL);
    g_autofree char *c = g_build_filename (f->dir, "c.safetensors", NULL);
    g_autofree char *d = g_build_filename (f->dir, "d.pt", NULL);

    g_test_message ("%s", files[i].name);
    convert (in, a, FALSE);
    convert (a, b, FALSE);
    convert (b, c, FALSE);
    convert (c, d, FALSE);
    assert_same_bits (in, a, files[i].foreign);
    assert_same_bits (in, b, files[i].foreign);
    assert_same_files (a, c);
    assert_same_bits (b, d, TRUE);
  }
}

/* The names that gave the transform away are gone; it is stored instead. */
static void
test_transform_goes_along (Fixture *f, gconstpointer data) {
  static const char *const outs[] = { "x.safetensors", "x.pth" };
  g_autofree char *in = golden_path ("networks", "akamaster-resnet20.pth");

  for (gsize i = 0; i < G_N_ELEMENTS (outs); i++) {
    g_autofree char *out = g_build_filename (f->dir, outs[i], NULL);
    g_autoptr (SkInspection) found = NULL;

    convert (in, out, FALSE);
    found = sk_inspection_new (out, NULL, 0, FALSE, NULL);
    g_assert_cmpint (found->counts[SK_FATE_MATCHED], ==, 97);
    g_assert_cmpfloat (found->mean[0], ==, 0.485f);
    g_assert_nonnull (strstr (found->transform_why, "akamaster"));
    g_assert_cmpstr (g_hash_table_lookup (found->metadata, "net"), ==, "resnet20");
  }
}

static void
test_half (Fixture *f, gconstpointer data) {
  g_autofree char *in = g_build_filename (f->dir, "in.safetensors", NULL);
  g_autofree char *out = g_build_filename (f->dir, "out.safetensors", NULL);
  const float values[4] = { 1, -0.0f, 0.1f, 65504 };
  const float large[4] = { 1, 2, 3, 65536 };
  const float endless[4] = { 1, INFINITY, 3, 4 };
  const SkTensorToWrite tensors[] = {
    { "matrix", SK_DTYPE_F32, { 2, 2 }, 2, values, FALSE },
    { "large", SK_DTYPE_F32, { 2, 2 }, 2, large, FALSE },
    { "endless", SK_DTYPE_F32, { 2, 2 }, 2, endless, FALSE },
    { "vector", SK_DTYPE_F32, { 4 }, 1, values, FALSE },
  };
  SkConversion how = { .half = TRUE };
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  SkConverted done;
  float back[4];

  g_assert_true (sk_safetensors_write (in, tensors, 4, NULL, NULL));
  g_assert_true (sk_convert (in, out, &how, &done, &error));
  g_assert_no_error (error);
  g_assert_null (done.net);
  g_assert_cmpint (done.n_halved, ==, 2);
  g_assert_cmpint (done.n_large, ==, 1);
  sk_converted_clear (&done);
  file = sk_tensor_file_read (out, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sk_tensor_file_find (file, "matrix")->dtype, ==, SK_DTYPE_F16);
  g_assert_cmpint (sk_tensor_file_find (file, "large")->dtype, ==, SK_DTYPE_F32);
  g_assert_cmpint (sk_tensor_file_find (file, "vector")->dtype, ==, SK_DTYPE_F32);
  sk_tensor_to_floats (sk_tensor_file_find (file, "matrix"), back);
  g_assert_cmpfloat (back[0], ==, 1);
  g_assert_true (signbit (back[1]));
  g_assert_cmpfloat (fabsf (back[2] - 0.1f), <, 5e-5f);
  g_assert_cmpfloat (back[3], ==, 65504);
}

/* A head that was written as a convolution becomes a matrix, as torchvision has it. */
static void
test_shapes (Fixture *f, gconstpointer data) {
  g_autofree char *in = golden_path ("networks", "bfloat16-resnet18.pth");
  g_autofree char *out = g_build_filename (f->dir, "x.pth", NULL);
  g_autoptr (SkTensorFile) file = NULL;

  convert (in, out, FALSE);
  file = sk_tensor_file_read (out, NULL);
  g_assert_cmpint (sk_tensor_file_find (file, "fc.weight")->n_dims, ==, 2);
  g_assert_cmpint (sk_tensor_file_find (file, "fc.weight")->dtype, ==, SK_DTYPE_BF16);
}

static void
assert_refused (const char *in, const char *out, const char *net, const char *says) {
  SkConversion how = { .net = net };
  SkConverted done;
  g_autoptr (GError) error = NULL;

  g_assert_false (sk_convert (in, out, &how, &done, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  sk_converted_clear (&done);
}

static void
test_refusals (Fixture *f, gconstpointer data) {
  g_autofree char *small = golden_path ("networks", "akamaster-resnet20.pth");
  g_autofree char *foreign = golden_path ("networks", "refuse-vgg.pth");
  g_autofree char *script = golden_path ("checkpoints", "refuse-script.pth");
  g_autofree char *pth = g_build_filename (f->dir, "x.pth", NULL);
  g_autofree char *onnx = g_build_filename (f->dir, "x.onnx", NULL);

  assert_refused (small, pth, "resnet18", "resnet18");
  assert_refused (foreign, onnx, NULL, "features.0.weight");
  assert_refused (script, pth, NULL, "TorchScript");
  assert_refused ("/no/such.pth", pth, NULL, "/no/such.pth");
  g_assert_false (sk_conversion_is_known ("x.txt"));
  g_assert_false (sk_conversion_is_known ("pth"));
  g_assert_true (sk_conversion_is_known ("X.ONNX"));
}

#define ADD(path, func)                                                                \
  g_test_add ("/conversion/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trips", test_round_trips);
  ADD ("transform", test_transform_goes_along);
  ADD ("half", test_half);
  ADD ("shapes", test_shapes);
  ADD ("refusals", test_refusals);
  return g_test_run ();
}
