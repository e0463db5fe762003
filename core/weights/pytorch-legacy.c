/* The stream that torch.save wrote before PyTorch 1.6: five pickles in a row (a magic
 * number, a version, facts about the machine, the object, the keys of its storages), then
 * each storage: its number of elements, and the elements. */

#include <string.h>

#include "errors.h"
#include "pytorch-private.h"

#define PROTOCOL 1001

typedef struct {
  SkPickle *pickle;
  SkStorages storages;
  const guint8 *data;
  gsize size, at;
} Reader;

static gboolean
refuse (Reader *r, GError **error, const char *what) {
  return sk_refuse (error, SK_ERROR_FORMAT,
                    "%s at byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT, what, r->at,
                    r->size);
}

static const SkPickleValue *
next (Reader *r, GError **error) {
  gsize used;
  const SkPickleValue *value =
      sk_pickle_read (r->pickle, r->data + r->at, r->size - r->at, &used, error);

  r->at += used;
  return value;
}

static gboolean
check_machine (Reader *r, const SkPickleValue *info, GError **error) {
  const SkPickleValue *little = sk_pickle_member (info, "little_endian");

  if (little != NULL && little->integer == 0)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED, SK_PYTORCH_BIG_ENDIAN);
  return TRUE;
}

static gboolean
read_storage (Reader *r, const SkPickleValue *key, GError **error) {
  SkStorage *storage = key != NULL && key->kind == SK_PICKLE_STRING
                           ? g_hash_table_lookup (r->storages.storages, key->text)
                           : NULL;
  guint64 count, bytes;

  if (storage == NULL)
    return refuse (r, error, "a storage that no tensor uses");
  if (r->size - r->at < 8)
    return refuse (r, error, "the file ends before a storage");
  memcpy (&count, r->data + r->at, 8);
  count = GUINT64_FROM_LE (count);
  r->at += 8;
  if (count != storage->count ||
      __builtin_mul_overflow (count, (guint64) sk_dtype_size (storage->dtype), &bytes))
    return refuse (r, error, "a storage of another size than was announced");
  if (bytes > r->size - r->at)
    return refuse (r, error, "the file ends within a storage");
  storage->data = r->data + r->at;
  storage->size = bytes;
  r->at += (gsize) bytes;
  return TRUE;
}

static gboolean
read_storages (Reader *r, const SkPickleValue *keys, GError **error) {
  const GPtrArray *persistent = sk_pickle_persistent (r->pickle);

  for (guint i = 0; i < persistent->len; i++)
    if (sk_storages_meet (&r->storages, persistent->pdata[i], NULL, error) == NULL)
      return FALSE;
  for (guint i = 0; i < sk_pickle_length (keys); i++)
    if (!read_storage (r, sk_pickle_item (keys, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_all (Reader *r, SkTensorFile *file, GError **error) {
  const SkPickleValue *magic = next (r, error);
  const SkPickleValue *version = magic != NULL ? next (r, error) : NULL;
  const SkPickleValue *machine = version != NULL ? next (r, error) : NULL;
  const SkPickleValue *object = machine != NULL ? next (r, error) : NULL;
  const SkPickleValue *keys = object != NULL ? next (r, error) : NULL;

  if (keys == NULL)
    return FALSE;
  if (version->kind != SK_PICKLE_INT || version->integer != PROTOCOL)
    return refuse (r, error, "an unknown version of the format");
  return check_machine (r, machine, error) && read_storages (r, keys, error) &&
         sk_pytorch_collect (file, object, &r->storages, error);
}

SkTensorFile *
sk_pytorch_legacy_parse (GBytes *bytes, GError **error) {
  g_autoptr (SkTensorFile) file = sk_tensor_file_new ("PyTorch, before 1.6");
  Reader reader = { 0 };
  gboolean ok;

  reader.data = g_bytes_get_data (bytes, &reader.size);
  if (reader.data == NULL) /* nothing may be added to a null pointer */
    reader.data = (const guint8 *) "";
  reader.pickle = sk_pickle_new ();
  sk_storages_init (&reader.storages);
  g_ptr_array_add (file->buffers, g_bytes_ref (bytes));
  ok = read_all (&reader, file, error);
  sk_storages_clear (&reader.storages);
  sk_pickle_free (reader.pickle);
  return ok ? g_steal_pointer (&file) : NULL;
}
