#pragma once

#include <glib.h>

/* What one network of a race was measured at, step by step: the file gradients.f32 of its
 * run folder, a row of n_blocks float32 a step (little-endian, stem to head): the RMS of
 * the gradient ∂L/∂x by each block's input x. */
typedef struct _SkRaceLog SkRaceLog;

/**
 * sk_race_log_new:
 * @run_dir: (nullable): NULL: kept in memory only
 * @n_steps: rows that count; later ones will be made again
 * @error: SK_ERROR_FILE
 *
 * Returns: (transfer full): with the first @n_steps rows of the file, or as many as there
 *   are; sk_race_log_free()
 */
SkRaceLog *
sk_race_log_new (const char *run_dir, int n_blocks, gint64 n_steps, GError **error);

void
sk_race_log_free (SkRaceLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRaceLog, sk_race_log_free)

/* @row: (n_blocks) of @step, 1 …; a step between that nobody measured reads as zeros. */
void
sk_race_log_add (SkRaceLog *self, gint64 step, const float *row);

/* (n_blocks), valid until the next addition; NULL where @step was not measured. */
const float *
sk_race_log_row (const SkRaceLog *self, gint64 step);

/* Writes the rows that wait. */
gboolean
sk_race_log_flush (SkRaceLog *self, GError **error);
