#pragma once

#include "normalisation.h"
#include "weights.h"

/* Weight files that are known by name and hash, and how their pictures are prepared. */

/**
 * sk_origin_find:
 * @path: its name may end in a hash, as torchvision's do: "resnet50-11ad3fa6.pth"
 * @bytes: of the whole file
 * @info: sha256, origin and name_note are set, the transform where nothing else said it
 *
 * Weights are known by their hash, whatever the file is called now. A name whose hash is
 * not the file's is said to be so, and nothing is taken from it.
 */
void
sk_origin_find (const char *path, GBytes *bytes, SkWeightsInfo *info);

/* What is known to have been used for the weights of @info. */
void
sk_origin_use (SkWeightsInfo *info, const SkNormalisation *normalisation);

/**
 * sk_origin_read_config:
 * @path: of a weight file; beside it may lie the config.json of timm and Hugging Face
 * @info: the transform is set where nothing else said it
 *
 * A file that is missing, or says nothing usable, changes nothing.
 */
void
sk_origin_read_config (const char *path, SkWeightsInfo *info);
