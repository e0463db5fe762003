#pragma once

#include "record.h"

/* A run's record, read back: what was shown at any recorded step, also of a run that goes
 * on, has ended, or was made by the command line. Opening takes a moment whatever the
 * length: nothing but the header is read. The file is read where it is asked about, not
 * mapped, as a run that is rolled back or resumed cuts it short. Not for two threads at
 * once. */
typedef struct _SkReplay SkReplay;

/**
 * sk_replay_open:
 * @path: a run folder, or the record itself
 * @error: SK_ERROR_FILE where there is none, SK_ERROR_FORMAT, SK_ERROR_UNSUPPORTED
 */
SkReplay *
sk_replay_open (const char *path, GError **error);

void
sk_replay_free (SkReplay *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkReplay, sk_replay_free)

/* (transfer none): the network that was trained; of pictures of the usual size */
const SkPlan *
sk_replay_plan (const SkReplay *self);

int
sk_replay_steps_per_epoch (const SkReplay *self);

/* Looks how much is recorded by now. Returns whether that changed. A file that was
 * replaced by another has to be opened again. */
gboolean
sk_replay_refresh (SkReplay *self);

/* Records there were when it was opened or last refreshed. Early steps are all recorded,
 * later ones ever more rarely (recorder.h). */
gsize
sk_replay_count (const SkReplay *self);

/* Steps of the first and of the last record; 0: none. */
gint64
sk_replay_first_step (SkReplay *self);

gint64
sk_replay_last_step (SkReplay *self);

/* Returns: index of the record nearest to @step, the earlier of two; 0 where there is
 * none */
gsize
sk_replay_find (SkReplay *self, gint64 step);

/* (transfer none) (nullable): record @index, until the next call of this or the next two
 * functions; NULL: the file no longer holds it */
const SkRecord *
sk_replay_read (SkReplay *self, gsize index);

/* (transfer none) (nullable): the record nearest to @step */
const SkRecord *
sk_replay_at (SkReplay *self, gint64 step);

/* Returns FALSE to end the walk. */
typedef gboolean (*SkReplayFunc) (gsize index, const SkRecord *record, gpointer data);

/**
 * sk_replay_walk:
 * @begin, @end: of the records, end not included; clamped to what there is
 * @stride: every so manieth, >= 1
 *
 * Calls @func with one record after the other: for strips and curves. Reads many at once.
 */
void
sk_replay_walk (SkReplay *self, gsize begin, gsize end, gsize stride, SkReplayFunc func,
                gpointer data);
