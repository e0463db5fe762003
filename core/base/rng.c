#include "rng.h"

#include <math.h>

#define GOLDEN_GAMMA 0x9e3779b97f4a7c15u

static guint64
mix (guint64 z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

SkRng
sk_rng_at (guint64 seed, guint64 a, guint64 b) {
  guint64 state = mix (seed + GOLDEN_GAMMA);

  state = mix (state ^ mix (a + 2 * GOLDEN_GAMMA));
  state = mix (state ^ mix (b + 3 * GOLDEN_GAMMA));
  return (SkRng){ state };
}

guint64
sk_rng_next (SkRng *self) {
  self->state += GOLDEN_GAMMA;
  return mix (self->state);
}

float
sk_rng_uniform (SkRng *self) {
  return (float) (sk_rng_next (self) >> 40) * 0x1p-24f;
}

float
sk_rng_normal (SkRng *self) {
  /* 1 − u is in (0, 1]: the logarithm is finite. */
  double u = 1.0 - (double) (sk_rng_next (self) >> 11) * 0x1p-53;
  double v = (double) (sk_rng_next (self) >> 11) * 0x1p-53;

  return (float) (sqrt (-2.0 * log (u)) * cos (2.0 * G_PI * v));
}

guint32
sk_rng_below (SkRng *self, guint32 n) {
  guint32 threshold, x;

  g_return_val_if_fail (n > 0, 0);
  /* Values below 2^32 mod n would make the first remainders likelier: draw again. */
  threshold = (guint32) -n % n;
  do
    x = (guint32) (sk_rng_next (self) >> 32);
  while (x < threshold);
  return x % n;
}

void
sk_rng_shuffle (SkRng *self, guint32 *order, gsize n) {
  for (gsize i = n; i > 1; i--) {
    gsize j = sk_rng_below (self, (guint32) i);
    guint32 swap = order[i - 1];

    order[i - 1] = order[j];
    order[j] = swap;
  }
}
