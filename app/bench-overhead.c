#include "bench-overhead.h"

#include <stdlib.h>
#include <time.h>

#include <glib/gstdio.h>

#include "record.h"
#include "telemetry.h"

struct _SkOverhead {
  SkNetwork *network; /* not owned */
  const SkParameters *parameters; /* not owned */
  SkStepFunc step;
  gpointer data;
  char *dir, *path;
  SkRecorder *recorder;
  SkBlockState *blocks; /* (plan->n_blocks) */
  SkLayerProbe *layers; /* (plan->n_parameters) */
  gboolean *frozen; /* (plan->n_groups) */
  gint64 n_steps;
};

SkOverhead *
sk_overhead_new (SkNetwork *network, const SkParameters *parameters, SkStepFunc step,
                 gpointer data, GError **error) {
  g_autofree char *dir = g_dir_make_tmp ("skipscope-bench-XXXXXX", error);
  const SkPlan *plan = sk_network_plan (network);
  SkOverhead *self;

  if (dir == NULL)
    return NULL;
  self = g_new0 (SkOverhead, 1);
  self->network = network;
  self->parameters = parameters;
  self->step = step;
  self->data = data;
  self->path = g_build_filename (dir, SK_RECORD_FILE, NULL);
  self->dir = g_steal_pointer (&dir);
  self->recorder = sk_recorder_new (self->path, plan, 1);
  self->blocks = g_new0 (SkBlockState, plan->n_blocks);
  self->layers = g_new0 (SkLayerProbe, plan->n_parameters);
  self->frozen = g_new0 (gboolean, plan->n_groups);
  return self;
}

void
sk_overhead_free (SkOverhead *self) {
  if (self == NULL)
    return;
  sk_recorder_free (self->recorder);
  g_remove (self->path);
  g_remove (self->dir);
  g_free (self->path);
  g_free (self->dir);
  g_free (self->blocks);
  g_free (self->layers);
  g_free (self->frozen);
  g_free (self);
}

typedef struct {
  double clock, processor; /* seconds */
} Seconds;

static Seconds
now (void) {
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (Seconds){ (double) g_get_monotonic_time () * 1e-6,
                    (double) used.tv_sec + (double) used.tv_nsec * 1e-9 };
}

/* Everything that a trainer does of it: measures, turns it into what is shown, records. */
static void
step_measured (SkOverhead *self) {
  SkTrainPoint point = { .step = ++self->n_steps };

  sk_network_set_probing (self->network, TRUE);
  self->step (self->layers, self->data);
  sk_measure_blocks (self->blocks, self->network, self->parameters, self->layers);
  sk_recorder_add (self->recorder, &point, self->blocks, self->layers, self->frozen,
                   NULL);
}

static void
step_alone (SkOverhead *self) {
  sk_network_set_probing (self->network, FALSE);
  self->step (NULL, self->data);
}

static Seconds
time_step (SkOverhead *self, gboolean measured) {
  Seconds begun = now (), ended;

  if (measured)
    step_measured (self);
  else
    step_alone (self);
  ended = now ();
  return (Seconds){ ended.clock - begun.clock, ended.processor - begun.processor };
}

static int
compare_doubles (const void *a, const void *b) {
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values, int n) {
  qsort (values, (gsize) n, sizeof *values, compare_doubles);
  return n % 2 != 0 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* What is kept of each pair, a column each. */
typedef enum {
  WITH_CLOCK,
  WITHOUT_CLOCK,
  WITH_PROCESSOR,
  WITHOUT_PROCESSOR,
  N_COLUMNS,
} Column;

SkOverheadResult
sk_overhead_measure (SkOverhead *self, int pairs) {
  g_autofree double *seconds = g_new (double, N_COLUMNS *(gsize) pairs);
  double medians[N_COLUMNS];

  step_measured (self);
  step_alone (self);
  for (int i = 0; i < pairs; i++)
    for (int turn = 0; turn < 2; turn++) {
      /* Which of the two comes first changes from pair to pair. */
      gboolean measured = (i + turn) % 2 == 0;
      Seconds took = time_step (self, measured);

      seconds[(measured ? WITH_CLOCK : WITHOUT_CLOCK) * pairs + i] = took.clock;
      seconds[(measured ? WITH_PROCESSOR : WITHOUT_PROCESSOR) * pairs + i] =
          took.processor;
    }
  for (int c = 0; c < N_COLUMNS; c++)
    medians[c] = median (seconds + c * pairs, pairs);
  return (SkOverheadResult){
    .with = medians[WITH_CLOCK],
    .without = medians[WITHOUT_CLOCK],
    .clock = medians[WITH_CLOCK] / medians[WITHOUT_CLOCK] - 1,
    .processor = medians[WITH_PROCESSOR] / medians[WITHOUT_PROCESSOR] - 1,
  };
}
