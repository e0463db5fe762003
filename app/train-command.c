#include "commands.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "errors.h"
#include "evaluate.h"
#include "info-data.h"
#include "inspection.h"
#include "recipe-options.h"
#include "run-folder.h"
#include "run-pictures.h"
#include "skipped.h"
#include "time-budget.h"
#include "training.h"

/* Past the time that was planned for; then training stops where it stands. */
#define OVERTIME 1.08

typedef struct {
  SkRecipe recipe;
  char *run_dir;
  gboolean resume;
  gboolean as_json;
  double within; /* seconds; 0: as long as the recipe says */
} Job;

static void
job_clear (Job *job) {
  sk_recipe_clear (&job->recipe);
  g_free (job->run_dir);
}

static void
describe_data (SkDataset *dataset, const Job *job) {
  g_autofree char *shown = sk_cli_show_path (job->run_dir);

  g_printerr (
      _ ("%s on %s: %d classes, %d pictures to learn from, %d to test; run %s\n"),
      job->recipe.net, sk_dataset_title (dataset), sk_dataset_classes (dataset),
      sk_dataset_count (dataset, SK_SPLIT_TRAIN),
      sk_dataset_count (dataset, SK_SPLIT_TEST), shown);
}

static void
report_accuracy (SkTraining *training, SkDataset *dataset, gboolean as_json) {
  SkEvaluation now;

  if (as_json || sk_dataset_count (dataset, SK_SPLIT_TEST) == 0)
    return;
  /* Stopped within an epoch: what the weights can do now has not been measured yet. */
  if (training->last.step != sk_trainer_steps_done (training->trainer)) {
    if (sk_evaluate (sk_trainer_network (training->trainer), dataset, SK_SPLIT_TEST,
                     sk_trainer_transform (training->trainer), &now, NULL, NULL))
      g_print (_ ("test accuracy %.1f %%\n"), 100 * now.top1);
    return;
  }
  g_print (_ ("test accuracy %.1f %% (best %.1f %%, epoch %d)\n"),
           100 * training->last.test_accuracy, 100 * training->best_accuracy,
           training->best_epoch);
}

/* What is said and left behind when the loop has ended. */
/* Partial loading is said, never silent. */
static void
describe_parts (SkDataset *dataset, const Job *job) {
  g_autoptr (SkInspection) found = NULL;
  SkVariant variant;

  if (!job->recipe.init_parts || job->recipe.init == NULL || job->resume ||
      !sk_recipe_find_variant (&job->recipe, &variant, NULL))
    return;
  found = sk_inspection_new (job->recipe.init, variant.name,
                             sk_dataset_classes (dataset), TRUE, NULL);
  if (found != NULL)
    g_printerr (_ ("%d of %d parts of %s come from %s, the rest begins anew (skipscope "
                   "info --net %s --parts tells which)\n"),
                found->n_taken, found->n_parts, variant.name, job->recipe.init,
                variant.name);
}

static SkExit
conclude (SkTraining *training, SkTrainingEnd end, SkDataset *dataset, const Job *job,
          GError *error) {
  g_autoptr (GError) picture_error = NULL;
  g_autofree char *shown = sk_cli_show_path (job->run_dir);

  if (end == SK_TRAINING_FINISHED || end == SK_TRAINING_OUT_OF_TIME)
    report_accuracy (training, dataset, job->as_json);
  if (!sk_run_pictures_save (training, sk_dataset_title (dataset), job->run_dir,
                             &picture_error) &&
      error == NULL)
    g_printerr ("skipscope: %s\n", picture_error->message);
  if (error != NULL)
    return sk_cli_refuse (error);
  if (end == SK_TRAINING_INTERRUPTED)
    g_printerr (_ ("Saved. To go on: skipscope train --resume %s\n"), shown);
  else
    g_printerr (_ ("Finished; weights, curves and pictures are in %s\n"), shown);
  return SK_EXIT_OK;
}

