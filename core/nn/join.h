#pragma once

#include "operand.h"
#include "parallel.h"

/* Where a block's two paths meet: s = λ·P + F, out = relu(s); and backwards, where the
 * two gradients by the block's input x meet. Every number that a picture wants is taken
 * in the same pass over memory. */

typedef struct {
  double branch_square; /* ‖F‖² */
  double shortcut_square; /* ‖P‖² */
  gint64 dead; /* outputs with s <= 0 */
} SkJoinProbe;

typedef struct {
  float *out; /* (pixels,C) overwritten: relu(λ·P + F); may be branch's or shortcut's */
  SkOperand branch; /* F */
  SkOperand shortcut; /* P; .data NULL: a plain net, out = relu(F) */
  float lambda;
  SkJoinProbe *probe; /* overwritten; NULL: not measured */
} SkJoinForward;

/* sk_channel_scratch() floats of scratch, for both. */
void
sk_join_forward (const SkJoinForward *args, gsize pixels, int c, float *scratch,
                 SkPool *pool);

typedef struct {
  double skip_square; /* ‖g_skip‖² */
  double residual_square; /* ‖g_res‖² */
  double dot; /* ⟨g_skip, g_res⟩ */
  double sum_square; /* ‖g_skip + g_res‖² = ‖∂L/∂x‖² */
} SkJoinGradientProbe;

/* x is the value of @value: the output of the block or stem before. Its gradient is
 * ∂L/∂x = g_skip + g_res with g_skip = skip_scale·skip, g_res = residual; before its ReLU
 * it is g = x > 0 ? ∂L/∂x : 0. */
typedef struct {
  float *g; /* (pixels,C) overwritten; may be skip or residual */
  float *dx; /* ∂L/∂x as well (nullable); may not be skip or residual */
  const float *residual; /* (pixels,C) */
  const float *skip; /* (pixels,C); NULL: no second path */
  float skip_scale; /* λ where skip is the block's own g (identity), else 1 */
  SkOperand value; /* x itself, for the mask; .data NULL: no ReLU there, g = ∂L/∂x */
  const float *z[2]; /* (pixels,C) raw convolutions that g flows into next: last of the
                        branch, projection; NULL: none */
  double *sums[2]; /* (2,C) overwritten where z: Σg, Σg·z, for their batch norms */
  SkJoinGradientProbe *probe; /* overwritten; NULL: not measured */
} SkJoinBackward;

void
sk_join_backward (const SkJoinBackward *args, gsize pixels, int c, float *scratch,
                  SkPool *pool);
