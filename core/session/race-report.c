#include "race-report.h"

#include <string.h>

#include "history.h"

static const SkPlan *
plan_of (const SkRace *race, int contestant) {
  return sk_network_plan (sk_trainer_network (sk_race_trainer (race, contestant)));
}

SkRaceState *
sk_race_report (const SkRace *race) {
  SkRaceState *self = g_new0 (SkRaceState, 1);

  self->n = sk_race_count (race);
  self->contestants = g_new0 (SkContestant, self->n);
  for (int i = 0; i < self->n; i++)
    self->contestants[i] = (SkContestant){
      .net = g_strdup (sk_race_net (race, i)),
      .dir = g_strdup (sk_race_folder (race, i)),
      .plan = sk_plan_ref (plan_of (race, i)),
      .twin = sk_race_twin (race, i),
    };
  sk_race_report_update (self, race, -1);
  return self;
}

static int
find_twin (const SkRaceState *self, int i) {
  SkVariant twin;

  sk_variant_twin (&self->contestants[i].plan->variant,
                   !self->contestants[i].plan->variant.skips, &twin);
  for (int j = 0; j < self->n; j++)
    if (strcmp (self->contestants[j].net, twin.name) == 0)
      return j;
  return -1;
}

SkRaceState *
sk_race_report_entry (const char *const *nets, int classes) {
  SkRaceState *self = g_new0 (SkRaceState, 1);

  self->contestants = g_new0 (SkContestant, g_strv_length ((char **) nets));
  for (int i = 0; nets[i] != NULL; i++) {
    SkVariant variant;
    SkPlan *plan = sk_variant_find (nets[i], &variant, NULL)
                       ? sk_plan_new (&variant, 1, 0, 0, classes, NULL)
                       : NULL;

    if (plan != NULL)
      self->contestants[self->n++] =
          (SkContestant){ .net = g_strdup (nets[i]), .plan = plan };
  }
  for (int i = 0; i < self->n; i++)
    self->contestants[i].twin = find_twin (self, i);
  return self;
}

static void
update (SkContestant *self, const SkRace *race, int i) {
  SkTrainer *trainer = sk_race_trainer (race, i);
  gsize size = sizeof *self->gradients * (gsize) self->plan->n_blocks;
  const float *measured;

  self->step = sk_trainer_steps_done (trainer);
  self->finished = sk_race_state (race, i) == SK_CONTESTANT_FINISHED;
  self->diverged = sk_race_state (race, i) == SK_CONTESTANT_DIVERGED;
  if (self->diverged && self->culprit == NULL)
    self->culprit = g_strdup (sk_trainer_culprit (trainer));
  measured = sk_race_gradients (race, i, self->step);
  if (measured == NULL)
    return;
  if (self->gradients == NULL)
    self->gradients = g_malloc (size);
  memcpy (self->gradients, measured, size);
}

void
sk_race_report_update (SkRaceState *state, const SkRace *race, int contestant) {
  for (int i = 0; i < state->n; i++)
    if (contestant < 0 || contestant == i)
      update (&state->contestants[i], race, i);
}

static void
report_curves (const SkRace *race, int i, GArray *points, GArray *epochs) {
  g_autoptr (GArray) train = g_array_new (FALSE, FALSE, sizeof (SkTrainPoint));
  g_autoptr (GArray) test = g_array_new (FALSE, FALSE, sizeof (SkTestPoint));

  if (sk_race_folder (race, i) == NULL)
    return;
  sk_history_read (sk_race_folder (race, i),
                   sk_trainer_steps_per_epoch (sk_race_trainer (race, i)), train, test,
                   NULL);
  for (guint j = 0; j < train->len; j++) {
    SkRacePoint point = { i, g_array_index (train, SkTrainPoint, j) };

    g_array_append_val (points, point);
  }
  for (guint j = 0; j < test->len; j++) {
    SkRaceEpoch epoch = { i, g_array_index (test, SkTestPoint, j) };

    g_array_append_val (epochs, epoch);
  }
}

static void
report_departures (const SkRace *race, int i, GArray *departures) {
  gint64 last = sk_trainer_steps_done (sk_race_trainer (race, i));

  if (plan_of (race, i)->variant.skips || sk_race_twin (race, i) < 0)
    return;
  for (gint64 step = 1; step <= last; step++) {
    SkRaceDeparture departure = { i, step, sk_race_departure (race, i, step) };

    if (departure.block != SK_RACE_UNKNOWN)
      g_array_append_val (departures, departure);
  }
}

void
sk_race_report_history (const SkRace *race, GArray *points, GArray *epochs,
                        GArray *departures) {
  for (int i = 0; i < sk_race_count (race); i++) {
    report_curves (race, i, points, epochs);
    report_departures (race, i, departures);
  }
}
