#pragma once

#include "measured.h"
#include "plan.h"
#include "probe.h"

/* Writes a run's record (record.h) while it trains.
 *
 * Every step is recorded up to SK_RECORD_DENSE, every second one up to twice that, every
 * fourth up to four times, and so on; besides, the last step of each epoch. So a record
 * grows with the logarithm of the run's length, at most SK_RECORD_DENSE / 2 records each
 * time the run doubles, and the last half of a run is never coarser than that many
 * columns. Which steps are recorded depends on nothing else: a run that was resumed leaves
 * the same file as one that never stopped. */

#define SK_RECORD_DENSE 4096

typedef struct _SkRecorder SkRecorder;

/* @path: of the record; nothing is touched yet. @plan: reffed */
SkRecorder *
sk_recorder_new (const char *path, const SkPlan *plan, int steps_per_epoch);

/* What was not flushed is forgotten, as the steps of a run that was not saved. */
void
sk_recorder_free (SkRecorder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRecorder, sk_recorder_free)

/**
 * sk_recorder_cut_back:
 * @last: (plan->n_blocks) (nullable): overwritten with the blocks of step @step, where
 *   that is recorded
 * @error: SK_ERROR_FILE
 *
 * Forgets what is recorded of later steps than @step: they will be made again. A file of
 * another network or version is begun anew.
 *
 * Returns: 1 where @last was filled, 0 where it was not, −1 on error
 */
int
sk_recorder_cut_back (SkRecorder *self, gint64 step, SkBlockState *last,
                      GError **error);

/* Whether @step, not the last of its epoch, is recorded. */
gboolean
sk_recorder_wants (gint64 step);

/**
 * sk_recorder_add:
 * @blocks: (plan->n_blocks)
 * @layers: (plan->n_parameters)
 * @frozen: (plan->n_groups)
 * @error: SK_ERROR_FILE: the disk is full; the records that waited are lost, and the next
 *   ones are tried again
 *
 * Keeps it, and writes what was kept about once a second.
 */
gboolean
sk_recorder_add (SkRecorder *self, const SkTrainPoint *point,
                 const SkBlockState *blocks, const SkLayerProbe *layers,
                 const gboolean *frozen, GError **error);

/* Writes what was kept. */
gboolean
sk_recorder_flush (SkRecorder *self, GError **error);
