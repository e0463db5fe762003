/* The catalogue, from text that may come from anywhere. */

#include "catalog.h"

#include <string.h>

#include "catalog-entry.h"
#include "errors.h"
#include "files.h"
#include "paths.h"

#define LONGEST_FILE ((guint64) 1 << 20)
#define MOST_ENTRIES 256

struct _SkCatalog {
  gatomicrefcount refs;
  GPtrArray *entries; /* of SkCatalogEntry */
};

static gboolean
take_entry (SkCatalog *self, GKeyFile *file, const char *group, GError **error) {
  SkCatalogEntry *entry = sk_catalog_entry_read (file, group, error);

  if (entry == NULL)
    return FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    if (strcmp (sk_catalog_entry (self, i)->file, entry->file) == 0) {
      g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                   "the catalogue's [%s]: file is that of [%s] too", group,
                   sk_catalog_entry (self, i)->name);
      sk_catalog_entry_free (entry);
      return FALSE;
    }
  g_ptr_array_add (self->entries, entry);
  return TRUE;
}

static gboolean
take_groups (SkCatalog *self, GKeyFile *file, GError **error) {
  gsize n;
  g_auto (GStrv) groups = g_key_file_get_groups (file, &n);

  if (n > MOST_ENTRIES) {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
                 "the catalogue has more than %d groups", MOST_ENTRIES);
    return FALSE;
  }
  for (gsize i = 0; i < n; i++)
    if (!take_entry (self, file, groups[i], error))
      return FALSE;
  return TRUE;
}

SkCatalog *
sk_catalog_parse (const char *text, gsize length, GError **error) {
  g_autoptr (GError) detail = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (SkCatalog) self = g_new0 (SkCatalog, 1);

  g_atomic_ref_count_init (&self->refs);
  self->entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sk_catalog_entry_free);
  if (length == 0 || length > LONGEST_FILE || memchr (text, '\0', length) != NULL ||
      !g_utf8_validate (text, (gssize) length, NULL)) {
    g_set_error_literal (error, SK_ERROR, SK_ERROR_FORMAT,
                         "a catalogue is UTF-8 text of at most 1 MiB");
    return NULL;
  }
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, &detail)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FORMAT, "the catalogue cannot be read: %s",
                 detail->message);
    return NULL;
  }
  return take_groups (self, file, error) ? g_steal_pointer (&self) : NULL;
}

/* (transfer full) (nullable) */
static char *
default_path (void) {
  const char *other = g_getenv ("SKIPSCOPE_CATALOG");

  return other != NULL && *other != '\0' ? g_strdup (other)
                                         : sk_paths_data ("catalog.ini");
}

SkCatalog *
sk_catalog_load (const char *path, GError **error) {
  g_autofree char *found = path != NULL ? g_strdup (path) : default_path ();
  g_autoptr (GBytes) bytes = NULL;
  SkCatalog *self;
  const char *text;
  gsize length;

  if (found == NULL) {
    g_set_error_literal (error, SK_ERROR, SK_ERROR_FILE,
                         "the program's catalogue (catalog.ini) is not where it was "
                         "installed: install it again, or name another one");
    return NULL;
  }
  bytes = sk_file_load (found, LONGEST_FILE, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  self = sk_catalog_parse (text, length, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", found);
  return self;
}

SkCatalog *
sk_catalog_ref (SkCatalog *self) {
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sk_catalog_unref (SkCatalog *self) {
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->entries);
  g_free (self);
}

guint
sk_catalog_count (const SkCatalog *self) {
  return self->entries->len;
}

const SkCatalogEntry *
sk_catalog_entry (const SkCatalog *self, guint index) {
  g_return_val_if_fail (index < self->entries->len, NULL);
  return self->entries->pdata[index];
}

const SkCatalogEntry *
sk_catalog_lookup (const SkCatalog *self, const char *name) {
  for (guint i = 0; i < self->entries->len; i++) {
    const SkCatalogEntry *entry = self->entries->pdata[i];

    if (strcmp (entry->name, name) == 0)
      return entry;
  }
  return NULL;
}

const SkCatalogEntry *
sk_catalog_find (const SkCatalog *self, const char *name, GError **error) {
  const SkCatalogEntry *entry = sk_catalog_lookup (self, name);
  g_autoptr (GString) names = NULL;

  if (entry != NULL)
    return entry;
  names = g_string_new (NULL);
  for (guint i = 0; i < self->entries->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            sk_catalog_entry (self, i)->name);
  g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
               "“%s” is not in the catalogue, which has: %s", name, names->str);
  return NULL;
}
