/* The zip archive that torch.save writes since PyTorch 1.6: <root>/data.pkl, and a record
 * <root>/data/<key> for each storage. libzip reads the archive, from memory. */

#include <string.h>
#include <zip.h>

#include "errors.h"
#include "json.h"
#include "metadata.h"
#include "pytorch.h"
#include "pytorch-private.h"

/* A pickle of names and shapes; the tensors lie elsewhere. */
#define MAX_PICKLE ((guint64) 64 << 20)

/* Names of a hundred thousand classes. */
#define MAX_METADATA ((guint64) 16 << 20)

/* Records of all storages together: ResNet-152 with optimiser state is below 1 GB. An
 * archive that is re-packed with compression may claim any size. */
#define MAX_RECORDS ((guint64) 2 << 30)

typedef struct {
  zip_t *zip;
  char *root; /* with its slash */
  guint64 unpacked; /* bytes read so far */
  SkPickle *pickle;
  SkStorages storages;
} Reader;

/* Bytes of an entry, (transfer full) (nullable). Memory grows with what really comes out,
 * as the size in the directory is only a claim. */
static GBytes *
read_entry (Reader *r, const char *name, guint64 limit, GError **error) {
  g_autofree char *path = g_strconcat (r->root, name, NULL);
  zip_int64_t index = zip_name_locate (r->zip, path, ZIP_FL_ENC_RAW);
  zip_file_t *entry = index >= 0 ? zip_fopen_index (r->zip, (guint64) index, 0) : NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 *buffer;
  zip_int64_t n = 0;

  if (entry == NULL) {
    sk_refuse (error, SK_ERROR_FORMAT, "it has no readable entry “%s”", path);
    return NULL;
  }
  limit = MIN (limit, (guint64) G_MAXUINT - 1);
  buffer = g_malloc (1 << 16);
  while (bytes->len <= limit && (n = zip_fread (entry, buffer, 1 << 16)) > 0)
    g_byte_array_append (bytes, buffer, (guint) n);
  g_free (buffer);
  zip_fclose (entry);
  if (n < 0 || bytes->len > limit) {
    sk_refuse (error, SK_ERROR_FORMAT,
               n < 0 ? "its entry “%s” is damaged" : "its entry “%s” is too large",
               path);
    return NULL;
  }
  r->unpacked += bytes->len;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* The part before the first slash of the first entry; every name is looked at once. */
static gboolean
find_root (Reader *r, GError **error) {
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  zip_int64_t n = zip_get_num_entries (r->zip, 0);
  gboolean script = FALSE;

  for (zip_int64_t i = 0; i < n; i++) {
    const char *name = zip_get_name (r->zip, (guint64) i, ZIP_FL_ENC_RAW);
    const char *slash = name != NULL ? strchr (name, '/') : NULL;

    if (name == NULL || !g_hash_table_add (names, (gpointer) name))
      return sk_refuse (error, SK_ERROR_FORMAT,
                        "an entry's name stands twice in the archive");
    if (r->root == NULL && slash != NULL)
      r->root = g_strndup (name, (gsize) (slash + 1 - name));
    script |= slash != NULL && (strcmp (slash, "/constants.pkl") == 0 ||
                                g_str_has_prefix (slash, "/code/"));
  }
  if (script)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it is a TorchScript program; in Python, save torch.jit.load (…)"
                      ".state_dict ()");
  if (r->root == NULL)
    return sk_refuse (error, SK_ERROR_FORMAT, "a zip archive without data.pkl");
  return TRUE;
}

static gboolean
check_byte_order (Reader *r, GError **error) {
  g_autofree char *path = g_strconcat (r->root, "byteorder", NULL);
  g_autoptr (GBytes) order = NULL;

  if (zip_name_locate (r->zip, path, ZIP_FL_ENC_RAW) < 0)
    return TRUE; /* before 2.1: little-endian */
  order = read_entry (r, "byteorder", 16, error);
  if (order == NULL)
    return FALSE;
  if (g_bytes_get_size (order) >= 3 &&
      memcmp (g_bytes_get_data (order, NULL), "big", 3) == 0)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED, SK_PYTORCH_BIG_ENDIAN);
  return TRUE;
}

