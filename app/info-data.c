#include "info-data.h"

#include <glib/gi18n.h>

#include "json-line.h"
#include "progress.h"
#include "surveyor.h"

gboolean
sk_info_is_data (const char *what) {
  static const char *const prefixes[] = { "folder:", "cifar10:", "cifar100:", NULL };

  for (int i = 0; prefixes[i] != NULL; i++)
    if (g_str_has_prefix (what, prefixes[i]))
      return TRUE;
  return g_str_equal (what, "builtin");
}

static void
print_classes (const SkSurvey *survey) {
  g_print ("%-28s %10s %10s\n", _ ("class"), _ ("to learn"), _ ("to test"));
  for (int i = 0; i < survey->n_classes; i++)
    g_print ("%-28s %10d %10d\n", survey->classes[i].name, survey->classes[i].count[0],
             survey->classes[i].count[1]);
}

static void
print_duplicate (const SkSurveyFile *file) {
  g_autofree char *path = sk_cli_show_path (file->path);
  g_autofree char *original = sk_cli_show_path (file->original);

  g_print (_ ("duplicate: %s is %s"), path, original);
  if (file->leaks)
    g_print (_ (" (it leaks: one is to learn from, the other to test)"));
  if (file->contradicts)
    g_print (_ (" (of another class)"));
  g_print ("\n");
}

static void
print_survey (const SkSurvey *survey) {
  g_print (_ ("%s: %d classes, %d pictures to learn from, %d to test\n"), survey->title,
           survey->n_classes, survey->count[SK_SURVEY_TRAIN],
           survey->count[SK_SURVEY_TEST]);
  if (survey->split_here)
    g_print (_ ("split here: every fifth picture of each class is for testing\n"));
  g_print ("\n");
  print_classes (survey);
  g_print ("\n");
  for (guint i = 0; i < survey->broken->len; i++) {
    const SkSurveyFile *file = g_ptr_array_index (survey->broken, i);
    g_autofree char *path = sk_cli_show_path (file->path);

    g_print (_ ("left out: %s: %s\n"), path, file->reason);
  }
  for (guint i = 0; i < survey->duplicates->len; i++)
    print_duplicate (g_ptr_array_index (survey->duplicates, i));
  g_print (_ ("files left out: %u; duplicates: %u, across the two parts: %d\n"),
           survey->broken->len, survey->duplicates->len, survey->n_leaks);
}

static void
add_files (SkJsonLine *json, const char *name, const GPtrArray *files) {
  sk_json_begin_array (json, name);
  for (guint i = 0; i < files->len; i++) {
    const SkSurveyFile *file = g_ptr_array_index (files, i);

    sk_json_begin_object (json, NULL);
    sk_json_string (json, "file", file->path);
    if (file->reason != NULL)
      sk_json_string (json, "reason", file->reason);
    if (file->original != NULL) {
      sk_json_string (json, "original", file->original);
      sk_json_boolean (json, "leaks", file->leaks);
      sk_json_boolean (json, "contradicts", file->contradicts);
    }
    sk_json_end_object (json);
  }
  sk_json_end_array (json);
}

static void
print_survey_json (const SkSurvey *survey) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "data", survey->spec);
  sk_json_string (json, "title", survey->title);
  sk_json_boolean (json, "split_here", survey->split_here);
  sk_json_integer (json, "train", survey->count[SK_SURVEY_TRAIN]);
  sk_json_integer (json, "test", survey->count[SK_SURVEY_TEST]);
  sk_json_begin_array (json, "classes");
  for (int i = 0; i < survey->n_classes; i++) {
    sk_json_begin_object (json, NULL);
    sk_json_string (json, "class", survey->classes[i].name);
    sk_json_integer (json, "train", survey->classes[i].count[SK_SURVEY_TRAIN]);
    sk_json_integer (json, "test", survey->classes[i].count[SK_SURVEY_TEST]);
    sk_json_end_object (json);
  }
  sk_json_end_array (json);
  add_files (json, "broken", survey->broken);
  add_files (json, "duplicates", survey->duplicates);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

static void
reading_cb (double fraction, gpointer data) {
  g_autofree char *text =
      g_strdup_printf (_ ("reading the pictures: %.0f %%"), 100 * fraction);

  sk_progress_note (data, text);
}

SkExit
sk_info_data (const char *spec, gboolean as_json) {
  g_autoptr (SkProgress) progress = sk_progress_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SkDataset) dataset = NULL;
  g_autoptr (SkPool) pool = NULL;
  g_autoptr (SkSurvey) survey = NULL;

  dataset = sk_dataset_open (spec, SK_DATASET_SEED, NULL, &error);
  if (dataset == NULL)
    return sk_cli_refuse (error);
  pool = sk_pool_new (0, 0);
  survey = sk_survey_new (dataset);
  sk_survey_find_duplicates (survey, dataset, NULL);
  sk_survey_read_pictures (survey, dataset, pool, reading_cb, progress, NULL);
  sk_progress_clear (progress);
  if (as_json)
    print_survey_json (survey);
  else
    print_survey (survey);
  return SK_EXIT_OK;
}

void
sk_report_duplicates (SkDataset *dataset) {
  g_autoptr (SkSurvey) survey = sk_survey_new (dataset);
  const SkSurveyFile *worst;
  g_autofree char *path = NULL, *original = NULL;

  sk_survey_find_duplicates (survey, dataset, NULL);
  if (survey->duplicates->len == 0)
    return;
  worst = g_ptr_array_index (survey->duplicates, 0);
  path = sk_cli_show_path (worst->path);
  original = sk_cli_show_path (worst->original);
  if (survey->n_leaks > 0)
    g_printerr (_ ("warning: %d test pictures are also learnt from, so the test says "
                   "too much: %s is %s; see skipscope info %s\n"),
                survey->n_leaks, path, original, sk_dataset_spec (dataset));
  else
    g_printerr (_ ("%u files are there twice: %s is %s; see skipscope info %s\n"),
                survey->duplicates->len, path, original, sk_dataset_spec (dataset));
}
