/* The safetensors container: its golden bytes, every rule of its layout, and writing. */

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "errors.h"
#include "files.h"
#include "safetensors.h"

/* A file of this header and so many bytes of data, as the format has it. */
static GBytes *
make_file (const char *header, gsize n_data) {
  GByteArray *bytes = g_byte_array_new ();
  guint64 length = GUINT64_TO_LE ((guint64) strlen (header));

  g_byte_array_append (bytes, (const guint8 *) &length, 8);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
  for (gsize i = 0; i < n_data; i++) {
    guint8 byte = (guint8) i;

    g_byte_array_append (bytes, &byte, 1);
  }
  return g_byte_array_free_to_bytes (bytes);
}

static void
assert_refused (const char *header, gsize n_data, int code) {
  g_autoptr (GBytes) bytes = make_file (header, n_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = sk_safetensors_parse (bytes, &error);

  if (file != NULL)
    g_test_message ("accepted: %s", header);
  g_assert_null (file);
  g_assert_error (error, SK_ERROR, code);
}

static void
assert_accepted (const char *header, gsize n_data) {
  g_autoptr (GBytes) bytes = make_file (header, n_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SkTensorFile) file = sk_safetensors_parse (bytes, &error);

  g_assert_no_error (error);
  g_assert_nonnull (file);
}

static const guint8 golden[] = {
  0x38, 0,   0,   0,   0,   0,   0,    0,    '{', '"', 'w', '"',  ':', '{', '"',
  'd',  't', 'y', 'p', 'e', '"', ':',  '"',  'F', '3', '2', '"',  ',', '"', 's',
  'h',  'a', 'p', 'e', '"', ':', '[',  '2',  ']', ',', '"', 'd',  'a', 't', 'a',
  '_',  'o', 'f', 'f', 's', 'e', 't',  's',  '"', ':', '[', '0',  ',', '8', ']',
  '}',  '}', ' ', ' ', 0,   0,   0x80, 0x3f, 0,   0,   0,   0x40,
};

static void
test_golden_bytes (void) {
  g_autofree char *dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "w.safetensors", NULL);
  const float data[2] = { 1, 2 };
  float back[2];
  SkTensorToWrite tensor = { "w", SK_DTYPE_F32, { 2 }, 1, data };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sk_safetensors_write (path, &tensor, 1, NULL, &error));
  g_assert_no_error (error);
  bytes = sk_file_load (path, 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), golden,
                   sizeof golden);
  file = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  sk_tensor_to_floats (sk_tensor_file_find (file, "w"), back);
  g_assert_cmpmem (back, sizeof back, data, sizeof data);
  g_remove (path);
  g_rmdir (dir);
}

#define T(name, dtype, shape, begin, end)                                              \
  "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" begin \
  "," end "]}"

static void
test_layout_rules (void) {
  assert_accepted ("{}", 0);
  assert_accepted ("{\"__metadata__\":{\"a\":\"b\"}}  ", 0);
  assert_accepted ("{" T ("a", "F32", "[]", "0", "4") "}", 4);
  assert_accepted ("{" T ("a", "F32", "[0,3]", "0", "0") "}", 0);
  assert_accepted (
      "{" T ("b", "U8", "[2]", "4", "6") "," T ("a", "F32", "[1]", "0", "4") "}", 6);

  assert_refused ("", 0, SK_ERROR_FORMAT);
  assert_refused (" {}", 0, SK_ERROR_FORMAT);
  assert_refused ("[]", 0, SK_ERROR_FORMAT);
  assert_refused ("{", 0, SK_ERROR_FORMAT);
  assert_refused ("{\"\xff\":{}}", 0, SK_ERROR_FORMAT);
  assert_refused ("{}", 1, SK_ERROR_FORMAT);
  /* a hole, an overlap, outside, behind, a size that is not the shape's */
  assert_refused ("{" T ("a", "U8", "[1]", "1", "2") "}", 2, SK_ERROR_FORMAT);
  assert_refused (
      "{" T ("a", "U8", "[2]", "0", "2") "," T ("b", "U8", "[2]", "1", "3") "}", 3,
      SK_ERROR_FORMAT);
  assert_refused (
      "{" T ("a", "U8", "[1]", "0", "1") "," T ("b", "U8", "[1]", "2", "3") "}", 3,
      SK_ERROR_FORMAT);
  assert_refused ("{" T ("a", "F32", "[1]", "0", "4") "}", 3, SK_ERROR_FORMAT);
  assert_refused ("{" T ("a", "F32", "[2]", "0", "4") "}", 4, SK_ERROR_FORMAT);
  assert_refused ("{" T ("a", "U8", "[1]", "1", "0") "}", 1, SK_ERROR_FORMAT);
  assert_refused ("{" T ("a", "U8", "[-1]", "0", "0") "}", 0, SK_ERROR_FORMAT);
  assert_refused ("{" T ("a", "U8", "[1.0]", "0", "1") "}", 1, SK_ERROR_FORMAT);
  /* products that wrap around to what is there */
  assert_refused ("{" T ("a", "F32", "[4294967296,4294967296]", "0", "0") "}", 0,
                  SK_ERROR_FORMAT);
  assert_refused ("{" T ("a", "F64", "[2305843009213693953]", "0", "8") "}", 8,
                  SK_ERROR_FORMAT);
  /* names twice, at both levels */
  assert_refused (
      "{" T ("a", "U8", "[1]", "0", "1") "," T ("a", "U8", "[1]", "0", "1") "}", 1,
      SK_ERROR_FORMAT);
  assert_refused ("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],"
                  "\"data_offsets\":[0,1]}}",
                  1, SK_ERROR_FORMAT);
  assert_refused ("{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}", 0, SK_ERROR_FORMAT);
  assert_refused ("{\"__metadata__\":{\"a\":1}}", 0, SK_ERROR_FORMAT);
  assert_refused ("{" T ("a", "C64", "[1]", "0", "8") "}", 8, SK_ERROR_UNSUPPORTED);
}

