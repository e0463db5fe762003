#include "lane-run.h"

#include <math.h>

/* What is changed in a run while it trains; each change is an event on the time axis, in
 * the run's steps.jsonl and in a snapshot. */

/* A fader that has not moved for so long, in µs, rests where it is. */
#define FADER_REST (2 * G_USEC_PER_SEC / 5)

void
sk_lane_run_append_event (SkLaneRun *self, SkSnapshot *state, const char *text) {
  g_ptr_array_add (state->events,
                   sk_event_new (sk_trainer_steps_done (self->trainer), text));
}

void
sk_lane_run_set_lr_factor (SkLaneRun *self, float factor) {
  g_autofree char *text = g_strdup_printf ("learning rate × %g", (double) factor);
  SkSnapshot *state;

  if (!isfinite (factor) || factor < 0)
    return;
  sk_trainer_set_lr_factor (self->trainer, factor);
  sk_doctor_begin_again (self->doctor);
  state = sk_board_lock (self->board);
  state->lr_factor = factor;
  state->lr = sk_trainer_lr (self->trainer);
  sk_lane_run_append_event (self, state, text);
  sk_board_unlock (self->board, TRUE);
}

void
sk_lane_run_set_frozen (SkLaneRun *self, int group, gboolean frozen) {
  g_autofree char *text = NULL;
  SkSnapshot *state;

  if (group < 0 || group >= self->plan->n_groups)
    return;
  sk_network_set_frozen (sk_trainer_network (self->trainer), group, frozen);
  sk_doctor_begin_again (self->doctor);
  text = g_strdup_printf ("%s %s", self->plan->groups[group].name,
                          frozen ? "frozen" : "learns again");
  sk_trainer_log_event (self->trainer, text);
  state = sk_board_lock (self->board);
  state->frozen[group] = frozen;
  for (int i = 0; state->blocks && i < self->plan->n_blocks; i++)
    if (self->plan->blocks[i].group == group)
      state->blocks[i].frozen = frozen;
  sk_lane_run_append_event (self, state, text);
  sk_board_unlock (self->board, TRUE);
}

/* The blocks that a LAMBDA means: from @begin to before @end.
 * Returns: FALSE where there are none of that stage, or no such block */
static gboolean
find_scope (const SkPlan *plan, const SkCommand *command, int *begin, int *end) {
  *begin = command->block < 0 ? 0 : command->block;
  *end = command->block < 0 ? plan->n_blocks : command->block + 1;
  if (command->stage > 0) {
    for (*begin = 0; *begin < plan->n_blocks; (*begin)++)
      if (plan->blocks[*begin].stage == command->stage)
        break;
    for (*end = *begin; *end < plan->n_blocks; (*end)++)
      if (plan->blocks[*end].stage != command->stage)
        break;
  }
  return *end > *begin && *end <= plan->n_blocks;
}

/* (transfer full): "layer2.1: skip cut" */
static char *
describe_fader (const SkLaneRun *self, const SkCommand *command) {
  g_autofree char *scope = NULL;

  if (command->stage > 0)
    scope = g_strdup_printf ("layer%d", command->stage);
  else if (command->block < 0)
    scope = g_strdup ("all blocks");
  else
    scope = g_strdup (self->plan->blocks[command->block].name);
  if (command->value == 0)
    return g_strdup_printf ("%s: skip cut", scope);
  if (command->value == 1)
    return g_strdup_printf ("%s: skip restored", scope);
  return g_strdup_printf ("%s: skip × %.3g", scope, (double) command->value);
}

double
sk_lane_run_rest_fader (SkLaneRun *self, gboolean now) {
  gint64 left = self->fader_at + FADER_REST - g_get_monotonic_time ();

  if (self->fader == NULL)
    return 0;
  if (!now && left > 0)
    return (double) left / G_USEC_PER_SEC;
  sk_trainer_log_event (self->trainer, self->fader);
  sk_lane_run_append_event (self, sk_board_lock (self->board), self->fader);
  sk_board_unlock (self->board, TRUE);
  g_clear_pointer (&self->fader, g_free);
  return 0;
}

void
sk_lane_run_set_lambda (SkLaneRun *self, const SkCommand *command) {
  SkSnapshot *state;
  int begin, end;

  if (!find_scope (self->plan, command, &begin, &end) || !isfinite (command->value))
    return;
  if (!self->plan->variant.skips)
    return; /* a plain network has none to fade */
  if (begin != self->fader_begin || end != self->fader_end)
    sk_lane_run_rest_fader (self, TRUE);
  state = sk_board_lock (self->board);
  for (int i = begin; i < end; i++) {
    sk_network_set_lambda (sk_trainer_network (self->trainer), i, command->value);
    state->lambda[i] = command->value;
    if (state->blocks)
      state->blocks[i].lambda = command->value;
  }
  sk_exchange_set_lambda (self->exchange, state->lambda);
  sk_board_unlock (self->board, TRUE);
  sk_doctor_begin_again (self->doctor);
  g_free (self->fader);
  self->fader = describe_fader (self, command);
  self->fader_begin = begin;
  self->fader_end = end;
  self->fader_at = g_get_monotonic_time ();
  if (!command->flag)
    sk_lane_run_rest_fader (self, TRUE);
}
