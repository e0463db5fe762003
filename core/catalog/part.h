#pragma once

#include <gio/gio.h>

#include "catalog.h"

/* A download that is not whole yet: FILE.part, and FILE.part.ini which says of what it is a
 * part. One process at a time writes it. Its hashes are known up to its end at any time. */
typedef struct _SkPart SkPart;

/**
 * sk_part_open:
 * @path: of the file that is to be, without ".part"
 * @entry: (transfer none): outlives the part
 * @error: also where another process downloads it just now
 *
 * Opens what is there, where it came from @entry's address, and reads it for its hashes; or
 * begins anew.
 */
SkPart *
sk_part_open (const char *path, const SkCatalogEntry *entry, GCancellable *cancellable,
              GError **error);

/* Lets the part be: a later one goes on with it. */
void
sk_part_free (SkPart *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkPart, sk_part_free)

/* Bytes that are there. */
guint64
sk_part_size (const SkPart *self);

/* (nullable): what to send as If-Range, so that no two files become one: NULL: the server
 * said nothing by which to know the file again, so it must be read from its beginning */
const char *
sk_part_validator (const SkPart *self);

/* Forgets all bytes. */
gboolean
sk_part_restart (SkPart *self, GError **error);

/* Remembers what the server calls this state of the file; both may be NULL. */
void
sk_part_set_validators (SkPart *self, const char *etag, const char *modified);

/**
 * sk_part_append:
 * @error: of a full disk: the part stays, and that is said
 */
gboolean
sk_part_append (SkPart *self, const void *data, gsize size, GError **error);

/* (transfer none): digits of all bytes; nothing can be appended afterwards. */
const char *
sk_part_sha256 (SkPart *self);

const char *
sk_part_md5 (SkPart *self);

/* Brings the bytes to the disk and gives them their name. */
gboolean
sk_part_commit (SkPart *self, GError **error);

/* Removes the part: what came is not what was wanted. */
void
sk_part_discard (SkPart *self);
