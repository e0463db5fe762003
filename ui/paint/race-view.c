#include "race-view-private.h"

#include <math.h>
#include <string.h>

/* A race is short: a curve that is much smoother than this comes too late. */
#define SMOOTHING 0.9

static void
lane_init (SkRaceLane *self) {
  self->loss = sk_series_new ();
  self->accuracy = sk_series_new ();
  self->smooth_loss = sk_series_new ();
  self->smooth_accuracy = sk_series_new ();
  self->test_accuracy = sk_series_new ();
  self->departures = sk_series_new ();
}

static void
lane_clear (SkRaceLane *self) {
  sk_series_free (self->loss);
  sk_series_free (self->accuracy);
  sk_series_free (self->smooth_loss);
  sk_series_free (self->smooth_accuracy);
  sk_series_free (self->test_accuracy);
  sk_series_free (self->departures);
}

static void
lane_restart (SkRaceLane *self) {
  sk_series_clear (self->loss);
  sk_series_clear (self->accuracy);
  sk_series_clear (self->smooth_loss);
  sk_series_clear (self->smooth_accuracy);
  sk_series_clear (self->test_accuracy);
  sk_series_clear (self->departures);
  self->loss_smoother = self->accuracy_smoother = (SkSmoother){ .decay = SMOOTHING };
}

SkRaceView *
sk_race_view_new (void) {
  SkRaceView *self = g_new0 (SkRaceView, 1);

  self->pair = -1;
  for (int i = 0; i < SK_RACE_LANES; i++) {
    lane_init (&self->lanes[i]);
    lane_restart (&self->lanes[i]);
  }
  return self;
}

void
sk_race_view_free (SkRaceView *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < SK_RACE_LANES; i++)
    lane_clear (&self->lanes[i]);
  sk_race_state_free (self->state);
  g_free (self);
}

static void
restart (SkRaceView *self) {
  for (int i = 0; i < SK_RACE_LANES; i++)
    lane_restart (&self->lanes[i]);
  self->range = (SkLogRange){ 0 };
  self->pair = -1;
}

static gboolean
are_same (const SkRaceState *a, const SkRaceState *b) {
  if (a == NULL || b == NULL || a->n != b->n)
    return a == b;
  for (int i = 0; i < a->n; i++)
    if (strcmp (a->contestants[i].net, b->contestants[i].net) != 0)
      return FALSE;
  return TRUE;
}

static void
find_pairs (SkRaceView *self) {
  self->n_pairs = 0;
  for (int i = 0; self->state && i < self->state->n; i++)
    if (!self->state->contestants[i].plan->variant.skips &&
        self->state->contestants[i].twin >= 0)
      self->plains[self->n_pairs++] = i;
}

/* Both networks of the pair on one scale. */
static void
update_range (SkRaceView *self) {
  const SkContestant *residual, *plain;
  g_autofree float *both = NULL;
  int n;

  if (self->n_pairs == 0)
    return;
  residual = sk_race_view_residual (self, sk_race_view_pair (self));
  plain = sk_race_view_plain (self, sk_race_view_pair (self));
  n = plain->plan->n_blocks;
  both = g_new0 (float, 2 * n);
  if (residual->gradients)
    memcpy (both, residual->gradients, sizeof *both * (gsize) n);
  if (plain->gradients)
    memcpy (both + n, plain->gradients, sizeof *both * (gsize) n);
  sk_log_range_update (&self->range, both, 2 * (gsize) n);
}

void
sk_race_view_show (SkRaceView *self, const SkRaceState *state) {
  g_return_if_fail (self != NULL && (state == NULL || state->n <= SK_RACE_LANES));

  if (!are_same (self->state, state))
    restart (self);
  sk_race_state_free (self->state);
  self->state = sk_race_state_copy (state);
  find_pairs (self);
  update_range (self);
}

/* The average goes on through points that are not finite; its curve has a gap there. */
static void
append_smoothed (SkSeries *series, SkSmoother *smoother, double x, double y) {
  double average = sk_smoother_next (smoother, y);

  sk_series_append (series, x, isfinite (y) ? average : NAN);
}

static void
add_point (SkRaceView *self, const SkRacePoint *racing) {
  SkRaceLane *lane = &self->lanes[racing->contestant];
  double step = (double) racing->point.step;
  double accuracy = 100 * (double) racing->point.accuracy;

  sk_series_append (lane->loss, step, (double) racing->point.loss);
  sk_series_append (lane->accuracy, step, accuracy);
  append_smoothed (lane->smooth_loss, &lane->loss_smoother, step,
                   (double) racing->point.loss);
  append_smoothed (lane->smooth_accuracy, &lane->accuracy_smoother, step, accuracy);
}

