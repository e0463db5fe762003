/* Convolution without a transform (im2col): V is the patch of R·S·C inputs that an output
 * sees, U the filters as they are. A 1×1 convolution is a plain product of matrices. */

#include "patches.h"

#include "conv-transform.h"
#include "finish.h"

/* Where a patch's tap lies in x, in pixels; −1: in the padding. */
static inline gssize
tap_pixel (const SkConvShape *s, const SkTile *at, int r, int t) {
  int h = at->p * s->stride - s->pad + r, w = at->q * s->stride - s->pad + t;

  if (h < 0 || h >= s->h || w < 0 || w >= s->w)
    return -1;
  return (gssize) ((at->image * (gsize) s->h + (gsize) h) * (gsize) s->w + (gsize) w);
}

/* Channels in whole chunks: a tap is copied as it is, or as its value. */
static void
input_whole (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first, int n) {
  const SkConvShape *s = plan->shape;
  const gboolean pending = x->scale != NULL || x->relu;
  SkTile at = sk_conv_plan_tile (plan, first);

  for (int slot = 0; slot < n; slot++, sk_conv_plan_next (plan, &at)) {
    float *to = v + (gsize) slot * plan->v_layout.row;

    for (int tap = 0; tap < s->r * s->s; tap++, to += s->c) {
      gssize pixel = tap_pixel (s, &at, tap / s->s, tap % s->s);
      const float *from = x->data + (gsize) MAX (pixel, 0) * (gsize) s->c;

      if (pixel < 0)
        for (int i = 0; i < s->c; i += SK_VL)
          sk_store (to + i, (SkVec){ 0 });
      else if (!pending)
        for (int i = 0; i < s->c; i += SK_VL)
          sk_store (to + i, sk_load (from + i));
      else
        for (int i = 0; i < s->c; i += SK_VL) {
          SkLane lane = sk_operand_lane (x, i, SK_VL);

          sk_store (to + i, sk_lane_value (&lane, sk_load (from + i)));
        }
    }
  }
}

/* Any number of channels, three in the stem: a filter's row sees a contiguous run. */
static void
input_any (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first, int n) {
  const SkConvShape *s = plan->shape;
  SkTile at = sk_conv_plan_tile (plan, first);

  for (int slot = 0; slot < n; slot++, sk_conv_plan_next (plan, &at)) {
    float *to = v + (gsize) slot * plan->v_layout.row;
    int h = at.p * s->stride - s->pad, w = at.q * s->stride - s->pad;
    int left = MAX (-w, 0), right = MIN (s->s, s->w - w);
    int top = MAX (-h, 0), bottom = MIN (s->r, s->h - h);
    gsize run = right > left ? (gsize) ((right - left) * s->c) * sizeof (float) : 0;

    memset (to, 0, (gsize) plan->depth * SK_VL * sizeof (float));
    for (int r = top; r < bottom; r++) {
      gsize pixel = (at.image * (gsize) s->h + (gsize) (h + r)) * (gsize) s->w +
                    (gsize) (w + left);

      memcpy (to + (r * s->s + left) * s->c, x->data + pixel * (gsize) s->c, run);
    }
  }
}

/* The same where scale, shift or ReLU wait: one number at a time. */
static void
input_any_pending (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first,
                   int n) {
  const SkConvShape *s = plan->shape;
  SkTile at = sk_conv_plan_tile (plan, first);

  input_any (v, plan, x, first, n);
  for (int slot = 0; slot < n; slot++, sk_conv_plan_next (plan, &at))
    for (int i = 0; i < s->r * s->s * s->c; i++) {
      float *to = v + (gsize) slot * plan->v_layout.row + i;
      int tap = i / s->c, c = i % s->c;

      if (tap_pixel (s, &at, tap / s->s, tap % s->s) < 0)
        continue;
      if (x->scale)
        *to = x->scale[c] * *to + x->shift[c];
      if (x->relu && *to <= 0)
        *to = 0;
    }
}

void
sk_patches_input (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first,
                  int n) {
  if (plan->shape->c % SK_VL == 0)
    input_whole (v, plan, x, first, n);
  else if (x->scale || x->relu)
    input_any_pending (v, plan, x, first, n);
  else
    input_any (v, plan, x, first, n);
}

/* Pixels taken together: enough to load a channel's numbers seldom, few enough for memory
 * to be read in the order it lies. */
#define TOGETHER 4

static inline void
output_vectors (const SkConvForward *args, const SkBlockSums *sums, const float *m,
                gsize m_row, gsize at, int k, int n, int pixels, gboolean first) {
  gsize width = (gsize) (sums->channels);
  SkFinish finish = sk_finish (args, sums, first, k, n);

  at += (gsize) k;
  if (first)
    finish.moments = sk_moments (sk_finish_value (&finish, sk_load (m), at, n));
  for (int i = 0; i < pixels; i++, m += m_row, at += width) {
    SkVec y = sk_finish_value (&finish, sk_load (m), at, n);

    sk_moments_add (&finish.moments, y);
    sk_store_part (args->y + at, y, n);
  }
  sk_finish_keep (&finish, sums, k, n);
}

