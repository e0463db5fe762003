#pragma once

#include <glib.h>

/* Why a thing was refused. The message says what, where, and what to do. */
#define SK_ERROR (sk_error_quark ())

typedef enum {
  SK_ERROR_FILE, /* missing, unreadable, unwritable, disk full */
  SK_ERROR_FORMAT, /* the bytes are not what they should be */
  SK_ERROR_UNSUPPORTED, /* understood, but not for us */
  SK_ERROR_MEMORY, /* would not fit */
  SK_ERROR_ARGUMENT, /* an unknown name or a value out of range */
  SK_ERROR_CANCELLED,
  SK_ERROR_NETWORK, /* not reached, or broken off: may go well later */
} SkErrorCode;

GQuark
sk_error_quark (void);

/**
 * sk_refuse:
 * @format: what, where, and what to do
 *
 * Sets @error.
 *
 * Returns: FALSE, so that a check may end in "return sk_refuse (…)"
 */
gboolean
sk_refuse (GError **error, SkErrorCode code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
