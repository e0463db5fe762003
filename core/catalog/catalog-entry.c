/* One group of the catalogue, key by key. */

#include "catalog-entry.h"

#include <math.h>
#include <string.h>

#include "address.h"
#include "errors.h"

#define LONGEST_NAME 64
#define LONGEST_TEXT 400
#define LONGEST_SIDE 4096
#define FEWEST_DIGITS 8

/* A group under way. */
typedef struct {
  GKeyFile *file;
  const char *group;
  GError **error;
} Group;

void
sk_catalog_entry_free (SkCatalogEntry *self) {
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->title);
  g_free (self->licence);
  g_free (self->address);
  g_free (self->file);
  g_free (self->reader);
  g_free (self->sha256);
  g_free (self->md5);
  g_free (self);
}

static gboolean
refuse (const Group *group, const char *key, const char *what) {
  g_set_error (group->error, SK_ERROR, SK_ERROR_FORMAT,
               "the catalogue's [%s]: %s %s; mend the file, or leave the group out",
               group->group, key, what);
  return FALSE;
}

/* Letters, digits and what stands between them; never a folder, never a hidden file. */
static gboolean
is_plain (const char *text, const char *marks) {
  gsize length = strlen (text);

  if (length == 0 || length > LONGEST_NAME || !g_ascii_isalnum (text[0]))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr (marks, text[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* One line of text for people. */
static gboolean
take_text (const Group *group, const char *key, char **value) {
  *value = g_key_file_get_string (group->file, group->group, key, NULL);
  if (*value == NULL || **value == '\0')
    return refuse (group, key, "is missing");
  if (strlen (*value) > LONGEST_TEXT)
    return refuse (group, key, "is too long");
  for (const char *p = *value; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isprint (g_utf8_get_char (p)))
      return refuse (group, key, "holds characters that cannot be shown");
  return TRUE;
}

static gboolean
take_kind (const Group *group, SkCatalogEntry *entry) {
  g_autofree char *kind = NULL;

  if (!take_text (group, "kind", &kind))
    return FALSE;
  if (strcmp (kind, "weights") == 0) {
    entry->kind = SK_CATALOG_WEIGHTS;
    return TRUE;
  }
  if (strcmp (kind, "data") != 0)
    return refuse (group, "kind", "is neither data nor weights");
  entry->kind = SK_CATALOG_DATA;
  if (!take_text (group, "reader", &entry->reader))
    return FALSE;
  if (strcmp (entry->reader, "cifar10") != 0 && strcmp (entry->reader, "cifar100") != 0)
    return refuse (group, "reader", "is neither cifar10 nor cifar100");
  return TRUE;
}

static gboolean
take_file (const Group *group, SkCatalogEntry *entry) {
  if (!take_text (group, "file", &entry->file))
    return FALSE;
  /* These stand beside a file and say what is known of it. */
  if (!is_plain (entry->file, "-_.") || g_str_has_suffix (entry->file, ".part") ||
      g_str_has_suffix (entry->file, ".json") || g_str_has_suffix (entry->file, ".ini"))
    return refuse (group, "file", "is no plain file name");
  return TRUE;
}

static gboolean
take_address (const Group *group, SkCatalogEntry *entry) {
  g_autoptr (GError) detail = NULL;
  g_autoptr (GUri) uri = NULL;

  entry->included =
      g_key_file_get_boolean (group->file, group->group, "included", NULL);
  if (entry->included)
    return entry->kind == SK_CATALOG_WEIGHTS
               ? TRUE
               : refuse (group, "included", "is for weights alone");
  entry->address = g_key_file_get_string (group->file, group->group, "address", NULL);
  if (entry->address == NULL)
    return refuse (group, "address", "is missing");
  uri = sk_address_parse (entry->address, &detail);
  if (uri == NULL)
    return refuse (group, "address:", detail->message);
  return TRUE;
}

static gboolean
take_bytes (const Group *group, const char *key, guint64 *bytes) {
  g_autofree char *text = g_key_file_get_string (group->file, group->group, key, NULL);

  *bytes = 0;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, SK_CATALOG_MOST, bytes, NULL))
    return refuse (group, key, "is no number of bytes (at most 4 GiB)");
  return TRUE;
}

static gboolean
take_size (const Group *group, SkCatalogEntry *entry) {
  if (!take_bytes (group, "size", &entry->size) ||
      !take_bytes (group, "size-about", &entry->size_about))
    return FALSE;
  if (entry->size > 0)
    entry->size_about = entry->size;
  if (entry->size_about == 0)
    return refuse (group, "size", "is missing, and so is size-about");
  return TRUE;
}

static gboolean
take_digits (const Group *group, const char *key, gsize fewest, gsize most,
             char **digits) {
  g_autofree char *text = g_key_file_get_string (group->file, group->group, key, NULL);
  gsize length;

  if (text == NULL)
    return TRUE;
  length = strlen (text);
  if (length < fewest || length > most ||
      strspn (text, "0123456789abcdefABCDEF") != length)
    return refuse (group, key, "is no hash in hexadecimal digits");
  *digits = g_ascii_strdown (text, -1);
  return TRUE;
}

static gboolean
take_hashes (const Group *group, SkCatalogEntry *entry) {
  if (!take_digits (group, "sha256", FEWEST_DIGITS, 64, &entry->sha256) ||
      !take_digits (group, "md5", 32, 32, &entry->md5))
    return FALSE;
  if (entry->sha256 == NULL && entry->md5 == NULL)
    return refuse (group, "sha256",
                   "is missing, and so is md5: what comes could not be "
                   "checked");
  return TRUE;
}

static gboolean
take_triple (const Group *group, const char *key, double least, float values[3]) {
  gsize n = 0;
  g_autofree double *numbers =
      g_key_file_get_double_list (group->file, group->group, key, &n, NULL);

  if (numbers == NULL || n != 3)
    return refuse (group, key, "is not three numbers with semicolons");
  for (int i = 0; i < 3; i++) {
    if (!isfinite (numbers[i]) || numbers[i] < least || numbers[i] > 1)
      return refuse (group, key, "is outside of 0 … 1");
    values[i] = (float) numbers[i];
  }
  return TRUE;
}

static gboolean
take_side (const Group *group, const char *key, int *side) {
  *side = g_key_file_get_integer (group->file, group->group, key, NULL);
  if (*side < 1 || *side > LONGEST_SIDE)
    return refuse (group, key, "is no number of pixels");
  return TRUE;
}

/* Weights say how pictures are prepared for them, or say nothing of it. */
static gboolean
take_transform (const Group *group, SkCatalogEntry *entry) {
  static const char *const keys[] = { "mean", "std", "resize", "crop" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    entry->has_transform |=
        g_key_file_has_key (group->file, group->group, keys[i], NULL);
  if (!entry->has_transform)
    return TRUE;
  if (!take_triple (group, "mean", 0, entry->mean) ||
      !take_triple (group, "std", 1e-3, entry->std) ||
      !take_side (group, "resize", &entry->resize) ||
      !take_side (group, "crop", &entry->crop))
    return FALSE;
  if (entry->crop > entry->resize)
    return refuse (group, "crop", "is larger than resize");
  return TRUE;
}

SkCatalogEntry *
sk_catalog_entry_read (GKeyFile *file, const char *name, GError **error) {
  const Group group = { file, name, error };
  g_autoptr (SkCatalogEntry) self = g_new0 (SkCatalogEntry, 1);

  self->name = g_strdup (name);
  if (!is_plain (name, "-."))
    refuse (&group, "the name", "is not of letters, digits, dots and dashes");
  else if (take_text (&group, "title", &self->title) &&
           take_text (&group, "licence", &self->licence) && take_kind (&group, self) &&
           take_file (&group, self) && take_address (&group, self) &&
           take_size (&group, self) && take_hashes (&group, self) &&
           take_transform (&group, self))
    return g_steal_pointer (&self);
  return NULL;
}
