#include "run-history.h"

#include <math.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef void (*LineFunc) (SkTraining *training, JsonObject *line);

/* NaN where it is missing or null. */
static double
number (JsonObject *line, const char *name) {
  JsonNode *node = json_object_get_member (line, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NAN;
  return json_node_get_double (node);
}

static gint64
whole (JsonObject *line, const char *name) {
  return json_object_get_int_member_with_default (line, name, 0);
}

static void
take_step (SkTraining *training, JsonObject *line) {
  gint64 step = whole (line, "step");
  SkTrainPoint point = {
    .step = step,
    .epoch = (double) step / sk_trainer_steps_per_epoch (training->trainer),
    .loss = (float) number (line, "loss"),
    .accuracy = (float) number (line, "accuracy"),
    .lr = (float) number (line, "lr"),
  };

  if (step > 0 && json_object_has_member (line, "loss"))
    g_array_append_val (training->train_points, point);
}

static void
take_epoch (SkTraining *training, JsonObject *line) {
  SkEpoch *last = &training->last;

  *last = (SkEpoch){
    .epoch = (int) whole (line, "epoch"),
    .step = whole (line, "step"),
    .train_loss = number (line, "train_loss"),
    .train_accuracy = number (line, "train_accuracy"),
    .test_loss = number (line, "test_loss"),
    .test_accuracy = number (line, "test_accuracy"),
    .lr = (float) number (line, "lr"),
  };
  sk_training_add_epoch (training);
}

static void
read_lines (SkTraining *training, const char *run_dir, const char *name,
            LineFunc take) {
  g_autofree char *path = g_build_filename (run_dir, name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++) {
    g_autoptr (JsonNode) node = json_from_string (lines[i], NULL);

    if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
      take (training, json_node_get_object (node));
  }
}

void
sk_run_history_read (SkTraining *training, const char *run_dir) {
  read_lines (training, run_dir, "steps.jsonl", take_step);
  read_lines (training, run_dir, "metrics.jsonl", take_epoch);
}
