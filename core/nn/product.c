#include "product.h"

/* m (mr rows × nr vectors) = v·u. Constants mr and nr make the accumulators registers. */
static inline __attribute__ ((always_inline)) void
forward_block (float *m, const float *v, const float *u, gsize stride, int depth,
               const int mr, const int nr) {
  SkVec sum[SK_MR][SK_NR];

#pragma GCC unroll 16
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      sum[i][j] = (SkVec){ 0 };
  for (int d = 0; d < depth; d++, v += stride * SK_VL)
#pragma GCC unroll 2
    for (int l = 0; l < SK_VL; l++, u += nr * SK_VL) {
      SkVec b[SK_NR];

#pragma GCC unroll 4
      for (int j = 0; j < nr; j++)
        b[j] = sk_load (u + j * SK_VL);
#pragma GCC unroll 16
      for (int i = 0; i < mr; i++) {
        SkVec a = sk_splat (v[i * SK_VL + l]);

#pragma GCC unroll 4
        for (int j = 0; j < nr; j++)
          sum[i][j] += a * b[j];
      }
    }
#pragma GCC unroll 16
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      sk_store (m + ((gsize) j * stride + (gsize) i) * SK_VL, sum[i][j]);
}

/* The last rows of a block, fewer than SK_MR. */
static inline __attribute__ ((always_inline)) void
forward_rest (float *m, const float *v, const float *u, int rows, gsize stride,
              int depth, const int nr) {
  switch (rows) {
#define REST(n)                                                                        \
  case n:                                                                              \
    forward_block (m, v, u, stride, depth, n, nr);                                     \
    break
    REST (1);
    REST (2);
    REST (3);
    REST (4);
    REST (5);
#if SK_MR > 6
    REST (6);
    REST (7);
    REST (8);
    REST (9);
    REST (10);
    REST (11);
#endif
#undef REST
  default:
    break;
  }
}

static inline __attribute__ ((always_inline)) void
forward_panel (float *m, const float *v, const float *u, int rows, gsize stride,
               int depth, const int nr) {
  int row = 0;

  for (; row + SK_MR <= rows; row += SK_MR)
    forward_block (m + row * SK_VL, v + row * SK_VL, u, stride, depth, SK_MR, nr);
  forward_rest (m + row * SK_VL, v + row * SK_VL, u, rows - row, stride, depth, nr);
}

void
sk_product (float *m, const float *v, const float *u, int rows, int stride, int depth,
            int columns) {
  gsize column = (gsize) stride * SK_VL, panel = (gsize) depth * SK_VL * SK_VL;
  int j = 0;

  for (; j + SK_NR <= columns; j += SK_NR)
    forward_panel (m + (gsize) j * column, v, u + (gsize) j * panel, rows,
                   (gsize) stride, depth, SK_NR);
  for (; j < columns; j++)
    forward_panel (m + (gsize) j * column, v, u + (gsize) j * panel, rows,
                   (gsize) stride, depth, 1);
}

/* du (mr × nr vectors) += Σ over rows of v (its mr channels) times e. */
static inline __attribute__ ((always_inline)) void
outer_block (float *du, gsize width, const float *v, const float *e, int rows,
             gsize stride, gboolean first, const int mr, const int nr) {
  SkVec sum[SK_OUTER_MR][SK_NR];

#pragma GCC unroll 16
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      sum[i][j] = first ? (SkVec){ 0 } : sk_load (du + (gsize) i * width + j * SK_VL);
#pragma GCC unroll 2
  for (int t = 0; t < rows; t++, v += SK_VL, e += SK_VL) {
    SkVec b[SK_NR];

#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      b[j] = sk_load (e + (gsize) j * stride * SK_VL);
#pragma GCC unroll 16
    for (int i = 0; i < mr; i++) {
      SkVec a = sk_splat (v[i]);

#pragma GCC unroll 4
      for (int j = 0; j < nr; j++)
        sum[i][j] += a * b[j];
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      sk_store (du + (gsize) i * width + j * SK_VL, sum[i][j]);
}

void
sk_product_outer (float *du, const float *v, const float *e, int rows, int stride,
                  int depth, int columns, gboolean first) {
  gsize width = (gsize) columns * SK_VL, chunk = (gsize) stride * SK_VL;
  int j = 0;

  for (; j + SK_NR <= columns; j += SK_NR)
    for (int i = 0; i < depth * SK_VL; i += SK_OUTER_MR)
      outer_block (du + (gsize) i * width + j * SK_VL, width,
                   v + (gsize) (i / SK_VL) * chunk + i % SK_VL, e + (gsize) j * chunk,
                   rows, (gsize) stride, first, SK_OUTER_MR, SK_NR);
  for (; j < columns; j++)
    for (int i = 0; i < depth * SK_VL; i += SK_OUTER_MR)
      outer_block (du + (gsize) i * width + j * SK_VL, width,
                   v + (gsize) (i / SK_VL) * chunk + i % SK_VL, e + (gsize) j * chunk,
                   rows, (gsize) stride, first, SK_OUTER_MR, 1);
}
