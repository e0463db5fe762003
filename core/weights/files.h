#pragma once

#include <glib.h>

/**
 * sk_file_load:
 * @limit: bytes above which the file is refused
 *
 * Reads a regular file whole. Not mapped: a file that shrinks under a map kills the
 * program.
 */
GBytes *
sk_file_load (const char *path, guint64 limit, GError **error);

/* A file that replaces another in one moment, or not at all. */
typedef struct _SkOutput SkOutput;

/* Begins a temporary file beside @path. */
SkOutput *
sk_output_new (const char *path, GError **error);

gboolean
sk_output_write (SkOutput *self, const void *data, gsize size, GError **error);

/* Brings the bytes to the disk, then renames. */
gboolean
sk_output_commit (SkOutput *self, GError **error);

/* Removes the temporary file where it was not committed. */
void
sk_output_free (SkOutput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkOutput, sk_output_free)

/* The three above for text in memory. */
gboolean
sk_file_replace (const char *path, const char *text, GError **error);

/**
 * sk_file_append:
 *
 * Adds to the end of a file, which is made where there is none. All of it or nothing:
 * half a line on a full disk would spoil the next one.
 */
gboolean
sk_file_append (const char *path, const void *data, gsize size, GError **error);
