#pragma once

#include <adwaita.h>

#include "touches.h"

/* The fader of skips: of a block, of its stage, or of the whole network; beside it what λ
 * alone would let through, and what does come through. */
#define SK_TYPE_SKIP_FADER (sk_skip_fader_get_type ())
G_DECLARE_FINAL_TYPE (SkSkipFader, sk_skip_fader, SK, SKIP_FADER, AdwBin)

GtkWidget *
sk_skip_fader_new (SkTouches *touches);

/* @block: −1: none is selected, the fader moves all */
void
sk_skip_fader_show (SkSkipFader *self, int block);

/* @moment: in the past, whose λ are shown and cannot be moved; NULL: the newest. */
void
sk_skip_fader_set_moment (SkSkipFader *self, const SkSnapshot *moment);

/* A new snapshot: shows what is so. */
void
sk_skip_fader_take (SkSkipFader *self, const SkSnapshot *snapshot);
