#pragma once

#include "network.h"
#include "snapshot.h"
#include "trainer.h"

/* From what backward measured (sums, doubles) to what is shown (ratios, floats).
 * Never NaN or infinite: 0 where something was. */

SkLayerState
sk_layer_state (const SkLayerProbe *probe);

/* @lambda: of the block's skip, @frozen: of its group */
SkBlockState
sk_block_state (const SkBlockProbe *probe, float lambda, gboolean frozen);
