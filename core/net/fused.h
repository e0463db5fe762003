#pragma once

#include "network-private.h"

/* The walk that trains. A convolution leaves its raw output z and, summed while it was
 * written, its statistics; normalising and rectifying wait until the next reader loads z.
 * Only block outputs, pooled maps and shortcuts of option A are written besides. */

void
sk_fused_forward (SkNetwork *self);

void
sk_fused_backward (SkNetwork *self);

/* The output of @op as its readers see it. */
SkOperand
sk_fused_operand (const SkNetwork *self, int op);

/* Whether @op ends a block: its output is written. */
gboolean
sk_ends_block (const SkPlan *plan, int op);

/* The convolution before batch norm @op. */
static inline int
sk_conv_of (const SkPlan *plan, int op) {
  return plan->ops[op].inputs[0];
}
