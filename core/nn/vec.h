#pragma once

#include <math.h>
#include <string.h>

#include "operand.h"

/* Portable vectors (GCC and Clang), as wide as the instruction set this file is compiled
 * for. Vectors run across channels; a tail of channels is loaded into a padded vector. */

#if defined(__AVX512F__)
#define SK_VL 16
#elif defined(__AVX2__)
#define SK_VL 8
#else
#define SK_VL 4
#endif

typedef float SkVec __attribute__ ((vector_size (4 * SK_VL), aligned (4), may_alias));
typedef int SkMask __attribute__ ((vector_size (4 * SK_VL), aligned (4), may_alias));

static inline SkVec
sk_load (const float *p) {
  return *(const SkVec *) p;
}

static inline void
sk_store (float *p, SkVec v) {
  *(SkVec *) p = v;
}

static inline SkVec
sk_splat (float s) {
  return s - (SkVec){ 0 };
}

/* The first @n floats of @p, then zeros. n <= SK_VL. */
static inline SkVec
sk_load_part (const float *p, int n) {
  SkVec v = { 0 };

  if (G_LIKELY (n >= SK_VL))
    return sk_load (p);
  memcpy (&v, p, (gsize) n * sizeof (float));
  return v;
}

static inline void
sk_store_part (float *p, SkVec v, int n) {
  if (G_LIKELY (n >= SK_VL))
    sk_store (p, v);
  else
    memcpy (p, &v, (gsize) n * sizeof (float));
}

/* a where @mask is 0, zero where it is −1. */
static inline SkVec
sk_clear (SkVec a, SkMask mask) {
  return (SkVec) ((SkMask) a & ~mask);
}

static inline float
sk_sum (SkVec v) {
  float sum = 0;

  for (int i = 0; i < SK_VL; i++)
    sum += v[i];
  return sum;
}

/* Channels c … c + n − 1 of an operand's scale and shift. A comparison with the NaN in
 * @dead is false, so an operand without ReLU costs no branch; a NaN in the data passes. */
typedef struct {
  SkVec scale, shift, dead;
} SkLane;

static inline SkLane
sk_lane (const float *scale, const float *shift, gboolean relu, int c, int n) {
  return (SkLane){
    .scale = scale ? sk_load_part (scale + c, n) : sk_splat (1),
    .shift = scale ? sk_load_part (shift + c, n) : sk_splat (0),
    .dead = sk_splat (relu ? 0.0f : NAN),
  };
}

static inline SkLane
sk_operand_lane (const SkOperand *x, int c, int n) {
  return sk_lane (x->scale, x->shift, x->relu, c, n);
}

static inline SkVec
sk_lane_value (const SkLane *lane, SkVec z) {
  SkVec v = lane->scale * z + lane->shift;

  return sk_clear (v, v <= lane->dead);
}

/* Where the value's ReLU lets no gradient through. */
static inline SkMask
sk_lane_dead (const SkLane *lane, SkVec z) {
  SkVec v = lane->scale * z + lane->shift;

  return v <= lane->dead;
}

/* The same for a gradient operand. */
typedef struct {
  SkLane value;
  SkVec alpha, beta, delta;
} SkGradientLane;

static inline SkGradientLane
sk_gradient_lane (const SkGradientOperand *dy, int c, int n) {
  SkGradientLane lane = { .value = sk_lane (dy->scale, dy->shift, dy->relu, c, n) };

  lane.alpha = dy->alpha ? sk_load_part (dy->alpha + c, n) : sk_splat (1);
  lane.beta = dy->beta ? sk_load_part (dy->beta + c, n) : sk_splat (0);
  lane.delta = dy->delta ? sk_load_part (dy->delta + c, n) : sk_splat (0);
  return lane;
}

/* The gradient at float @offset of its tensor. */
static inline SkVec
sk_gradient_at (const SkGradientLane *lane, const SkGradientOperand *dy, gsize offset,
                int n) {
  SkVec g = sk_load_part (dy->data + offset, n);
  SkVec z;

  if (dy->z == NULL)
    return g;
  z = sk_load_part (dy->z + offset, n);
  g = sk_clear (g, sk_lane_dead (&lane->value, z));
  return lane->alpha * g + lane->beta * z + lane->delta;
}

/* Adds a vector of float sums to n doubles. */
static inline void
sk_add_to_doubles (double *sum, SkVec v, int n) {
  for (int i = 0; i < n; i++)
    sum[i] += (double) v[i];
}

/* Sums of a short run of pixels around a pivot: a channel far from zero would lose, in
 * float squares, what its variance is made of. */
typedef struct {
  SkVec pivot, sum, square;
} SkMoments;

static inline SkMoments
sk_moments (SkVec pivot) {
  return (SkMoments){ .pivot = pivot };
}

static inline void
sk_moments_add (SkMoments *self, SkVec v) {
  SkVec d = v - self->pivot;

  self->sum += d;
  self->square += d * d;
}

/* Adds Σv to sum and Σv² to square, n channels each, for @count values of v. */
static inline void
sk_moments_flush (const SkMoments *self, double *sum, double *square, double count,
                  int n) {
  for (int i = 0; i < n; i++) {
    double pivot = (double) self->pivot[i], rest = (double) self->sum[i];

    sum[i] += rest + count * pivot;
    square[i] += (double) self->square[i] + pivot * (2 * rest + count * pivot);
  }
}

/* Channels in the vector that begins at @c of @n_channels. */
static inline int
sk_lanes_at (int c, int n_channels) {
  return MIN (SK_VL, n_channels - c);
}
