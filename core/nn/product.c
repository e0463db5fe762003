#include "product.h"

#define SK_INLINE static inline __attribute__ ((always_inline))

/* Three rows share a pointer: the processor adds one or two strides while it loads. */
#define ROWS_PER_POINTER 3

/* m (mr rows × nr vectors) = v·u. Constants mr and nr make the accumulators registers. */
SK_INLINE void
forward_block (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
               const float *u, int depth, const int mr, const int nr) {
  SkVec sum[SK_MR][SK_NR];

#pragma GCC unroll 16
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      sum[i][j] = (SkVec){ 0 };
  for (int d = 0; d < depth; d++, v += v_layout.chunk) {
    const float *row[SK_MR / ROWS_PER_POINTER];

#pragma GCC unroll 16
    for (int i = 0; i < SK_MR / ROWS_PER_POINTER; i++)
      row[i] = v + (gsize) (i * ROWS_PER_POINTER) * v_layout.row;
#pragma GCC unroll 2
    for (int l = 0; l < SK_VL; l++, u += nr * SK_VL) {
      SkVec b[SK_NR];

#pragma GCC unroll 4
      for (int j = 0; j < nr; j++)
        b[j] = sk_load (u + j * SK_VL);
#pragma GCC unroll 16
      for (int i = 0; i < mr; i++) {
        SkVec a =
            sk_splat (row[i / ROWS_PER_POINTER]
                         [(gsize) (i % ROWS_PER_POINTER) * v_layout.row + (gsize) l]);

#pragma GCC unroll 4
        for (int j = 0; j < nr; j++)
          sum[i][j] += a * b[j];
      }
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      sk_store (m + (gsize) i * m_layout.row + (gsize) j * m_layout.chunk, sum[i][j]);
}

/* The last rows of a block, fewer than SK_MR. */
SK_INLINE void
forward_rest (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
              const float *u, int rows, int depth, const int nr) {
  switch (rows) {
#define REST(n)                                                                        \
  case n:                                                                              \
    forward_block (m, m_layout, v, v_layout, u, depth, n, nr);                         \
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

SK_INLINE void
forward_panel (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
               const float *u, int rows, int depth, const int nr) {
  int row = 0;

  for (; row + SK_MR <= rows; row += SK_MR)
    forward_block (m + (gsize) row * m_layout.row, m_layout,
                   v + (gsize) row * v_layout.row, v_layout, u, depth, SK_MR, nr);
  forward_rest (m + (gsize) row * m_layout.row, m_layout,
                v + (gsize) row * v_layout.row, v_layout, u, rows - row, depth, nr);
}

SK_INLINE void
forward_panels (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
                const float *u, int rows, int depth, int columns) {
  gsize panel = (gsize) depth * SK_VL * SK_VL;
  int j = 0;

  for (; j + SK_NR <= columns; j += SK_NR)
    forward_panel (m + (gsize) j * m_layout.chunk, m_layout, v, v_layout,
                   u + (gsize) j * panel, rows, depth, SK_NR);
  for (; j < columns; j++)
    forward_panel (m + (gsize) j * m_layout.chunk, m_layout, v, v_layout,
                   u + (gsize) j * panel, rows, depth, 1);
}

void
sk_product (float *m, SkLayout m_layout, const float *v, SkLayout v_layout,
            const float *u, int rows, int depth, int columns) {
  /* Rows that follow each other are by far the most frequent: a constant stride. */
  if (v_layout.row == SK_VL)
    forward_panels (m, m_layout, v, (SkLayout){ SK_VL, v_layout.chunk }, u, rows, depth,
                    columns);
  else
    forward_panels (m, m_layout, v, v_layout, u, rows, depth, columns);
}

/* du (mr × nr vectors) += Σ over rows of v (its mr channels) times e. */
SK_INLINE void
outer_block (float *du, gsize width, const float *v, gsize v_row, const float *e,
             SkLayout e_layout, int rows, gboolean first, const int mr, const int nr) {
  SkVec sum[SK_OUTER_MR][SK_NR];

#pragma GCC unroll 16
  for (int i = 0; i < mr; i++)
#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      sum[i][j] = first ? (SkVec){ 0 } : sk_load (du + (gsize) i * width + j * SK_VL);
#pragma GCC unroll 2
  for (int t = 0; t < rows; t++, v += v_row, e += e_layout.row) {
    SkVec b[SK_NR];

#pragma GCC unroll 4
    for (int j = 0; j < nr; j++)
      b[j] = sk_load (e + (gsize) j * e_layout.chunk);
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
sk_product_outer (float *du, const float *v, SkLayout v_layout, const float *e,
                  SkLayout e_layout, int rows, int depth, int columns, gboolean first) {
  gsize width = (gsize) columns * SK_VL;

  for (int j = 0; j < columns; j += SK_NR)
    for (int i = 0; i < depth * SK_VL; i += SK_OUTER_MR) {
      float *to = du + (gsize) i * width + j * SK_VL;
      const float *from = v + (gsize) (i / SK_VL) * v_layout.chunk + i % SK_VL;
      const float *by = e + (gsize) j * e_layout.chunk;

      if (j + SK_NR <= columns)
        outer_block (to, width, from, v_layout.row, by, e_layout, rows, first,
                     SK_OUTER_MR, SK_NR);
      else
        outer_block (to, width, from, v_layout.row, by, e_layout, rows, first,
                     SK_OUTER_MR, 1);
    }
}
