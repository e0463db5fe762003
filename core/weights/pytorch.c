/* What the containers of PyTorch share: how they are told apart, and the wrappers that
 * people put around a state dict. */

#include "pytorch.h"

#include <string.h>

#include "errors.h"
#include "pytorch-private.h"

static const guint8 zip_magic[] = { 'P', 'K', 3, 4 };
static const guint8 legacy_magic[] = { 0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                       0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e };

/* In which member of a wrapper the weights are, in order of preference: the trained ones
 * before their moving average. */
static const char *const wrappers[] = { "state_dict", "model_state_dict", "model",
                                        "net",        "state_dict_ema",   "model_ema" };

/* Those among them that hold a moving average. */
static const char *const averages[] = { "state_dict_ema", "model_ema" };

/* Wrappers within wrappers that are opened. */
#define MAX_DEPTH 4

gboolean
sk_pytorch_recognise (const guint8 *data, gsize size) {
  return (size >= sizeof zip_magic &&
          memcmp (data, zip_magic, sizeof zip_magic) == 0) ||
         (size >= sizeof legacy_magic &&
          memcmp (data, legacy_magic, sizeof legacy_magic) == 0) ||
         (size >= 512 && memcmp (data + 257, "ustar", 5) == 0);
}

static SkTensorFile *
parse (GBytes *bytes, GError **error) {
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size >= sizeof zip_magic && memcmp (data, zip_magic, sizeof zip_magic) == 0)
    return sk_pytorch_zip_parse (bytes, error);
  if (size >= sizeof legacy_magic &&
      memcmp (data, legacy_magic, sizeof legacy_magic) == 0)
    return sk_pytorch_legacy_parse (bytes, error);
  return sk_pytorch_tar_parse (bytes, error);
}

SkTensorFile *
sk_pytorch_parse (GBytes *bytes, GError **error) {
  g_autoptr (GError) problem = NULL;
  SkTensorFile *file = parse (bytes, &problem);

  if (file != NULL)
    return file;
  if (g_error_matches (problem, SK_ERROR, SK_ERROR_FORMAT))
    g_prefix_error (&problem, "not a sound PyTorch checkpoint: ");
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

static gboolean
has_tensors (const SkPickleValue *dict) {
  for (guint i = 0; i + 1 < dict->items->len; i += 2) {
    const SkPickleValue *name = dict->items->pdata[i];

    if (name->kind == SK_PICKLE_STRING &&
        sk_pickle_is_tensor (dict->items->pdata[i + 1]))
      return TRUE;
  }
  return FALSE;
}

static const SkPickleValue *
unwrap (const SkPickleValue *root, int depth, GString *path);

/* (nullable): the dict of tensors in member @name of @root; @path grows by the name */
static const SkPickleValue *
unwrap_member (const SkPickleValue *root, const char *name, int depth, GString *path) {
  gsize length = path->len;
  const SkPickleValue *found;

  g_string_append_printf (path, "%s%s", length > 0 ? "." : "", name);
  found = unwrap (sk_pickle_member (root, name), depth, path);
  if (found == NULL)
    g_string_truncate (path, length);
  return found;
}

/* (nullable): the dict of tensors in @root. A wrapper comes first, as some hang tensors
 * beside the weights (the best accuracy so far). */
static const SkPickleValue *
unwrap (const SkPickleValue *root, int depth, GString *path) {
  const SkPickleValue *found = NULL;

  if (root == NULL || root->kind != SK_PICKLE_DICT || depth == 0)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (wrappers) && found == NULL; i++)
    found = unwrap_member (root, wrappers[i], depth - 1, path);
  return found != NULL ? found : has_tensors (root) ? root : NULL;
}

/* Says which member was taken, and which was left though it may be wanted. */
static const SkPickleValue *
find_weights (SkTensorFile *file, const SkPickleValue *root) {
  g_autoptr (GString) path = g_string_new (NULL);
  const SkPickleValue *dict = unwrap (root, MAX_DEPTH, path);

  if (dict == NULL || path->len == 0)
    return dict;
  file->wrapper = g_string_free (g_steal_pointer (&path), FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (averages); i++)
    if (strcmp (file->wrapper, averages[i]) != 0 &&
        sk_pickle_member (root, averages[i]) != NULL)
      file->average = averages[i];
  return dict;
}

static gboolean
refuse_content (const SkPickleValue *root, GError **error) {
  const SkPickleValue *model = sk_pickle_member (root, "model");

  if (root != NULL && root->kind != SK_PICKLE_CALL)
    root = model;
  if (root != NULL && root->kind == SK_PICKLE_CALL && root->callable != NULL &&
      root->callable->kind == SK_PICKLE_GLOBAL)
    return sk_refuse (error, SK_ERROR_UNSUPPORTED,
                      "it holds a whole object, “%.100s”, not its weights; in Python, "
                      "save model.state_dict ()",
                      root->callable->text);
  return sk_refuse (
      error, SK_ERROR_UNSUPPORTED,
      "it holds no dict of named tensors; in Python, save model.state_dict ()");
}

gboolean
sk_pytorch_collect (SkTensorFile *file, const SkPickleValue *root, SkStorages *storages,
                    GError **error) {
  const SkPickleValue *dict = find_weights (file, root);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  if (dict == NULL)
    return refuse_content (root, error);
  for (guint i = 0; i + 1 < dict->items->len; i += 2) {
    const SkPickleValue *name = dict->items->pdata[i],
                        *value = dict->items->pdata[i + 1];
    SkTensor *tensor;

    /* Numbers and text among the tensors are nobody's weights. */
    if (name->kind != SK_PICKLE_STRING || !sk_pickle_is_tensor (value))
      continue;
    if (strlen (name->text) != name->length ||
        !g_utf8_validate (name->text, (gssize) name->length, NULL))
      return sk_refuse (error, SK_ERROR_FORMAT, "a tensor's name is not text");
    if (!g_hash_table_add (names, (gpointer) name->text))
      return sk_refuse (error, SK_ERROR_FORMAT, "a tensor's name stands twice");
    tensor = sk_tensor_file_add (file, name->text);
    if (!sk_storages_read_tensor (storages, value, tensor, error)) {
      g_prefix_error (error, "“%.200s”: ", name->text);
      return FALSE;
    }
  }
  return TRUE;
}
