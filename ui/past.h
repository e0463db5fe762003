#pragma once

#include "snapshot.h"
#include "strip-area.h"

/* What was so at any recorded step of a run, read from its folder: while it goes on, when
 * it has ended, and after a restart. */
typedef struct _SkPast SkPast;

SkPast *
sk_past_new (void);

void
sk_past_free (SkPast *self);

/**
 * sk_past_follow:
 * @snapshot: the newest: whose run it is, and where its folder
 *
 * Looks what is recorded by now, though no oftener than a few times a second.
 *
 * Returns: whether it is another record than before
 */
gboolean
sk_past_follow (SkPast *self, const SkSnapshot *snapshot);

/* Steps that can be shown; 0: none. The last one is the newest there is: not every step
 * is recorded, and none at once. */
gint64
sk_past_first (SkPast *self);

gint64
sk_past_last (SkPast *self, const SkSnapshot *newest);

/**
 * sk_past_moment:
 * @newest: what it is like now
 *
 * Returns: (transfer full) (nullable): a snapshot as it would have been at the recorded
 *   step nearest to @step; NULL: there is none
 */
SkSnapshot *
sk_past_moment (SkPast *self, const SkSnapshot *newest, gint64 step);

/* Appends what is recorded, as many steps as can be told apart. */
void
sk_past_fill (SkPast *self, SkStripArea *area);
