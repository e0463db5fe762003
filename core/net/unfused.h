#pragma once

#include "network-private.h"

/* The two directions of the plain walk, and what they share. */

void
sk_unfused_forward (SkNetwork *self, int first);

void
sk_unfused_backward (SkNetwork *self);

/* (n,h,w,c) what op @op reads as its input @at. */
const float *
sk_unfused_input (const SkNetwork *self, int op, int at);

/* Σ a·b over @count floats. */
double
sk_unfused_dot (const float *a, const float *b, gsize count);
