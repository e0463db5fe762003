/* Writing a checkpoint as torch.save does: a zip archive of a pickle and of one stored
 * record for each tensor. The pickle says only what PyTorch's safe loader allows. */

#include <string.h>
#include <zip.h>

#include "errors.h"
#include "files.h"
#include "metadata.h"
#include "pytorch.h"

/* The archive's folder; PyTorch takes any name. */
#define ROOT "archive/"

/* The archive's own clock: the same weights give the same bytes. 1 January 1980, noon. */
#define NO_TIME 315576000

static const char *const storage_classes[SK_N_DTYPES] = {
  [SK_DTYPE_F32] = "FloatStorage",     [SK_DTYPE_F16] = "HalfStorage",
  [SK_DTYPE_BF16] = "BFloat16Storage", [SK_DTYPE_F64] = "DoubleStorage",
  [SK_DTYPE_I64] = "LongStorage",      [SK_DTYPE_I32] = "IntStorage",
  [SK_DTYPE_I16] = "ShortStorage",     [SK_DTYPE_I8] = "CharStorage",
  [SK_DTYPE_U8] = "ByteStorage",       [SK_DTYPE_BOOL] = "BoolStorage",
};

static void
append_bytes (GByteArray *out, const char *bytes, gsize length) {
  g_byte_array_append (out, (const guint8 *) bytes, (guint) length);
}

/* A string constant of opcodes. */
#define APPEND(out, text) append_bytes (out, text, sizeof text - 1)

static void
append_string (GByteArray *out, const char *string) {
  guint32 length = (guint32) strlen (string);
  guint32 little = GUINT32_TO_LE (length);

  APPEND (out, "X");
  append_bytes (out, (const char *) &little, 4);
  append_bytes (out, string, length);
}

static void
append_int (GByteArray *out, gint64 value) {
  guint32 small = GUINT32_TO_LE ((guint32) value);
  guint64 large = GUINT64_TO_LE ((guint64) value);

  if (value <= G_MAXINT32) {
    APPEND (out, "J");
    append_bytes (out, (const char *) &small, 4);
  } else {
    APPEND (out, "\x8a\x08");
    append_bytes (out, (const char *) &large, 8);
  }
}

static void
append_tuple (GByteArray *out, const gint64 *values, int n) {
  APPEND (out, "(");
  for (int i = 0; i < n; i++)
    append_int (out, values[i]);
  APPEND (out, "t");
}

/* _rebuild_tensor_v2 (storage, offset, size, stride, requires_grad, hooks) */
static void
append_tensor (GByteArray *out, const SkTensorToWrite *tensor, int index) {
  g_autofree char *key = g_strdup_printf ("%d", index);
  g_autofree char *type =
      g_strdup_printf ("ctorch\n%s\n", storage_classes[tensor->dtype]);
  gint64 stride[SK_TENSOR_MAX_DIMS];
  gint64 step = 1;

  for (int i = tensor->n_dims; i-- > 0;) {
    stride[i] = step;
    step *= MAX (tensor->shape[i], 1);
  }
  APPEND (out, "ctorch._utils\n_rebuild_tensor_v2\n((");
  append_string (out, "storage");
  append_bytes (out, type, strlen (type));
  append_string (out, key);
  append_string (out, "cpu");
  append_int (out, (gint64) sk_tensor_to_write_count (tensor));
  APPEND (out, "tQK\x00");
  append_tuple (out, tensor->shape, tensor->n_dims);
  append_tuple (out, stride, tensor->n_dims);
  APPEND (out, "\x89"
               "ccollections\nOrderedDict\n)RtR");
}

static GByteArray *
build_pickle (const SkTensorToWrite *tensors, int n_tensors) {
  GByteArray *out = g_byte_array_new ();

  APPEND (out, "\x80\x02"
               "ccollections\nOrderedDict\n)R(");
  for (int i = 0; i < n_tensors; i++) {
    append_string (out, tensors[i].name);
    append_tensor (out, &tensors[i], i);
  }
  APPEND (out, "u.");
  return out;
}

/* Adds @bytes, stored; they stay the caller's, and must stay until the archive is closed. */
static gboolean
add_entry (zip_t *zip, const char *name, const guint8 *bytes, gsize size,
           GError **error) {
  zip_source_t *source = zip_source_buffer (zip, bytes, size, 0);
  zip_int64_t index = -1;

  if (source != NULL)
    index = zip_file_add (zip, name, source, ZIP_FL_ENC_UTF_8);
  if (index >= 0 &&
      zip_set_file_compression (zip, (guint64) index, ZIP_CM_STORE, 0) == 0 &&
      zip_file_set_mtime (zip, (guint64) index, NO_TIME, 0) == 0)
    return TRUE;
  if (source != NULL && index < 0)
    zip_source_free (source);
  return sk_refuse (error, SK_ERROR_FILE, "cannot add %s to the checkpoint: %s", name,
                    zip_strerror (zip));
}

