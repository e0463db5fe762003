#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

/* A walk reads about this much at once. */
#define CHUNK_BYTES (256 << 10)

struct _SkReplay {
  int fd;
  SkPlan *plan;
  int steps_per_epoch;
  gsize record_size;
  gsize count; /* records */
  SkRecord *record; /* the one shown last */
  guint8 *one; /* (record_size) */
  guint8 *chunk; /* (chunk_records, record_size) of a walk */
  gsize chunk_records;
};

/* TRUE where all of it was read; FALSE also where the file has become shorter. */
static gboolean
read_at (int fd, guint8 *bytes, gsize size, guint64 offset) {
  gsize done = 0;

  while (done < size) {
    ssize_t n = pread (fd, bytes + done, size - done, (off_t) (offset + done));

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    done += (gsize) n;
  }
  return TRUE;
}

static guint64
offset_of (const SkReplay *self, gsize index) {
  return SK_RECORD_HEADER + (guint64) index * self->record_size;
}

/* 0 where the file no longer holds it. */
static gint64
step_of (const SkReplay *self, gsize index) {
  guint8 bytes[SK_RECORD_STEP];

  return read_at (self->fd, bytes, sizeof bytes, offset_of (self, index))
             ? sk_record_step (bytes)
             : 0;
}

/* Records of steps 1 … @step. Those behind a power cut may be zeros: they come last. */
static gsize
count_until (const SkReplay *self, gsize n, gint64 step) {
  gsize before = 0, after = n;

  while (before < after) {
    gsize middle = before + (after - before) / 2;
    gint64 there = step_of (self, middle);

    if (there > 0 && there <= step)
      before = middle + 1;
    else
      after = middle;
  }
  return before;
}

gboolean
sk_replay_refresh (SkReplay *self) {
  gsize before = self->count;
  struct stat st;
  guint64 n = 0;

  if (fstat (self->fd, &st) == 0 && st.st_size > SK_RECORD_HEADER)
    n = ((guint64) st.st_size - SK_RECORD_HEADER) / self->record_size;
  self->count = count_until (self, (gsize) MIN (n, G_MAXSIZE / 2), G_MAXINT64);
  return self->count != before;
}

static int
open_file (const char *path, GError **error) {
  g_autofree char *within = g_build_filename (path, SK_RECORD_FILE, NULL);
  const char *name = g_file_test (path, G_FILE_TEST_IS_DIR) ? within : path;
  /* Not blocking: a pipe without a writer would otherwise stop us here. */
  int fd = open (name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int code = errno;
  struct stat st;

  if (fd >= 0 && fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    return fd;
  if (fd >= 0) {
    close (fd);
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "%s is not a regular file", name);
  } else if (code == ENOENT) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE,
                 "%s is not there: the run was not recorded", name);
  } else {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "cannot open %s: %s", name,
                 g_strerror (code));
  }
  return -1;
}

SkReplay *
sk_replay_open (const char *path, GError **error) {
  g_autoptr (SkReplay) self = g_new0 (SkReplay, 1);
  guint8 header[SK_RECORD_HEADER];

  self->fd = open_file (path, error);
  if (self->fd < 0)
    return NULL;
  if (read_at (self->fd, header, sizeof header, 0)) {
    self->plan = sk_record_read_header (header, &self->steps_per_epoch, error);
  } else {
    g_set_error_literal (error, SK_ERROR, SK_ERROR_FORMAT, "nothing is recorded in it");
  }
  if (self->plan == NULL) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  self->record_size = sk_record_size (self->plan);
  self->record = sk_record_new (self->plan);
  self->one = g_malloc (self->record_size);
  self->chunk_records = MAX (CHUNK_BYTES / self->record_size, 1);
  self->chunk = g_malloc (self->chunk_records * self->record_size);
  sk_replay_refresh (self);
  return g_steal_pointer (&self);
}

void
sk_replay_free (SkReplay *self) {
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->plan, sk_plan_unref);
  sk_record_free (self->record);
  g_free (self->one);
  g_free (self->chunk);
  g_free (self);
}

const SkPlan *
sk_replay_plan (const SkReplay *self) {
  return self->plan;
}

int
sk_replay_steps_per_epoch (const SkReplay *self) {
  return self->steps_per_epoch;
}

gsize
sk_replay_count (const SkReplay *self) {
  return self->count;
}

gint64
sk_replay_first_step (SkReplay *self) {
  return self->count > 0 ? step_of (self, 0) : 0;
}

gint64
sk_replay_last_step (SkReplay *self) {
  return self->count > 0 ? step_of (self, self->count - 1) : 0;
}

gsize
sk_replay_find (SkReplay *self, gint64 step) {
  gsize after = count_until (self, self->count, step);
  double before_by, after_by;

  if (after == 0)
    return 0;
  if (after == self->count)
    return after - 1;
  /* In doubles: the steps of a broken file may be anything. */
  before_by = (double) step - (double) step_of (self, after - 1);
  after_by = (double) step_of (self, after) - (double) step;
  return before_by <= after_by ? after - 1 : after;
}

static void
show (SkReplay *self, const guint8 *bytes) {
  sk_record_read (bytes, self->plan, self->steps_per_epoch, self->record);
}

const SkRecord *
sk_replay_read (SkReplay *self, gsize index) {
  if (index >= self->count ||
      !read_at (self->fd, self->one, self->record_size, offset_of (self, index)))
    return NULL;
  show (self, self->one);
  return self->record;
}

const SkRecord *
sk_replay_at (SkReplay *self, gint64 step) {
  return sk_replay_read (self, sk_replay_find (self, step));
}

void
sk_replay_walk (SkReplay *self, gsize begin, gsize end, gsize stride, SkReplayFunc func,
                gpointer data) {
  /* Where few are wanted of many, they are read one by one. */
  gsize at_once = stride > 1 ? 1 : self->chunk_records;

  g_return_if_fail (stride > 0);

  end = MIN (end, self->count);
  for (gsize i = begin; i < end; i += at_once * stride) {
    gsize n = MIN (at_once, end - i);

    if (!read_at (self->fd, self->chunk, n * self->record_size, offset_of (self, i)))
      return;
    for (gsize j = 0; j < n; j++) {
      show (self, self->chunk + j * self->record_size);
      if (!func (i + j, self->record, data))
        return;
    }
    if (stride > G_MAXSIZE / 2 - i) /* the next would lie beyond anything */
      return;
  }
}
