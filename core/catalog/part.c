#include "part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

#define CHUNK ((gsize) 1 << 18)
#define NOTE_GROUP "part"
#define LONGEST_HEADER 256

struct _SkPart {
  const SkCatalogEntry *entry;
  char *path, *part, *note;
  int fd;
  guint64 size;
  GChecksum *sha256, *md5; /* of the bytes so far */
  char *etag, *modified; /* (nullable) */
};

static gboolean
refuse (SkPart *self, const char *verb, GError **error) {
  int code = errno;

  if (code == ENOSPC || code == EDQUOT || code == EFBIG)
    g_set_error (
        error, SK_ERROR, SK_ERROR_FILE,
        "cannot %s %s: %s; what was read is kept: free some space and fetch %s "
        "again, it goes on from there",
        verb, self->part, g_strerror (code), self->entry->name);
  else
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "cannot %s %s: %s", verb, self->part,
                 g_strerror (code));
  return FALSE;
}

static void
reset_hashes (SkPart *self) {
  g_checksum_reset (self->sha256);
  g_checksum_reset (self->md5);
  self->size = 0;
}

static void
hash (SkPart *self, const void *data, gsize size) {
  g_checksum_update (self->sha256, data, (gssize) size);
  /* Not every entry needs it, and it takes its time. */
  if (self->entry->md5 != NULL)
    g_checksum_update (self->md5, data, (gssize) size);
  self->size += size;
}

/* Whoever had it before may have given it its name between our open and our lock. */
static gboolean
is_still_named (SkPart *self) {
  struct stat ours, named;

  return fstat (self->fd, &ours) == 0 && stat (self->part, &named) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev &&
         S_ISREG (ours.st_mode);
}

static gboolean
open_and_lock (SkPart *self, GError **error) {
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return refuse (self, "make the folder of", error);
  self->fd = open (self->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (self->fd < 0)
    return refuse (self, "open", error);
  if (flock (self->fd, LOCK_EX | LOCK_NB) == 0 && is_still_named (self))
    return TRUE;
  g_set_error (
      error, SK_ERROR, SK_ERROR_FILE,
      "another download of %s is under way (it holds %s): wait for it, or stop "
      "it first",
      self->entry->name, self->part);
  return FALSE;
}

/* Text that may stand in a header again: (nullable) (transfer full). */
static char *
take_header (const char *text) {
  if (text == NULL || *text == '\0' || strlen (text) > LONGEST_HEADER)
    return NULL;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      return NULL;
  return g_strdup (text);
}

/* FALSE: the bytes belong to something else, or nobody knows to what. */
static gboolean
read_note (SkPart *self) {
  g_autoptr (GKeyFile) note = g_key_file_new ();
  g_autofree char *address = NULL, *etag = NULL, *modified = NULL;

  if (!g_key_file_load_from_file (note, self->note, G_KEY_FILE_NONE, NULL))
    return FALSE;
  address = g_key_file_get_string (note, NOTE_GROUP, "address", NULL);
  if (g_strcmp0 (address, self->entry->address) != 0)
    return FALSE;
  etag = g_key_file_get_string (note, NOTE_GROUP, "etag", NULL);
  modified = g_key_file_get_string (note, NOTE_GROUP, "modified", NULL);
  self->etag = take_header (etag);
  self->modified = take_header (modified);
  return self->etag != NULL || self->modified != NULL;
}

/* The bytes that are there, for their hashes. */
static gboolean
read_bytes (SkPart *self, GCancellable *cancellable, GError **error) {
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  for (;;) {
    ssize_t n = read (self->fd, chunk, CHUNK);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return refuse (self, "read", error);
    if (n == 0)
      return TRUE;
    hash (self, chunk, (gsize) n);
    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "cancelled");
      return FALSE;
    }
  }
}

SkPart *
sk_part_open (const char *path, const SkCatalogEntry *entry, GCancellable *cancellable,
              GError **error) {
  g_autoptr (SkPart) self = g_new0 (SkPart, 1);

  self->entry = entry;
  self->path = g_strdup (path);
  self->part = g_strconcat (path, ".part", NULL);
  self->note = g_strconcat (self->part, ".ini", NULL);
  self->sha256 = g_checksum_new (G_CHECKSUM_SHA256);
  self->md5 = g_checksum_new (G_CHECKSUM_MD5);
  self->fd = -1;
  if (!open_and_lock (self, error))
    return NULL;
  if (!(read_note (self) ? read_bytes (self, cancellable, error)
                         : sk_part_restart (self, error)))
    return NULL;
  return g_steal_pointer (&self);
}

void
sk_part_free (SkPart *self) {
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_checksum_free (self->sha256);
  g_checksum_free (self->md5);
  g_free (self->etag);
  g_free (self->modified);
  g_free (self->path);
  g_free (self->part);
  g_free (self->note);
  g_free (self);
}

guint64
sk_part_size (const SkPart *self) {
  return self->size;
}

const char *
sk_part_validator (const SkPart *self) {
  /* If-Range takes no weak one: those call different bytes the same. */
  if (self->etag != NULL && !g_str_has_prefix (self->etag, "W/"))
    return self->etag;
  return self->modified;
}

gboolean
sk_part_restart (SkPart *self, GError **error) {
  if (ftruncate (self->fd, 0) != 0 || lseek (self->fd, 0, SEEK_SET) < 0)
    return refuse (self, "empty", error);
  reset_hashes (self);
  g_clear_pointer (&self->etag, g_free);
  g_clear_pointer (&self->modified, g_free);
  return TRUE;
}

/* Without the note the next download begins anew: a pity, no fault. */
static void
write_note (SkPart *self) {
  g_autoptr (GKeyFile) note = g_key_file_new ();

  g_key_file_set_string (note, NOTE_GROUP, "address", self->entry->address);
  if (self->etag != NULL)
    g_key_file_set_string (note, NOTE_GROUP, "etag", self->etag);
  if (self->modified != NULL)
    g_key_file_set_string (note, NOTE_GROUP, "modified", self->modified);
  g_key_file_save_to_file (note, self->note, NULL);
}

void
sk_part_set_validators (SkPart *self, const char *etag, const char *modified) {
  g_free (self->etag);
  g_free (self->modified);
  self->etag = take_header (etag);
  self->modified = take_header (modified);
  write_note (self);
}

gboolean
sk_part_append (SkPart *self, const void *data, gsize size, GError **error) {
  const guint8 *p = data;

  while (size > 0) {
    ssize_t n = write (self->fd, p, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return refuse (self, "write", error);
    /* What fitted counts, even where the rest does not. */
    hash (self, p, (gsize) n);
    p += n;
    size -= (gsize) n;
  }
  return TRUE;
}

const char *
sk_part_sha256 (SkPart *self) {
  return g_checksum_get_string (self->sha256);
}

const char *
sk_part_md5 (SkPart *self) {
  return g_checksum_get_string (self->md5);
}

gboolean
sk_part_commit (SkPart *self, GError **error) {
  if (fsync (self->fd) != 0)
    return refuse (self, "write", error);
  if (rename (self->part, self->path) != 0)
    return refuse (self, "give its name to", error);
  unlink (self->note);
  return TRUE;
}

void
sk_part_discard (SkPart *self) {
  unlink (self->part);
  unlink (self->note);
}
