#pragma once

#include <glib.h>

/* Random numbers as pure functions: a stream is named by (seed, a, b), so picture b of
 * epoch a draws the same numbers whoever asks, in whatever order, after any resume. */
typedef struct {
  guint64 state;
} SkRng;

/**
 * sk_rng_at:
 * @seed: the run's seed
 * @a, @b: what the stream is for (a purpose or epoch; an index)
 *
 * Returns: the beginning of that stream
 */
SkRng
sk_rng_at (guint64 seed, guint64 a, guint64 b);

/* 64 random bits (SplitMix64; Steele, Lea, Flood 2014). */
guint64
sk_rng_next (SkRng *self);

/* Uniform in [0, 1), 24 bits. */
float
sk_rng_uniform (SkRng *self);

/* Normal, mean 0, variance 1 (Box and Muller). */
float
sk_rng_normal (SkRng *self);

/* Uniform in 0 … n − 1, without bias; n >= 1. */
guint32
sk_rng_below (SkRng *self, guint32 n);

/* Fisher and Yates: @order becomes a random arrangement of its @n values. */
void
sk_rng_shuffle (SkRng *self, guint32 *order, gsize n);
