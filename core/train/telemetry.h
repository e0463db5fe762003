#pragma once

#include "measured.h"
#include "network.h"
#include "probe.h"

/* From what was measured (sums, doubles) to what is shown (ratios, floats). Never NaN or
 * infinite: 0 where something was. */

SkLayerState
sk_layer_state (const SkLayerProbe *probe);

/* @lambda: of the block's skip, @frozen: of its group. What is not in a probe (γ, update,
 * non_finite) stays 0. */
SkBlockState
sk_block_state (const SkBlockProbe *probe, float lambda, gboolean frozen);

/**
 * sk_measure_layers:
 * @states: (plan->n_parameters) overwritten
 * @probes: (plan->n_parameters)
 */
void
sk_measure_layers (SkLayerState *states, const SkPlan *plan,
                   const SkLayerProbe *probes);

/**
 * sk_measure_blocks:
 * @states: (plan->n_blocks) overwritten with the last forward and backward of @network
 * @parameters: its parameters, as they stand now
 * @layers: (plan->n_parameters) (nullable): of the step; NULL: update and non_finite
 *   stay 0
 */
void
sk_measure_blocks (SkBlockState *states, const SkNetwork *network,
                   const SkParameters *parameters, const SkLayerProbe *layers);
