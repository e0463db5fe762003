#pragma once

#include "finding.h"
#include "plan.h"

/* Appends findings as a JSON array, for an epoch's line:
 * [{"kind":"vanishing","severity":"serious","evidence":"depth-ratio","value":…,
 *   "threshold":…,"since":…,"blocks":["layer1.0","layer1.4"],"worst":"layer1.2",
 *   "remedy":"roll-back","remedy_value":0.1}, …]; "blocks" are the first and the last.
 * What has no meaning for a kind is left out. */
void
sk_findings_append_json (GString *text, const SkFinding *findings, int n,
                         const SkPlan *plan);
