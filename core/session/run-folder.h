#pragma once

#include <glib.h>

/**
 * sk_run_folder_create:
 * @net: the network's name
 *
 * Makes the next free folder skipscope/runs/<date>-<net>-<n> under the user's data
 * folder.
 *
 * Returns: (transfer full): its path
 */
char *
sk_run_folder_create (const char *net, GError **error);
