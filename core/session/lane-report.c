#include <string.h>

#include "lane-run.h"
#include "telemetry.h"

void
sk_lane_run_measure_layers (SkLaneRun *self, SkSnapshot *state) {
  if (state->layers == NULL)
    state->layers = g_new0 (SkLayerState, self->plan->n_parameters);
  sk_measure_layers (state->layers, self->plan, sk_trainer_layers (self->trainer));
}

void
sk_lane_run_measure_blocks (SkLaneRun *self, SkSnapshot *state) {
  const SkBlockState *blocks = sk_trainer_blocks (self->trainer);

  if (blocks == NULL)
    return;
  g_free (state->blocks);
  state->blocks = g_memdup2 (blocks, sizeof *blocks * (gsize) self->plan->n_blocks);
}

void
sk_lane_run_examine (SkLaneRun *self, const SkStep *step) {
  SkVitals vitals;

  if (step->n == 0 || !sk_trainer_recipe (self->trainer)->probes)
    return;
  sk_vitals_measure (&vitals, self->trainer, step, sk_doctor_wants_blocks (step->step));
  sk_doctor_observe (self->doctor, &vitals);
}

void
sk_lane_run_report_findings (SkLaneRun *self, SkSnapshot *state) {
  const SkFinding *findings = sk_doctor_findings (self->doctor, &state->n_findings);

  memcpy (state->findings, findings, sizeof *findings * (gsize) state->n_findings);
}

void
sk_lane_run_report_warning (SkLaneRun *self, SkSnapshot *state) {
  char *warning = sk_trainer_take_warning (self->trainer);

  if (warning == NULL)
    return;
  g_free (state->message);
  state->message = warning;
  sk_lane_run_append_event (self, state, "not recorded");
}
