#pragma once

#include "join.h"
#include "network-private.h"

/* The walk that trains. A convolution leaves its raw output z and, summed while it was
 * written, its statistics; normalising and rectifying wait until the next reader loads z.
 * Only block outputs, pooled maps and shortcuts of option A are written besides. */

void
sk_fused_forward (SkNetwork *self, int first);

void
sk_fused_backward (SkNetwork *self);

/* Writes the output of block @block: relu(λ·P(x) + F(x)); @probe: (nullable) */
void
sk_fused_join (SkNetwork *self, int block, SkJoinProbe *probe);

/* Block outputs that are not kept: forward writes each for the next block only, backward
 * writes them once more when it comes to the end of their segment. */

/* The last block of the segment that @block is in, with @length blocks a segment: its
 * output is kept. Those before it in the segment are not. */
int
sk_segment_end (const SkPlan *plan, int block, int length);

/* At the beginning of forward: outputs are where forward writes them. */
void
sk_recompute_reset (SkNetwork *self);

/* Backward comes to @op: where it ends a segment, writes the segment's outputs again. */
void
sk_recompute_before (SkNetwork *self, int op);

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
