#include "cifar-files.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "dataset.h"
#include "errors.h"

#define MAX_TOTAL ((gsize) 1 << 30) /* bytes of all files; the real ones have 185 MB */
#define MAX_LABELS_FILE ((gsize) 1 << 20)
#define CHUNK ((gsize) 1 << 20)

static void
part_free (gpointer data) {
  SkCifarPart *self = data;

  g_free (self->name);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

void
sk_cifar_files_init (SkCifarFiles *self, const SkCifarVariant *variant) {
  *self = (SkCifarFiles){ .variant = variant };
  for (int split = 0; split < 2; split++)
    self->parts[split] = g_ptr_array_new_with_free_func (part_free);
}

void
sk_cifar_files_clear (SkCifarFiles *self) {
  for (int split = 0; split < 2; split++)
    g_clear_pointer (&self->parts[split], g_ptr_array_unref);
  g_clear_pointer (&self->labels, g_free);
}

typedef enum { WANT_NOT, WANT_TRAIN, WANT_TEST, WANT_LABELS } Want;

static Want
want (const SkCifarVariant *variant, const char *name) {
  if (strcmp (name, variant->labels_name) == 0)
    return WANT_LABELS;
  if (strcmp (name, variant->test_name) == 0)
    return WANT_TEST;
  if (g_str_has_prefix (name, variant->train_prefix) && g_str_has_suffix (name, ".bin"))
    return WANT_TRAIN;
  return WANT_NOT;
}

static gsize
limit_for (const SkCifarFiles *self, Want kind) {
  return kind == WANT_LABELS ? MAX_LABELS_FILE : MAX_TOTAL - self->total;
}

static void
add (SkCifarFiles *self, Want kind, const char *name, GBytes *bytes) {
  if (kind == WANT_LABELS) {
    gsize size;
    const char *text = g_bytes_get_data (bytes, &size);

    g_free (self->labels);
    self->labels = g_strndup (text ? text : "", size);
  } else {
    SkCifarPart *part = g_new0 (SkCifarPart, 1);

    part->name = g_strdup (name);
    part->bytes = g_bytes_ref (bytes);
    self->total += g_bytes_get_size (bytes);
    g_ptr_array_add (self->parts[kind == WANT_TEST ? SK_SPLIT_TEST : SK_SPLIT_TRAIN],
                     part);
  }
}

static gboolean
check_cancelled (GCancellable *cancellable, GError **error) {
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "opening was cancelled");
  return TRUE;
}

static gboolean
set_too_large (const char *where, const char *name, GError **error) {
  return sk_refuse (
      error, SK_ERROR_FORMAT,
      "%s: with %s there is more than CIFAR could hold (over %" G_GSIZE_FORMAT
      " MB): is it another data set?",
      where, name, MAX_TOTAL >> 20);
}

/* --- from an archive ----------------------------------------------------------------- */

static gboolean
set_archive_error (struct archive *archive, const char *path, GError **error) {
  const char *why = archive_error_string (archive);

  return sk_refuse (
      error, SK_ERROR_FORMAT,
      "%s: cannot be read as an archive (%s); it may be cut short: compare its "
      "size with the original's or download it again",
      path, why ? why : "unknown reason");
}

/* Reads the entry at hand; the header's size is a hint, not believed. */
static GBytes *
read_entry (struct archive *archive, const char *path, const char *name, gsize limit,
            GCancellable *cancellable, GError **error) {
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (;;) {
    gsize used = bytes->len;
    la_ssize_t n;

    if (check_cancelled (cancellable, error))
      return NULL;
    if (used > limit) { /* a bomb would unpack for ever */
      set_too_large (path, name, error);
      return NULL;
    }
    g_byte_array_set_size (bytes, (guint) (used + CHUNK));
    n = archive_read_data (archive, bytes->data + used, CHUNK);
    if (n < 0) {
      set_archive_error (archive, path, error);
      return NULL;
    }
    g_byte_array_set_size (bytes, (guint) (used + (gsize) n));
    if (n == 0)
      return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  }
}

