#pragma once

#include "vec.h"

/* Winograd F(4×4, 3×3) (Lavin and Gray 2015): 4×4 outputs of a 3×3 convolution from a
 * 6×6 piece of the input with 36 products instead of 144,
 *
 *   y = Aᵀ [ (G w Gᵀ) ⊙ (Bᵀ x B) ] A
 *
 * with interpolation points 0, 1, −1, 2, −2, ∞. Each matrix is applied to columns, then
 * to rows. Forward needs Bᵀ, G and Aᵀ; a linear map's gradient is its transpose, so
 * backward needs B, Gᵀ and A:
 *
 *   E = A dy Aᵀ,   dU = V ⊙ E,  dw = Gᵀ dU G,   dV = U ⊙ E,  dx = B dV Bᵀ
 *
 * Below, each takes vectors @is apart and leaves vectors @os apart. */

#define SK_WINOGRAD_OUT 4 /* outputs of a tile, each way */
#define SK_WINOGRAD_IN 6 /* inputs, and points */

/* A tile's 36 points go to 36 places at once, more than the processor foresees: those of
 * the tile after next are claimed while this one's are written. */
#define SK_WINOGRAD_CLAIM(to) __builtin_prefetch ((to) + 2 * SK_VL, 1, 3)

#define SK_INLINE static inline __attribute__ ((always_inline))

/* 6 → 6: Bᵀ */
SK_INLINE void
sk_winograd_bt (SkVec *o, int os, const SkVec *d, int is) {
  SkVec d0 = d[0], d1 = d[is], d2 = d[2 * is], d3 = d[3 * is], d4 = d[4 * is],
        d5 = d[5 * is];
  SkVec even = d4 - 4 * d2, odd = d3 - 4 * d1, low = d4 - d2, high = d3 - d1;

  o[0] = 4 * d0 - 5 * d2 + d4;
  o[os] = even + odd;
  o[2 * os] = even - odd;
  o[3 * os] = low + 2 * high;
  o[4 * os] = low - 2 * high;
  o[5 * os] = 4 * d1 - 5 * d3 + d5;
}

/* 6 → 6: B */
SK_INLINE void
sk_winograd_b (SkVec *o, int os, const SkVec *m, int is) {
  SkVec m0 = m[0], m1 = m[is], m2 = m[2 * is], m3 = m[3 * is], m4 = m[4 * is],
        m5 = m[5 * is];
  SkVec p = m1 + m2, q = m1 - m2, r = m3 + m4, t = m3 - m4;

  o[0] = 4 * m0;
  o[os] = 4 * m5 - 4 * q - 2 * t;
  o[2 * os] = -5 * m0 - 4 * p - r;
  o[3 * os] = q + 2 * t - 5 * m5;
  o[4 * os] = m0 + p + r;
  o[5 * os] = m5;
}

/* 6 → 4: Aᵀ */
SK_INLINE void
sk_winograd_at (SkVec *o, int os, const SkVec *m, int is) {
  SkVec m1 = m[is], m2 = m[2 * is], m3 = m[3 * is], m4 = m[4 * is];
  SkVec p = m1 + m2, q = m1 - m2, r = m3 + m4, t = m3 - m4;

  o[0] = m[0] + p + r;
  o[os] = q + 2 * t;
  o[2 * os] = p + 4 * r;
  o[3 * os] = q + 8 * t + m[5 * is];
}

/* 4 → 6: A */
SK_INLINE void
sk_winograd_a (SkVec *o, int os, const SkVec *y, int is) {
  SkVec y0 = y[0], y1 = y[is], y2 = y[2 * is], y3 = y[3 * is];
  SkVec a = y0 + y2, b = y1 + y3, c = y0 + 4 * y2, d = 2 * y1 + 8 * y3;

  o[0] = y0;
  o[os] = a + b;
  o[2 * os] = a - b;
  o[3 * os] = c + d;
  o[4 * os] = c - d;
  o[5 * os] = y3;
}

/* 3 → 6: G */
SK_INLINE void
sk_winograd_g (SkVec *o, int os, const SkVec *w, int is) {
  SkVec w0 = w[0], w1 = w[is], w2 = w[2 * is];
  SkVec sum = (w0 + w2) * (-1.0f / 6), odd = w1 * (-1.0f / 6);
  SkVec far = w0 * (1.0f / 24) + w2 * (1.0f / 6), half = w1 * (1.0f / 12);

  o[0] = w0 * 0.25f;
  o[os] = sum + odd;
  o[2 * os] = sum - odd;
  o[3 * os] = far + half;
  o[4 * os] = far - half;
  o[5 * os] = w2;
}

/* 6 → 3: Gᵀ */
SK_INLINE void
sk_winograd_gt (SkVec *o, int os, const SkVec *u, int is) {
  SkVec u1 = u[is], u2 = u[2 * is], u3 = u[3 * is], u4 = u[4 * is];
  SkVec near = (u1 + u2) * (-1.0f / 6), far = u3 + u4;

  o[0] = u[0] * 0.25f + near + far * (1.0f / 24);
  o[os] = (u2 - u1) * (1.0f / 6) + (u3 - u4) * (1.0f / 12);
  o[2 * os] = near + far * (1.0f / 6) + u[5 * is];
}
