#include "kept-features.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "errors.h"

struct _SkFeatures {
  float *rows; /* (n_rows, channels) */
  guint8 *states; /* (n_rows) SkFeatureState */
  int n_rows, channels;
  gsize bytes;
  char *path; /* of the file that @rows is mapped from; NULL: in memory */
};

static gboolean
take_memory (SkFeatures *self, GError **error) {
  self->rows = g_try_malloc (self->bytes);
  if (self->rows != NULL)
    return TRUE;
  return sk_refuse (error, SK_ERROR_MEMORY,
                    "there is no memory to keep features in (%" G_GSIZE_FORMAT
                    " bytes)",
                    self->bytes);
}

/* Room on the disk is taken at once: a map into a hole ends the program on a full one. */
static gboolean
take_file (SkFeatures *self, const char *path, GError **error) {
  int fd = g_open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int problem = fd < 0 ? errno : posix_fallocate (fd, 0, (off_t) self->bytes);
  void *map = MAP_FAILED;

  if (problem == 0) {
    map = mmap (NULL, self->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    problem = map == MAP_FAILED ? errno : 0;
  }
  if (fd >= 0)
    close (fd);
  if (problem == 0) {
    self->rows = map;
    self->path = g_strdup (path);
    return TRUE;
  }
  if (fd >= 0)
    g_unlink (path);
  return sk_refuse (error, SK_ERROR_FILE, "features cannot be kept in %s: %s", path,
                    g_strerror (problem));
}

SkFeatures *
sk_features_new (int n_rows, int channels, guint64 most_memory, const char *path,
                 GError **error) {
  g_autoptr (SkFeatures) self = g_new0 (SkFeatures, 1);

  g_return_val_if_fail (n_rows > 0 && channels > 0, NULL);

  self->n_rows = n_rows;
  self->channels = channels;
  self->bytes = (gsize) n_rows * (gsize) channels * sizeof (float);
  if (self->bytes <= most_memory || path == NULL) {
    if (self->bytes > most_memory) {
      g_set_error (error, SK_ERROR, SK_ERROR_MEMORY,
                   "features would take %" G_GSIZE_FORMAT " bytes of memory",
                   self->bytes);
      return NULL;
    }
    if (!take_memory (self, error))
      return NULL;
  } else if (!take_file (self, path, error)) {
    return NULL;
  }
  self->states = g_new0 (guint8, n_rows);
  return g_steal_pointer (&self);
}

void
sk_features_free (SkFeatures *self) {
  if (self == NULL)
    return;
  if (self->path == NULL) {
    g_free (self->rows);
  } else {
    munmap (self->rows, self->bytes);
    g_unlink (self->path);
  }
  g_free (self->path);
  g_free (self->states);
  g_free (self);
}

float *
sk_features_row (SkFeatures *self, int row) {
  g_return_val_if_fail (row >= 0 && row < self->n_rows, NULL);
  return self->rows + (gsize) row * (gsize) self->channels;
}

SkFeatureState
sk_features_state (const SkFeatures *self, int row) {
  g_return_val_if_fail (row >= 0 && row < self->n_rows, SK_FEATURE_UNKNOWN);
  return (SkFeatureState) self->states[row];
}

void
sk_features_set_state (SkFeatures *self, int row, SkFeatureState state) {
  g_return_if_fail (row >= 0 && row < self->n_rows);
  self->states[row] = (guint8) state;
}

int
sk_features_done (const SkFeatures *self, int first, int n) {
  int done = 0;

  g_return_val_if_fail (first >= 0 && n >= 0 && first <= self->n_rows - n, 0);

  while (done < n && self->states[first + done] != SK_FEATURE_UNKNOWN)
    done++;
  return done;
}

guint64
sk_features_bytes (const SkFeatures *self) {
  return self->bytes;
}

gboolean
sk_features_on_disk (const SkFeatures *self) {
  return self->path != NULL;
}
