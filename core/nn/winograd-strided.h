#pragma once

#include "winograd.h"

/* Winograd for stride 2. Output p of a row sees x[2p], x[2p+1], x[2p+2] (counted from the
 * padding): its outer taps read the even pixels, a convolution of two taps with stride 1,
 *
 *   F(4, 2), interpolation points 0, 1, −1, 2, ∞: 5 products for 4 outputs
 *
 * and its middle tap the odd ones: 4 products for 4 outputs. So 4×4 outputs take a 9×9
 * piece of the input and 9·9 = 81 products instead of 144; the first 5 points, each way,
 * are the even pixels', the last 4 the odd ones'. These share one filter, so only
 * 6·6 = 36 filters differ. Names and arguments as in winograd.h. */

/* 9 → 9: Bᵀ */
SK_INLINE void
sk_strided_bt (SkVec *o, int os, const SkVec *d, int is) {
  SkVec d0 = d[0], d1 = d[2 * is], d2 = d[4 * is], d3 = d[6 * is], d4 = d[8 * is];

  o[0] = 2 * (d0 - d2) + d3 - d1;
  o[os] = 2 * d1 + d2 - d3;
  o[2 * os] = 3 * d2 - 2 * d1 - d3;
  o[3 * os] = d3 - d1;
  o[4 * os] = 2 * (d1 - d3) + d4 - d2;
  o[5 * os] = d[is];
  o[6 * os] = d[3 * is];
  o[7 * os] = d[5 * is];
  o[8 * os] = d[7 * is];
}

/* 9 → 9: B */
SK_INLINE void
sk_strided_b (SkVec *o, int os, const SkVec *m, int is) {
  SkVec m0 = m[0], m1 = m[is], m2 = m[2 * is], m3 = m[3 * is], m4 = m[4 * is];

  o[0] = 2 * m0;
  o[2 * os] = 2 * (m1 - m2 + m4) - m0 - m3;
  o[4 * os] = m1 + 3 * m2 - 2 * m0 - m4;
  o[6 * os] = m0 - m1 - m2 + m3 - 2 * m4;
  o[8 * os] = m4;
  o[os] = m[5 * is];
  o[3 * os] = m[6 * is];
  o[5 * os] = m[7 * is];
  o[7 * os] = m[8 * is];
}

/* 9 → 4: Aᵀ */
SK_INLINE void
sk_strided_at (SkVec *o, int os, const SkVec *m, int is) {
  SkVec m1 = m[is], m2 = m[2 * is], m3 = m[3 * is];
  SkVec sum = m1 + m2, difference = m1 - m2;

  o[0] = m[0] + sum + m3 + m[5 * is];
  o[os] = difference + 2 * m3 + m[6 * is];
  o[2 * os] = sum + 4 * m3 + m[7 * is];
  o[3 * os] = difference + 8 * m3 + m[4 * is] + m[8 * is];
}

/* 4 → 9: A */
SK_INLINE void
sk_strided_a (SkVec *o, int os, const SkVec *y, int is) {
  SkVec y0 = y[0], y1 = y[is], y2 = y[2 * is], y3 = y[3 * is];

  o[0] = y0;
  o[os] = (y0 + y2) + (y1 + y3);
  o[2 * os] = (y0 + y2) - (y1 + y3);
  o[3 * os] = (y0 + 4 * y2) + (2 * y1 + 8 * y3);
  o[4 * os] = y3;
  o[5 * os] = y0;
  o[6 * os] = y1;
  o[7 * os] = y2;
  o[8 * os] = y3;
}

/* 3 → 6: G */
SK_INLINE void
sk_strided_g (SkVec *o, int os, const SkVec *w, int is) {
  SkVec w0 = w[0], w2 = w[2 * is];

  o[0] = w0 * 0.5f;
  o[os] = (w0 + w2) * 0.5f;
  o[2 * os] = (w0 - w2) * (1.0f / 6);
  o[3 * os] = w0 * (1.0f / 6) + w2 * (1.0f / 3);
  o[4 * os] = w2;
  o[5 * os] = w[is];
}

/* 6 → 3: Gᵀ */
SK_INLINE void
sk_strided_gt (SkVec *o, int os, const SkVec *u, int is) {
  SkVec u1 = u[is], u2 = u[2 * is], u3 = u[3 * is];

  o[0] = (u[0] + u1) * 0.5f + (u2 + u3) * (1.0f / 6);
  o[os] = u[5 * is];
  o[2 * os] = u1 * 0.5f - u2 * (1.0f / 6) + u3 * (1.0f / 3) + u[4 * is];
}
