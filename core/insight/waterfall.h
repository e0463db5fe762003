#pragma once

#include "explainer.h"

/* Who argued for a class: the logit as a sum of what the stem and every block put onto the
 * skips, exactly. logit = bias + stem + Σ blocks. */
typedef struct {
  int class;
  double logit; /* what the network says */
  double bias; /* of the head, and what projections add whatever they read */
  double stem;
  int n_blocks;
  double *blocks; /* (n_blocks) ⟨v, F(x)⟩ */
  float *
      *maps; /* (n_blocks) each (h,w) of the block's output: where in the picture; sums
                   to blocks[b] */
} SkWaterfall;

/**
 * sk_waterfall_fill:
 * @self: (out): sk_waterfall_clear()
 * @explainer: has looked at the picture
 * @class: whose logit is taken apart
 *
 * Follows the skips alone from the logit back to the stem: v = ∂logit/∂s by P and the
 * ReLUs' masks, without the branches. Each branch's part is ⟨v, F(x)⟩. In a plain network
 * all of it is the last block's. Costs less than a forward pass.
 * Checked: the parts sum to the logit; finite differences of a network without branches.
 */
void
sk_waterfall_fill (SkWaterfall *self, SkExplainer *explainer, int class);

void
sk_waterfall_clear (SkWaterfall *self);
