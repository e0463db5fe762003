#pragma once

#include "command.h"
#include "snapshot.h"

/* The border of the engine: four verbs. Three lanes behind it: one trains, one
 * answers questions, one downloads, and none waits for another. */
typedef struct _SkSession SkSession;

/* Called when a snapshot waits where none did: at most once until the next
 * sk_session_take(), never after sk_session_close() has returned. Mostly on an engine
 * thread, so it may do no more than ask the main loop for a call. */
typedef void (*SkWakeFunc) (gpointer data);

/**
 * sk_session_new:
 * @wake: (nullable)
 *
 * Starts the lanes; they sleep until something is sent.
 *
 * Returns: (transfer full): sk_session_close()
 */
SkSession *
sk_session_new (SkWakeFunc wake, gpointer data);

/* Copies; never blocks; obeyed between steps. */
void
sk_session_send (SkSession *self, const SkCommand *command);

/* (transfer full) (nullable): all since the last take; never blocks. */
SkSnapshot *
sk_session_take (SkSession *self);

/* Cancels between operations, joins, frees; well under a second. A run under way is not
 * saved, unless SK_COMMAND_STOP was sent before. */
void
sk_session_close (SkSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSession, sk_session_close)
