#pragma once

#include "vitals.h"

/* Vitals as text, so that what the doctor judges by can be recorded and judged again: a
 * line a step,
 *
 *   step loss lr update weight n_learning
 *
 * and, where the blocks were looked at, a line for each,
 *
 *   - gradient out branch gamma dead lambda frozen
 *
 * @out: RMS(∂L/∂out), from which the gain follows. Lines that begin with # are skipped; the first is
 *
 *   # NET, weight decay X, N steps an epoch */

/* Appends @vitals, with @n_blocks blocks where it has any. */
void
vitals_trace_write (GString *text, const SkVitals *vitals, int n_blocks);

/**
 * vitals_trace_read:
 * @text: (inout): moved behind what was read
 * @vitals: (out): its blocks are @blocks where the step has them
 * @blocks: (n_blocks) overwritten where the step has them
 *
 * Returns: FALSE at the end, or where the text is no trace of @n_blocks blocks
 */
gboolean
vitals_trace_read (const char **text, SkVitals *vitals, SkBlockState *blocks,
                   int n_blocks);

/* From the first line. */
float
vitals_trace_decay (const char *text);

/* (transfer full) (nullable): network of the first line, for ten classes */
SkPlan *
vitals_trace_plan (const char *text, GError **error);
