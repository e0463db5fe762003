#pragma once

#include "weights.h"

/* What a file's metadata say beside the tensors: the network's name, the classes, the
 * transform that the weights were trained with. */

/* Keys that are missing or make no sense leave @info as it is. */
void
sk_metadata_read (GHashTable *metadata, SkWeightsInfo *info);

/* (transfer full): string → string */
GHashTable *
sk_metadata_build (const SkWeightsInfo *info, const char *net);
