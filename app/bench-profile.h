#pragma once

#include "plan.h"

/**
 * sk_bench_print_profile:
 * @seconds: (2,n_ops) of sk_network_set_profile() over @steps steps
 * @update: seconds of the optimiser over as many
 *
 * A table on standard error: per layer and phase, milliseconds of a step, GFLOP/s of the
 * direct convolution, share of the step. Layers that take nothing of their own are left
 * out.
 */
void
sk_bench_print_profile (const SkPlan *plan, const double *seconds, double update,
                        int steps);
