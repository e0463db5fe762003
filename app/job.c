#include "job.h"

#include <glib/gi18n.h>

#include "errors.h"
#include "skipped.h"

void
sk_job_clear (SkJob *self) {
  sk_recipe_clear (&self->recipe);
  g_clear_pointer (&self->dir, g_free);
}

gboolean
sk_job_check_resume (const SkJob *self, const SkRecipeOptions *options,
                     const char *other, GError **error) {
  static const char *const allowed[] = { NULL };

  if (other == NULL)
    other = sk_recipe_options_first_other (options, allowed);
  if (other == NULL)
    return TRUE;
  return sk_refuse (
      error, SK_ERROR_ARGUMENT,
      self->kind == SK_JOB_RACE
          ? _ ("--resume goes on with the race's own recipe: leave --%s out")
          : _ ("--resume goes on with the run's own recipe: leave --%s out"),
      other);
}

SkDataset *
sk_job_open_data (const SkJob *self, SkInterrupt *interrupt, SkProgress *progress,
                  GError **error) {
  SkDataset *dataset;

  sk_progress_note (progress, _ ("opening the pictures …"));
  dataset = sk_dataset_open (self->recipe.data, SK_DATASET_SEED,
                             sk_interrupt_cancellable (interrupt), error);
  sk_progress_clear (progress);
  return dataset;
}

guint
sk_job_announce (const SkJob *self, const char *nets, SkDataset *dataset) {
  g_autofree char *shown = sk_cli_show_path (self->dir);

  g_printerr (
      self->kind == SK_JOB_RACE
          ? _ ("%s on %s: %d classes, %d pictures to learn from, %d to test; race %s\n")
          : _ ("%s on %s: %d classes, %d pictures to learn from, %d to test; run %s\n"),
      nets, sk_dataset_title (dataset), sk_dataset_classes (dataset),
      sk_dataset_count (dataset, SK_SPLIT_TRAIN),
      sk_dataset_count (dataset, SK_SPLIT_TEST), shown);
  return sk_report_skipped (dataset, 0);
}

SkExit
sk_job_conclude (const SkJob *self, gboolean interrupted) {
  g_autofree char *shown = sk_cli_show_path (self->dir);
  gboolean race = self->kind == SK_JOB_RACE;

  if (interrupted)
    g_printerr (race ? _ ("Saved. To go on: skipscope race --resume %s\n")
                     : _ ("Saved. To go on: skipscope train --resume %s\n"),
                shown);
  else
    g_printerr (race ? _ ("Finished; the networks’ runs and race.png are in %s\n")
                     : _ ("Finished; weights, curves and pictures are in %s\n"),
                shown);
  return SK_EXIT_OK;
}