/* torch.load reads the entries that the pickle names, and leaves others alone. */
static gboolean
add_metadata (zip_t *zip, GHashTable *metadata, GPtrArray *kept, GError **error) {
  GString *text;
  gsize length;
  char *bytes;

  if (metadata == NULL || g_hash_table_size (metadata) == 0)
    return TRUE;
  text = g_string_new (NULL);
  sk_metadata_append (text, metadata);
  length = text->len;
  bytes = g_string_free (text, FALSE);
  g_ptr_array_add (kept, bytes);
  return add_entry (zip, ROOT SK_PYTORCH_METADATA, (const guint8 *) bytes, length,
                    error);
}

static gboolean
add_entries (zip_t *zip, const SkTensorToWrite *tensors, int n_tensors,
             GHashTable *metadata, GPtrArray *kept, GError **error) {
  static const guint8 version[] = { '3', '\n' };
  static const guint8 order[] = { 'l', 'i', 't', 't', 'l', 'e' };
  GByteArray *pickle = build_pickle (tensors, n_tensors);
  guint length = pickle->len;
  guint8 *bytes = g_byte_array_free (pickle, FALSE);

  g_ptr_array_add (kept, bytes);
  if (!add_entry (zip, ROOT "data.pkl", bytes, length, error) ||
      !add_entry (zip, ROOT "byteorder", order, sizeof order, error))
    return FALSE;
  if (!add_metadata (zip, metadata, kept, error))
    return FALSE;
  for (int i = 0; i < n_tensors; i++) {
    g_autofree char *name = g_strdup_printf (ROOT "data/%d", i);
    gsize size = sk_tensor_to_write_size (&tensors[i]);

    bytes = g_try_malloc (MAX (size, 1));
    if (bytes == NULL)
      return sk_refuse (error, SK_ERROR_MEMORY, "not enough memory for a copy of “%s”",
                        tensors[i].name);
    g_ptr_array_add (kept, bytes);
    sk_tensor_to_write_bytes (&tensors[i], bytes);
    if (!add_entry (zip, name, bytes, size, error))
      return FALSE;
  }
  return add_entry (zip, ROOT "version", version, sizeof version, error);
}

/* The finished archive out of libzip's buffer into a file that replaces the old one. */
static gboolean
copy_out (zip_source_t *source, const char *path, GError **error) {
  g_autoptr (SkOutput) output = sk_output_new (path, error);
  g_autofree guint8 *buffer = g_malloc (1 << 20);
  zip_int64_t n = -1;

  if (output == NULL)
    return FALSE;
  if (zip_source_open (source) == 0) {
    while ((n = zip_source_read (source, buffer, 1 << 20)) > 0)
      if (!sk_output_write (output, buffer, (gsize) n, error))
        break;
    zip_source_close (source);
  }
  if (n == 0)
    return sk_output_commit (output, error);
  if (n < 0)
    return sk_refuse (error, SK_ERROR_FILE, "cannot write %s: %s", path,
                      zip_error_strerror (zip_source_error (source)));
  return FALSE;
}

gboolean
sk_pytorch_write (const char *path, const SkTensorToWrite *tensors, int n_tensors,
                  GHashTable *metadata, GError **error) {
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  zip_source_t *source;
  zip_t *zip;
  gboolean ok = FALSE;

  /* In memory first: what the disk gets is then written, synced and renamed at once. */
  source = zip_source_buffer_create (NULL, 0, 0, NULL);
  zip = source != NULL ? zip_open_from_source (source, ZIP_TRUNCATE, NULL) : NULL;
  if (zip == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_MEMORY, "not enough memory for %s", path);
    if (source != NULL)
      zip_source_free (source);
    return FALSE;
  }
  zip_source_keep (source);
  if (!add_entries (zip, tensors, n_tensors, metadata, kept, error)) {
    zip_discard (zip);
  } else if (zip_close (zip) != 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "cannot write %s: %s", path,
                 zip_strerror (zip));
    zip_discard (zip);
  } else {
    ok = copy_out (source, path, error);
  }
  zip_source_free (source);
  return ok;
}
