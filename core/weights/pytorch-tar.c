/* The tar archive of PyTorch 0.1 (2016 and 2017, torchvision's first weights): "storages",
 * then "tensors" that are views of them, then the pickle that refers to tensors by number.
 * PyTorch's own safe loader refuses these. */

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "errors.h"
#include "pytorch-private.h"

/* A tensor of the old format has at most so many entries in any of its tables. */
#define MAX_ENTRIES 1000000

typedef struct {
  const guint8 *data;
  gsize size, at;
} Cursor;

typedef struct {
  SkPickle *pickle;
  SkStorages storages;
  GBytes *parts[3]; /* (nullable) storages, tensors, pickle */
} Reader;

static const char *const part_names[3] = { "storages", "tensors", "pickle" };

static GBytes *
read_member (struct archive *archive, guint64 limit) {
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 *buffer = g_malloc (1 << 16);
  la_ssize_t n;

  while ((n = archive_read_data (archive, buffer, 1 << 16)) > 0 && bytes->len <= limit)
    g_byte_array_append (bytes, buffer, (guint) n);
  g_free (buffer);
  if (n < 0 || bytes->len > limit)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static gboolean
read_members (Reader *r, struct archive *archive, guint64 limit, GError **error) {
  struct archive_entry *entry;

  while (archive_read_next_header (archive, &entry) == ARCHIVE_OK) {
    const char *name = archive_entry_pathname (entry);

    for (int i = 0; i < 3; i++) {
      if (name == NULL || strcmp (name, part_names[i]) != 0)
        continue;
      if (r->parts[i] != NULL)
        return sk_refuse (error, SK_ERROR_FORMAT, "a member stands twice in it");
      r->parts[i] = read_member (archive, limit);
      if (r->parts[i] == NULL)
        return sk_refuse (error, SK_ERROR_FORMAT, "a member is damaged");
    }
  }
  for (int i = 0; i < 3; i++)
    if (r->parts[i] == NULL)
      return sk_refuse (error, SK_ERROR_FORMAT, "it lacks storages, tensors or pickle");
  return TRUE;
}

static gboolean
unpack (Reader *r, GBytes *bytes, GError **error) {
  struct archive *archive = archive_read_new ();
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  gboolean ok;

  /* Tar without a filter: a member cannot be longer than the file. */
  archive_read_support_format_tar (archive);
  ok = archive_read_open_memory (archive, data, size) == ARCHIVE_OK;
  if (!ok)
    sk_refuse (error, SK_ERROR_FORMAT, "it is no tar archive");
  ok =
      ok && read_members (r, archive, MIN (size, (gsize) G_MAXUINT - (1 << 17)), error);
  archive_read_free (archive);
  return ok;
}

static Cursor
cursor (GBytes *bytes) {
  Cursor cursor = { 0 };

  cursor.data = g_bytes_get_data (bytes, &cursor.size);
  if (cursor.data == NULL) /* an empty member; nothing may be added to a null pointer */
    cursor.data = (const guint8 *) "";
  return cursor;
}

static const SkPickleValue *
next (Reader *r, Cursor *c, GError **error) {
  gsize used;
  const SkPickleValue *value =
      sk_pickle_read (r->pickle, c->data + c->at, c->size - c->at, &used, error);

  c->at += used;
  return value;
}

static gboolean
next_count (Reader *r, Cursor *c, gint64 *count, GError **error) {
  const SkPickleValue *value = next (r, c, error);

  if (value == NULL)
    return FALSE;
  if (value->kind != SK_PICKLE_INT || value->integer < 0 ||
      value->integer > MAX_ENTRIES)
    return sk_refuse (error, SK_ERROR_FORMAT, "a table says an impossible length");
  *count = value->integer;
  return TRUE;
}

static gboolean
next_int64 (Cursor *c, gint64 *value) {
  guint64 bits;

  if (c->size - c->at < 8)
    return FALSE;
  memcpy (&bits, c->data + c->at, 8);
  *value = (gint64) GUINT64_FROM_LE (bits);
  c->at += 8;
  return TRUE;
}

/* Numbers that were addresses in another program's memory: names, here. */
static char *
key_of (const SkPickleValue *value) {
  if (value == NULL || value->kind != SK_PICKLE_INT)
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
}

static gboolean
add_storage (Reader *r, const SkPickleValue *key, const SkStorage *storage,
             GError **error) {
  char *name = key_of (key);

  if (name == NULL)
    return sk_refuse (error, SK_ERROR_FORMAT, "a storage has no number");
  g_hash_table_insert (r->storages.storages, name,
                       g_memdup2 (storage, sizeof *storage));
  return TRUE;
}

static gboolean
read_storage (Reader *r, Cursor *c, GError **error) {
  const SkPickleValue *head = next (r, c, error);
  SkStorage storage = { 0 };
  gint64 count, bytes;

  if (head == NULL)
    return FALSE;
  if (!sk_storage_dtype (sk_pickle_item (head, 2), &storage.dtype))
    return sk_refuse (error, SK_ERROR_FORMAT, "a storage is of an unknown type");
  if (!next_int64 (c, &count) || count < 0 ||
      __builtin_mul_overflow (count, (gint64) sk_dtype_size (storage.dtype), &bytes) ||
      (guint64) bytes > c->size - c->at)
    return sk_refuse (error, SK_ERROR_FORMAT, "a storage reaches beyond the file");
  storage.count = (guint64) count;
  storage.data = c->data + c->at;
  storage.size = (guint64) bytes;
  c->at += (gsize) bytes;
  return add_storage (r, sk_pickle_item (head, 0), &storage, error);
}

/* (target, root, offset, number of elements): a storage that is a part of another. */
static gboolean
read_view (Reader *r, const SkPickleValue *view, GError **error) {
  g_autofree char *root_key = key_of (sk_pickle_item (view, 1));
  const SkPickleValue *offset = sk_pickle_item (view, 2);
  const SkPickleValue *count = sk_pickle_item (view, 3);
  const SkStorage *root =
      root_key != NULL ? g_hash_table_lookup (r->storages.storages, root_key) : NULL;
  SkStorage part;
  gsize item;

  if (root == NULL || offset == NULL || offset->kind != SK_PICKLE_INT ||
      count == NULL || count->kind != SK_PICKLE_INT || offset->integer < 0 ||
      count->integer < 0 || (guint64) offset->integer > root->count ||
      (guint64) count->integer > root->count - (guint64) offset->integer)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "a storage is a part of another that does not hold it");
  item = sk_dtype_size (root->dtype);
  part = (SkStorage){ .dtype = root->dtype,
                      .count = (guint64) count->integer,
                      .data = root->data + (gsize) offset->integer * item,
                      .size = (guint64) count->integer * item };
  return add_storage (r, sk_pickle_item (view, 0), &part, error);
}

