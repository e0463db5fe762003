#include "commands.h"

#include <glib/gi18n.h>

#include "analyst.h"
#include "answer.h"
#include "csv.h"
#include "decode.h"
#include "errors.h"
#include "folder-walk.h"
#include "json-line.h"
#include "outputs.h"

typedef struct {
  SkAnalyst *analyst;
  int n_top;
  gboolean as_json;
  GString *csv; /* (nullable) */
  float *input; /* (side,side,3) */
  SkRank *top; /* (n_top) */
} Classifier;

static void
print_json (const Classifier *self, const char *path, const SkImage *image) {
  g_autoptr (SkJsonLine) json = sk_json_line_new ();

  sk_json_begin_object (json, NULL);
  sk_json_string (json, "file", path);
  sk_json_integer (json, "width", image->width);
  sk_json_integer (json, "height", image->height);
  sk_json_begin_array (json, "top");
  for (int i = 0; i < self->n_top; i++) {
    g_autofree char *name =
        sk_model_class_name (self->analyst->model, self->top[i].index);

    sk_json_begin_object (json, NULL);
    sk_json_string (json, "class", name);
    sk_json_integer (json, "index", self->top[i].index);
    sk_json_float (json, "probability", (float) self->top[i].probability);
    sk_json_end_object (json);
  }
  sk_json_end_array (json);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

static void
print_text (const Classifier *self, const char *path, const SkImage *image) {
  g_autofree char *shown = sk_cli_show_path (path);

  g_print ("%s (%d × %d)\n", shown, image->width, image->height);
  for (int i = 0; i < self->n_top; i++) {
    g_autofree char *name =
        sk_model_class_name (self->analyst->model, self->top[i].index);

    g_print ("  %5.1f %%  %s\n", 100 * self->top[i].probability, name);
  }
}

static void
append_csv (Classifier *self, const char *path) {
  g_autofree char *file = sk_csv_field (path);

  for (int i = 0; i < self->n_top; i++) {
    g_autofree char *name =
        sk_model_class_name (self->analyst->model, self->top[i].index);
    g_autofree char *field = sk_csv_field (name);
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd (number, sizeof number, "%.6f", self->top[i].probability);
    g_string_append_printf (self->csv, "%s,%d,%s,%d,%s\n", file, i + 1, field,
                            self->top[i].index, number);
  }
}

static void
print_failure (const Classifier *self, const char *path, const GError *error) {
  g_autoptr (SkJsonLine) json = NULL;

  if (!self->as_json) {
    sk_cli_refuse (error);
    return;
  }
  json = sk_json_line_new ();
  sk_json_begin_object (json, NULL);
  sk_json_string (json, "file", path);
  sk_json_string (json, "error", error->message);
  sk_json_end_object (json);
  sk_json_line_print (json);
}

static gboolean
classify (Classifier *self, const char *path) {
  g_autoptr (GError) error = NULL;
  SkAnalyst *analyst = self->analyst;
  const float *logits;
  SkImage image = { 0 };

  if (!sk_image_load (path, NULL, &image, &error)) {
    print_failure (self, path, error);
    return FALSE;
  }
  sk_transform_apply (&analyst->model->transform, &image, SK_AUGMENT_NONE, NULL,
                      self->input);
  logits = sk_network_forward (analyst->network, self->input, 1, FALSE);
  sk_rank_logits (self->top, self->n_top, logits, analyst->plan->classes);
  if (self->as_json)
    print_json (self, path, &image);
  else
    print_text (self, path, &image);
  if (self->csv != NULL)
    append_csv (self, path);
  sk_image_clear (&image);
  return TRUE;
}

typedef struct {
  GPtrArray *paths; /* (nullable): not there yet */
  GMainLoop *loop;
} Walk;

static void
walked_cb (GPtrArray *paths, gboolean more, gpointer data) {
  Walk *walk = data;

  walk->paths = g_ptr_array_ref (paths);
  g_main_loop_quit (walk->loop);
}

/* What is in @folder and below, as where it is dropped on the window. */
static gboolean
classify_folder (Classifier *self, const char *folder) {
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *shown = sk_cli_show_path (folder);
  Walk walk = { .loop = loop };
  gboolean all = TRUE;

  sk_folder_walk (folder, G_MAXUINT, NULL, walked_cb, &walk);
  g_main_loop_run (loop);
  paths = walk.paths;
  for (guint i = 0; i < paths->len; i++)
    all &= classify (self, g_ptr_array_index (paths, i));
  if (paths->len > 0)
    return all;
  sk_refuse (&error, SK_ERROR_FILE, _ ("%s: no pictures can be read in this folder"),
             shown);
  print_failure (self, folder, error);
  return FALSE;
}

static SkExit
classify_all (SkAnalyst *analyst, char **paths, int most, const char *csv_path,
              gboolean as_json) {
  gsize side = (gsize) analyst->model->transform.side;
  int n_top = CLAMP (most, 1, analyst->plan->classes);
  g_autoptr (GError) error = NULL;
  g_autofree float *input = g_new (float, side *side * 3);
  g_autofree SkRank *top = g_new (SkRank, (gsize) n_top);
  Classifier self = {
    .analyst = analyst,
    .n_top = n_top,
    .as_json = as_json,
    .csv =
        csv_path != NULL ? g_string_new ("file,rank,class,index,probability\n") : NULL,
    .input = input,
    .top = top,
  };
  gboolean all = TRUE;

  for (int i = 0; paths[i] != NULL; i++)
    all &= g_file_test (paths[i], G_FILE_TEST_IS_DIR)
               ? classify_folder (&self, paths[i])
               : classify (&self, paths[i]);
  if (self.csv != NULL) {
    if (!sk_cli_write_text (csv_path, self.csv->str, &error))
      all = FALSE;
    g_string_free (self.csv, TRUE);
  }
  if (error != NULL)
    sk_cli_refuse (error);
  return all ? SK_EXIT_OK : SK_EXIT_REFUSED;
}

SkExit
sk_classify_command (int argc, char **argv) {
  g_autoptr (GError) error = NULL;
  g_autoptr (SkAnalyst) analyst = NULL;
  g_auto (SkWeightsFlags) flags = { 0 };
  g_autofree char *csv = NULL;
  g_auto (GStrv) images = NULL;
  gboolean as_json = FALSE;
  int top = 5;
  const GOptionEntry entries[] = {
    { "top", 0, 0, G_OPTION_ARG_INT, &top, N_ ("classes to name (5)"), N_ ("N") },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &csv, N_ ("a table of all answers"),
      N_ ("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("one JSON object a line"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &images, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new (_ ("IMAGE|FOLDER…"));

  g_option_context_set_summary (
      context, _ ("Says what is in pictures, and in all those of folders and "
                  "of the folders in them."));
  sk_weights_flags_add_to (&flags, context);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!sk_cli_parse (context, &argc, &argv))
    return SK_EXIT_USAGE;
  if (images == NULL)
    return sk_cli_usage ("classify", _ ("which pictures?"));
  if (top < 1)
    return sk_cli_usage ("classify", _ ("--top must be at least 1"));

  if (!sk_output_check (csv, &error))
    return sk_cli_refuse (error);
  analyst = sk_analyst_new (&flags, 1, 0, &error);
  if (analyst == NULL)
    return sk_cli_refuse (error);
  return classify_all (analyst, images, top, csv, as_json);
}
