#pragma once

#include <gio/gio.h>

/* Called on the main loop: (element-type filename) paths of a folder's files, and of those
 * in folders below it, by name; at most @most of them, and whether there were more. */
typedef void (*SkFolderFunc) (GPtrArray *paths, gboolean more, gpointer data);

/* Walks through a folder on a thread of its own; hidden files are left out, and links to
 * folders are not followed. @data must stay until @func was called. */
void
sk_folder_walk (const char *folder, guint most, GCancellable *cancellable,
                SkFolderFunc func, gpointer data);
