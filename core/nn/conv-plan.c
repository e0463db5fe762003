#include "conv-plan.h"

#include "conv-transform.h"

/* Tiles at once, measured (README.md): the fewer, the more of a block's V and M stays in
 * the second-level cache; the more, the more seldom filters are read. Filters that even
 * the third level cannot hold decide the other way. Multiples of SK_MR. */
static int
block_of (const SkConvShape *shape, gboolean winograd, gboolean backward) {
  gsize filters = (gsize) shape->c * (gsize) shape->k;

  if (!winograd)
    return 48;
  if (filters > 256 * 256)
    return backward ? 96 : 48;
  if (filters > 128 * 128)
    return backward ? 36 : 12;
  return backward ? 24 : 12;
}

static int
chunks (int channels) {
  return (channels + SK_VL - 1) / SK_VL;
}

/* Floats between points: a power of two would put all vectors of a tile into the
 * same few sets of the cache. */
static gsize
stride_for (gsize floats) {
  return floats + 16;
}

SkConvPlan
sk_conv_plan (const SkConvShape *shape, gboolean backward) {
  SkConvPlan plan = { .shape = shape, .width = chunks (shape->k) };

  plan.winograd = shape->r == 3 && shape->s == 3 && shape->stride <= 2 &&
                  shape->c >= SK_VL && MIN (shape->p, shape->q) > shape->stride;
  if (plan.winograd) {
    plan.points = shape->stride == 2 ? 81 : 36;
    plan.filters = 36;
    plan.side = 4;
    plan.depth = chunks (shape->c);
  } else {
    plan.points = plan.filters = 1;
    plan.side = 1;
    plan.depth = chunks (shape->r * shape->s * shape->c);
  }
  plan.rows = (shape->p + plan.side - 1) / plan.side;
  plan.columns = (shape->q + plan.side - 1) / plan.side;
  plan.block = block_of (shape, plan.winograd, backward);
  sk_conv_plan_lay_out (&plan);
  return plan;
}

void
sk_conv_plan_lay_out (SkConvPlan *self) {
  if (self->winograd) {
    gsize chunk = (gsize) self->block * SK_VL;

    self->v_layout = self->m_layout = (SkLayout){ .row = SK_VL, .chunk = chunk };
    self->v_stride = stride_for ((gsize) self->depth * chunk);
    self->m_stride = stride_for ((gsize) self->width * chunk);
  } else {
    self->v_layout.row = stride_for ((gsize) self->depth * SK_VL);
    self->m_layout.row = stride_for ((gsize) self->width * SK_VL);
    self->v_layout.chunk = self->m_layout.chunk = SK_VL;
    self->v_stride = self->v_layout.row * (gsize) self->block;
    self->m_stride = self->m_layout.row * (gsize) self->block;
  }
  self->u_stride =
      stride_for ((gsize) self->depth * (gsize) self->width * SK_VL * SK_VL);
}

gsize
sk_conv_plan_input_rows (const SkConvPlan *self, gsize tile) {
  const SkConvShape *s = self->shape;
  SkTile last;

  if (tile == 0)
    return 0;
  last = sk_conv_plan_tile (self, tile - 1);
  return last.image * (gsize) s->h +
         (gsize) CLAMP ((last.p + self->side - 1) * s->stride - s->pad + s->r, 0, s->h);
}

gsize
sk_conv_plan_output_rows (const SkConvPlan *self, gsize tile) {
  SkTile last;

  if (tile == 0)
    return 0;
  last = sk_conv_plan_tile (self, tile - 1);
  return last.image * (gsize) self->shape->p +
         (gsize) MIN (last.p + self->side, self->shape->p);
}

gsize
sk_packed_at (int rows, int columns, int row, int column) {
  int panel = column / (SK_NR * SK_VL), in_panel = column % (SK_NR * SK_VL);
  int lanes = MIN (SK_NR, columns - panel * SK_NR) * SK_VL;

  return (gsize) panel * (gsize) rows * SK_NR * SK_VL + (gsize) row * (gsize) lanes +
         (gsize) in_panel;
}