/* A block's outputs lie one after the other in y. */
void
sk_patches_output (const SkConvPlan *plan, const SkConvForward *args, const float *m,
                   gsize first, int n_tiles, const SkBlockSums *sums) {
  const int width = plan->shape->k, whole = width / SK_VL * SK_VL;
  gsize row = plan->m_layout.row;

  for (int slot = 0; slot < n_tiles; slot += TOGETHER) {
    const float *from = m + (gsize) slot * row;
    gsize at = (first + (gsize) slot) * (gsize) width;
    int pixels = MIN (TOGETHER, n_tiles - slot);

    for (int k = 0; k < whole; k += SK_VL)
      output_vectors (args, sums, from + k, row, at, k, SK_VL, pixels, slot == 0);
    if (whole < width)
      output_vectors (args, sums, from + whole, row, at, whole, width - whole, pixels,
                      slot == 0);
  }
  sk_block_sums_flush (sums, n_tiles);
}

static inline void
gradient_vectors (float *e, gsize e_row, const SkGradientOperand *dy, gsize at,
                  gsize width, int k, int n, int pixels) {
  SkGradientLane lane = sk_gradient_lane (dy, k, n);

  e += k;
  at += (gsize) k;
  for (int i = 0; i < pixels; i++, e += e_row, at += width)
    sk_store (e, sk_gradient_at (&lane, dy, at, n));
}

void
sk_patches_gradient (float *e, const SkConvPlan *plan, const SkGradientOperand *dy,
                     gsize first, int n_tiles) {
  const int width = plan->shape->k, whole = width / SK_VL * SK_VL;
  gsize row = plan->m_layout.row;

  for (int slot = 0; slot < n_tiles; slot += TOGETHER) {
    float *to = e + (gsize) slot * row;
    gsize at = (first + (gsize) slot) * (gsize) width;
    int pixels = MIN (TOGETHER, n_tiles - slot);

    for (int k = 0; k < whole; k += SK_VL)
      gradient_vectors (to, row, dy, at, (gsize) width, k, SK_VL, pixels);
    if (whole < width)
      gradient_vectors (to, row, dy, at, (gsize) width, whole, width - whole, pixels);
  }
}

void
sk_patches_scatter (float *dx, const SkConvPlan *plan, const float *dv, gsize first,
                    int n) {
  const SkConvShape *s = plan->shape;
  SkTile at = sk_conv_plan_tile (plan, first);

  for (int slot = 0; slot < n; slot++, sk_conv_plan_next (plan, &at)) {
    const float *from = dv + (gsize) slot * plan->v_layout.row;

    for (int tap = 0; tap < s->r * s->s; tap++, from += s->c) {
      gssize pixel = tap_pixel (s, &at, tap / s->s, tap % s->s);
      float *to = dx + (gsize) MAX (pixel, 0) * (gsize) s->c;

      if (pixel >= 0)
        for (int i = 0; i < s->c; i += SK_VL) {
          int lanes = sk_lanes_at (i, s->c);

          sk_store_part (to + i,
                         sk_load_part (to + i, lanes) + sk_load_part (from + i, lanes),
                         lanes);
        }
    }
  }
}

/* w is (rows,columns); @turned, its transpose. */
void
sk_patches_filters (float *u, const SkConvPlan *plan, const float *w, gboolean turned,
                    gsize begin, gsize end) {
  const SkConvShape *s = plan->shape;
  int taps = s->r * s->s * s->c;
  int rows = turned ? s->k : taps, columns = turned ? taps : s->k;
  int row_chunks = turned ? plan->width : plan->depth;
  int column_chunks = turned ? plan->depth : plan->width;

  for (int chunk = 0; chunk < column_chunks; chunk++)
    for (gsize row = begin; row < end; row++) {
      int column = chunk * SK_VL;
      int n = row < (gsize) rows ? sk_lanes_at (column, columns) : 0;

      sk_store (u + sk_packed_at (row_chunks * SK_VL, column_chunks, (int) row, column),
                sk_load_part (w + row * (gsize) columns + (gsize) column, n));
    }
}

void
sk_patches_filter_gradient (float *dw, const SkConvPlan *plan, float *const *du,
                            int workers, gsize begin, gsize end) {
  const SkConvShape *s = plan->shape;
  gsize width = (gsize) plan->width * SK_VL, rows = (gsize) (s->r * s->s * s->c);

  for (gsize row = begin; row < MIN (end, rows); row++)
    for (int k = 0; k < s->k; k += SK_VL) {
      float *to = dw + row * (gsize) s->k + (gsize) k;
      int n = sk_lanes_at (k, s->k);
      SkVec sum = { 0 };

      for (int worker = 0; worker < workers; worker++)
        sum += sk_load (du[worker] + row * width + (gsize) k);
      sk_store_part (to, sk_load_part (to, n) + sum, n);
    }
}
