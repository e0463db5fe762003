#pragma once

#include <glib.h>

/* Names of files to write, looked at before the work begins that they are to hold. */

/**
 * sk_output_check:
 * @path: (nullable): a file to write; NULL: none
 * @error: its folder is not there, or it may not be written
 */
gboolean
sk_output_check (const char *path, GError **error);

/* The same for a picture, whose ending says what it becomes. */
gboolean
sk_output_check_picture (const char *path, GError **error);
