/* What a trainer keeps of its steps in the run's record. The record is for looking at:
 * where it cannot be written, training goes on. */

#include "errors.h"
#include "points.h"
#include "record.h"
#include "trainer-state.h"

void
sk_trainer_open_record (SkTrainer *self, int steps_per_epoch) {
  g_autofree char *path = NULL;

  if (self->run == NULL || !self->recipe.probes)
    return;
  path = sk_run_path (self->run, SK_RECORD_FILE);
  self->recorder = sk_recorder_new (path, self->plan, steps_per_epoch);
}

/* Said once: a disk that is full stays so for a while. */
static void
note_failure (SkTrainer *self, const GError *error) {
  if (self->record_failed)
    return;
  self->record_failed = TRUE;
  self->warning = g_strdup_printf (
      "%s. Training goes on, but these steps cannot be replayed", error->message);
}

void
sk_trainer_record (SkTrainer *self, const SkStep *step) {
  g_autoptr (GError) error = NULL;
  SkTrainPoint point;

  if (self->recorder == NULL || step->n == 0 ||
      (!sk_recorder_wants (step->step) && !sk_trainer_at_end_of_epoch (self)))
    return;
  point = sk_train_point (step, self->n_batches);
  if (!sk_recorder_add (self->recorder, &point, self->blocks, self->layers,
                        self->frozen, &error))
    note_failure (self, error);
}

void
sk_trainer_flush_record (SkTrainer *self) {
  g_autoptr (GError) error = NULL;

  if (self->recorder != NULL && !sk_recorder_flush (self->recorder, &error))
    note_failure (self, error);
}

/* The blocks of the last step come back with it: an epoch that had ended, but for its
 * evaluation, still has to say them. */
gboolean
sk_trainer_cut_back (SkTrainer *self, gint64 step, GError **error) {
  int found = 0;

  if (!sk_run_cut_back (self->run, step, error))
    return FALSE;
  if (self->recorder != NULL)
    found = sk_recorder_cut_back (self->recorder, step, self->blocks, error);
  self->measured = found > 0;
  return found >= 0;
}

char *
sk_trainer_take_warning (SkTrainer *self) {
  return g_steal_pointer (&self->warning);
}
