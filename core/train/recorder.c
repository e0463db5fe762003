#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"
#include "files.h"
#include "record.h"
#include "telemetry.h"

/* Often enough for whoever looks at the file, rarely enough to cost nothing. */
#define FLUSH_EVERY G_USEC_PER_SEC

struct _SkRecorder {
  char *path;
  SkPlan *plan;
  int steps_per_epoch;
  gsize record_size;
  SkRecord *record; /* scratch; its frozen and blocks are the caller's */
  GByteArray *waiting; /* whole records */
  gint64 flushed_at; /* µs, monotonic */
};

SkRecorder *
sk_recorder_new (const char *path, const SkPlan *plan, int steps_per_epoch) {
  SkRecorder *self = g_new0 (SkRecorder, 1);

  self->path = g_strdup (path);
  self->plan = sk_plan_ref (plan);
  self->steps_per_epoch = steps_per_epoch;
  self->record_size = sk_record_size (plan);
  self->record = sk_record_new (plan);
  self->waiting = g_byte_array_new ();
  self->flushed_at = g_get_monotonic_time ();
  return self;
}

void
sk_recorder_free (SkRecorder *self) {
  if (self == NULL)
    return;
  g_byte_array_unref (self->waiting);
  sk_record_free (self->record);
  sk_plan_unref (self->plan);
  g_free (self->path);
  g_free (self);
}

gboolean
sk_recorder_wants (gint64 step) {
  gint64 stride = 1;

  while (step > SK_RECORD_DENSE * stride)
    stride *= 2;
  return step % stride == 0;
}

/* --- cutting back ------------------------------------------------------------------- */

static gboolean
read_at (int fd, guint8 *bytes, gsize size, guint64 offset) {
  ssize_t n;

  do
    n = pread (fd, bytes, size, (off_t) offset);
  while (n < 0 && errno == EINTR);
  return n == (ssize_t) size;
}

/* Whether the file is of this network, this version and this data. */
static gboolean
is_ours (const SkRecorder *self, int fd) {
  guint8 expected[SK_RECORD_HEADER], header[SK_RECORD_HEADER];

  sk_record_write_header (expected, self->plan, self->steps_per_epoch);
  return read_at (fd, header, sizeof header, 0) &&
         memcmp (header, expected, sizeof header) == 0;
}

static guint64
offset_of (const SkRecorder *self, guint64 index) {
  return SK_RECORD_HEADER + index * self->record_size;
}

/* Records up to @step; their steps rise. One that cannot be read counts as later. */
static guint64
count_until (const SkRecorder *self, int fd, guint64 n, gint64 step) {
  guint64 kept = 0, later = n;

  while (kept < later) {
    guint64 middle = kept + (later - kept) / 2;
    guint8 bytes[SK_RECORD_STEP];

    if (read_at (fd, bytes, sizeof bytes, offset_of (self, middle)) &&
        sk_record_step (bytes) > 0 && sk_record_step (bytes) <= step)
      kept = middle + 1;
    else
      later = middle;
  }
  return kept;
}

/* Of the last of @n records, where it is of step @step. */
static gboolean
read_last (SkRecorder *self, int fd, guint64 n, gint64 step, SkBlockState *last) {
  g_autofree guint8 *bytes = g_malloc (self->record_size);

  if (n == 0 || !read_at (fd, bytes, self->record_size, offset_of (self, n - 1)) ||
      sk_record_step (bytes) != step)
    return FALSE;
  sk_record_read (bytes, self->plan, self->steps_per_epoch, self->record);
  memcpy (last, self->record->blocks, sizeof *last * (gsize) self->plan->n_blocks);
  return TRUE;
}

static int
cut_open_file (SkRecorder *self, int fd, gint64 step, SkBlockState *last) {
  struct stat st;
  guint64 n, keep = 0, size = 0;

  if (fstat (fd, &st) < 0)
    return -1;
  if (is_ours (self, fd)) {
    n = ((guint64) st.st_size - SK_RECORD_HEADER) / self->record_size;
    keep = count_until (self, fd, n, step);
    size = offset_of (self, keep);
  }
  if (size != (guint64) st.st_size && ftruncate (fd, (off_t) size) < 0)
    return -1;
  return last != NULL && read_last (self, fd, keep, step, last);
}

int
sk_recorder_cut_back (SkRecorder *self, gint64 step, SkBlockState *last,
                      GError **error) {
  int fd = open (self->path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  int result = fd < 0 ? -1 : cut_open_file (self, fd, step, last);
  int code = errno;

  g_byte_array_set_size (self->waiting, 0);
  if (fd >= 0)
    close (fd);
  else if (code == ENOENT)
    return 0;
  if (result < 0)
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "cannot cut back %s: %s", self->path,
                 g_strerror (code));
  return result;
}

/* --- writing ------------------------------------------------------------------------ */

/* A file that is new, or has no whole header, begins with one; a torn record at its end
 * goes. (transfer full) (nullable): what is to be written first. */
static gboolean
prepare_file (SkRecorder *self) {
  struct stat st;
  guint64 torn;

  if (stat (self->path, &st) < 0 || st.st_size < SK_RECORD_HEADER) {
    guint8 header[SK_RECORD_HEADER];

    sk_record_write_header (header, self->plan, self->steps_per_epoch);
    g_byte_array_prepend (self->waiting, header, sizeof header);
    return truncate (self->path, 0) == 0 || errno == ENOENT;
  }
  torn = ((guint64) st.st_size - SK_RECORD_HEADER) % self->record_size;
  return torn == 0 || truncate (self->path, (off_t) ((guint64) st.st_size - torn)) == 0;
}

gboolean
sk_recorder_flush (SkRecorder *self, GError **error) {
  gboolean ok;

  if (self->waiting->len == 0)
    return TRUE;
  self->flushed_at = g_get_monotonic_time ();
  ok = prepare_file (self);
  if (!ok)
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "cannot write %s: %s", self->path,
                 g_strerror (errno));
  else
    ok = sk_file_append (self->path, self->waiting->data, self->waiting->len, error);
  g_byte_array_set_size (self->waiting, 0);
  return ok;
}

gboolean
sk_recorder_add (SkRecorder *self, const SkTrainPoint *point,
                 const SkBlockState *blocks, const SkLayerProbe *layers,
                 const gboolean *frozen, GError **error) {
  gsize before = self->waiting->len;

  self->record->point = *point;
  memcpy (self->record->blocks, blocks, sizeof *blocks * (gsize) self->plan->n_blocks);
  memcpy (self->record->frozen, frozen, sizeof *frozen * (gsize) self->plan->n_groups);
  sk_measure_layers (self->record->layers, self->plan, layers);
  g_byte_array_set_size (self->waiting, (guint) (before + self->record_size));
  sk_record_write (self->waiting->data + before, self->plan, self->record);
  if (g_get_monotonic_time () - self->flushed_at < FLUSH_EVERY)
    return TRUE;
  return sk_recorder_flush (self, error);
}
