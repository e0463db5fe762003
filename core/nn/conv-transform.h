#pragma once

#include "conv-plan.h"
#include "finish.h"

/* The transforms of a block of @n tiles that begins with tile @first of the batch, and
 * of filters. Winograd's are in winograd-*.c, the patches' in patches.c; each has the
 * same six, so the walk over blocks (conv-blocks.c) knows one table. */

typedef struct {
  /* x → V */
  void (*input) (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first,
                 int n);
  /* M → y, with bias, add, ReLU; sums added to */
  void (*output) (const SkConvPlan *plan, const SkConvForward *args, const float *m,
                  gsize first, int n, const SkBlockSums *sums);
  /* dy → E */
  void (*gradient) (float *e, const SkConvPlan *plan, const SkGradientOperand *dy,
                    gsize first, int n);
  /* dV → dx, added (where tiles do not overlap: stored) */
  void (*scatter) (float *dx, const SkConvPlan *plan, const float *dv, gsize first,
                   int n);
  /* w (taps,depth,width) → rows begin … end of U, (depth,width) or, @turned, of its
   * transpose (width,depth) */
  void (*filters) (float *u, const SkConvPlan *plan, const float *w, gboolean turned,
                   gsize begin, gsize end);
  /* dw rows begin … end (channels of x, or rows of patches) += what the @n du of the
   * workers add up to, in their order */
  void (*filter_gradient) (float *dw, const SkConvPlan *plan, float *const *du, int n,
                           gsize begin, gsize end);
} SkConvTransform;

/* Position of row @row, column @column in a point's packed filters of @rows rows and
 * @columns chunks of columns (product.h). A vector of columns is contiguous. */
gsize
sk_packed_at (int rows, int columns, int row, int column);
