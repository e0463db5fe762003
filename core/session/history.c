#include "history.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "snapshot.h"

typedef struct {
  int steps_per_epoch;
  GArray *points;
  GPtrArray *events; /* (nullable) */
} History;

typedef void (*LineFunc) (const History *self, JsonObject *line);

/* NaN where it is missing or null. */
static float
number (JsonObject *line, const char *name) {
  JsonNode *node = json_object_get_member (line, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NAN;
  return (float) json_node_get_double (node);
}

static gint64
whole (JsonObject *line, const char *name) {
  JsonNode *node = json_object_get_member (line, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return 0;
  return json_node_get_int (node);
}

/* Events stand among the steps: they have no loss. */
static void
take_event (const History *self, JsonObject *line) {
  JsonNode *node = json_object_get_member (line, "event");

  if (self->events != NULL && node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_STRING)
    g_ptr_array_add (self->events,
                     sk_event_new (whole (line, "step"), json_node_get_string (node)));
}

static void
take_step (const History *self, JsonObject *line) {
  SkTrainPoint point = { .step = whole (line, "step"),
                         .loss = number (line, "loss"),
                         .accuracy = number (line, "accuracy"),
                         .lr = number (line, "lr") };

  point.epoch = (double) point.step / self->steps_per_epoch;
  if (point.step > 0 && isfinite (point.loss) && isfinite (point.accuracy))
    g_array_append_val (self->points, point);
  else
    take_event (self, line);
}

static void
take_epoch (const History *self, JsonObject *line) {
  SkTestPoint point = { .step = whole (line, "step"),
                        .epoch = (int) whole (line, "epoch"),
                        .train_loss = number (line, "train_loss"),
                        .train_accuracy = number (line, "train_accuracy"),
                        .test_loss = number (line, "test_loss"),
                        .test_accuracy = number (line, "test_accuracy") };

  if (point.step > 0 && point.epoch > 0)
    g_array_append_val (self->points, point);
}

static void
read_lines (const History *self, const char *run_dir, const char *name, LineFunc take) {
  g_autofree char *path = g_build_filename (run_dir, name, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = NULL;
  char *line, *next;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  for (line = text; line && *line; line = next) {
    next = strchr (line, '\n');
    if (next)
      *next++ = '\0';
    if (json_parser_load_from_data (parser, line, -1, NULL) &&
        JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
      take (self, json_node_get_object (json_parser_get_root (parser)));
  }
}

void
sk_history_read (const char *run_dir, int steps_per_epoch, GArray *train_points,
                 GArray *test_points, GPtrArray *events) {
  History steps = { .steps_per_epoch = MAX (steps_per_epoch, 1),
                    .points = train_points,
                    .events = events };
  History epochs = { .steps_per_epoch = steps.steps_per_epoch, .points = test_points };

  read_lines (&steps, run_dir, "steps.jsonl", take_step);
  read_lines (&epochs, run_dir, "metrics.jsonl", take_epoch);
}
