#pragma once

#include "command.h"
#include "snapshot.h"

/* The border of the engine: four verbs. Two lanes behind it: one trains, the other
 * answers questions, and neither waits for the other. */
typedef struct _SkSession SkSession;

/* Called on an engine thread when a snapshot waits where none did: at most once until the
 * next sk_session_take(). */
typedef void (*SkWakeFunc) (gpointer data);

/* Starts the workers. */
SkSession *
sk_session_new (SkWakeFunc wake, gpointer data);

/* Copies; never blocks; obeyed between steps. */
void
sk_session_send (SkSession *self, const SkCommand *command);

/* (transfer full) (nullable): all since the last take; never blocks. */
SkSnapshot *
sk_session_take (SkSession *self);

/* Cancels between operations, joins, frees. */
void
sk_session_close (SkSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSession, sk_session_close)
