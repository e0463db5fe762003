#pragma once

#include "engine.h"

/* What a person does to a run while it trains: skips cut, faded, restored, groups frozen.
 * Sends the commands, and knows how to undo them. */
#define SK_TYPE_TOUCHES (sk_touches_get_type ())
G_DECLARE_FINAL_TYPE (SkTouches, sk_touches, SK, TOUCHES, GObject)

/* (transfer full) */
SkTouches *
sk_touches_new (SkEngine *engine);

/* Whether there are skips of a run under way. */
gboolean
sk_touches_can_fade (SkTouches *self);

/* λ of a block's skip, as asked for: the engine obeys between two steps, which may take
 * seconds. 1 where none is known. */
float
sk_touches_lambda (SkTouches *self, int block);

gboolean
sk_touches_is_frozen (SkTouches *self, int group);

/* @stage, @block: as LAMBDA means them; @moving: a fader under way: one thing to undo. */
void
sk_touches_fade (SkTouches *self, int stage, int block, float lambda, gboolean moving);

/* Whether all the skips that @stage and @block mean are cut. */
gboolean
sk_touches_is_cut (SkTouches *self, int stage, int block);

/* Cuts them, or restores them where all are cut. */
void
sk_touches_toggle_skips (SkTouches *self, int stage, int block);

void
sk_touches_freeze (SkTouches *self, int group, gboolean frozen);

gboolean
sk_touches_can_undo (SkTouches *self);

/* Takes back what was done last; a run that began since is not touched. */
void
sk_touches_undo (SkTouches *self);

/* Signals: "touched" (SkTouches *, const char *words): something was done that can be
 * undone; "changed" (SkTouches *): what can be undone, or what is asked for, is another. */