static void
test_deep_header_is_refused (void) {
  g_autoptr (GString) header = g_string_new ("{\"a\":");

  for (int i = 0; i < 1000000; i++)
    g_string_append_c (header, '[');
  assert_refused (header->str, 0, SK_ERROR_FORMAT);
}

static void
test_header_length_is_bounded (void) {
  guint8 bytes[8 + 2] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, '{', '}' };
  g_autoptr (GBytes) long_one = g_bytes_new (bytes, sizeof bytes);
  g_autoptr (GBytes) short_one = g_bytes_new (bytes, 7);
  g_autoptr (GError) error = NULL;

  g_assert_null (sk_safetensors_parse (long_one, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_null (sk_safetensors_parse (short_one, &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FORMAT);
}

/* Values that every type must bring back. */
static void
test_types_convert (void) {
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  static const guint16 halves[] = { 0x3c00, 0xc000, 0x7c00, 0x0001, 0x8400, 0x7bff };
  static const float half_values[] = { 1, -2, INFINITY, 0x1p-24f, -0x1p-14f, 65504 };
  float out[6];
  SkTensor tensor = { .dtype = SK_DTYPE_F16,
                      .shape = { 6 },
                      .stride = { 1 },
                      .n_dims = 1,
                      .count = 6,
                      .data = (const guint8 *) halves };

  sk_tensor_to_floats (&tensor, out);
  for (int i = 0; i < 6; i++)
    g_assert_cmpfloat (out[i], ==, half_values[i]);

  bytes = make_file (
      "{" T ("i", "I64", "[]", "0", "8") "," T ("d", "F64", "[]", "8", "16") "," T (
          "b", "BF16", "[1]", "16", "18") "," T ("u", "U8", "[2]", "18", "20") "}",
      20);
  file = sk_safetensors_parse (bytes, &error);
  g_assert_no_error (error);
  sk_tensor_to_floats (sk_tensor_file_find (file, "u"), out);
  g_assert_cmpfloat (out[0], ==, 18);
  g_assert_cmpfloat (out[1], ==, 19);
  sk_tensor_to_floats (sk_tensor_file_find (file, "i"), out);
  g_assert_cmpfloat (out[0], ==, (float) 0x0706050403020100);
}

/* A transposed view is gathered into row-major order. */
static void
test_strides_are_gathered (void) {
  const float data[6] = { 0, 1, 2, 3, 4, 5 };
  const float want[6] = { 0, 3, 1, 4, 2, 5 };
  float out[6];
  SkTensor tensor = { .dtype = SK_DTYPE_F32,
                      .shape = { 3, 2 },
                      .stride = { 1, 3 },
                      .n_dims = 2,
                      .count = 6,
                      .data = (const guint8 *) data };

  sk_tensor_to_floats (&tensor, out);
  g_assert_cmpmem (out, sizeof out, want, sizeof want);
}

static void
test_write_order_and_round_trip (void) {
  g_autofree char *dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "w.safetensors", NULL);
  g_autoptr (GHashTable) metadata = g_hash_table_new (g_str_hash, g_str_equal);
  const float floats[4] = { 1, -0.0f, NAN, 3e38f };
  const gint64 counts[1] = { 7 };
  const float thirds[3] = { 1 / 3.0f, 65520, 1e-8f };
  SkTensorToWrite tensors[] = {
    { "a", SK_DTYPE_F16, { 3 }, 1, thirds },
    { "z", SK_DTYPE_F32, { 2, 2 }, 2, floats },
    { "b \"q\" /x", SK_DTYPE_F32, { 0 }, 1, floats },
    { "n", SK_DTYPE_I64, { 0 }, 0, counts },
  };
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  float back[4];

  g_hash_table_insert (metadata, (gpointer) "net", (gpointer) "ünï \"x\"\n");
  g_assert_true (sk_safetensors_write (path, tensors, 4, metadata, &error));
  file = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (((SkTensor *) file->tensors->pdata[0])->name, ==, "n");
  g_assert_cmpstr (((SkTensor *) file->tensors->pdata[1])->name, ==, "b \"q\" /x");
  g_assert_cmpstr (((SkTensor *) file->tensors->pdata[2])->name, ==, "z");
  g_assert_cmpstr (((SkTensor *) file->tensors->pdata[3])->name, ==, "a");
  g_assert_cmpstr (g_hash_table_lookup (file->metadata, "net"), ==, "ünï \"x\"\n");
  sk_tensor_to_floats (sk_tensor_file_find (file, "z"), back);
  g_assert_cmpmem (back, sizeof back, floats, sizeof floats);
  sk_tensor_to_floats (sk_tensor_file_find (file, "a"), back);
  g_assert_cmpfloat (back[0], ==, 0x1.554p-2f);
  g_assert_true (isinf (back[1]));
  g_assert_cmpfloat (back[2], ==, 0);
  g_remove (path);
  g_rmdir (dir);
}

/* Every half comes back as the same half. */
static void
test_halves_round_trip (void) {
  g_autofree char *dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "h.safetensors", NULL);
  g_autofree guint16 *halves = g_new (guint16, 65536);
  g_autofree float *floats = g_new (float, 65536);
  SkTensor all = { .dtype = SK_DTYPE_F16,
                   .shape = { 65536 },
                   .stride = { 1 },
                   .n_dims = 1,
                   .count = 65536,
                   .data = (const guint8 *) halves };
  SkTensorToWrite tensor = { "h", SK_DTYPE_F16, { 65536 }, 1, floats };
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  const guint16 *back;

  for (int i = 0; i < 65536; i++)
    halves[i] = (guint16) i;
  sk_tensor_to_floats (&all, floats);
  g_assert_true (sk_safetensors_write (path, &tensor, 1, NULL, &error));
  file = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  back = (gconstpointer) sk_tensor_file_find (file, "h")->data;
  for (int i = 0; i < 65536; i++)
    if (!isnan (floats[i]))
      g_assert_cmphex (back[i], ==, halves[i]);
  g_remove (path);
  g_rmdir (dir);
}

