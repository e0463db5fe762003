#include "exits.h"

const char *
sk_exit_rule_id (SkExitRule rule) {
  static const char *const ids[] = {
    [SK_EXIT_RULE_MEANS] = "nearest-mean",
    [SK_EXIT_RULE_HEAD] = "head",
    [SK_EXIT_RULE_SKIPS] = "skips",
  };

  g_return_val_if_fail ((guint) rule < G_N_ELEMENTS (ids), NULL);
  return ids[rule];
}

int
sk_exits_first_head (const SkPlan *plan) {
  int first = plan->n_blocks - 1;

  while (first > 0 && plan->blocks[first - 1].stage == plan->blocks[first].stage)
    first--;
  return first;
}

SkExits *
sk_exits_new (const SkPlan *plan, gboolean with_means) {
  SkExits *self = g_new0 (SkExits, 1);
  int head = sk_exits_first_head (plan), first = with_means ? 0 : head;

  self->classes = plan->classes;
  self->n_steps = plan->n_blocks - first;
  self->steps = g_new0 (SkExitStep, self->n_steps);
  for (int b = first; b < plan->n_blocks; b++) {
    SkExitStep *step = &self->steps[b - first];

    step->block = g_strdup (plan->blocks[b].name);
    step->stage = plan->blocks[b].stage;
    step->rule = b < head ? SK_EXIT_RULE_MEANS : SK_EXIT_RULE_HEAD;
  }
  return self;
}

void
sk_exits_free (SkExits *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < self->n_steps; i++)
    g_free (self->steps[i].block);
  g_free (self->steps);
  g_free (self);
}
