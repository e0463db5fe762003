#pragma once

#include "conv.h"
#include "vec.h"

/* What happens to a vector of results on its way to y, while it is in registers. */

typedef struct {
  const float *add; /* NULL: none */
  SkVec bias, scale, dead;
  SkMoments moments;
  double count; /* values added to moments; 0: no pivot yet */
} SkFinish;

static inline SkFinish
sk_finish (const SkConvForward *args, int k, int n) {
  return (SkFinish){
    .add = args->add,
    .bias = args->bias ? sk_load_part (args->bias + k, n) : sk_splat (0),
    .scale = sk_splat (args->add_scale),
    .dead = sk_splat (args->relu ? 0.0f : NAN),
  };
}

/* act(v + bias + scale·add) for the vector at float @at of y. */
static inline SkVec
sk_finish_value (const SkFinish *self, SkVec v, gsize at, int n) {
  v += self->bias;
  if (self->add)
    v += self->scale * sk_load_part (self->add + at, n);
  return sk_clear (v, v <= self->dead);
}
