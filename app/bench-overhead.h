#pragma once

#include "network.h"
#include "optimizer.h"
#include "recorder.h"

/* What measuring and recording cost: the same step with and without them, in turn, so that
 * whatever else the machine does falls on both. */

typedef struct _SkOverhead SkOverhead;

/* One step of training. @layers: NULL: not measured */
typedef void (*SkStepFunc) (SkLayerProbe *layers, gpointer data);

/**
 * sk_overhead_new:
 * @step: does one step on @network with @parameters
 * @error: where the record cannot be written
 *
 * Returns: (transfer full): sk_overhead_free()
 */
SkOverhead *
sk_overhead_new (SkNetwork *network, const SkParameters *parameters, SkStepFunc step,
                 gpointer data, GError **error);

void
sk_overhead_free (SkOverhead *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkOverhead, sk_overhead_free)

/* What it comes to, as shares of a step without: by the clock, and by the time that the
 * processor spent, which says the same on a machine that does other things too. */
typedef struct {
  double with, without; /* median seconds of a step, by the clock */
  double clock, processor;
} SkOverheadResult;

/* @pairs: of steps, >= 1 */
SkOverheadResult
sk_overhead_measure (SkOverhead *self, int pairs);
