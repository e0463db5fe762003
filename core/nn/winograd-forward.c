/* Winograd's transforms on the way forward: input and output. */

#include "conv-transform.h"
#include "finish.h"
#include "winograd-kind.h"

/* A tile's inputs: rows and columns that lie inside, the others are padding. */
typedef struct {
  const float *origin; /* first channel of the first pixel inside */
  gsize line, pixel; /* floats to the next row, column */
  int top, bottom, left, right; /* inside: top <= i < bottom, left <= j < right */
} Window;

static inline Window
window_of (const SkConvPlan *plan, const SkOperand *x, const SkTile *at) {
  const SkConvShape *s = plan->shape;
  int h = at->p * s->stride - s->pad, w = at->q * s->stride - s->pad;
  Window window = { .pixel = (gsize) s->c, .line = (gsize) s->w * (gsize) s->c };

  window.top = MAX (-h, 0);
  window.left = MAX (-w, 0);
  window.bottom = MIN (s->h - h, SK_TILE_IN);
  window.right = MIN (s->w - w, SK_TILE_IN);
  window.origin = x->data +
                  (at->image * (gsize) s->h + (gsize) (h + window.top)) * window.line +
                  (gsize) (w + window.left) * window.pixel;
  return window;
}

/* One vector of channels of one tile: V = Bᵀ x B. Constants select what is compiled. */
SK_INLINE void
input_chunk (float *v, gsize v_stride, const Window *window, const SkLane *lane, int c,
             int n, const gboolean border, const gboolean pending) {
  SkVec half[SK_TILE_IN * SK_TILE_IN];

#pragma GCC unroll 9
  for (int j = 0; j < SK_TILE_IN; j++) {
    const float *column =
        window->origin + (gssize) (j - window->left) * (gssize) window->pixel + c;
    SkVec d[SK_TILE_IN];

    if (border && (j < window->left || j >= window->right)) {
#pragma GCC unroll 9
      for (int i = 0; i < SK_TILE_IN; i++)
        half[SK_TILE_IN * i + j] = (SkVec){ 0 };
      continue;
    }
#pragma GCC unroll 9
    for (int i = 0; i < SK_TILE_IN; i++) {
      d[i] = (SkVec){ 0 };
      if (border && (i < window->top || i >= window->bottom))
        continue;
      d[i] =
          sk_load_part (column + (gssize) (i - window->top) * (gssize) window->line, n);
      if (pending)
        d[i] = sk_lane_value (lane, d[i]);
    }
    SK_TILE (bt) (half + j, SK_TILE_IN, d, 1);
  }
#pragma GCC unroll 9
  for (int i = 0; i < SK_TILE_IN; i++) {
    SkVec points[SK_TILE_IN];

    SK_TILE (bt) (points, 1, half + SK_TILE_IN * i, 1);
#pragma GCC unroll 9
    for (int j = 0; j < SK_TILE_IN; j++) {
      float *to = v + (gsize) (SK_TILE_IN * i + j) * v_stride;

      SK_WINOGRAD_CLAIM (to);
      sk_store (to, points[j]);
    }
  }
}

static void
input_tile (float *v, const SkConvPlan *plan, const SkOperand *x, const Window *window,
            int slot) {
  const gboolean pending = x->scale != NULL || x->relu;
  const gboolean border = window->top > 0 || window->left > 0 ||
                          window->bottom < SK_TILE_IN || window->right < SK_TILE_IN;

  for (int chunk = 0; chunk < plan->depth; chunk++) {
    int c = chunk * SK_VL, n = sk_lanes_at (c, plan->shape->c);
    float *to = v + sk_layout_at (plan->v_layout, chunk, slot);
    SkLane lane = sk_operand_lane (x, c, n);

    if (n < SK_VL)
      input_chunk (to, plan->v_stride, window, &lane, c, n, TRUE, TRUE);
    else if (!border && pending)
      input_chunk (to, plan->v_stride, window, &lane, c, SK_VL, FALSE, TRUE);
    else if (!border)
      input_chunk (to, plan->v_stride, window, &lane, c, SK_VL, FALSE, FALSE);
    else if (pending)
      input_chunk (to, plan->v_stride, window, &lane, c, SK_VL, TRUE, TRUE);
    else
      input_chunk (to, plan->v_stride, window, &lane, c, SK_VL, TRUE, FALSE);
  }
}

