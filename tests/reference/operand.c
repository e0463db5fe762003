#include "reference.h"

void
ref_operand (double *out, const SkOperand *x, gsize pixels, int c) {
  for (gsize i = 0; i < pixels * (gsize) c; i++) {
    gsize channel = i % (gsize) c;
    double v = x->data[i];

    if (x->scale)
      v = (double) x->scale[channel] * v + (double) x->shift[channel];
    out[i] = x->relu && v < 0 ? 0 : v;
  }
}

void
ref_gradient (double *out, const SkGradientOperand *dy, gsize pixels, int c) {
  for (gsize i = 0; i < pixels * (gsize) c; i++) {
    gsize channel = i % (gsize) c;
    double g = dy->data[i], z;

    out[i] = g;
    if (dy->z == NULL)
      continue;
    z = dy->z[i];
    if (dy->relu && (double) dy->scale[channel] * z + (double) dy->shift[channel] <= 0)
      g = 0;
    out[i] = (double) dy->alpha[channel] * g + (double) dy->beta[channel] * z +
             (double) dy->delta[channel];
  }
}
