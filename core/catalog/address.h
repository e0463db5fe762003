#pragma once

#include <glib.h>

/* Which addresses are asked at all: https anywhere, http on this computer alone. */

/**
 * sk_address_parse:
 * @error: SK_ERROR_FORMAT: not an address; SK_ERROR_UNSUPPORTED: of a kind that is not used
 *
 * Names and passwords within an address are refused: they would end in files beside it.
 */
GUri *
sk_address_parse (const char *address, GError **error);

/* Whether the host is this computer, by a name or number that no server can redirect. */
gboolean
sk_address_is_local (GUri *address);

/**
 * sk_address_follow:
 * @from: what was asked
 * @location: where the server sends us, perhaps relative to @from
 * @error: where following would be less safe than @from
 *
 * Returns: (transfer full)
 */
GUri *
sk_address_follow (GUri *from, const char *location, GError **error);
