#include "commands.h"

#include <glib/gi18n.h>

#include "analyst.h"
#include "dataset.h"
#include "errors.h"
#include "evaluate.h"
#include "interrupt.h"
#include "json-line.h"
#include "progress.h"
#include "skipped.h"

static gboolean
check_classes (const SkAnalyst *analyst, const SkDataset *dataset, GError **error) {
  if (analyst->plan->classes == sk_dataset_classes (dataset))
    return TRUE;
  g_set_error (error, SK_ERROR, SK_ERROR_ARGUMENT,
               _ ("the weights know %d classes and %s has %d: train a new head first "
                  "(skipscope train --init)"),
               analyst->plan->classes, sk_dataset_title (dataset),
               sk_dataset_classes (dataset));
  return FALSE;
}

static void
print_result (const SkEvaluation *result, gboolean as_json) {
  g_autoptr (SkJsonLine) json = NULL;

  if (!as_json) {
    g_print (_ ("%d pictures: top-1 %.2f %%, top-5 %.2f %%, loss %.4f\n"),
             result->images, 100 * result->top1, 100 * result->top5, result->loss);
    return;
  }
  json = sk_json_line_new ();
  sk_json_begin_object (json, NULL);
  sk_json_integer (json, "images", result->images);
  sk_json_number (json, "top1", result->top1);
  sk_json_number (json, "top5", result->top5);
  sk_json_number (json, "loss", result->loss);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

static SkExit
evaluate (const SkWeightsFlags *flags, const char *data, gboolean as_json) {
  g_autoptr (SkInterrupt) interrupt = sk_interrupt_new (_ ("stopping …"));
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkAnalyst) analyst = sk_analyst_new (flags, 0, &error);
  SkSplit split;
  SkEvaluation result;
  gboolean done;

  if (analyst == NULL)
    return sk_cli_refuse (error);
  dataset = sk_dataset_open_for_evaluation (
      data, SK_DATASET_SEED, sk_interrupt_cancellable (interrupt), &error);
  if (dataset == NULL || !check_classes (analyst, dataset, &error))
    return sk_cli_refuse (error);
  split =
      sk_dataset_count (dataset, SK_SPLIT_TEST) > 0 ? SK_SPLIT_TEST : SK_SPLIT_TRAIN;
  done = sk_evaluate_with_progress (
      analyst->network, dataset, split, &analyst->model->transform, &result,
      sk_progress_testing, progress, sk_interrupt_flag (interrupt), &error);
  sk_progress_clear (progress);
  sk_report_skipped (dataset, 0);
  if (!done)
    return sk_cli_refuse (error);
  print_result (&result, as_json);
  return SK_EXIT_OK;
}

SkExit
sk_eval_command (int argc, char **argv) {
  g_auto (SkWeightsFlags) flags = { 0 };
  g_autofree char *data = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data,
      N_ ("builtin, cifar10:PATH, cifar100:PATH or folder:DIR"), N_ ("DATA") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("one JSON object"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context, _ ("Measures weights on the test pictures of a set (test, else val or "
                  "valid, else all)."));
  sk_weights_flags_add_to (&flags, context);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 1)
    return sk_cli_usage ("eval", _ ("“%s” is not an option"), argv[1]);
  if (flags.weights == NULL || data == NULL)
    return sk_cli_usage ("eval", _ ("--weights and --data are needed"));
  return evaluate (&flags, data, as_json);
}
