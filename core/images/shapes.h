#pragma once

#include "rng.h"

/* The pictures of the built-in set: one shape, somewhere, over clutter and noise. */

#define SK_SHAPES 10
#define SK_SHAPE_SIDE 32 /* pixels */

/* (SK_SHAPES), then NULL */
extern const char *const sk_shape_names[];

/**
 * sk_shape_draw:
 * @pixels: (SK_SHAPE_SIDE, SK_SHAPE_SIDE, 3) overwritten
 * @shape: 0 … SK_SHAPES − 1
 * @rng: every choice is drawn from it
 *
 * Allocates nothing.
 */
void
sk_shape_draw (guint8 *pixels, int shape, SkRng *rng);
