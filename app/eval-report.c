#include "eval-report.h"

#include <math.h>

#include <glib/gi18n.h>

#include "cli.h"
#include "csv.h"
#include "json-line.h"

/* More classes than this are left to --json and --csv. */
#define MOST_ROWS 20

static double
percent (double share) {
  return isnan (share) ? 0 : 100 * share;
}

static void
print_text (const SkReport *report) {
  const SkEvaluation *mean = &report->mean;

  g_print (_ ("%d pictures: top-1 %.2f %%, top-5 %.2f %%, loss %.4f\n"), mean->images,
           100 * mean->top1, 100 * mean->top5, mean->loss);
  g_print (_ ("expected calibration error %.3f\n"), report->ece);
  if (report->classes > MOST_ROWS)
    return;
  g_print (_ ("\n  pictures  precision  recall     F1   class\n"));
  for (int c = 0; c < report->classes; c++) {
    const SkClassScore *score = &report->scores[c];
    g_autofree char *name = sk_report_class_name (report, c);

    g_print ("  %8d   %6.1f %%  %5.1f %%  %.3f  %s\n", score->pictures,
             percent (score->precision), percent (score->recall),
             isnan (score->f1) ? 0 : score->f1, name);
  }
}

static const char *
rule_words (SkExitRule rule) {
  return rule == SK_EXIT_RULE_MEANS ? _ ("nearest class mean")
                                    : _ ("the network’s head");
}

static void
print_exits (const SkExits *exits) {
  g_print (_ ("\n  right, had it ended after the block (guessing: %.1f %%)\n"),
           100.0 / exits->classes);
  for (int i = 0; i < exits->n_steps; i++)
    g_print ("  %-10s %6.2f %%  %s\n", exits->steps[i].block,
             100 * sk_exits_accuracy (exits, i), rule_words (exits->steps[i].rule));
  if (exits->mean_images > 0)
    g_print (_ ("  class means of %d training pictures, by Euclidean distance\n"),
             exits->mean_images);
  else
    g_print (
        _ ("  before the last stage it takes training pictures, and these data have "
           "none\n"));
}

static void
add_exits (SkJsonLine *json, const SkExits *exits) {
  sk_json_begin_array (json, "exits");
  for (int i = 0; i < exits->n_steps; i++) {
    sk_json_begin_object (json, NULL);
    sk_json_string (json, "block", exits->steps[i].block);
    sk_json_string (json, "rule", sk_exit_rule_id (exits->steps[i].rule));
    sk_json_number (json, "accuracy", sk_exits_accuracy (exits, i));
    sk_json_end_object (json);
  }
  sk_json_end_array (json);
}

static void
print_json (const SkReport *report, const SkExits *exits) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();

  sk_json_begin_object (json, NULL);
  sk_json_integer (json, "images", report->mean.images);
  sk_json_number (json, "top1", report->mean.top1);
  sk_json_number (json, "top5", report->mean.top5);
  sk_json_number (json, "loss", report->mean.loss);
  sk_json_number (json, "ece", report->ece);
  sk_json_begin_array (json, "classes");
  for (int c = 0; c < report->classes; c++) {
    const SkClassScore *score = &report->scores[c];
    g_autofree char *name = sk_report_class_name (report, c);

    sk_json_begin_object (json, NULL);
    sk_json_string (json, "class", name);
    sk_json_integer (json, "pictures", score->pictures);
    sk_json_number (json, "precision", score->precision);
    sk_json_number (json, "recall", score->recall);
    sk_json_number (json, "f1", score->f1);
    sk_json_end_object (json);
  }
  sk_json_end_array (json);
  if (exits)
    add_exits (json, exits);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

void
sk_print_report (const SkReport *report, const SkExits *exits, gboolean as_json) {
  if (as_json) {
    print_json (report, exits);
    return;
  }
  print_text (report);
  if (exits)
    print_exits (exits);
}

static void
append_row (GString *csv, const SkReport *report, const SkVerdict *verdict,
            const char *file) {
  g_autofree char *label = sk_report_class_name (report, verdict->label);
  g_autofree char *predicted = sk_report_class_name (report, verdict->predicted);
  g_autofree char *file_field = sk_csv_field (file ? file : "");
  g_autofree char *label_field = sk_csv_field (label);
  g_autofree char *predicted_field = sk_csv_field (predicted);
  char numbers[2][G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (numbers[0], sizeof numbers[0], "%.6f", (double) verdict->confidence);
  g_ascii_formatd (numbers[1], sizeof numbers[1], "%.6f", verdict->loss);
  g_string_append_printf (csv, "%d,%s,%s,%s,%s,%s\n", verdict->index, file_field,
                          label_field, predicted_field, numbers[0], numbers[1]);
}

gboolean
sk_write_verdicts (const SkReport *report, const SkDataset *dataset, SkSplit split,
                   const char *path, GError **error) {
  g_autoptr (GString) csv =
      g_string_new ("index,file,class,predicted,confidence,loss\n");

  for (int i = 0; i < report->mean.images; i++)
    append_row (csv, report, &report->verdicts[i],
                sk_dataset_path (dataset, split, report->verdicts[i].index));
  return sk_cli_write_text (path, csv->str, error);
}
