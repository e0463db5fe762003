#pragma once

#include "plot.h"
#include "race-view.h"
#include "range.h"
#include "series.h"

/* Networks in one picture at most. */
#define SK_RACE_LANES 8

/* One network's curves, by step; accuracies in percent. */
typedef struct {
  SkSeries *loss, *accuracy;
  SkSeries *smooth_loss, *smooth_accuracy;
  SkSeries *test_accuracy;
  SkSmoother loss_smoother, accuracy_smoother;
  SkSeries *departures; /* block index; n_blocks: the gradients agree everywhere */
} SkRaceLane;

struct _SkRaceView {
  SkRaceState *state; /* (nullable) */
  SkRaceLane lanes[SK_RACE_LANES];
  int plains[SK_RACE_LANES]; /* the plain networks that have their twin in the race */
  int n_pairs;
  int pair; /* shown; −1: the deepest */
  gint64 until;
  guint run_serial;
  SkLogRange range; /* of the shown pair's gradients */
};

/* How a network looks: a colour of its own; solid with skips, dashed without. */
SkColor
sk_race_color (const SkRaceView *self, const SkPalette *palette, int i);

void
sk_race_set_dash (cairo_t *cr, const SkRaceView *self, const SkPalette *palette, int i);

/* The last step any network stands at. */
double
sk_race_last_step (const SkRaceView *self);

/* race-curves.c */
void
sk_race_draw_curves (SkText *text, const SkRaceView *self, const SkRaceLayout *layout,
                     const SkPalette *palette);

/* race-mirror.c */
void
sk_race_draw_mirror (SkText *text, const SkRaceView *self, const SkRaceLayout *layout,
                     const SkPalette *palette);

void
sk_race_draw_departure (SkText *text, const SkRaceView *self,
                        const SkRaceLayout *layout, const SkPalette *palette);

/* The newest D₁₀ of a pair as it is plotted: a block's index, n_blocks where the gradients
 * agree everywhere, −1: not known yet. */
int
sk_race_newest_departure (const SkRaceView *self, int pair);