void
SK_TILE (input) (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first,
                 int n) {
  SkTile at = sk_conv_plan_tile (plan, first);

  for (int slot = 0; slot < n; slot++) {
    Window window = window_of (plan, x, &at);

    input_tile (v, plan, x, &window, slot);
    sk_conv_plan_next (plan, &at);
  }
}

/* y = Aᵀ M A for one vector of channels of one tile. */
SK_INLINE void
output_values (SkVec *y, const float *m, gsize m_stride) {
  SkVec half[4 * SK_TILE_IN];

#pragma GCC unroll 9
  for (int j = 0; j < SK_TILE_IN; j++) {
    SkVec points[SK_TILE_IN];

#pragma GCC unroll 9
    for (int i = 0; i < SK_TILE_IN; i++)
      points[i] = sk_load (m + (gsize) (SK_TILE_IN * i + j) * m_stride);
    SK_TILE (at) (half + j, SK_TILE_IN, points, 1);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    SK_TILE (at) (y + 4 * i, 1, half + SK_TILE_IN * i, 1);
}

/* Stores a tile. @plain: nothing but sums is wanted of it; @whole: no edge cuts it. */
SK_INLINE void
output_chunk (const SkConvPlan *plan, const SkConvForward *args, const float *m,
              const SkTile *at, int k, int n, const SkBlockSums *sums, gboolean first,
              const gboolean plain, const gboolean whole) {
  const SkConvShape *s = plan->shape;
  int rows = whole ? 4 : MIN (4, s->p - at->p);
  int columns = whole ? 4 : MIN (4, s->q - at->q);
  gsize line = (gsize) s->q * (gsize) s->k;
  gsize to =
      ((at->image * (gsize) s->p + (gsize) at->p) * (gsize) s->q + (gsize) at->q) *
          (gsize) s->k +
      (gsize) k;
  SkFinish finish = sk_finish (args, sums, first, k, n);
  SkVec y[16];

  output_values (y, m, plan->m_stride);
  if (first)
    finish.moments = sk_moments (plain ? y[0] : sk_finish_value (&finish, y[0], to, n));
#pragma GCC unroll 4
  for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
    for (int j = 0; j < columns; j++) {
      gsize pixel = to + (gsize) i * line + (gsize) j * (gsize) s->k;
      SkVec v = y[4 * i + j];

      if (!plain)
        v = sk_finish_value (&finish, v, pixel, n);
      sk_moments_add (&finish.moments, v);
      sk_store_part (args->y + pixel, v, n);
    }
  sk_finish_keep (&finish, sums, k, n);
}

void
SK_TILE (output) (const SkConvPlan *plan, const SkConvForward *args, const float *m,
                  gsize first, int n_tiles, const SkBlockSums *sums) {
  const SkConvShape *s = plan->shape;
  const gboolean plain = !args->bias && !args->add && !args->relu;
  SkTile at = sk_conv_plan_tile (plan, first);
  double count = 0;

  for (int slot = 0; slot < n_tiles; slot++, sk_conv_plan_next (plan, &at)) {
    int rows = MIN (4, s->p - at.p), columns = MIN (4, s->q - at.q);
    const gboolean whole = rows == 4 && columns == 4;

    for (int chunk = 0; chunk < plan->width; chunk++) {
      const float *from = m + sk_layout_at (plan->m_layout, chunk, slot);
      int k = chunk * SK_VL, n = sk_lanes_at (k, s->k);

      if (n == SK_VL && plain && whole)
        output_chunk (plan, args, from, &at, k, SK_VL, sums, slot == 0, TRUE, TRUE);
      else if (n == SK_VL && whole)
        output_chunk (plan, args, from, &at, k, SK_VL, sums, slot == 0, FALSE, TRUE);
      else
        output_chunk (plan, args, from, &at, k, n, sums, slot == 0, FALSE, FALSE);
    }
    count += rows * columns;
  }
  sk_block_sums_flush (sums, count);
}
