#pragma once

#include "snapshot.h"

/* What of the gradient by the last block's output reaches a block's input. */

/* The product of λ of @block and all blocks after it: what passes through the skips alone
 * (He et al. 2016, arXiv 1603.05027, §3.1). @lambda: (n_blocks) */
double
sk_attenuation_predicted (const SkPlan *plan, const float *lambda, int block);

/* RMS of ∂L/∂x of @block over the RMS of the gradient by the last block's output; 0: not
 * known. @blocks: (n_blocks) (nullable) */
double
sk_attenuation_measured (const SkPlan *plan, const SkBlockState *blocks, int block);