/* What we leave there ourselves; nothing depends on it, so nothing is refused for it. */
static gboolean
read_metadata (Reader *r, SkTensorFile *file, GError **error) {
  g_autofree char *path = g_strconcat (r->root, SK_PYTORCH_METADATA, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) node = NULL;
  const char *text;
  gsize size;

  if (zip_name_locate (r->zip, path, ZIP_FL_ENC_RAW) < 0)
    return TRUE;
  bytes = read_entry (r, SK_PYTORCH_METADATA, MAX_METADATA, error);
  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &size);
  node = text != NULL ? sk_json_parse (text, size, 1, NULL) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    sk_metadata_take (file->metadata, json_node_get_object (node), NULL);
  return TRUE;
}

static gboolean
read_storage (Reader *r, SkTensorFile *file, const SkPickleValue *persistent,
              GError **error) {
  const char *key = NULL;
  SkStorage *storage = sk_storages_meet (&r->storages, persistent, &key, error);
  g_autofree char *name = NULL;
  guint64 claimed;
  GBytes *bytes;
  gsize size;

  if (storage == NULL)
    return FALSE;
  if (storage->data != NULL)
    return TRUE;
  if (__builtin_mul_overflow (storage->count, (guint64) sk_dtype_size (storage->dtype),
                              &claimed) ||
      claimed > MAX_RECORDS - MIN (r->unpacked, MAX_RECORDS))
    return sk_refuse (error, SK_ERROR_FORMAT, "its tensors would be larger than 2 GiB");
  name = g_strconcat ("data/", key, NULL);
  bytes = read_entry (r, name, claimed, error);
  if (bytes == NULL)
    return FALSE;
  g_ptr_array_add (file->buffers, bytes);
  storage->data = g_bytes_get_data (bytes, &size);
  storage->size = size;
  if (storage->data == NULL) /* an empty one is read once, too */
    storage->data = (const guint8 *) "";
  if (size < claimed)
    return sk_refuse (error, SK_ERROR_FORMAT,
                      "its entry “%s” is %" G_GSIZE_FORMAT
                      " bytes long and should hold %" G_GUINT64_FORMAT " %s",
                      name, size, storage->count, sk_dtype_name (storage->dtype));
  return TRUE;
}

static gboolean
read_all (Reader *r, SkTensorFile *file, GError **error) {
  g_autoptr (GBytes) pickle = NULL;
  const SkPickleValue *root;
  const GPtrArray *persistent;
  gsize size, used;
  const guint8 *data;

  if (!find_root (r, error) || !check_byte_order (r, error) ||
      !read_metadata (r, file, error))
    return FALSE;
  pickle = read_entry (r, "data.pkl", MAX_PICKLE, error);
  if (pickle == NULL)
    return FALSE;
  data = g_bytes_get_data (pickle, &size);
  root = sk_pickle_read (r->pickle, data, size, &used, error);
  if (root == NULL)
    return FALSE;
  persistent = sk_pickle_persistent (r->pickle);
  for (guint i = 0; i < persistent->len; i++)
    if (!read_storage (r, file, persistent->pdata[i], error))
      return FALSE;
  return sk_pytorch_collect (file, root, &r->storages, error);
}

static zip_t *
open_archive (GBytes *bytes, GError **error) {
  zip_error_t problem;
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  zip_source_t *source;
  zip_t *zip;

  zip_error_init (&problem);
  source = zip_source_buffer_create (data, size, 0, &problem);
  zip = source != NULL ? zip_open_from_source (source, ZIP_RDONLY, &problem) : NULL;
  if (zip == NULL) {
    sk_refuse (error, SK_ERROR_FORMAT, "%s", zip_error_strerror (&problem));
    if (source != NULL)
      zip_source_free (source);
  }
  zip_error_fini (&problem);
  return zip;
}

SkTensorFile *
sk_pytorch_zip_parse (GBytes *bytes, GError **error) {
  g_autoptr (SkTensorFile) file = sk_tensor_file_new ("PyTorch zip");
  Reader reader = { 0 };
  gboolean ok;

  reader.zip = open_archive (bytes, error);
  if (reader.zip == NULL)
    return NULL;
  reader.pickle = sk_pickle_new ();
  sk_storages_init (&reader.storages);
  ok = read_all (&reader, file, error);
  sk_storages_clear (&reader.storages);
  sk_pickle_free (reader.pickle);
  g_free (reader.root);
  zip_discard (reader.zip);
  return ok ? g_steal_pointer (&file) : NULL;
}
