#include "commands.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "errors.h"
#include "evaluate.h"
#include "info-data.h"
#include "inspection.h"
#include "job.h"
#include "run.h"
#include "run-folder.h"
#include "run-pictures.h"
#include "skipped.h"
#include "time-budget.h"
#include "training.h"
#include "weights.h"

/* Past the time that was planned for; then training stops where it stands. */
#define OVERTIME 1.08

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

/* Partial loading is said, never silent. */
static void
describe_parts (SkDataset *dataset, const SkJob *job) {
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

/* What is said and left behind when the loop has ended. */
static SkExit
conclude (SkTraining *training, SkTrainingEnd end, SkDataset *dataset, const SkJob *job,
          GError *error) {
  g_autoptr (GError) picture_error = NULL;

  if (end == SK_TRAINING_FINISHED || end == SK_TRAINING_OUT_OF_TIME)
    report_accuracy (training, dataset, job->as_json);
  if (!sk_run_pictures_save (training, sk_dataset_title (dataset), job->dir,
                             &picture_error) &&
      error == NULL)
    g_printerr ("skipscope: %s\n", picture_error->message);
  if (error != NULL)
    return sk_cli_refuse (error);
  return sk_job_conclude (job, end == SK_TRAINING_INTERRUPTED);
}

/* A run that cannot begin leaves no folder behind. */
static SkTrainer *
make_trainer (SkJob *job, SkDataset *dataset, SkPool *pool, GError **error) {
  gboolean unnamed = job->dir == NULL;
  SkTrainer *trainer;

  if (unnamed)
    job->dir = sk_run_folder_create (job->recipe.net, error);
  if (job->dir == NULL)
    return NULL;
  trainer = sk_trainer_new (&job->recipe, dataset, job->dir, job->resume, pool, error);
  if (trainer == NULL && unnamed)
    g_rmdir (job->dir);
  return trainer;
}

static SkExit
train (SkJob *job, double within) {
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

  dataset = sk_job_open_data (job, interrupt, progress, &error);
  if (dataset == NULL)
    return sk_cli_refuse (error);
  pool = sk_pool_new (job->recipe.threads, 0);
  if (within > 0) {
    sk_progress_note (progress, _ ("measuring how fast this machine is …"));
    if (!sk_fit_to_time (&job->recipe, dataset, pool, within,
                         sk_interrupt_flag (interrupt), &error)) {
      sk_progress_clear (progress);
      return sk_cli_refuse (error);
    }
  }
  trainer = make_trainer (job, dataset, pool, &error);
  sk_progress_clear (progress);
  if (trainer == NULL)
    return sk_cli_refuse (error);
  n_skipped = sk_job_announce (job, job->recipe.net, dataset);
  sk_report_duplicates (dataset);
  describe_parts (dataset, job);
  sk_trainer_set_progress (trainer, sk_progress_testing, progress);

  sk_training_init (&training, trainer, interrupt, progress);
  training.dir = job->dir;
  training.as_json = job->as_json;
  if (job->resume)
    sk_training_read_history (&training, job->dir);
  if (within > 0)
    training.deadline = begun + (gint64) (within * OVERTIME * G_USEC_PER_SEC);
  end = sk_training_run (&training, &error);
  sk_progress_clear (progress);
  sk_report_skipped (dataset, n_skipped);
  status = conclude (&training, end, dataset, job, error);
  sk_training_clear (&training);
  return status;
}

/* Weights to begin with say which network they are, and have to be of the one that was
 * named unless parts of them are enough. */
static gboolean
choose_net (SkRecipe *recipe, gboolean named, GError **error) {
  SkWeightsInfo info = { 0 };
  gboolean fits;

  if (recipe->init == NULL || (named && recipe->init_parts))
    return TRUE;
  fits = named && sk_weights_inspect (recipe->init, recipe->net, &info, NULL);
  if (!fits && !sk_weights_inspect (recipe->init, NULL, &info, error))
    return FALSE;
  if (named && !fits) {
    sk_refuse (error, SK_ERROR_ARGUMENT,
               _ ("%s holds %s, which does not fit %s: say --net %s, or take only what "
                  "fits with --init-parts"),
               recipe->init, info.variant.name, recipe->net, info.variant.name);
  } else if (!named) {
    g_free (recipe->net);
    recipe->net = g_strdup (info.variant.name);
  }
  sk_weights_info_clear (&info);
  return fits || !named;
}

static gboolean
prepare (SkJob *job, const SkRecipeOptions *options, GError **error) {
  if (!sk_recipe_options_apply (options, &job->recipe, error) ||
      !choose_net (&job->recipe, sk_recipe_options_has (options, "net"), error))
    return FALSE;
  sk_recipe_make_paths_absolute (&job->recipe);
  return job->dir == NULL || sk_run_check_free (job->dir, error);
}

static gboolean
prepare_resume (SkJob *job, const SkRecipeOptions *options, GError **error) {
  if (!sk_job_check_resume (job, options, NULL, error))
    return FALSE;
  sk_recipe_clear (&job->recipe);
  return sk_trainer_read_recipe (job->dir, &job->recipe, error);
}

SkExit
sk_train_command (int argc, char **argv) {
  g_autoptr (SkRecipeOptions) options = sk_recipe_options_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *resume = NULL, *out = NULL;
  SkJob job = { .kind = SK_JOB_TRAIN };
  double within = 0; /* seconds; 0: as long as the recipe says */
  SkExit status;
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out,
      N_ ("folder for weights, curves and pictures"), N_ ("RUN") },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &resume,
      N_ ("go on with a run that was stopped"), N_ ("RUN") },
    { "within", 0, 0, G_OPTION_ARG_DOUBLE, &within,
      N_ ("fewer epochs where it would take longer; 0: no limit"), N_ ("SECONDS") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &job.as_json, N_ ("one JSON object an epoch"),
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, _ ("Trains a network. Without options: a ResNet-20 on the built-in "
                  "pictures."));
  sk_recipe_options_add_to (options, context, NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 1)
    return sk_cli_usage ("train", _ ("“%s” is not an option"), argv[1]);
  if (out != NULL && resume != NULL)
    return sk_cli_usage ("train", _ ("--resume names the run itself: leave --out out"));
  if (within < 0)
    return sk_cli_usage ("train", _ ("--within is a time in seconds"));

  sk_recipe_init (&job.recipe);
  job.resume = resume != NULL;
  job.dir = g_strdup (job.resume ? resume : out);
  status = (job.resume ? prepare_resume (&job, options, &error)
                       : prepare (&job, options, &error))
               ? train (&job, within)
               : sk_cli_refuse (error);
  sk_job_clear (&job);
  return status;
}
