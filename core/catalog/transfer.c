/* Reading: answers are judged by their lengths before and while bytes come, and what breaks
 * off is taken up again. */

#include "download-private.h"

#include <sys/statvfs.h>

#include "errors.h"
#include "http.h"

#define CHUNK ((gsize) 1 << 17)
#define USUAL_TIMEOUT 30 /* s */
#define USUAL_PATIENCE 1000 /* ms */
#define LONGEST_PATIENCE (60 * 1000) /* ms */
#define MOST_ATTEMPTS 4 /* without a new byte between them */

/* What a disk should have left: a desktop with a full one is no pleasure. */
#define USUAL_SPARE ((guint64) 16 << 20)

/* How an attempt ended. */
typedef enum {
  ATTEMPT_READING, /* not yet */
  ATTEMPT_DONE,
  ATTEMPT_BROKEN, /* worth another one, after a while */
  ATTEMPT_AGAIN, /* at once, from the beginning */
  ATTEMPT_FAILED,
} Attempt;

/* Bytes above which it cannot be what the catalogue means. */
static guint64
most_bytes (const SkCatalogEntry *entry) {
  return entry->size > 0 ? entry->size : entry->size_about + entry->size_about / 50;
}

/* @how: "is" or "is longer than" */
static gboolean
refuse_size (SkDownload *self, const char *how, guint64 bytes, GError **error) {
  sk_part_discard (self->part);
  g_set_error (error, SK_ERROR, SK_ERROR_FORMAT,
               "%s %s %" G_GUINT64_FORMAT " bytes, and %s has %s%" G_GUINT64_FORMAT
               ": it is something else and was not kept",
               self->entry->address, how, bytes, self->entry->title,
               self->entry->size > 0 ? "" : "about ", self->entry->size_about);
  return FALSE;
}

/* A length that the server states is judged before a byte is read. */
static gboolean
check_total (SkDownload *self, gint64 total, GError **error) {
  guint64 bytes = (guint64) MAX (total, 0);

  if (total < 0)
    return TRUE;
  if (self->entry->size > 0
          ? bytes != self->entry->size
          : bytes > most_bytes (self->entry) ||
                bytes < self->entry->size_about - self->entry->size_about / 50)
    return refuse_size (self, "is", bytes, error);
  self->state.total = bytes;
  return TRUE;
}

static gboolean
check_disk (SkDownload *self, GError **error) {
  guint64 want = self->state.total > 0 ? self->state.total : self->entry->size_about;
  guint64 have = sk_part_size (self->part), free_bytes;
  guint64 spare = self->options->spare > 0 ? self->options->spare : USUAL_SPARE;
  g_autofree char *wanted = NULL, *left = NULL;
  struct statvfs disk;

  if (statvfs (self->folder, &disk) != 0 || disk.f_blocks == 0)
    return TRUE; /* some file systems do not say */
  free_bytes = (guint64) disk.f_bavail * disk.f_frsize;
  if (want <= have || free_bytes >= want - have + spare)
    return TRUE;
  wanted = g_format_size (want - have);
  left = g_format_size (free_bytes);
  g_set_error (
      error, SK_ERROR, SK_ERROR_FILE,
      "%s needs %s more in %s, where %s are free: free some space and fetch it "
      "again",
      self->entry->title, wanted, self->folder, left);
  return FALSE;
}

/* Begins or goes on, as the server answered. */
static Attempt
prepare (SkDownload *self, SkHttpAnswer *answer, GError **error) {
  guint64 have = sk_part_size (self->part);

  if (answer->kind == SK_HTTP_NOTHING_LEFT) {
    if (answer->total >= 0 && (guint64) answer->total == have)
      return ATTEMPT_DONE;
    return sk_part_restart (self->part, error) ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
  }
  if (answer->kind == SK_HTTP_WHOLE && have > 0) {
    self->state.resumed = 0;
    if (!sk_part_restart (self->part, error))
      return ATTEMPT_FAILED;
  }
  if (!check_total (self, answer->total, error) || !check_disk (self, error))
    return ATTEMPT_FAILED;
  sk_part_set_validators (self->part, answer->etag, answer->modified);
  g_free (self->address);
  self->address = g_strdup (answer->address);
  return ATTEMPT_READING;
}

