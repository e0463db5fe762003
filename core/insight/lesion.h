#pragma once

#include "evaluate.h"
#include "lesions.h"
#include "network.h"
#include "probe-set.h"

/**
 * sk_lesion_study:
 * @lesions: every set of cuts in it is measured, and the whole network
 * @network: RESUMABLE, nothing bypassed, of the plan of @lesions
 * @progress: (nullable): told after each measurement; where @lesions->images has changed,
 *   a batch of pictures is done and all its scores are of the same pictures
 * @cancel: (nullable): read between measurements
 * @error: SK_ERROR_CANCELLED; SK_ERROR_FILE where no picture could be read
 *
 * What a network gets wrong without some of its blocks (Veit, Wilber, Belongie 2016, arXiv
 * 1605.06431), with running statistics: out = relu(λ·P(x)) of a block that is cut, and x
 * itself, or x subsampled and padded, of a plain one. Each batch is walked through once as
 * a whole, then again from the last block to the first, each time from the first cut on:
 * about 1 + n/2 forwards for n blocks.
 */
gboolean
sk_lesion_study (SkLesions *lesions, SkNetwork *network, const SkProbeSet *probe,
                 SkProgressFunc progress, gpointer data, const gint *cancel,
                 GError **error);
