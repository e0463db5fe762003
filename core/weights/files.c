/* Files read whole, and files replaced whole. */

#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static gboolean
refuse (GError **error, const char *verb, const char *path) {
  int code = errno;

  if (code == ENOSPC || code == EDQUOT || code == EFBIG)
    return sk_refuse (error, SK_ERROR_FILE,
                      "cannot %s %s: %s; free some space and save again", verb, path,
                      g_strerror (code));
  return sk_refuse (error, SK_ERROR_FILE, "cannot %s %s: %s", verb, path,
                    g_strerror (code));
}

static gboolean
read_all (int fd, guint8 *data, gsize size) {
  gsize done = 0;

  while (done < size) {
    ssize_t n = read (fd, data + done, MIN (size - done, (gsize) 1 << 30));

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    if (n == 0) {
      errno = EIO; /* it shrank while we read */
      return FALSE;
    }
    done += (gsize) n;
  }
  return TRUE;
}

static GBytes *
load_open_file (int fd, const char *path, guint64 limit, GError **error) {
  struct stat st;
  guint8 *data;

  if (fstat (fd, &st) < 0) {
    refuse (error, "read", path);
    return NULL;
  }
  if (!S_ISREG (st.st_mode)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s is not a regular file", path);
    return NULL;
  }
  if ((guint64) st.st_size > limit) {
    g_autofree char *size = g_format_size ((guint64) st.st_size);
    g_autofree char *most = g_format_size (limit);

    g_set_error (error, SK_ERROR, SK_ERROR_MEMORY,
                 "%s is %s long; files up to %s are read", path, size, most);
    return NULL;
  }
  data = g_try_malloc (MAX ((gsize) st.st_size, 1));
  if (data == NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_MEMORY,
                 "not enough memory to read %s (%" G_GINT64_FORMAT " bytes)", path,
                 (gint64) st.st_size);
    return NULL;
  }
  if (!read_all (fd, data, (gsize) st.st_size)) {
    refuse (error, "read", path);
    g_free (data);
    return NULL;
  }
  return g_bytes_new_take (data, (gsize) st.st_size);
}

GBytes *
sk_file_load (const char *path, guint64 limit, GError **error) {
  /* Not blocking: a pipe without a writer would otherwise stop us here. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  GBytes *bytes;

  if (fd < 0) {
    refuse (error, "open", path);
    return NULL;
  }
  bytes = load_open_file (fd, path, limit, error);
  close (fd);
  return bytes;
}

struct _SkOutput {
  char *path, *temporary;
  int fd;
};

SkOutput *
sk_output_new (const char *path, GError **error) {
  SkOutput *self = g_new0 (SkOutput, 1);

  self->path = g_strdup (path);
  self->temporary = g_strconcat (path, ".XXXXXX", NULL);
  self->fd = g_mkstemp_full (self->temporary, O_WRONLY | O_CLOEXEC, 0666);
  if (self->fd < 0) {
    refuse (error, "write", path);
    g_clear_pointer (&self->temporary, g_free);
    sk_output_free (self);
    return NULL;
  }
  return self;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size) {
  while (size > 0) {
    ssize_t n = write (fd, data, MIN (size, (gsize) 1 << 30));

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    data += n;
    size -= (gsize) n;
  }
  return TRUE;
}

gboolean
sk_output_write (SkOutput *self, const void *data, gsize size, GError **error) {
  return write_all (self->fd, data, size) || refuse (error, "write", self->path);
}

/* The new name is safe only once its folder is on the disk as well. Some file systems
 * refuse to sync a folder; the data is there all the same. */
static void
sync_folder (const char *path) {
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0) {
    fsync (fd);
    close (fd);
  }
}

gboolean
sk_output_commit (SkOutput *self, GError **error) {
  int fd = self->fd;

  self->fd = -1;
  if (fsync (fd) < 0) {
    refuse (error, "write", self->path);
    close (fd);
    return FALSE;
  }
  /* A quota or a network disk may report only here that it is full. */
  if (close (fd) < 0)
    return refuse (error, "write", self->path);
  if (rename (self->temporary, self->path) < 0)
    return refuse (error, "replace", self->path);
  g_clear_pointer (&self->temporary, g_free);
  sync_folder (self->path);
  return TRUE;
}

void
sk_output_free (SkOutput *self) {
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

gboolean
sk_file_replace (const char *path, const char *text, GError **error) {
  g_autoptr (SkOutput) output = sk_output_new (path, error);

  return output != NULL && sk_output_write (output, text, strlen (text), error) &&
         sk_output_commit (output, error);
}

gboolean
sk_file_append (const char *path, const void *data, gsize size, GError **error) {
  int fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  off_t before = fd >= 0 ? lseek (fd, 0, SEEK_END) : -1;
  gboolean ok = before >= 0 && write_all (fd, data, size);
  int code = errno;

  if (!ok) {
    if (before >= 0 && ftruncate (fd, before) < 0)
      g_warning ("%s: a broken end stays: %s", path, g_strerror (errno));
    errno = code;
    refuse (error, "write", path);
  }
  if (fd >= 0)
    close (fd);
  return ok;
}
