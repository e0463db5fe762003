#pragma once

#include <glib-object.h>

#include "session.h"

/* The window's end of the border: owns the session, and tells its views on the main
 * thread what the newest snapshot says. */
#define SK_TYPE_ENGINE (sk_engine_get_type ())
G_DECLARE_FINAL_TYPE (SkEngine, sk_engine, SK, ENGINE, GObject)

/* (transfer full): a session of its own begins. */
SkEngine *
sk_engine_new (void);

/* (transfer none): the newest snapshot; its lists hold what came with it alone. Valid
 * until the main loop runs again. */
const SkSnapshot *
sk_engine_state (SkEngine *self);

/* Whether a run is under way, be it paused: something would be lost by leaving. */
gboolean
sk_engine_has_run (SkEngine *self);

void
sk_engine_send (SkEngine *self, const SkCommand *command);

/* A command without arguments: PAUSE, RESUME, STEP, STOP. */
void
sk_engine_send_verb (SkEngine *self, SkCommandKind verb);

/* Returns: a serial that no command has carried yet */
guint
sk_engine_next_serial (SkEngine *self);

/* Ends the session and joins its threads; the object stays, silent. */
void
sk_engine_close (SkEngine *self);

/* Signal "snapshot" (SkEngine *, SkSnapshot *): a new one was taken. Handlers append its
 * points and queue a draw; they do not draw. */
