/* Winograd's transforms of filters, and back to their gradients. */

#include "conv-transform.h"
#include "winograd-kind.h"

/* U = G w Gᵀ for a vector of columns of one row. */
SK_INLINE void
filter_vector (float *u, gsize u_stride, const float *w, gsize tap, int n) {
  SkVec half[18];

#pragma GCC unroll 3
  for (int j = 0; j < 3; j++) {
    SkVec g[3];

#pragma GCC unroll 3
    for (int i = 0; i < 3; i++)
      g[i] = sk_load_part (w + (gsize) (3 * i + j) * tap, n);
    SK_TILE (g) (half + j, 3, g, 1);
  }
#pragma GCC unroll 6
  for (int i = 0; i < 6; i++) {
    SkVec points[6];

    SK_TILE (g) (points, 1, half + 3 * i, 1);
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++)
      sk_store (u + (gsize) (6 * i + j) * u_stride, points[j]);
  }
}

void
SK_TILE (filters) (float *u, const SkConvPlan *plan, const float *w, gboolean turned,
                   gsize begin, gsize end) {
  const SkConvShape *s = plan->shape;
  int rows = turned ? s->k : s->c, columns = turned ? s->c : s->k;
  int row_chunks = turned ? plan->width : plan->depth;
  int column_chunks = turned ? plan->depth : plan->width;
  gsize tap = (gsize) rows * (gsize) columns;

  for (int chunk = 0; chunk < column_chunks; chunk++)
    for (gsize row = begin; row < end; row++) {
      int column = chunk * SK_VL;
      /* Rows past the last are padding, and multiply padding: zero by zero. */
      int n = row < (gsize) rows ? sk_lanes_at (column, columns) : 0;
      float *to =
          u + sk_packed_at (row_chunks * SK_VL, column_chunks, (int) row, column);

      filter_vector (to, plan->u_stride, w + row * (gsize) columns + (gsize) column,
                     tap, n);
    }
}

/* dw += Gᵀ dU G for a vector of columns of one row. */
SK_INLINE void
gradient_vector (float *dw, gsize tap, float *const *du, int workers, gsize at,
                 gsize u_stride, int n) {
  SkVec half[18];

#pragma GCC unroll 6
  for (int j = 0; j < 6; j++) {
    SkVec points[6];

#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      gsize point = at + (gsize) (6 * i + j) * u_stride;

      points[i] = sk_load (du[0] + point);
      for (int worker = 1; worker < workers; worker++)
        points[i] += sk_load (du[worker] + point);
    }
    SK_TILE (gt) (half + j, 6, points, 1);
  }
#pragma GCC unroll 3
  for (int i = 0; i < 3; i++) {
    SkVec g[3];

    SK_TILE (gt) (g, 1, half + 6 * i, 1);
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++) {
      float *to = dw + (gsize) (3 * i + j) * tap;

      sk_store_part (to, sk_load_part (to, n) + g[j], n);
    }
  }
}

void
SK_TILE (filter_gradient) (float *dw, const SkConvPlan *plan, float *const *du,
                           int workers, gsize begin, gsize end) {
  const SkConvShape *s = plan->shape;
  gsize width = (gsize) plan->width * SK_VL, tap = (gsize) s->c * (gsize) s->k;

  for (gsize row = begin; row < MIN (end, (gsize) s->c); row++)
    for (int k = 0; k < s->k; k += SK_VL)
      gradient_vector (dw + row * (gsize) s->k + (gsize) k, tap, du, workers,
                       row * width + (gsize) k, plan->u_stride, sk_lanes_at (k, s->k));
}
