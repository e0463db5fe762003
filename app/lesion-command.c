#include "commands.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "analyst.h"
#include "errors.h"
#include "export.h"
#include "interrupt.h"
#include "json-line.h"
#include "lesion-chart.h"
#include "lesion.h"
#include "named-files.h"
#include "outputs.h"
#include "progress.h"
#include "skipped.h"

/* Pictures that a study is made on unless more are wanted. */
#define PICTURES 256
/* Draws of each number of blocks cut at random. */
#define REPEATS 8
/* Size of a saved picture, in px. */
#define SAVED_WIDTH 1100
#define SAVED_HEIGHT 640
#define SAVED_SCALE 2

/* What was asked for on the command line. */
typedef struct {
  SkWeightsFlags flags;
  char *data, *split, *cut, *picture;
  int pictures, random;
  gint64 seed;
  gboolean as_json;
} Job;

static void
job_clear (Job *self) {
  sk_weights_flags_clear (&self->flags);
  g_free (self->data);
  g_free (self->split);
  g_free (self->cut);
  g_free (self->picture);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static void
print_score (const char *name, const SkLesions *self, const SkLesionScore *score) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "block", name);
  if (score == &self->whole)
    sk_json_integer (json, "images", score->n);
  sk_json_number (json, "accuracy", sk_lesion_accuracy (score));
  sk_json_number (json, "delta_accuracy",
                  sk_lesion_accuracy (score) - sk_lesion_accuracy (&self->whole));
  sk_json_number (json, "loss", sk_lesion_loss (score));
  sk_json_number (json, "delta_loss",
                  sk_lesion_loss (score) - sk_lesion_loss (&self->whole));
  sk_json_end_object (json);
  sk_json_line_print (json);
}

/* Mean, least and most of the accuracies of the sets that cut @k blocks. */
static void
find_random (const SkLesions *self, int k, double *mean, double *least, double *most) {
  const SkLesionSet *sets = sk_lesions_random (self, k);

  *mean = *most = 0;
  *least = 1;
  for (int i = 0; i < self->repeats; i++) {
    double accuracy = sk_lesion_accuracy (&sets[i].score);

    *mean += accuracy / self->repeats;
    *least = MIN (*least, accuracy);
    *most = MAX (*most, accuracy);
  }
}

static void
print_random (const SkLesions *self, int k, gboolean as_json) {
  double mean, least, most;
  g_autoptr (SkJsonLine) json = NULL;

  find_random (self, k, &mean, &least, &most);
  if (!as_json) {
    g_print (_ ("%2d blocks at random: accuracy %6.2f %% (%.2f … %.2f %%)\n"), k,
             100 * mean, 100 * least, 100 * most);
    return;
  }
  json = sk_json_line_new ();
  sk_json_begin_object (json, NULL);
  sk_json_integer (json, "random", k);
  sk_json_number (json, "accuracy", mean);
  sk_json_number (json, "least", least);
  sk_json_number (json, "most", most);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

static gboolean
has_cut (const SkLesions *self) {
  return self->n_sets - self->most * self->repeats > self->plan->n_blocks;
}

static void
print_json (const SkLesions *self, const Job *job) {
  const SkPlan *plan = self->plan;

  print_score (NULL, self, &self->whole);
  for (int b = 0; b < plan->n_blocks; b++)
    print_score (plan->blocks[b].name, self, &self->sets[b].score);
  if (has_cut (self))
    print_score (job->cut, self, &self->sets[plan->n_blocks].score);
  for (int k = 1; k <= self->most; k++)
    print_random (self, k, TRUE);
}

static void
print_row (const char *name, const SkLesions *self, const SkLesionScore *score,
           const char *note) {
  g_print ("%-12s %8.2f %% %+8.2f %9.4f %+9.4f%s\n", name,
           100 * sk_lesion_accuracy (score),
           100 * (sk_lesion_accuracy (score) - sk_lesion_accuracy (&self->whole)),
           sk_lesion_loss (score),
           sk_lesion_loss (score) - sk_lesion_loss (&self->whole), note);
}

static void
print_table (const SkLesions *self, const Job *job) {
  const SkPlan *plan = self->plan;
  g_autofree char *sentence = sk_lesion_sentence (self);

  g_print (_ ("%-12s %10s %8s %9s %9s\n"), _ ("without"), _ ("accuracy"), _ ("points"),
           _ ("loss"), _ ("change"));
  print_row (_ ("(nothing)"), self, &self->whole, "");
  for (int b = 0; b < plan->n_blocks; b++)
    print_row (plan->blocks[b].name, self, &self->sets[b].score,
               sk_lesions_changes_shape (plan, b) ? _ ("  its shape changes") : "");
  if (has_cut (self))
    print_row (job->cut, self, &self->sets[plan->n_blocks].score, "");
  for (int k = 1; k <= self->most; k++)
    print_random (self, k, FALSE);
  g_print (_ ("\n%s\n%d pictures in %.1f s\n"), sentence, self->images, self->seconds);
}

static gboolean
save_picture (const SkLesions *lesions, const char *path, GError **error) {
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  return sk_export (path, SAVED_WIDTH, SAVED_HEIGHT, SAVED_SCALE, &palette,
                    sk_lesion_chart_figure, lesions, error);
}

static SkLesions *
plan_cuts (const Job *job, const SkPlan *plan, const SkDataset *dataset,
           GError **error) {
  g_autoptr (SkLesions) lesions = sk_lesions_new (plan);

  lesions->data = g_strdup (sk_dataset_title (dataset));
  if (job->cut != NULL && sk_lesions_add_named (lesions, job->cut, error) < 0)
    return NULL;
  if (job->random > 0)
    sk_lesions_add_random (lesions, job->random, REPEATS, (guint64) job->seed);
  return g_steal_pointer (&lesions);
}

static SkSplit
choose_split (const Job *job, const SkDataset *dataset) {
  if (job->split != NULL)
    return strcmp (job->split, "train") == 0 ? SK_SPLIT_TRAIN : SK_SPLIT_TEST;
  return sk_dataset_count (dataset, SK_SPLIT_TEST) > 0 ? SK_SPLIT_TEST : SK_SPLIT_TRAIN;
}

/* A network whose forwards can begin in the middle takes the place of the analyst's. */
static gboolean
make_resumable (SkAnalyst *analyst, const gint *cancel, GError **error) {
  g_clear_pointer (&analyst->network, sk_network_free);
  analyst->network = sk_network_new (analyst->plan, analyst->model->parameters,
                                     SK_NETWORK_RESUMABLE, analyst->pool, error);
  if (analyst->network == NULL)
    return FALSE;
  sk_network_set_cancel (analyst->network, cancel);
  return TRUE;
}

static SkExit
study (const Job *job) {
  g_autoptr (SkInterrupt) interrupt = sk_interrupt_new (_ ("stopping …"));
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkLesions) lesions = NULL;
  g_autoptr (SkProbeSet) probe = NULL;
  g_autoptr (SkAnalyst) analyst = sk_analyst_new (&job->flags, 0, 0, &error);
  gboolean done;

  if (analyst == NULL)
    return sk_cli_refuse (error);
  dataset =
      sk_named_dataset_open (job->data, sk_interrupt_cancellable (interrupt), &error);
  if (dataset == NULL || !sk_model_check_classes (analyst->model, dataset, &error))
    return sk_cli_refuse (error);
  lesions = plan_cuts (job, analyst->plan, dataset, &error);
  if (lesions == NULL ||
      !make_resumable (analyst, sk_interrupt_flag (interrupt), &error))
    return sk_cli_refuse (error);
  probe =
      sk_probe_set_new (dataset, choose_split (job, dataset),
                        &analyst->model->transform, job->pictures, (guint64) job->seed);
  if (probe->n == 0) {
    g_set_error (&error, SK_ERROR, SK_ERROR_ARGUMENT,
                 _ ("%s has no pictures in that split: leave --split out"),
                 sk_dataset_title (dataset));
    return sk_cli_refuse (error);
  }
  done = sk_lesion_study (lesions, analyst->network, probe, sk_progress_testing,
                          progress, sk_interrupt_flag (interrupt), &error);
  sk_progress_clear (progress);
  sk_report_skipped (dataset, 0);
  if (!done || (job->picture && !save_picture (lesions, job->picture, &error)))
    return sk_cli_refuse (error);
  if (job->as_json)
    print_json (lesions, job);
  else
    print_table (lesions, job);
  return SK_EXIT_OK;
}

