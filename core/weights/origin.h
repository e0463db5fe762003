#pragma once

#include "weights.h"

/* Weight files that are known by name and hash, and how their pictures are prepared. */

/**
 * sk_origin_find:
 * @path: its name ends in a hash, as torchvision's do: "resnet50-11ad3fa6.pth"
 * @bytes: of the whole file
 * @info: origin is set, and the transform where nothing was stored with the weights
 *
 * A name whose hash is not the file's is said to be so, and nothing is taken from it.
 */
void
sk_origin_find (const char *path, GBytes *bytes, SkWeightsInfo *info);

/* ImageNet's mean and standard deviation of 0 … 1, by channel. */
void
sk_origin_use_imagenet (SkWeightsInfo *info);
