/* PyTorch checkpoints in every container, small ones made by tests/golden/checkpoints.py
 * and the real ones where they are there; and what must be refused. */

#include <glib/gstdio.h>
#include <string.h>

#include "errors.h"
#include "file-fixture.h"
#include "pickle.h"
#include "pytorch.h"
#include "safetensors.h"

static SkTensorFile *
read_checkpoint (const char *name, GError **error) {
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "golden", "checkpoints", name, NULL);

  return sk_tensor_file_read (path, error);
}

/* Element i is i / 4 − 3, from @first on. */
static void
assert_values (const SkTensorFile *file, const char *name, SkDtype dtype, gsize count,
               gsize first) {
  const SkTensor *tensor = sk_tensor_file_find (file, name);
  g_autofree float *values = g_new0 (float, count + 1);

  g_assert_nonnull (tensor);
  g_assert_cmpint (tensor->dtype, ==, dtype);
  g_assert_cmpuint (tensor->count, ==, count);
  sk_tensor_to_floats (tensor, values);
  for (gsize i = 0; i < count; i++)
    g_assert_cmpfloat (values[i], ==, (float) (first + i) / 4 - 3);
}

static void
assert_all (const char *name, const char *prefix) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = read_checkpoint (name, &error);
  static const struct {
    const char *name;
    SkDtype dtype;
    gsize count, first;
  } tensors[] = {
    { "conv1.weight", SK_DTYPE_F32, 108, 0 }, { "bn1.weight", SK_DTYPE_F32, 4, 0 },
    { "half", SK_DTYPE_F16, 6, 0 },           { "bfloat16", SK_DTYPE_BF16, 6, 0 },
    { "double", SK_DTYPE_F64, 6, 0 },         { "shared", SK_DTYPE_F32, 4, 0 },
    { "shared.rest", SK_DTYPE_F32, 6, 4 },    { "shared.view", SK_DTYPE_F32, 10, 0 },
    { "transposed", SK_DTYPE_F32, 6, 0 },     { "empty", SK_DTYPE_F32, 0, 0 },
  };
  const SkTensor *counter;
  g_autofree char *counter_name = g_strconcat (prefix, "bn1.num_batches_tracked", NULL);
  float seven;

  g_assert_no_error (error);
  g_assert_cmpuint (file->tensors->len, ==, G_N_ELEMENTS (tensors) + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (tensors); i++) {
    g_autofree char *full = g_strconcat (prefix, tensors[i].name, NULL);

    assert_values (file, full, tensors[i].dtype, tensors[i].count, tensors[i].first);
  }
  counter = sk_tensor_file_find (file, counter_name);
  g_assert_cmpint (counter->dtype, ==, SK_DTYPE_I64);
  g_assert_cmpint (counter->n_dims, ==, 0);
  sk_tensor_to_floats (counter, &seven);
  g_assert_cmpfloat (seven, ==, 7);
}

static void
test_containers (void) {
  assert_all ("zip.pth", "");
  assert_all ("new.pth", "");
  assert_all ("deflated.pth", "");
  assert_all ("legacy.pth", "");
  assert_all ("protocol-4.pth", "");
  assert_all ("wrapped.pth", "module.");
  assert_all ("wrapped-legacy.pth", "module.");
}

