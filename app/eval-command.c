#include "commands.h"

#include <glib/gi18n.h>

#include "analyst.h"
#include "dataset.h"
#include "errors.h"
#include "eval-report.h"
#include "evaluate.h"
#include "evaluation.h"
#include "exit-study.h"
#include "interrupt.h"
#include "named-files.h"
#include "outputs.h"
#include "progress.h"
#include "report.h"
#include "skipped.h"

typedef struct {
  SkWeightsFlags flags;
  char *data;
  char *csv, *picture; /* (nullable): files to write */
  gboolean exits; /* the accuracy after each block too */
  gboolean as_json;
} Job;

static void
job_clear (Job *job) {
  sk_weights_flags_clear (&job->flags);
  g_free (job->data);
  g_free (job->csv);
  g_free (job->picture);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* @exits: (nullable) */
static SkExit
conclude (const Job *job, const SkReport *report, const SkExits *exits,
          const SkModel *model, const SkDataset *dataset, SkSplit split) {
  g_autofree char *title = g_strdup_printf ("%s · %s", model->plan->variant.title,
                                            sk_dataset_title (dataset));
  const SkEvaluationFigure figure = { title, report };
  g_autoptr (GError) error = NULL;

  sk_print_report (report, exits, job->as_json);
  if (job->csv && !sk_write_verdicts (report, dataset, split, job->csv, &error))
    return sk_cli_refuse (error);
  if (job->picture && !sk_evaluation_save (&figure, job->picture, &error))
    return sk_cli_refuse (error);
  return SK_EXIT_OK;
}

/* Returns: FALSE with @error set; *@exits: (nullable): where they were asked for */
static gboolean
look (const Job *job, const SkExitStudy *study, GArray *verdicts, SkExits **exits,
      GError **error) {
  if (!job->exits)
    return sk_evaluate_pictures (study->network, study->dataset, study->split,
                                 study->transform, verdicts, study->progress,
                                 study->data, study->cancel, error);
  *exits = sk_exit_study (study, verdicts, NULL, error);
  return *exits != NULL;
}

static SkExit
evaluate (const Job *job) {
  g_autoptr (SkInterrupt) interrupt = sk_interrupt_new (_ ("stopping …"));
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GArray) verdicts = g_array_new (FALSE, FALSE, sizeof (SkVerdict));
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkAnalyst) analyst =
      sk_analyst_new (&job->flags, 0, job->exits ? SK_NETWORK_BLOCK_MEANS : 0, &error);
  g_autoptr (SkReport) report = NULL;
  g_autoptr (SkExits) exits = NULL;
  SkExitStudy study;
  gboolean done;

  if (analyst == NULL)
    return sk_cli_refuse (error);
  dataset =
      sk_named_dataset_open (job->data, sk_interrupt_cancellable (interrupt), &error);
  if (dataset == NULL || !sk_model_check_classes (analyst->model, dataset, &error))
    return sk_cli_refuse (error);
  study = (SkExitStudy){ .network = analyst->network,
                         .dataset = dataset,
                         .split = sk_dataset_count (dataset, SK_SPLIT_TEST) > 0
                                      ? SK_SPLIT_TEST
                                      : SK_SPLIT_TRAIN,
                         .transform = &analyst->model->transform,
                         .progress = sk_progress_testing,
                         .data = progress,
                         .cancel = sk_interrupt_flag (interrupt) };
  done = look (job, &study, verdicts, &exits, &error);
  sk_progress_clear (progress);
  sk_report_skipped (dataset, 0);
  if (!done)
    return sk_cli_refuse (error);
  report = sk_report_new ((const SkVerdict *) verdicts->data, verdicts->len,
                          analyst->plan->classes, analyst->model->class_names);
  return conclude (job, report, exits, analyst->model, dataset, study.split);
}

SkExit
sk_eval_command (int argc, char **argv) {
  g_auto (Job) job = { 0 };
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &job.data,
      N_ ("needed: builtin, cifar10:PATH, cifar100:PATH or folder:DIR"), N_ ("DATA") },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &job.csv,
      N_ ("a table of all pictures, the hardest first"), N_ ("FILE") },
    { "save", 0, 0, G_OPTION_ARG_FILENAME, &job.picture,
      N_ ("confusion and calibration as .png, .svg or .pdf"), N_ ("PICTURE") },
    { "exits", 0, 0, G_OPTION_ARG_NONE, &job.exits,
      N_ ("also what it would get right if it ended after each block: by its head in "
          "the "
          "last stage, by the nearest class mean of training pictures before"),
      NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &job.as_json, N_ ("one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, _ ("Measures weights on the test pictures of a set (test, else val or "
                  "valid, else all)."));
  sk_weights_flags_add_to (&job.flags, context);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 1)
    return sk_cli_usage ("eval", _ ("“%s” is not an option"), argv[1]);
  if (job.data == NULL)
    return sk_cli_usage ("eval", _ ("--data is needed"));
  if (!sk_output_check (job.csv, &error) ||
      !sk_output_check_picture (job.picture, &error))
    return sk_cli_refuse (error);
  return evaluate (&job);
}