static gboolean
scan_entries (struct archive *archive, SkCifarFiles *files, const char *path,
              GCancellable *cancellable, GError **error) {
  struct archive_entry *entry;

  for (;;) {
    int status = archive_read_next_header (archive, &entry);
    g_autofree char *name = NULL;
    g_autoptr (GBytes) bytes = NULL;
    const char *pathname;
    Want kind;

    if (status == ARCHIVE_EOF)
      return TRUE;
    if (status < ARCHIVE_WARN)
      return set_archive_error (archive, path, error);
    if (check_cancelled (cancellable, error))
      return FALSE;
    pathname = archive_entry_pathname (entry);
    if (pathname == NULL) /* the locale cannot express it */
      pathname = archive_entry_pathname_utf8 (entry);
    if (pathname == NULL || archive_entry_filetype (entry) != AE_IFREG)
      continue;
    name = g_path_get_basename (pathname);
    kind = want (files->variant, name);
    if (kind == WANT_NOT)
      continue;
    bytes =
        read_entry (archive, path, name, limit_for (files, kind), cancellable, error);
    if (bytes == NULL)
      return FALSE;
    add (files, kind, name, bytes);
  }
}

static gboolean
scan_archive (SkCifarFiles *files, const char *path, GCancellable *cancellable,
              GError **error) {
  struct archive *archive = archive_read_new ();
  gboolean ok;

  archive_read_support_format_tar (archive);
  archive_read_support_filter_all (archive);
  if (archive_read_open_filename (archive, path, CHUNK) == ARCHIVE_OK)
    ok = scan_entries (archive, files, path, cancellable, error);
  else
    ok = set_archive_error (archive, path, error);
  archive_read_free (archive);
  return ok;
}

/* --- from a folder ------------------------------------------------------------------- */

static GBytes *
read_file (const char *folder, const char *name, gsize limit, GError **error) {
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) why = NULL;
  char *contents;
  gsize size;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL, &why);
  if (info && (guint64) g_file_info_get_size (info) > limit) {
    set_too_large (folder, name, error);
    return NULL;
  }
  if (info == NULL || !g_file_get_contents (path, &contents, &size, &why)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s cannot be read: %s", path,
                 why->message);
    return NULL;
  }
  return g_bytes_new_take (contents, size);
}

static gboolean
scan_folder (SkCifarFiles *files, const char *folder, GCancellable *cancellable,
             GError **error) {
  g_autoptr (GError) why = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &why);
  const char *name;

  if (dir == NULL)
    return sk_refuse (error, SK_ERROR_FILE, "%s cannot be opened: %s", folder,
                      why->message);
  while ((name = g_dir_read_name (dir))) {
    Want kind = want (files->variant, name);
    g_autoptr (GBytes) bytes = NULL;

    if (kind == WANT_NOT)
      continue;
    if (check_cancelled (cancellable, error))
      return FALSE;
    bytes = read_file (folder, name, limit_for (files, kind), error);
    if (bytes == NULL)
      return FALSE;
    add (files, kind, name, bytes);
  }
  return TRUE;
}

gboolean
sk_cifar_files_find (SkCifarFiles *self, const char *path, GCancellable *cancellable,
                     GError **error) {
  g_autofree char *inner = g_build_filename (path, self->variant->where, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return sk_refuse (
        error, SK_ERROR_FILE,
        "%s does not exist; %s:PATH wants the folder %s or an archive of it "
        "(.tar.gz, .tar.xz)",
        path, self->variant->spec, self->variant->where);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return scan_archive (self, path, cancellable, error);
  if (g_file_test (inner, G_FILE_TEST_IS_DIR))
    return scan_folder (self, inner, cancellable, error);
  return scan_folder (self, path, cancellable, error);
}