static void
test_tar_of_2017 (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = read_checkpoint ("tar.pth", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (file->tensors->len, ==, 3);
  assert_values (file, "conv1.weight", SK_DTYPE_F32, 108, 0);
  assert_values (file, "bn1.weight", SK_DTYPE_F32, 4, 0);
  assert_values (file, "double", SK_DTYPE_F64, 6, 0);
  g_assert_cmpint (sk_tensor_file_find (file, "conv1.weight")->shape[1], ==, 3);
}

/* A storage that is a part of another. */
static void
test_views (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = read_checkpoint ("views.pth", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (file->tensors->len, ==, 2);
  assert_values (file, "whole", SK_DTYPE_F32, 10, 0);
  assert_values (file, "middle", SK_DTYPE_F32, 4, 3);
}

/* Files of other programs are called by their name. */
static void
test_foreign_files (void) {
  static const struct {
    const char *begins, *says;
  } files[] = {
    { "PYTORCH1", "PYTORCH1" },
    { "\x89HDF\r\n\x1a\n", "Keras" },
    { "GGUF\3", "GGUF" },
    { "\x1f\x8b\x08", "gzip" },
    { "\xfd"
      "7zXZ",
      "xz" },
    { "version https://git-lfs.github.com/spec/v1", "git lfs pull" },
    { "<!DOCTYPE html>", "web page" },
    { "\x80\x04\x95", "pickle" },
    { "", "neither" },
    { "PK\3\4", "not a sound PyTorch checkpoint" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (files[i].begins, strlen (files[i].begins));
    g_autoptr (GError) error = NULL;

    g_assert_null (sk_tensor_file_parse (bytes, &error));
    g_assert_nonnull (strstr (error->message, files[i].says));
  }
}

static void
test_refusals (void) {
  static const struct {
    const char *name, *says;
  } refused[] = {
    { "refuse-model.pth", "state_dict" },
    { "refuse-script.pth", "TorchScript" },
    { "refuse-list.pth", "state_dict" },
    { "refuse-complex.pth", "ComplexFloatStorage" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SkTensorFile) file = read_checkpoint (refused[i].name, &error);

    g_assert_null (file);
    g_assert_error (error, SK_ERROR, SK_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, refused[i].says));
  }
}

/* A pickle that wants a command run: nothing happens, and the tensors are there. */
static void
test_nothing_is_executed (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = NULL;

  g_remove ("/tmp/skipscope-was-here");
  file = read_checkpoint ("evil.pth", &error);
  g_assert_no_error (error);
  assert_values (file, "weight", SK_DTYPE_F32, 2, 0);
  g_assert_false (g_file_test ("/tmp/skipscope-was-here", G_FILE_TEST_EXISTS));
}

/* Cut anywhere, a file is refused, or it was whole enough; changed anywhere, it is read
 * or refused: under the sanitizers nothing else may happen. */
static void
test_damage (void) {
  static const char *const names[] = { "zip.pth", "legacy.pth", "tar.pth", "views.pth",
                                       "deflated.pth" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path =
        g_test_build_filename (G_TEST_DIST, "golden", "checkpoints", names[i], NULL);
    g_autofree char *text = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (path, &text, &size, NULL));
    for (gsize length = 0; length < size; length += 1 + length / 40) {
      g_autoptr (GBytes) cut = g_bytes_new (text, length);
      g_autoptr (SkTensorFile) file = sk_tensor_file_parse (cut, NULL);
    }
    for (gsize at = 0; at < size; at += 3) {
      char *changed = g_memdup2 (text, size);
      g_autoptr (GBytes) bytes = g_bytes_new_take (changed, size);
      g_autoptr (SkTensorFile) file = NULL;

      changed[at] = (char) (changed[at] ^ (1 << at % 8));
      file = sk_tensor_file_parse (bytes, NULL);
      for (guint t = 0; file != NULL && t < file->tensors->len; t++) {
        const SkTensor *tensor = file->tensors->pdata[t];
        float *values =
            tensor->count < 100000 ? g_new (float, tensor->count + 1) : NULL;

        if (values != NULL)
          sk_tensor_to_floats (tensor, values);
        g_free (values);
      }
    }
  }
}

static void
assert_pickle_refused (const char *bytes, gsize size) {
  g_autoptr (SkPickle) pickle = sk_pickle_new ();
  g_autoptr (GError) error = NULL;
  gsize used;

  g_assert_null (sk_pickle_read (pickle, (const guint8 *) bytes, size, &used, &error));
  g_assert_nonnull (error);
}

static void
test_pickle_limits (void) {
  g_autoptr (GString) bomb = g_string_new (NULL);

  assert_pickle_refused ("", 0);
  assert_pickle_refused ("\x80\x02", 2);
  assert_pickle_refused (".", 1); /* nothing on the stack */
  assert_pickle_refused ("t.", 2); /* no mark */
  assert_pickle_refused ("(R.", 3);
  assert_pickle_refused ("h\x05.", 3); /* not in the memo */
  assert_pickle_refused ("X\xff\xff\xff\xff"
                         "a.",
                         7);
  assert_pickle_refused ("\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", 10);
  assert_pickle_refused ("}K\x01u.", 5); /* SETITEMS without a mark */
  assert_pickle_refused ("}(K\x01u.", 6); /* a key without a value */
  assert_pickle_refused ("K\x01K\x02"
                         "a.",
                         6); /* a number cannot be filled */
  assert_pickle_refused ("i.", 2); /* INST runs things: there is no such opcode here */
  assert_pickle_refused ("cos\nsystem", 10);

  /* OrderedDict made of one long list, over and over: a few bytes a copy. */
  g_string_append (bomb, "ccollections\nOrderedDict\nq");
  g_string_append_c (bomb, 0);
  g_string_append (bomb, "0](");
  for (int i = 0; i < 20000; i++)
    g_string_append (bomb, i == 0 ? "K\001K\001\x86q\x02" : "h\x02");
  g_string_append (bomb, "e\x85q\x03");
  for (int i = 0; i < 20000; i++) {
    g_string_append_len (bomb, "h\0h\x03R", 5);
  }
  g_string_append_c (bomb, '.');
  assert_pickle_refused (bomb->str, bomb->len);
}

/* A list that contains itself, and what a state dict can do with it. */
static void
test_pickle_may_contain_itself (void) {
  g_autoptr (SkPickle) pickle = sk_pickle_new ();
  const SkPickleValue *value;
  gsize used;
  g_autoptr (GError) error = NULL;

  value = sk_pickle_read (pickle,
                          (const guint8 *) "]q\x01h\x01"
                                           "a.",
                          7, &used, &error);
  g_assert_no_error (error);
  g_assert_true (sk_pickle_item (value, 0) == value);
  g_assert_cmpuint (used, ==, 7);
}

static void
test_real_checkpoints (void) {
  g_autofree char *dir = shared_path ("weights");
  g_autofree char *legacy_path = g_build_filename (dir, "resnet20-12fca82f.th", NULL);
  g_autofree char *zip_path = g_build_filename (dir, "resnet20-cifar10-zip.pth", NULL);
  g_autofree char *path = g_build_filename (dir, "resnet20-cifar10.safetensors", NULL);
  g_autoptr (SkTensorFile) legacy = NULL, zip = NULL, file = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("needs shared/data/weights/");
    return;
  }
  file = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  legacy = sk_tensor_file_read (legacy_path, &error);
  g_assert_no_error (error);
  zip = sk_tensor_file_read (zip_path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (legacy->tensors->len, ==, 97);
  g_assert_cmpuint (zip->tensors->len, ==, 97);
  for (guint i = 0; i < file->tensors->len; i++) {
    const SkTensor *tensor = file->tensors->pdata[i];
    g_autofree char *wrapped = g_strconcat ("module.", tensor->name, NULL);
    const SkTensor *others[] = { sk_tensor_file_find (legacy, wrapped),
                                 sk_tensor_file_find (zip, tensor->name) };
    g_autofree float *want = g_new (float, tensor->count);
    g_autofree float *have = g_new (float, tensor->count);

    sk_tensor_to_floats (tensor, want);
    for (int j = 0; j < 2; j++) {
      g_assert_nonnull (others[j]);
      g_assert_cmpuint (others[j]->count, ==, tensor->count);
      sk_tensor_to_floats (others[j], have);
      g_assert_cmpmem (have, tensor->count * 4, want, tensor->count * 4);
    }
  }
}

/* What we write we read, bit for bit. */
static void
test_write (void) {
  g_autofree char *dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "w.pth", NULL);
  const float floats[6] = { 1, -0.0f, 3e38f, 1e-40f, 0.1f, 2 };
  const gint64 count = (gint64) 1 << 40;
  SkTensorToWrite tensors[] = {
    { "layer1.0.conv1.weight", SK_DTYPE_F32, { 1, 2, 3, 1 }, 4, floats },
    { "half", SK_DTYPE_F16, { 2 }, 1, floats },
    { "counter", SK_DTYPE_I64, { 0 }, 0, &count },
    { "empty", SK_DTYPE_F32, { 0, 4 }, 2, floats },
  };
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  const SkTensor *tensor;
  float back[6];

  g_assert_true (sk_pytorch_write (path, tensors, 4, NULL, &error));
  g_assert_no_error (error);
  file = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (file->container, ==, "PyTorch zip");
  g_assert_cmpuint (file->tensors->len, ==, 4);
  tensor = sk_tensor_file_find (file, "layer1.0.conv1.weight");
  g_assert_cmpint (tensor->n_dims, ==, 4);
  g_assert_cmpint (tensor->shape[2], ==, 3);
  sk_tensor_to_floats (tensor, back);
  g_assert_cmpmem (back, sizeof back, floats, sizeof floats);
  tensor = sk_tensor_file_find (file, "counter");
  g_assert_cmpmem (tensor->data, 8, &count, 8);
  g_remove (path);
  g_rmdir (dir);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pytorch/containers", test_containers);
  g_test_add_func ("/pytorch/tar", test_tar_of_2017);
  g_test_add_func ("/pytorch/views", test_views);
  g_test_add_func ("/pytorch/foreign", test_foreign_files);
  g_test_add_func ("/pytorch/refusals", test_refusals);
  g_test_add_func ("/pytorch/nothing-is-executed", test_nothing_is_executed);
  g_test_add_func ("/pytorch/damage", test_damage);
  g_test_add_func ("/pickle/limits", test_pickle_limits);
  g_test_add_func ("/pickle/itself", test_pickle_may_contain_itself);
  g_test_add_func ("/pytorch/write", test_write);
  g_test_add_func ("/pytorch/real", test_real_checkpoints);
  return g_test_run ();
}
