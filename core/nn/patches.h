#pragma once

#include "conv-transform.h"

/* The six of patches (im2col) transforms; conv-transform.h says what each does. */

void
sk_patches_input (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first,
                  int n);

void
sk_patches_output (const SkConvPlan *plan, const SkConvForward *args, const float *m,
                   gsize first, int n_tiles, const SkBlockSums *sums);

void
sk_patches_gradient (float *e, const SkConvPlan *plan, const SkGradientOperand *dy,
                     gsize first, int n);

void
sk_patches_scatter (float *dx, const SkConvPlan *plan, const float *dv, gsize first,
                    int n);

void
sk_patches_filters (float *u, const SkConvPlan *plan, const float *w, gboolean turned,
                    gsize begin, gsize end);

void
sk_patches_filter_gradient (float *dw, const SkConvPlan *plan, float *const *du, int n,
                            gsize begin, gsize end);
