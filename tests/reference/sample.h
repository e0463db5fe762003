#pragma once

#include <glib.h>

#include "operand.h"
#include "rng.h"

/* Random tensors for tests, and how far two tensors are apart. */

/* (transfer full) n normal numbers; g_free(). */
float *
sample_normal (SkRng *rng, gsize n);

/* (transfer full) n numbers in low … high. */
float *
sample_uniform (SkRng *rng, gsize n, float low, float high);

/* An operand with scale, shift and ReLU, or with nothing pending. */
SkOperand
sample_operand (SkRng *rng, gsize pixels, int c, gboolean pending);

void
sample_operand_clear (SkOperand *x);

SkGradientOperand
sample_gradient (SkRng *rng, gsize pixels, int c, gboolean pending);

void
sample_gradient_clear (SkGradientOperand *dy);

/* Largest difference, relative to the largest magnitude of @want. NaN counts as huge. */
double
sample_distance (const float *got, const double *want, gsize n);

/* The same between doubles. */
double
sample_distance_double (const double *got, const double *want, gsize n);
