#pragma once

#include "conv-transform.h"

/* Winograd's six transforms, and those for stride 2; conv-transform.h says what each
 * does. */

void
sk_winograd_input (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first,
                   int n);

void
sk_winograd_output (const SkConvPlan *plan, const SkConvForward *args, const float *m,
                    gsize first, int n_tiles, const SkBlockSums *sums);

void
sk_winograd_gradient (float *e, const SkConvPlan *plan, const SkGradientOperand *dy,
                      gsize first, int n);

void
sk_winograd_scatter (float *dx, const SkConvPlan *plan, const float *dv, gsize first,
                     int n);

void
sk_winograd_filters (float *u, const SkConvPlan *plan, const float *w, gboolean turned,
                     gsize begin, gsize end);

void
sk_winograd_filter_gradient (float *dw, const SkConvPlan *plan, float *const *du, int n,
                             gsize begin, gsize end);

void
sk_strided_input (float *v, const SkConvPlan *plan, const SkOperand *x, gsize first,
                  int n);

void
sk_strided_output (const SkConvPlan *plan, const SkConvForward *args, const float *m,
                   gsize first, int n_tiles, const SkBlockSums *sums);

void
sk_strided_gradient (float *e, const SkConvPlan *plan, const SkGradientOperand *dy,
                     gsize first, int n);

void
sk_strided_scatter (float *dx, const SkConvPlan *plan, const float *dv, gsize first,
                    int n);

void
sk_strided_filters (float *u, const SkConvPlan *plan, const float *w, gboolean turned,
                    gsize begin, gsize end);

void
sk_strided_filter_gradient (float *dw, const SkConvPlan *plan, float *const *du, int n,
                            gsize begin, gsize end);
