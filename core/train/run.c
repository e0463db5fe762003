/* A run's folder. */

#include "run.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"
#include "files.h"
#include "json.h"
#include "recipe-json.h"
#include "record.h"

#define FORMAT_VERSION 1

/* A log longer than this was not written here. */
#define MAX_LOG ((guint64) 1 << 32)

struct _SkRun {
  char *dir;
  GString *steps; /* lines that wait */
};

static const char *const run_files[] = { "run.json",           "metrics.jsonl",
                                         "steps.jsonl",        SK_RECORD_FILE,
                                         "resume.safetensors", "last.safetensors" };

char *
sk_run_path (const SkRun *self, const char *name) {
  return g_build_filename (self->dir, name, NULL);
}

static SkRun *
run_new (const char *dir) {
  SkRun *self = g_new0 (SkRun, 1);

  self->dir = g_strdup (dir);
  self->steps = g_string_new (NULL);
  return self;
}

void
sk_run_free (SkRun *self) {
  if (self == NULL)
    return;
  g_string_free (self->steps, TRUE);
  g_free (self->dir);
  g_free (self);
}

gboolean
sk_run_check_free (const char *dir, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS (run_files); i++) {
    g_autofree char *path = g_build_filename (dir, run_files[i], NULL);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      continue;
    return sk_refuse (
        error, SK_ERROR_ARGUMENT,
        "%s already holds a run (%s); resume it, or choose another folder", dir,
        run_files[i]);
  }
  return TRUE;
}

static gboolean
write_run_json (const SkRun *self, const SkRecipe *recipe, int threads,
                GError **error) {
  g_autofree char *recipe_json = sk_recipe_to_json (recipe);
  g_autofree char *path = sk_run_path (self, "run.json");
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *begun = g_date_time_format_iso8601 (now);
  g_autofree char *text = g_strdup_printf (
      "{\n  \"format\": %d,\n  \"program\": \"skipscope %s\",\n"
      "  \"begun\": \"%s\",\n  \"threads\": %d,\n  \"recipe\": %s\n}\n",
      FORMAT_VERSION, SK_VERSION, begun, threads, recipe_json);

  return sk_file_replace (path, text, error);
}

SkRun *
sk_run_create (const char *dir, const SkRecipe *recipe, int threads, GError **error) {
  g_autoptr (SkRun) self = run_new (dir);

  if (g_mkdir_with_parents (dir, 0777) < 0) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE, "cannot make the folder %s: %s", dir,
                 g_strerror (errno));
    return NULL;
  }
  if (!sk_run_check_free (dir, error) || !write_run_json (self, recipe, threads, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
read_run_json (const char *path, SkRecipe *recipe, GError **error) {
  g_autoptr (JsonNode) root =
      sk_recipe_load_document (path, "run", FORMAT_VERSION, error);

  return root != NULL &&
         sk_recipe_from_json_node (
             recipe, json_object_get_member (json_node_get_object (root), "recipe"),
             error);
}

SkRun *
sk_run_open (const char *dir, SkRecipe *recipe, GError **error) {
  g_autoptr (SkRun) self = run_new (dir);
  g_autofree char *path = sk_run_path (self, "run.json");

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, SK_ERROR, SK_ERROR_FILE,
                 "%s holds no run to resume: there is no run.json", dir);
    return NULL;
  }
  if (!read_run_json (path, recipe, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/* The step a line is about, −1: it is not a line of ours, or not all of one. */
static gint64
step_of_line (const char *line, gsize length) {
  /* An epoch is an object with a list of blocks, each an object. */
  g_autoptr (JsonNode) root = sk_json_parse (line, length, 3, NULL);
  JsonNode *step;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return -1;
  step = json_object_get_member (json_node_get_object (root), "step");
  if (step == NULL || !JSON_NODE_HOLDS_VALUE (step) ||
      json_node_get_value_type (step) != G_TYPE_INT64)
    return -1;
  return json_node_get_int (step);
}

/* Bytes of the lines up to @last_step; they are in order. */
static gsize
length_to_keep (const char *text, gsize size, gint64 last_step) {
  gsize at = 0;

  while (at < size) {
    const char *end = memchr (text + at, '\n', size - at);
    gint64 step;

    if (end == NULL)
      break;
    step = step_of_line (text + at, (gsize) (end - text) - at);
    if (step < 0 || step > last_step)
      break;
    at = (gsize) (end - text) + 1;
  }
  return at;
}

static gboolean
cut_log (const SkRun *self, const char *name, gint64 step, GError **error) {
  g_autofree char *path = sk_run_path (self, name);
  g_autoptr (GBytes) bytes = NULL;
  gsize size, keep;
  const char *text;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  bytes = sk_file_load (path, MAX_LOG, error);
  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &size);
  keep = length_to_keep (text, size, step);
  if (keep == size || truncate (path, (off_t) keep) == 0)
    return TRUE;
  return sk_refuse (error, SK_ERROR_FILE, "cannot cut back %s: %s", path,
                    g_strerror (errno));
}

gboolean
sk_run_cut_back (SkRun *self, gint64 step, GError **error) {
  g_string_truncate (self->steps, 0);
  return cut_log (self, "metrics.jsonl", step, error) &&
         cut_log (self, "steps.jsonl", step, error);
}

static gboolean
append (const SkRun *self, const char *name, const char *text, gsize length,
        GError **error) {
  g_autofree char *path = sk_run_path (self, name);

  return sk_file_append (path, text, length, error);
}

gboolean
sk_run_add_epoch (SkRun *self, const char *json, GError **error) {
  g_autofree char *line = g_strconcat (json, "\n", NULL);

  return append (self, "metrics.jsonl", line, strlen (line), error);
}

void
sk_run_add_step (SkRun *self, const char *json) {
  g_string_append (self->steps, json);
  g_string_append_c (self->steps, '\n');
}

gboolean
sk_run_flush (SkRun *self, GError **error) {
  if (self->steps->len > 0 &&
      !append (self, "steps.jsonl", self->steps->str, self->steps->len, error))
    return FALSE;
  g_string_truncate (self->steps, 0);
  return TRUE;
}