static SkExit
check_usage (const Job *job) {
  if (job->data == NULL)
    return sk_cli_usage ("lesion", _ ("--data is needed"));
  if (job->pictures < 1)
    return sk_cli_usage ("lesion", _ ("--pictures wants 1 or more"));
  if (job->random < 0)
    return sk_cli_usage ("lesion", _ ("--random wants a number of blocks"));
  if (job->split != NULL && strcmp (job->split, "train") != 0 &&
      strcmp (job->split, "test") != 0)
    return sk_cli_usage ("lesion", _ ("--split is train or test, not “%s”"),
                         job->split);
  return SK_EXIT_OK;
}

SkExit
sk_lesion_command (int argc, char **argv) {
  g_auto (Job) job = { .pictures = PICTURES };
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &job.data,
      N_ ("needed: builtin, cifar10:PATH, cifar100:PATH or folder:DIR"), N_ ("DATA") },
    { "pictures", 0, 0, G_OPTION_ARG_INT, &job.pictures,
      N_ ("how many, of each class as many (256)"), N_ ("M") },
    { "split", 0, 0, G_OPTION_ARG_STRING, &job.split, N_ ("train or test"),
      N_ ("SPLIT") },
    { "cut", 0, 0, G_OPTION_ARG_STRING, &job.cut, N_ ("these blocks together as well"),
      N_ ("BLOCK,…") },
    { "random", 0, 0, G_OPTION_ARG_INT, &job.random,
      N_ ("1 … K blocks at random as well"), N_ ("K") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &job.seed, N_ ("chooses pictures and blocks"),
      N_ ("N") },
    { "save", 0, 0, G_OPTION_ARG_FILENAME, &job.picture,
      N_ ("the picture as .png, .svg or .pdf"), N_ ("PICTURE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &job.as_json,
      N_ ("one JSON object a line: the whole network, then each block"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  SkExit usage;

  g_option_context_set_summary (context,
                                _ ("What a network gets wrong without each of its "
                                   "blocks in turn. A block that is "
                                   "cut hands on what its skip carries; one of a plain "
                                   "network, its input. Changes "
                                   "(delta_accuracy, delta_loss) are without the block "
                                   "less with it: a block that "
                                   "is needed has a negative change of accuracy."));
  sk_weights_flags_add_to (&job.flags, context);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (argc > 1)
    return sk_cli_usage ("lesion", _ ("“%s” is not an option"), argv[1]);
  usage = check_usage (&job);
  if (usage != SK_EXIT_OK)
    return usage;
  if (!sk_output_check_picture (job.picture, &error))
    return sk_cli_refuse (error);
  return study (&job);
}