/* Reads until the stream ends, one way or another. */
static Attempt
read_stream (SkDownload *self, GInputStream *stream, const char *address,
             GError **error) {
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  for (;;) {
    g_autoptr (GError) cause = NULL;
    gssize n = g_input_stream_read (stream, chunk, CHUNK, self->cancellable, &cause);

    if (n < 0) {
      sk_http_explain (cause, address, error);
      return g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? ATTEMPT_FAILED
                                                                       : ATTEMPT_BROKEN;
    }
    if (n == 0)
      break;
    if (sk_part_size (self->part) + (guint64) n > most_bytes (self->entry)) {
      refuse_size (self, "is longer than", most_bytes (self->entry), error);
      return ATTEMPT_FAILED;
    }
    if (!sk_part_append (self->part, chunk, (gsize) n, error))
      return ATTEMPT_FAILED;
    sk_download_tell (self, FALSE);
  }
  if (sk_part_size (self->part) >= self->state.total)
    return ATTEMPT_DONE;
  g_set_error (error, SK_ERROR, SK_ERROR_NETWORK,
               "%s: it ended after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
               " bytes; what was read is kept: try again, it goes on from there",
               address, sk_part_size (self->part), self->state.total);
  return ATTEMPT_BROKEN;
}

static Attempt
attempt (SkDownload *self, SkHttp *http, GError **error) {
  const char *validator = sk_part_validator (self->part);
  g_auto (SkHttpAnswer) answer = { 0 };
  g_autoptr (GError) cause = NULL;
  Attempt how;

  if (validator == NULL && sk_part_size (self->part) > 0 &&
      !sk_part_restart (self->part, error))
    return ATTEMPT_FAILED;
  if (!sk_http_get (http, self->entry->address, sk_part_size (self->part), validator,
                    self->cancellable, &answer, &cause)) {
    gboolean later = g_error_matches (cause, SK_ERROR, SK_ERROR_NETWORK);

    g_propagate_error (error, g_steal_pointer (&cause));
    /* A server that never answered is not asked again and again. */
    return later && sk_part_size (self->part) > self->state.resumed ? ATTEMPT_BROKEN
                                                                    : ATTEMPT_FAILED;
  }
  how = prepare (self, &answer, error);
  if (how != ATTEMPT_READING)
    return how;
  sk_download_tell (self, TRUE);
  return read_stream (self, answer.stream, answer.address, error);
}

/* Waits, or is cancelled. */
static gboolean
wait_a_moment (SkDownload *self, guint round, GError **error) {
  guint patience =
      self->options->patience > 0 ? self->options->patience : USUAL_PATIENCE;
  GPollFD fd;
  int ms = (int) MIN (patience << MIN (round, 5), LONGEST_PATIENCE);

  if (!g_cancellable_make_pollfd (self->cancellable, &fd)) {
    g_usleep ((gulong) ms * 1000);
    return TRUE;
  }
  g_poll (&fd, 1, ms);
  g_cancellable_release_fd (self->cancellable);
  if (!g_cancellable_is_cancelled (self->cancellable))
    return TRUE;
  g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "cancelled");
  return FALSE;
}

gboolean
sk_transfer_run (SkDownload *self, GError **error) {
  guint timeout = self->options->timeout > 0 ? self->options->timeout : USUAL_TIMEOUT;
  g_autoptr (SkHttp) http = sk_http_new (timeout);
  guint fruitless = 0;

  for (;;) {
    g_autoptr (GError) cause = NULL;
    guint64 before = sk_part_size (self->part);
    Attempt how = attempt (self, http, &cause);

    if (how == ATTEMPT_DONE)
      return TRUE;
    fruitless = sk_part_size (self->part) > before ? 0 : fruitless + 1;
    if (how == ATTEMPT_FAILED || fruitless >= MOST_ATTEMPTS) {
      if (cause == NULL)
        g_set_error (&cause, SK_ERROR, SK_ERROR_NETWORK,
                     "%s: the server contradicts itself about how long the file is",
                     self->entry->address);
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
    if (how == ATTEMPT_BROKEN && !wait_a_moment (self, fruitless, error))
      return FALSE;
  }
}