/* A disk that is full after some bytes: the old file stays, no litter stays. */
static void
test_full_disk_keeps_the_old_file (void) {
  g_autofree char *dir = g_dir_make_tmp ("skipscope-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "w.safetensors", NULL);
  g_autofree float *data = g_new0 (float, 100000);
  SkTensorToWrite little = { "w", SK_DTYPE_F32, { 2 }, 1, data };
  SkTensorToWrite much = { "w", SK_DTYPE_F32, { 100000 }, 1, data };
  g_autoptr (SkTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) entries = NULL;
  struct rlimit before, tight;

  g_assert_true (sk_safetensors_write (path, &little, 1, NULL, NULL));
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  tight = before;
  tight.rlim_cur = 50000;
  setrlimit (RLIMIT_FSIZE, &tight);
  g_assert_false (sk_safetensors_write (path, &much, 1, NULL, &error));
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_clear_error (&error);
  file = sk_tensor_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sk_tensor_file_find (file, "w")->count, ==, 2);
  entries = g_dir_open (dir, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (entries), ==, "w.safetensors");
  g_assert_null (g_dir_read_name (entries));
  g_remove (path);
  g_rmdir (dir);
}

static void
test_odd_files_are_refused (void) {
  g_autoptr (GError) error = NULL;

  g_assert_null (sk_tensor_file_read ("/nonexistent/x.safetensors", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_clear_error (&error);
  g_assert_null (sk_tensor_file_read ("/dev/zero", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
  g_clear_error (&error);
  g_assert_null (sk_tensor_file_read ("/", &error));
  g_assert_error (error, SK_ERROR, SK_ERROR_FILE);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/golden-bytes", test_golden_bytes);
  g_test_add_func ("/safetensors/layout-rules", test_layout_rules);
  g_test_add_func ("/safetensors/deep-header", test_deep_header_is_refused);
  g_test_add_func ("/safetensors/header-length", test_header_length_is_bounded);
  g_test_add_func ("/safetensors/types", test_types_convert);
  g_test_add_func ("/safetensors/strides", test_strides_are_gathered);
  g_test_add_func ("/safetensors/order", test_write_order_and_round_trip);
  g_test_add_func ("/safetensors/halves", test_halves_round_trip);
  g_test_add_func ("/safetensors/full-disk", test_full_disk_keeps_the_old_file);
  g_test_add_func ("/safetensors/odd-files", test_odd_files_are_refused);
  return g_test_run ();
}
