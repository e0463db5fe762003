#pragma once

#include "network.h"

/* A network laid open for one picture: every output and every gradient can be looked at.
 * What may be asked of it is in this folder, a file each. */
typedef struct _SkExplainer SkExplainer;

/**
 * sk_explainer_new:
 * @plan: of the network to explain, for any number of pictures
 * @parameters: shared, not owned; they outlive it
 * @pool: not owned
 * @error: SK_ERROR_MEMORY
 *
 * Running statistics throughout, as in evaluation.
 */
SkExplainer *
sk_explainer_new (const SkPlan *plan, SkParameters *parameters, SkPool *pool,
                  GError **error);

void
sk_explainer_free (SkExplainer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkExplainer, sk_explainer_free)

/* The plan for one picture. */
const SkPlan *
sk_explainer_plan (const SkExplainer *self);

/* λ of a block's skip, as of the network that is explained. */
void
sk_explainer_set_lambda (SkExplainer *self, int block, float lambda);

/* When it becomes TRUE what is under way returns early and means nothing. */
void
sk_explainer_set_cancel (SkExplainer *self, const gint *flag);

/**
 * sk_explainer_look:
 * @image: (h,w,3) normalised; must stay until the last question about it
 *
 * Returns: (classes) logits, owned by the explainer until the next look
 */
const float *
sk_explainer_look (SkExplainer *self, const float *image);

/* The output of a block for the picture looked at: (h,w,c) of plan->blocks[block].last. */
const float *
sk_explainer_block (SkExplainer *self, int block);

/**
 * sk_explainer_grad_cam:
 * @class: whose logit is asked for
 * @maps: (n_blocks) each (h,w) of the block's output, overwritten
 *
 * Grad-CAM of every block in one backward pass: relu (Σ_c α_c·A_c), α_c = mean over h·w of
 * ∂logit/∂A_c. Source: Selvaraju et al. 2017, arXiv 1610.02391. Checked: PyTorch.
 */
void
sk_explainer_grad_cam (SkExplainer *self, int class, float *const *maps);

/**
 * sk_explainer_exits:
 * @logits: (n_blocks,classes) overwritten
 *
 * What the network would say if no branch after a block added anything: the block's
 * output carried on by the skips alone, then pooled and given to the head. The last row is
 * what it does say. Where a stage follows, its projection or padding is on the way.
 *
 * Returns: FALSE, with nothing written, for a plain network: nothing would arrive
 */
gboolean
sk_explainer_exits (SkExplainer *self, float *logits);

/**
 * sk_explainer_pool:
 * @features: (C) overwritten: the mean of the block's output over its pixels
 */
void
sk_explainer_pool (SkExplainer *self, int block, float *features);

/**
 * sk_explainer_head:
 * @block: of the last stage, where the head knows the channels
 * @logits: (classes) overwritten: what the head makes of the block's output
 *
 * A plain network can be asked too. Checked: PyTorch.
 */
void
sk_explainer_head (SkExplainer *self, int block, float *logits);