static gboolean
read_storages (Reader *r, GError **error) {
  Cursor c = cursor (r->parts[0]);
  const SkPickleValue *views;
  gint64 count;

  if (!next_count (r, &c, &count, error))
    return FALSE;
  for (gint64 i = 0; i < count; i++)
    if (!read_storage (r, &c, error))
      return FALSE;
  views = next (r, &c, error);
  if (views == NULL)
    return FALSE;
  for (guint i = 0; i < sk_pickle_length (views); i++)
    if (!read_view (r, sk_pickle_item (views, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_layout (Cursor *c, SkTensor *tensor, gint64 *offset) {
  guint32 n_dims;

  if (c->size - c->at < 8)
    return FALSE;
  memcpy (&n_dims, c->data + c->at, 4);
  n_dims = GUINT32_FROM_LE (n_dims);
  c->at += 8; /* the other four are not initialised */
  if (n_dims > SK_TENSOR_MAX_DIMS)
    return FALSE;
  tensor->n_dims = (int) n_dims;
  for (guint32 i = 0; i < n_dims; i++)
    if (!next_int64 (c, &tensor->shape[i]))
      return FALSE;
  for (guint32 i = 0; i < n_dims; i++)
    if (!next_int64 (c, &tensor->stride[i]))
      return FALSE;
  return next_int64 (c, offset) && *offset >= 0;
}

static gboolean
read_tensor (Reader *r, Cursor *c, GError **error) {
  const SkPickleValue *head = next (r, c, error);
  g_autofree char *storage_key = NULL;
  g_autofree SkTensor *tensor = g_new0 (SkTensor, 1);
  const SkStorage *storage;
  char *key;
  gint64 offset;

  if (head == NULL)
    return FALSE;
  storage_key = key_of (sk_pickle_item (head, 1));
  storage = storage_key != NULL
                ? g_hash_table_lookup (r->storages.storages, storage_key)
                : NULL;
  if (storage == NULL)
    return sk_refuse (error, SK_ERROR_FORMAT, "a tensor has no storage");
  if (!read_layout (c, tensor, &offset))
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "a tensor has no shape, or too many dimensions");
  tensor->dtype = storage->dtype;
  if (!sk_tensor_place (tensor, storage, (guint64) offset, error))
    return FALSE;
  key = key_of (sk_pickle_item (head, 0));
  if (key == NULL)
    return sk_refuse (error, SK_ERROR_FORMAT, "a tensor has no number");
  g_hash_table_insert (r->storages.tensors, key, g_steal_pointer (&tensor));
  return TRUE;
}

static gboolean
read_all (Reader *r, SkTensorFile *file, GError **error) {
  Cursor tensors = cursor (r->parts[1]), pickle = cursor (r->parts[2]);
  const SkPickleValue *root;
  gint64 count;

  if (!read_storages (r, error) || !next_count (r, &tensors, &count, error))
    return FALSE;
  for (gint64 i = 0; i < count; i++)
    if (!read_tensor (r, &tensors, error))
      return FALSE;
  root = next (r, &pickle, error);
  return root != NULL && sk_pytorch_collect (file, root, &r->storages, error);
}

SkTensorFile *
sk_pytorch_tar_parse (GBytes *bytes, GError **error) {
  g_autoptr (SkTensorFile) file = sk_tensor_file_new ("PyTorch tar of 2017");
  Reader reader = { 0 };
  gboolean ok;

  reader.pickle = sk_pickle_new ();
  sk_storages_init (&reader.storages);
  reader.storages.tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ok = unpack (&reader, bytes, error) && read_all (&reader, file, error);
  if (ok)
    g_ptr_array_add (file->buffers, g_bytes_ref (reader.parts[0]));
  for (int i = 0; i < 3; i++)
    g_clear_pointer (&reader.parts[i], g_bytes_unref);
  sk_storages_clear (&reader.storages);
  sk_pickle_free (reader.pickle);
  return ok ? g_steal_pointer (&file) : NULL;
}
