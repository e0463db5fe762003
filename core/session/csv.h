#pragma once

#include <glib.h>

/**
 * sk_csv_field:
 * @value: a file's name, say
 *
 * Returns: (transfer full): valid UTF-8, quoted where RFC 4180 asks for it
 */
char *
sk_csv_field (const char *value);
