#pragma once

#include "network.h"

/**
 * sk_find_culprit:
 * @network: in training; its gradients are looked at, its frozen groups taken over
 * @parameters: the network's
 * @bn_mode: (nullable): for every group, as in recipes
 * @images: (n,H,W,3) of the step that went wrong
 *
 * Looks for the first thing that is not finite: weights, pictures, outputs of operations
 * in their order, then gradients from the head down. Moves running statistics: the caller
 * puts them back. Slow.
 *
 * Returns: (transfer full) (nullable): name of a tensor or an operation
 */
char *
sk_find_culprit (SkNetwork *network, SkParameters *parameters, const char *bn_mode,
                 const float *images, int n, SkPool *pool);

/* Says "affine", "statistics" or "train" to every group; NULL leaves the network's own
 * choice: train, statistics where frozen. */
void
sk_apply_bn_mode (SkNetwork *network, const char *bn_mode);
