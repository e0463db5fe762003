/* Winograd's transforms on the way back: of the output's gradient, and to the input's. */

#include "conv-transform.h"
#include "winograd-kind.h"

/* E = A dy Aᵀ for one vector of channels of one tile; what lies past the edge is 0. */
SK_INLINE void
gradient_chunk (float *e, const SkConvPlan *plan, const SkGradientOperand *dy,
                const SkGradientLane *lane, gsize at, int rows, int columns, int n,
                const gboolean whole) {
  const SkConvShape *s = plan->shape;
  gsize line = (gsize) s->q * (gsize) s->k;
  SkVec half[4 * SK_TILE_IN];

#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    SkVec y[4];

#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
      y[i] = whole || (i < rows && j < columns)
                 ? sk_gradient_at (lane, dy,
                                   at + (gsize) i * line + (gsize) j * (gsize) s->k, n)
                 : (SkVec){ 0 };
    SK_TILE (a) (half + j, 4, y, 1);
  }
#pragma GCC unroll 9
  for (int i = 0; i < SK_TILE_IN; i++) {
    SkVec points[SK_TILE_IN];

    SK_TILE (a) (points, 1, half + 4 * i, 1);
#pragma GCC unroll 9
    for (int j = 0; j < SK_TILE_IN; j++) {
      float *to = e + (gsize) (SK_TILE_IN * i + j) * plan->m_stride;

      SK_WINOGRAD_CLAIM (to);
      sk_store (to, points[j]);
    }
  }
}

void
SK_TILE (gradient) (float *e, const SkConvPlan *plan, const SkGradientOperand *dy,
                    gsize first, int n_tiles) {
  const SkConvShape *s = plan->shape;
  SkTile tile = sk_conv_plan_tile (plan, first);

  for (int slot = 0; slot < n_tiles; slot++, sk_conv_plan_next (plan, &tile)) {
    int rows = MIN (4, s->p - tile.p), columns = MIN (4, s->q - tile.q);
    gsize at =
        ((tile.image * (gsize) s->p + (gsize) tile.p) * (gsize) s->q + (gsize) tile.q) *
        (gsize) s->k;

    for (int chunk = 0; chunk < plan->width; chunk++) {
      int k = chunk * SK_VL, n = sk_lanes_at (k, s->k);
      SkGradientLane lane = sk_gradient_lane (dy, k, n);
      float *to = e + sk_layout_at (plan->m_layout, chunk, slot);

      if (rows == 4 && columns == 4 && n == SK_VL)
        gradient_chunk (to, plan, dy, &lane, at + (gsize) k, 4, 4, SK_VL, TRUE);
      else
        gradient_chunk (to, plan, dy, &lane, at + (gsize) k, rows, columns, n, FALSE);
    }
  }
}

/* B dV Bᵀ of one tile, added to those of its pixels that exist. */
SK_INLINE void
scatter_chunk (float *dx, const float *dv, const SkConvPlan *plan, int h, int w, int n,
               const gboolean inside) {
  const SkConvShape *s = plan->shape;
  gsize line = (gsize) s->w * (gsize) s->c;
  SkVec half[SK_TILE_IN * SK_TILE_IN];

#pragma GCC unroll 9
  for (int j = 0; j < SK_TILE_IN; j++) {
    SkVec points[SK_TILE_IN];

#pragma GCC unroll 9
    for (int i = 0; i < SK_TILE_IN; i++)
      points[i] = sk_load (dv + (gsize) (SK_TILE_IN * i + j) * plan->v_stride);
    SK_TILE (b) (half + j, SK_TILE_IN, points, 1);
  }
#pragma GCC unroll 9
  for (int i = 0; i < SK_TILE_IN; i++) {
    float *row = dx + (gssize) (h + i) * (gssize) line + (gssize) w * (gssize) s->c;
    SkVec pixels[SK_TILE_IN];

    if (!inside && (h + i < 0 || h + i >= s->h))
      continue;
    SK_TILE (b) (pixels, 1, half + SK_TILE_IN * i, 1);
#pragma GCC unroll 9
    for (int j = 0; j < SK_TILE_IN; j++, row += s->c)
      if (inside || (w + j >= 0 && w + j < s->w))
        sk_store_part (row, sk_load_part (row, n) + pixels[j], n);
  }
}

void
SK_TILE (scatter) (float *dx, const SkConvPlan *plan, const float *dv, gsize first,
                   int n_tiles) {
  const SkConvShape *s = plan->shape;
  SkTile tile = sk_conv_plan_tile (plan, first);

  for (int slot = 0; slot < n_tiles; slot++, sk_conv_plan_next (plan, &tile)) {
    int h = tile.p * s->stride - s->pad, w = tile.q * s->stride - s->pad;
    gboolean inside =
        h >= 0 && w >= 0 && h + SK_TILE_IN <= s->h && w + SK_TILE_IN <= s->w;
    float *image = dx + tile.image * (gsize) s->h * (gsize) s->w * (gsize) s->c;

    for (int chunk = 0; chunk < plan->depth; chunk++) {
      int c = chunk * SK_VL, n = sk_lanes_at (c, s->c);
      const float *from = dv + sk_layout_at (plan->v_layout, chunk, slot);

      if (inside && n == SK_VL)
        scatter_chunk (image + c, from, plan, h, w, SK_VL, TRUE);
      else
        scatter_chunk (image + c, from, plan, h, w, n, FALSE);
    }
  }
}
