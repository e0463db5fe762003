#pragma once

#include <gio/gio.h>

#include "catalog.h"

/* Where downloads are kept, and what is known of each: beside FILE stands FILE.json, which
 * says what was read, from where and when. */

typedef enum {
  SK_SHELF_ABSENT,
  SK_SHELF_PART, /* begun: a fetch goes on from there */
  SK_SHELF_UNCHECKED, /* a file of that name, without a receipt that fits the catalogue */
  SK_SHELF_HERE,
} SkShelfState;

/* What was read. */
typedef struct {
  char *path; /* of the file */
  char *sha256; /* 64 digits, of the whole file */
  char *address; /* where it came from in the end, after redirections */
  char *date; /* ISO 8601, UTC */
  guint64 size; /* bytes */
} SkReceipt;

void
sk_receipt_clear (SkReceipt *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkReceipt, sk_receipt_clear)

/* (transfer full): $XDG_CACHE_HOME/skipscope */
char *
sk_shelf_folder (void);

/**
 * sk_shelf_look:
 * @folder: (nullable): NULL: sk_shelf_folder()
 * @bytes: (out) (nullable): of the file, or of the part that is there
 * @receipt: (out) (nullable): filled where the state is HERE; sk_receipt_clear()
 *
 * Cheap: reads the receipt, not the file, whose hash was checked before it got its name.
 * What comes with the program lies in its own folder, whatever @folder is.
 */
SkShelfState
sk_shelf_look (const char *folder, const SkCatalogEntry *entry, guint64 *bytes,
               SkReceipt *receipt);

/**
 * sk_shelf_take:
 * @receipt: (out): sk_receipt_clear(); address and date are NULL for what comes with the
 *   program
 * @error: how to get it
 *
 * Returns: whether the file of @entry is here and was checked
 */
gboolean
sk_shelf_take (const SkCatalogEntry *entry, SkReceipt *receipt, GError **error);

/* Writes FILE.json: what @receipt says, and @entry's name, title and licence. */
gboolean
sk_shelf_write_receipt (const SkCatalogEntry *entry, const SkReceipt *receipt,
                        GError **error);

/**
 * sk_shelf_check_hash:
 * @sha256, @md5: of all that was read; @md5 may be NULL where @entry has none
 * @error: SK_ERROR_FORMAT saying both hashes
 */
gboolean
sk_shelf_check_hash (const SkCatalogEntry *entry, const char *sha256, const char *md5,
                     GError **error);

/**
 * sk_shelf_resolve_weights:
 * @name: (nullable): a path, or a name of the catalogue where no such file is there
 * @error: where it is a name and its file is not here: how to fetch it
 *
 * Returns: (transfer full) (nullable): the path; @name itself where it is no name
 */
char *
sk_shelf_resolve_weights (const char *name, GError **error);

/* The same for data: "cifar10" becomes "cifar10:PATH"; anything else stays as it is. */
char *
sk_shelf_resolve_data (const char *spec, GError **error);
