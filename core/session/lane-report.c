#include <math.h>

#include "lane-run.h"
#include "telemetry.h"

/* A speed of the last few seconds: steady enough to read, quick enough to follow. */
#define RATE_SECONDS 3.0

void
sk_lane_run_measure_layers (SkLaneRun *self, SkSnapshot *state) {
  const SkLayerProbe *probes = sk_trainer_layers (self->trainer);

  if (probes == NULL)
    return;
  if (state->layers == NULL)
    state->layers = g_new0 (SkLayerState, self->plan->n_parameters);
  for (int i = 0; i < self->plan->n_parameters; i++)
    state->layers[i] = sk_layer_state (&probes[i]);
}

void
sk_lane_run_measure_blocks (SkLaneRun *self, SkSnapshot *state) {
  SkNetwork *network = sk_trainer_network (self->trainer);
  const SkBlockProbe *probes = sk_network_probes (network);

  if (probes == NULL)
    return;
  if (state->blocks == NULL)
    state->blocks = g_new0 (SkBlockState, self->plan->n_blocks);
  for (int i = 0; i < self->plan->n_blocks; i++)
    state->blocks[i] =
        sk_block_state (&probes[i], sk_network_lambda (network, i),
                        sk_network_is_frozen (network, self->plan->blocks[i].group));
}

void
sk_lane_run_clock (SkLaneRun *self, double seconds, int images) {
  double decay;

  /* A step that only ends an epoch took no time. */
  if (images == 0)
    return;
  decay = exp (-seconds / RATE_SECONDS);

  self->seconds = self->seconds * decay + seconds;
  self->images = self->images * decay + images;
  self->steps = self->steps * decay + 1;
}

void
sk_lane_run_report_speed (SkLaneRun *self, SkSnapshot *state) {
  int per_epoch = MAX (sk_trainer_steps_per_epoch (self->trainer), 1);
  gint64 left = state->n_steps - state->step;
  gint64 epochs_left = (left + per_epoch - 1) / per_epoch;

  if (self->seconds <= 0)
    return;
  state->images_per_s = self->images / self->seconds;
  state->seconds_left = (double) left * self->seconds / self->steps +
                        (double) epochs_left * self->evaluation_seconds;
}
