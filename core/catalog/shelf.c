#include "shelf.h"

#include <string.h>
#include <sys/stat.h>

#include "errors.h"
#include "files.h"
#include "json.h"
#include "paths.h"

#define LONGEST_RECEIPT ((guint64) 64 << 10)

void
sk_receipt_clear (SkReceipt *self) {
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->address);
  g_free (self->date);
  *self = (SkReceipt){ 0 };
}

char *
sk_shelf_folder (void) {
  return g_build_filename (g_get_user_cache_dir (), "skipscope", NULL);
}

/* Bytes of a regular file; −1: there is none. */
static gint64
file_size (const char *path) {
  struct stat st;

  return stat (path, &st) == 0 && S_ISREG (st.st_mode) ? (gint64) st.st_size : -1;
}

/* (transfer full) (nullable) */
static char *
member (JsonObject *object, const char *name) {
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
             ? g_strdup (json_node_get_string (node))
             : NULL;
}

static gboolean
read_receipt (const char *path, SkReceipt *receipt) {
  g_autofree char *beside = g_strconcat (path, ".json", NULL);
  g_autoptr (GBytes) bytes = sk_file_load (beside, LONGEST_RECEIPT, NULL);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;
  JsonNode *size;

  if (bytes == NULL)
    return FALSE;
  root =
      sk_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 4, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return FALSE;
  object = json_node_get_object (root);
  size = json_object_get_member (object, "size");
  *receipt = (SkReceipt){
    .path = g_strdup (path),
    .sha256 = member (object, "sha256"),
    .address = member (object, "address"),
    .date = member (object, "date"),
    .size = size != NULL && JSON_NODE_HOLDS_VALUE (size)
                ? (guint64) MAX (json_node_get_int (size), 0)
                : 0,
  };
  return receipt->sha256 != NULL && strlen (receipt->sha256) == 64;
}

/* What comes with the program was checked when that was built. */
static SkShelfState
look_inside (const SkCatalogEntry *entry, guint64 *bytes, SkReceipt *receipt) {
  g_autofree char *name = g_build_filename ("weights", entry->file, NULL);
  g_autofree char *path = sk_paths_data (name);
  gint64 size = path != NULL ? file_size (path) : -1;

  if (bytes != NULL)
    *bytes = (guint64) MAX (size, 0);
  if (receipt != NULL)
    *receipt = (SkReceipt){
      .path = g_steal_pointer (&path),
      .sha256 = g_strdup (entry->sha256),
      .size = (guint64) MAX (size, 0),
    };
  return size >= 0 ? SK_SHELF_HERE : SK_SHELF_ABSENT;
}

