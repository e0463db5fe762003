#include "reference.h"

#include <string.h>

typedef void (*TapFunc) (gpointer data, gsize y, gsize x, gsize w);

/* Calls @func with the offsets of every product that the convolution is made of. */
static void
each_tap (const SkConvShape *s, TapFunc func, gpointer data) {
  for (int n = 0; n < s->n; n++)
    for (int p = 0; p < s->p; p++)
      for (int q = 0; q < s->q; q++)
        for (int k = 0; k < s->k; k++)
          for (int r = 0; r < s->r; r++)
            for (int t = 0; t < s->s; t++) {
              int h = p * s->stride - s->pad + r, w = q * s->stride - s->pad + t;

              if (h < 0 || h >= s->h || w < 0 || w >= s->w)
                continue;
              for (int c = 0; c < s->c; c++)
                func (data, (gsize) (((n * s->p + p) * s->q + q) * s->k + k),
                      (gsize) (((n * s->h + h) * s->w + w) * s->c + c),
                      (gsize) (((r * s->s + t) * s->c + c) * s->k + k));
            }
}

typedef struct {
  double *y, *dx, *dw;
  const double *x, *dy;
  const float *w;
} Maps;

static void
forward_tap (gpointer data, gsize y, gsize x, gsize w) {
  Maps *maps = data;

  maps->y[y] += maps->x[x] * (double) maps->w[w];
}

void
ref_conv2d_forward (double *y, const double *x, const float *w, const SkConvShape *s) {
  Maps maps = { .y = y, .x = x, .w = w };

  memset (y, 0, sizeof (double) * (gsize) (s->n * s->p * s->q * s->k));
  each_tap (s, forward_tap, &maps);
}

static void
backward_tap (gpointer data, gsize y, gsize x, gsize w) {
  Maps *maps = data;

  maps->dx[x] += maps->dy[y] * (double) maps->w[w];
  maps->dw[w] += maps->dy[y] * maps->x[x];
}

void
ref_conv2d_backward (double *dx, double *dw, const double *dy, const double *x,
                     const float *w, const SkConvShape *s) {
  Maps maps = { .dx = dx, .dw = dw, .dy = dy, .x = x, .w = w };

  memset (dx, 0, sizeof (double) * (gsize) (s->n * s->h * s->w * s->c));
  memset (dw, 0, sizeof (double) * (gsize) (s->r * s->s * s->c * s->k));
  each_tap (s, backward_tap, &maps);
}