void
sk_race_view_add (SkRaceView *self, const GArray *points, const GArray *epochs,
                  const GArray *departures) {
  int n = self->state ? self->state->n : 0;

  for (guint i = 0; i < points->len; i++) {
    const SkRacePoint *point = &g_array_index (points, SkRacePoint, i);

    if (point->contestant >= 0 && point->contestant < n)
      add_point (self, point);
  }
  for (guint i = 0; i < epochs->len; i++) {
    const SkRaceEpoch *epoch = &g_array_index (epochs, SkRaceEpoch, i);

    if (epoch->contestant >= 0 && epoch->contestant < n &&
        !isnan (epoch->point.test_accuracy))
      sk_series_append (self->lanes[epoch->contestant].test_accuracy,
                        (double) epoch->point.step,
                        100 * (double) epoch->point.test_accuracy);
  }
  for (guint i = 0; i < departures->len; i++) {
    const SkRaceDeparture *one = &g_array_index (departures, SkRaceDeparture, i);

    if (one->contestant >= 0 && one->contestant < n)
      sk_series_append (self->lanes[one->contestant].departures, (double) one->step,
                        one->block < 0
                            ? self->state->contestants[one->contestant].plan->n_blocks
                            : one->block);
  }
}

gboolean
sk_race_view_take (SkRaceView *self, const SkSnapshot *snapshot) {
  g_return_val_if_fail (self != NULL && snapshot != NULL, FALSE);

  /* A race that has ended stays in sight while something else is done. */
  if (snapshot->race == NULL)
    return FALSE;
  if (snapshot->run_serial != self->run_serial)
    restart (self);
  self->run_serial = snapshot->run_serial;
  sk_race_view_show (self, snapshot->race);
  sk_race_view_add (self, snapshot->race_points, snapshot->race_epochs,
                    snapshot->race_departures);
  self->until = snapshot->n_steps;
  return TRUE;
}

const SkRaceState *
sk_race_view_state (const SkRaceView *self) {
  return self->state;
}

int
sk_race_view_n_pairs (const SkRaceView *self) {
  return self->n_pairs;
}

int
sk_race_view_pair (const SkRaceView *self) {
  int deepest = 0;

  if (self->pair >= 0 && self->pair < self->n_pairs)
    return self->pair;
  for (int i = 1; i < self->n_pairs; i++)
    if (sk_race_view_plain (self, i)->plan->n_blocks >
        sk_race_view_plain (self, deepest)->plan->n_blocks)
      deepest = i;
  return deepest;
}

void
sk_race_view_set_pair (SkRaceView *self, int pair) {
  self->pair = pair;
  self->range = (SkLogRange){ 0 };
  update_range (self);
}

const SkContestant *
sk_race_view_plain (const SkRaceView *self, int pair) {
  g_return_val_if_fail (pair >= 0 && pair < self->n_pairs, NULL);

  return &self->state->contestants[self->plains[pair]];
}

const SkContestant *
sk_race_view_residual (const SkRaceView *self, int pair) {
  const SkContestant *plain = sk_race_view_plain (self, pair);

  return plain ? &self->state->contestants[plain->twin] : NULL;
}

void
sk_race_view_set_until (SkRaceView *self, gint64 until) {
  self->until = until;
}

static double
last_of (const SkSeries *series) {
  gsize n = sk_series_length (series);

  return n > 0 ? sk_series_y (series, n - 1) : NAN;
}

void
sk_race_view_latest (const SkRaceView *self, int i, double *loss, double *accuracy) {
  g_return_if_fail (i >= 0 && i < SK_RACE_LANES);

  *loss = last_of (self->lanes[i].smooth_loss);
  *accuracy = last_of (self->lanes[i].smooth_accuracy) / 100;
}

int
sk_race_newest_departure (const SkRaceView *self, int pair) {
  double newest = last_of (self->lanes[self->plains[pair]].departures);

  return isfinite (newest) ? (int) newest : -1;
}

double
sk_race_last_step (const SkRaceView *self) {
  double last = 0;

  for (int i = 0; self->state && i < self->state->n; i++)
    last = MAX (last, (double) self->state->contestants[i].step);
  return last;
}

/* Networks as deep as each other share a colour. */
SkColor
sk_race_color (const SkRaceView *self, const SkPalette *palette, int i) {
  return palette->series[i % (int) G_N_ELEMENTS (palette->series)];
}

void
sk_race_set_dash (cairo_t *cr, const SkRaceView *self, const SkPalette *palette,
                  int i) {
  const double dashes[] = { 0.5 * palette->text, 0.35 * palette->text };

  if (self->state->contestants[i].plan->variant.skips)
    cairo_set_dash (cr, NULL, 0, 0);
  else
    cairo_set_dash (cr, dashes, 2, 0);
}
