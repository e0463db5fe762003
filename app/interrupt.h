#pragma once

#include <gio/gio.h>

/* Ctrl-C and SIGTERM ask once, politely; the second one ends the program as ever. */
typedef struct _SkInterrupt SkInterrupt;

/**
 * sk_interrupt_new:
 * @message: (nullable): printed to standard error when the first signal comes
 *
 * Call it before other threads are started: they inherit which signals are blocked.
 *
 * Returns: (transfer full): sk_interrupt_free()
 */
SkInterrupt *
sk_interrupt_new (const char *message);

void
sk_interrupt_free (SkInterrupt *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkInterrupt, sk_interrupt_free)

/* Cancelled by the first signal. */
GCancellable *
sk_interrupt_cancellable (SkInterrupt *self);

/* Becomes TRUE with the first signal: read it atomically. */
const gint *
sk_interrupt_flag (SkInterrupt *self);

gboolean
sk_interrupt_asked (SkInterrupt *self);
