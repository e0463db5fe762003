#include "sample.h"

#include <math.h>

float *
sample_normal (SkRng *rng, gsize n) {
  float *values = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    values[i] = sk_rng_normal (rng);
  return values;
}

float *
sample_uniform (SkRng *rng, gsize n, float low, float high) {
  float *values = g_new (float, MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    values[i] = low + (high - low) * sk_rng_uniform (rng);
  return values;
}

SkOperand
sample_operand (SkRng *rng, gsize pixels, int c, gboolean pending) {
  SkOperand x = sk_operand (sample_normal (rng, pixels * (gsize) c));

  if (pending) {
    x.scale = sample_uniform (rng, (gsize) c, -1.5f, 1.5f);
    x.shift = sample_normal (rng, (gsize) c);
    x.relu = TRUE;
  }
  return x;
}

void
sample_operand_clear (SkOperand *x) {
  g_free ((gpointer) x->data);
  g_free ((gpointer) x->scale);
  g_free ((gpointer) x->shift);
}

SkGradientOperand
sample_gradient (SkRng *rng, gsize pixels, int c, gboolean pending) {
  SkGradientOperand dy = sk_gradient_operand (sample_normal (rng, pixels * (gsize) c));

  if (pending) {
    dy.z = sample_normal (rng, pixels * (gsize) c);
    dy.scale = sample_uniform (rng, (gsize) c, -1.5f, 1.5f);
    dy.shift = sample_normal (rng, (gsize) c);
    dy.relu = TRUE;
    dy.alpha = sample_normal (rng, (gsize) c);
    dy.beta = sample_normal (rng, (gsize) c);
    dy.delta = sample_normal (rng, (gsize) c);
  }
  return dy;
}

void
sample_gradient_clear (SkGradientOperand *dy) {
  const float *owned[] = { dy->data,  dy->z,    dy->scale, dy->shift,
                           dy->alpha, dy->beta, dy->delta };

  for (guint i = 0; i < G_N_ELEMENTS (owned); i++)
    g_free ((gpointer) owned[i]);
}

static double
distance (double largest, double scale) {
  return largest / fmax (scale, 1e-30);
}

double
sample_distance (const float *got, const double *want, gsize n) {
  double largest = 0, scale = 0;

  for (gsize i = 0; i < n; i++) {
    double difference = fabs ((double) got[i] - want[i]);

    if (!(difference <= largest))
      largest = isnan (difference) ? HUGE_VAL : difference;
    scale = fmax (scale, fabs (want[i]));
  }
  return distance (largest, scale);
}

double
sample_distance_double (const double *got, const double *want, gsize n) {
  double largest = 0, scale = 0;

  for (gsize i = 0; i < n; i++) {
    double difference = fabs (got[i] - want[i]);

    if (!(difference <= largest))
      largest = isnan (difference) ? HUGE_VAL : difference;
    scale = fmax (scale, fabs (want[i]));
  }
  return distance (largest, scale);
}