SkShelfState
sk_shelf_look (const char *folder, const SkCatalogEntry *entry, guint64 *bytes,
               SkReceipt *receipt) {
  g_autofree char *own = folder == NULL ? sk_shelf_folder () : NULL;
  g_autofree char *path = g_build_filename (own ? own : folder, entry->file, NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  gint64 whole = file_size (path), begun = file_size (part);
  g_auto (SkReceipt) found = { 0 };
  SkShelfState state = whole >= 0  ? SK_SHELF_UNCHECKED
                       : begun > 0 ? SK_SHELF_PART
                                   : SK_SHELF_ABSENT;

  if (entry->included)
    return look_inside (entry, bytes, receipt);
  if (state == SK_SHELF_UNCHECKED && read_receipt (path, &found) &&
      found.size == (guint64) whole &&
      (entry->size == 0 || entry->size == found.size) &&
      (entry->sha256 == NULL || g_str_has_prefix (found.sha256, entry->sha256)))
    state = SK_SHELF_HERE;
  if (bytes != NULL)
    *bytes = (guint64) MAX (whole >= 0 ? whole : begun, 0);
  if (receipt != NULL) {
    *receipt = state == SK_SHELF_HERE ? found : (SkReceipt){ 0 };
    if (state == SK_SHELF_HERE)
      found = (SkReceipt){ 0 };
  }
  return state;
}

static void
append_member (GString *text, const char *name, const char *value) {
  sk_json_append_string (text, name);
  g_string_append (text, ": ");
  sk_json_append_string (text, value);
  g_string_append (text, ",\n  ");
}

gboolean
sk_shelf_write_receipt (const SkCatalogEntry *entry, const SkReceipt *receipt,
                        GError **error) {
  g_autofree char *beside = g_strconcat (receipt->path, ".json", NULL);
  g_autoptr (GString) text = g_string_new ("{\n  ");

  append_member (text, "name", entry->name);
  append_member (text, "title", entry->title);
  append_member (text, "licence", entry->licence);
  append_member (text, "asked", entry->address);
  append_member (text, "address", receipt->address);
  append_member (text, "date", receipt->date);
  append_member (text, "sha256", receipt->sha256);
  if (entry->sha256 != NULL)
    append_member (text, "expected_sha256", entry->sha256);
  if (entry->md5 != NULL)
    append_member (text, "expected_md5", entry->md5);
  g_string_append_printf (text, "\"size\": %" G_GUINT64_FORMAT "\n}\n", receipt->size);
  return sk_file_replace (beside, text->str, error);
}

static gboolean
refuse_hash (const char *kind, const char *expected, const char *found,
             GError **error) {
  g_set_error (
      error, SK_ERROR, SK_ERROR_FORMAT, "its %s %s %s, and the catalogue says %s", kind,
      strlen (expected) < strlen (found) ? "begins otherwise:" : "is", found, expected);
  return FALSE;
}

gboolean
sk_shelf_check_hash (const SkCatalogEntry *entry, const char *sha256, const char *md5,
                     GError **error) {
  if (entry->sha256 != NULL && !g_str_has_prefix (sha256, entry->sha256))
    return refuse_hash ("SHA-256", entry->sha256, sha256, error);
  if (entry->md5 != NULL && g_strcmp0 (md5, entry->md5) != 0)
    return refuse_hash ("MD5", entry->md5, md5 ? md5 : "", error);
  return TRUE;
}

gboolean
sk_shelf_take (const SkCatalogEntry *entry, SkReceipt *receipt, GError **error) {
  SkShelfState state = sk_shelf_look (NULL, entry, NULL, receipt);

  if (state == SK_SHELF_HERE)
    return TRUE;
  if (entry->included)
    return sk_refuse (
        error, SK_ERROR_FILE,
        "%s (%s) is not where the program was installed: install it again",
        entry->title, entry->file);
  switch (state) {
  case SK_SHELF_PART:
    return sk_refuse (
        error, SK_ERROR_FILE,
        "the download of %s is not complete: skipscope fetch %s goes on with it",
        entry->title, entry->name);
  case SK_SHELF_UNCHECKED:
    return sk_refuse (
        error, SK_ERROR_FILE,
        "the file of %s that is here was not checked: skipscope fetch %s does "
        "that",
        entry->title, entry->name);
  default:
    return sk_refuse (error, SK_ERROR_FILE,
                      "%s has not been downloaded: skipscope fetch %s does that",
                      entry->title, entry->name);
  }
}

/* (transfer full) (nullable) */
static char *
path_of (const SkCatalogEntry *entry, GError **error) {
  g_auto (SkReceipt) receipt = { 0 };

  return sk_shelf_take (entry, &receipt, error) ? g_steal_pointer (&receipt.path)
                                                : NULL;
}

/* (transfer none) (nullable): what @name means in *@catalog, where it can mean anything. */
static const SkCatalogEntry *
lookup (const char *name, SkCatalogKind kind, SkCatalog **catalog) {
  const SkCatalogEntry *entry;

  *catalog = NULL;
  if (name == NULL || strpbrk (name, "/:") != NULL ||
      g_file_test (name, G_FILE_TEST_EXISTS))
    return NULL;
  *catalog = sk_catalog_load (NULL, NULL);
  entry = *catalog != NULL ? sk_catalog_lookup (*catalog, name) : NULL;
  return entry != NULL && entry->kind == kind ? entry : NULL;
}

char *
sk_shelf_resolve_weights (const char *name, GError **error) {
  g_autoptr (SkCatalog) catalog = NULL;
  const SkCatalogEntry *entry = lookup (name, SK_CATALOG_WEIGHTS, &catalog);

  return entry != NULL ? path_of (entry, error) : g_strdup (name);
}

char *
sk_shelf_resolve_data (const char *spec, GError **error) {
  g_autoptr (SkCatalog) catalog = NULL;
  const SkCatalogEntry *entry = lookup (spec, SK_CATALOG_DATA, &catalog);
  g_autofree char *path = NULL;

  if (entry == NULL)
    return g_strdup (spec);
  path = path_of (entry, error);
  return path != NULL ? g_strconcat (entry->reader, ":", path, NULL) : NULL;
}
