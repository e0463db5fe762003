#pragma once

#include <gio/gio.h>

#include "shelf.h"

/* Downloads one entry of a catalogue. Blocks: for a thread of its own, or a program that
 * has nothing else to do. */

typedef struct {
  guint64 received; /* bytes that are here, those of an earlier download included */
  guint64 total; /* bytes of the whole; 0: not known */
  guint64 resumed; /* bytes that an earlier download left */
  double speed; /* bytes a second; 0: not known yet */
  gboolean checking; /* a file that is here is read for its hash */
} SkDownloadState;

/* A few times a second at most, on the caller's thread. */
typedef void (*SkDownloadFunc) (const SkDownloadState *state, gpointer data);

typedef struct {
  const char *folder; /* (nullable): NULL: sk_shelf_folder() */
  guint timeout; /* seconds of silence; 0: as usual */
  guint patience; /* ms before going on after a broken connection, doubled each time;
                     0: as usual */
  guint64 spare; /* bytes that the disk is left with; 0: as usual */
  SkDownloadFunc progress; /* (nullable) */
  gpointer data;
} SkDownloadOptions;

/**
 * sk_download_run:
 * @receipt: (out): of the file that is here now; sk_receipt_clear()
 * @error: says what, where and what to do. SK_ERROR_CANCELLED: the part stays
 *
 * Goes on with what an earlier download left. Connections that break are taken up again a
 * few times. A file that is here already is read and checked, and fetched again only where
 * it is not what the catalogue says. Nothing has its name before its hash was right. What
 * comes with the program is only found.
 */
gboolean
sk_download_run (const SkCatalogEntry *entry, const SkDownloadOptions *options,
                 GCancellable *cancellable, SkReceipt *receipt, GError **error);