static SkExit
train (Job *job) {
  g_autoptr (SkInterrupt) interrupt =
      sk_interrupt_new (_ ("Saving … (once more ends it at once)"));
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkPool) pool = NULL;
  g_autoptr (SkTrainer) trainer = NULL;
  gint64 begun = g_get_monotonic_time ();
  SkTraining training;
  SkTrainingEnd end;
  SkExit status;
  guint n_skipped;

  sk_progress_note (progress, _ ("opening the pictures …"));
  dataset = sk_dataset_open (job->recipe.data, SK_DATASET_SEED,
                             sk_interrupt_cancellable (interrupt), &error);
  sk_progress_clear (progress);
  if (dataset == NULL)
    return sk_cli_refuse (error);
  describe_data (dataset, job);
  n_skipped = sk_report_skipped (dataset, 0);
  sk_report_duplicates (dataset);
  pool = sk_pool_new (job->recipe.threads, 0);
  if (job->within > 0) {
    sk_progress_note (progress, _ ("measuring how fast this machine is …"));
    if (!sk_fit_to_time (&job->recipe, dataset, pool, job->within,
                         sk_interrupt_flag (interrupt), &error)) {
      sk_progress_clear (progress);
      return sk_cli_refuse (error);
    }
  }
  trainer =
      sk_trainer_new (&job->recipe, dataset, job->run_dir, job->resume, pool, &error);
  sk_progress_clear (progress);
  if (trainer == NULL)
    return sk_cli_refuse (error);
  describe_parts (dataset, job);
  sk_trainer_set_progress (trainer, sk_progress_testing, progress);

  sk_training_init (&training, trainer, interrupt, progress);
  training.as_json = job->as_json;
  if (job->resume)
    sk_training_read_history (&training, job->run_dir);
  if (job->within > 0)
    training.deadline = begun + (gint64) (job->within * OVERTIME * G_USEC_PER_SEC);
  end = sk_training_run (&training, &error);
  sk_progress_clear (progress);
  sk_report_skipped (dataset, n_skipped);
  status = conclude (&training, end, dataset, job, error);
  sk_training_clear (&training);
  return status;
}

/* Goes on with a run's own recipe: a flag that would change it is refused. */
static gboolean
prepare_resume (Job *job, const SkRecipeOptions *options, GError **error) {
  static const char *const allowed[] = { NULL };
  const char *other = sk_recipe_options_first_other (options, allowed);

  if (other != NULL) {
    g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
                 _ ("--resume goes on with the run's own recipe: leave --%s out"),
                 other);
    return FALSE;
  }
  return sk_trainer_read_recipe (job->run_dir, &job->recipe, error);
}

SkExit
sk_train_command (int argc, char **argv) {
  g_autoptr (SkRecipeOptions) options = sk_recipe_options_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *resume = NULL, *out = NULL;
  Job job = { 0 };
  SkExit status;
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("folder for weights, curves and pictures"), N_ ("RUN") },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &resume,
      N_ ("go on with a run that was stopped"), N_ ("RUN") },
    { "within", 0, 0, G_OPTION_ARG_DOUBLE, &job.within,
      N_ ("fewer epochs where it would take longer"), N_ ("SECONDS") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &job.as_json, N_ ("one JSON object an epoch"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, _ ("Trains a network. Without options: a ResNet-20 on the built-in "
                  "pictures."));
  sk_recipe_options_add_to (options, context);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 1)
    return sk_cli_usage ("train", _ ("“%s” is not an option"), argv[1]);
  if (out != NULL && resume != NULL)
    return sk_cli_usage ("train", _ ("--resume names the run itself: leave --out out"));
  if (job.within < 0)
    return sk_cli_usage ("train", _ ("--within is a time in seconds"));

  sk_recipe_init (&job.recipe);
  job.resume = resume != NULL;
  job.run_dir = g_strdup (job.resume ? resume : out);
  if (job.resume ? !prepare_resume (&job, options, &error)
                 : !sk_recipe_options_apply (options, &job.recipe, &error)) {
    status = sk_cli_refuse (error);
  } else {
    sk_recipe_make_paths_absolute (&job.recipe);
    if (job.run_dir == NULL)
      job.run_dir = sk_run_folder_create (job.recipe.net, &error);
    status = job.run_dir != NULL ? train (&job) : sk_cli_refuse (error);
  }
  job_clear (&job);
  return status;
}
