#pragma once

#include "conv.h"
#include "product.h"
#include "vec.h"

/* How a convolution is computed: the outputs of a picture are cut into tiles, a block of
 * tiles is transformed into V, multiplied point by point with the transformed filters U,
 * and transformed back:
 *
 *   forward    x → V,   M = V·U,             M → y
 *   backward   dy → E,  dU += Vᵀ·E,  dV = E·Uᵀ,  dV → dx,  and at the end dU → dw
 *
 * Two kinds of transform are known: Winograd's (36 points for 4×4 outputs, or 81 with
 * stride 2) and none at all, where V is the patch that an output sees (1 point for 1
 * output). */

typedef struct {
  const SkConvShape *shape;
  gboolean winograd;
  int points; /* products per tile */
  int filters; /* points of U and dU: products of a tile may share one */
  int side; /* outputs of a tile, each way */
  int rows, columns; /* tiles in a picture */
  int depth; /* chunks of SK_VL: C, or R·S·C for patches */
  int width; /* chunks of SK_VL: K */
  int block; /* tiles at once */
  SkLayout v_layout; /* of V and dV: Winograd's chunk by chunk, patches row by row */
  SkLayout m_layout; /* of M and E likewise */
  gsize v_stride; /* floats between the points of V */
  gsize m_stride; /* of M and E */
  gsize u_stride; /* of U and dU, depth·width chunks each */
} SkConvPlan;

SkConvPlan
sk_conv_plan (const SkConvShape *shape, gboolean backward);

/* Layouts and strides, as depth, width and block ask for. */
void
sk_conv_plan_lay_out (SkConvPlan *self);

/* Tiles in a picture. */
static inline gsize
sk_conv_plan_tiles (const SkConvPlan *self) {
  return (gsize) self->rows * (gsize) self->columns;
}

/* The U that a point is multiplied with: with stride 2 the last four of nine points, each
 * way, share one (winograd-strided.h). @first: no point before has the same. */
static inline int
sk_conv_plan_filter (const SkConvPlan *self, int point, gboolean *first) {
  int row = point / 9, column = point % 9;

  *first = self->points == self->filters || (row <= 5 && column <= 5);
  return self->points == self->filters ? point : 6 * MIN (row, 5) + MIN (column, 5);
}

/* Where tile @tile of the whole batch lies: its first output. */
typedef struct {
  gsize image;
  int p, q;
} SkTile;

static inline SkTile
sk_conv_plan_tile (const SkConvPlan *self, gsize tile) {
  gsize in_image = tile % sk_conv_plan_tiles (self);

  return (SkTile){
    .image = tile / sk_conv_plan_tiles (self),
    .p = (int) (in_image / (gsize) self->columns) * self->side,
    .q = (int) (in_image % (gsize) self->columns) * self->side,
  };
}

/* The tile after it. */
static inline void
sk_conv_plan_next (const SkConvPlan *self, SkTile *tile) {
  tile->q += self->side;
  if (tile->q < self->columns * self->side)
    return;
  tile->q = 0;
  tile->p += self->side;
  if (tile->p < self->rows * self->side)
    return;
  tile->p = 0;
  tile->image++;
}

/* Rows of x, counted through the batch, that the tiles before @tile have touched. */
gsize
sk_conv_plan_input_rows (const SkConvPlan *self, gsize tile);

/* Rows of y likewise. */
gsize
sk_conv_plan_output_rows (const SkConvPlan *self, gsize tile);

/* Float of a chunk and tile of a block. */
static inline gsize
sk_layout_at (SkLayout layout, int chunk, int slot) {
  return (gsize) chunk * layout.chunk + (gsize) slot * layout.row;
}

/* A 1×1 convolution reads and writes pixels where they are. */
static inline gboolean
sk_conv_plan_is_direct (const SkConvPlan *self) {
  const SkConvShape *s = self->shape;

  return s->r == 1 && s->s == 1 && s->stride == 1 && s->pad == 0 && s->c % SK_VL == 0;
}
