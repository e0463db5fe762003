#include "download-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "errors.h"

#define CHUNK ((gsize) 1 << 18)
#define TELL_EVERY (G_USEC_PER_SEC / 8)
#define SPEED_FADES 3.0 /* s */

static void
download_clear (SkDownload *self) {
  g_clear_pointer (&self->part, sk_part_free);
  g_free (self->address);
  g_free (self->folder);
  g_free (self->path);
}

static void
measure_speed (SkDownload *self, gint64 now) {
  double seconds = (double) (now - self->measured_at) / G_USEC_PER_SEC;
  double share = seconds / (seconds + SPEED_FADES);
  double speed = (double) (self->state.received - self->measured) / MAX (seconds, 1e-3);

  self->state.speed =
      self->state.speed > 0 ? (1 - share) * self->state.speed + share * speed : speed;
  self->measured = self->state.received;
  self->measured_at = now;
}

void
sk_download_tell (SkDownload *self, gboolean in_any_case) {
  gint64 now = g_get_monotonic_time ();

  if (self->part != NULL)
    self->state.received = sk_part_size (self->part);
  if (!in_any_case && now - self->told_at < TELL_EVERY)
    return;
  if (!in_any_case)
    measure_speed (self, now);
  self->told_at = now;
  if (self->options->progress != NULL)
    self->options->progress (&self->state, self->options->data);
}

static void
fill_receipt (SkDownload *self, const char *sha256, guint64 size, SkReceipt *receipt) {
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  *receipt = (SkReceipt){
    .path = g_strdup (self->path),
    .sha256 = g_strdup (sha256),
    .address = g_strdup (self->address ? self->address : self->entry->address),
    .date = g_date_time_format_iso8601 (now),
    .size = size,
  };
}

/* The hash first, then the receipt, then the name. */
static gboolean
conclude (SkDownload *self, SkReceipt *receipt, GError **error) {
  const char *sha256 = sk_part_sha256 (self->part);
  g_autoptr (GError) wrong = NULL;

  if (!sk_shelf_check_hash (self->entry, sha256, sk_part_md5 (self->part), &wrong)) {
    sk_part_discard (self->part);
    g_propagate_prefixed_error (
        error, g_steal_pointer (&wrong),
        "%s is not the file that the catalogue means: it was deleted; ",
        self->address ? self->address : self->entry->address);
    return FALSE;
  }
  fill_receipt (self, sha256, sk_part_size (self->part), receipt);
  if (sk_shelf_write_receipt (self->entry, receipt, error) &&
      sk_part_commit (self->part, error))
    return TRUE;
  sk_receipt_clear (receipt);
  return FALSE;
}

/* Reads @fd to its end. FALSE with @error where it could not; @sha256 and @md5: (out). */
static gboolean
hash_file (SkDownload *self, int fd, char **sha256, char **md5, GError **error) {
  g_autoptr (GChecksum) sha = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GChecksum) five = g_checksum_new (G_CHECKSUM_MD5);
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  ssize_t n;

  while ((n = read (fd, chunk, CHUNK)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_set_error (error, SK_ERROR, SK_ERROR_FILE, "cannot read %s: %s", self->path,
                   g_strerror (errno));
      return FALSE;
    }
    g_checksum_update (sha, chunk, n);
    g_checksum_update (five, chunk, n);
    self->state.received += (guint64) n;
    sk_download_tell (self, FALSE);
    if (g_cancellable_is_cancelled (self->cancellable)) {
      g_set_error_literal (error, SK_ERROR, SK_ERROR_CANCELLED, "cancelled");
      return FALSE;
    }
  }
  *sha256 = g_strdup (g_checksum_get_string (sha));
  *md5 = g_strdup (g_checksum_get_string (five));
  return TRUE;
}

/* A file of that name that is here: is it the one? FALSE without @error: it is not. */
static gboolean
check_present (SkDownload *self, SkShelfState state, SkReceipt *receipt,
               GError **error) {
  int fd = open (self->path, O_RDONLY | O_CLOEXEC);
  g_autofree char *sha256 = NULL, *md5 = NULL;
  guint64 size;
  gboolean read_well;

  if (fd < 0)
    return FALSE;
  self->state.checking = TRUE;
  read_well = hash_file (self, fd, &sha256, &md5, error);
  close (fd);
  size = self->state.received;
  self->state.checking = FALSE;
  self->state.received = 0;
  if (!read_well || (self->entry->size > 0 && size != self->entry->size) ||
      !sk_shelf_check_hash (self->entry, sha256, md5, NULL))
    return FALSE;
  if (state == SK_SHELF_HERE)
    return sk_shelf_look (self->folder, self->entry, NULL, receipt) == SK_SHELF_HERE;
  fill_receipt (self, sha256, size, receipt);
  /* Somebody laid it there: from where is not known. */
  g_free (receipt->address);
  receipt->address = g_strdup ("unknown");
  return sk_shelf_write_receipt (self->entry, receipt, error);
}

/* What the part lacks, then all that makes it the file. */
static gboolean
complete (SkDownload *self, SkReceipt *receipt, GError **error) {
  guint64 have = sk_part_size (self->part);

  if (have > self->entry->size_about + self->entry->size_about / 50) {
    if (!sk_part_restart (self->part, error))
      return FALSE;
    have = 0;
  }
  self->state.resumed = self->measured = have;
  self->measured_at = self->told_at = g_get_monotonic_time ();
  sk_download_tell (self, TRUE);
  /* An earlier one may have been ended between the last byte and the name. */
  if (self->entry->size == 0 || have != self->entry->size)
    if (!sk_transfer_run (self, error))
      return FALSE;
  return conclude (self, receipt, error);
}

static gboolean
fetch (SkDownload *self, SkReceipt *receipt, GError **error) {
  gboolean done;

  self->part = sk_part_open (self->path, self->entry, self->cancellable, error);
  if (self->part == NULL)
    return FALSE;
  done = complete (self, receipt, error);
  /* Nothing came: nothing is left lying. */
  if (!done && sk_part_size (self->part) == 0)
    sk_part_discard (self->part);
  return done;
}

gboolean
sk_download_run (const SkCatalogEntry *entry, const SkDownloadOptions *options,
                 GCancellable *cancellable, SkReceipt *receipt, GError **error) {
  g_autoptr (GError) broken = NULL;
  SkDownload self = { .entry = entry, .options = options, .cancellable = cancellable };
  SkShelfState state;
  gboolean here = FALSE;

  if (entry->included)
    return sk_shelf_take (entry, receipt, error);
  self.folder = options->folder ? g_strdup (options->folder) : sk_shelf_folder ();
  self.path = g_build_filename (self.folder, entry->file, NULL);
  self.state.total = entry->size;
  *receipt = (SkReceipt){ 0 };
  state = sk_shelf_look (self.folder, entry, NULL, NULL);
  if (state == SK_SHELF_HERE || state == SK_SHELF_UNCHECKED)
    here = check_present (&self, state, receipt, &broken);
  if (broken != NULL)
    g_propagate_error (error, g_steal_pointer (&broken));
  else if (!here)
    here = fetch (&self, receipt, error);
  download_clear (&self);
  return here;
}
