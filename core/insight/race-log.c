#include "race-log.h"

#include <errno.h>
#include <string.h>

#include <gio/gio.h>

#include "errors.h"
#include "files.h"

#define FILE_NAME "gradients.f32"
/* A log longer than this was not written here. */
#define MAX_LOG ((guint64) 1 << 32)

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

struct _SkRaceLog {
  char *path; /* (nullable) */
  int n_blocks;
  GArray *values; /* of float: rows, one after another */
  guint n_written; /* of @values */
};

/* Another network's rows, or half a row of a full disk, do not spoil what follows. */
static gboolean
read_rows (SkRaceLog *self, gint64 n_steps, GError **error) {
  g_autoptr (GBytes) bytes = NULL;
  gsize size, row = sizeof (float) * (gsize) self->n_blocks;
  const void *data;

  if (self->path == NULL || !g_file_test (self->path, G_FILE_TEST_EXISTS))
    return TRUE;
  bytes = sk_file_load (self->path, MAX_LOG, error);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  size = MIN (size / row, (gsize) MAX (n_steps, 0)) * row;
  if (size > 0)
    g_array_append_vals (self->values, data, (guint) (size / sizeof (float)));
  self->n_written = self->values->len;
  return TRUE;
}

SkRaceLog *
sk_race_log_new (const char *run_dir, int n_blocks, gint64 n_steps, GError **error) {
  g_autoptr (SkRaceLog) self = g_new0 (SkRaceLog, 1);

  g_return_val_if_fail (n_blocks > 0, NULL);

  self->path = run_dir != NULL ? g_build_filename (run_dir, FILE_NAME, NULL) : NULL;
  self->n_blocks = n_blocks;
  self->values = g_array_new (FALSE, TRUE, sizeof (float));
  return read_rows (self, n_steps, error) ? g_steal_pointer (&self) : NULL;
}

void
sk_race_log_free (SkRaceLog *self) {
  if (self == NULL)
    return;
  g_free (self->path);
  g_array_unref (self->values);
  g_free (self);
}

void
sk_race_log_add (SkRaceLog *self, gint64 step, const float *row) {
  guint n = (guint) self->n_blocks;
  guint at = (guint) (step - 1) * n;

  g_return_if_fail (step >= 1);

  if (self->values->len < at + n)
    g_array_set_size (self->values, at + n);
  memcpy (&g_array_index (self->values, float, at), row, n * sizeof (float));
  self->n_written = MIN (self->n_written, at);
}

const float *
sk_race_log_row (const SkRaceLog *self, gint64 step) {
  guint n = (guint) self->n_blocks;

  if (step < 1 || (guint64) step * n > self->values->len)
    return NULL;
  return &g_array_index (self->values, float, (guint) (step - 1) * n);
}

static gboolean
write_from (const SkRaceLog *self, GFileIOStream *stream, GError **error) {
  goffset at = (goffset) self->n_written * (goffset) sizeof (float);
  const float *values = (const float *) (const void *) self->values->data;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (stream));

  return g_seekable_seek (G_SEEKABLE (stream), at, G_SEEK_SET, NULL, error) &&
         g_output_stream_write_all (out, values + self->n_written,
                                    (self->values->len - self->n_written) *
                                        sizeof (float),
                                    NULL, NULL, error) &&
         g_seekable_truncate (G_SEEKABLE (stream),
                              (goffset) self->values->len * (goffset) sizeof (float),
                              NULL, error) &&
         g_io_stream_close (G_IO_STREAM (stream), NULL, error);
}

gboolean
sk_race_log_flush (SkRaceLog *self, GError **error) {
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GError) problem = NULL;

  if (self->path == NULL || self->n_written == self->values->len)
    return TRUE;
  file = g_file_new_for_path (self->path);
  stream = g_file_open_readwrite (file, NULL, &problem);
  if (stream == NULL && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
    g_clear_error (&problem);
    self->n_written = 0;
    stream = g_file_create_readwrite (file, G_FILE_CREATE_NONE, NULL, &problem);
  }
  if (stream != NULL && write_from (self, stream, &problem)) {
    self->n_written = self->values->len;
    return TRUE;
  }
  return sk_refuse (error, SK_ERROR_FILE,
                    "cannot write %s: %s; free some space and save again", self->path,
                    problem->message);
}
