#pragma once

#include <cairo.h>

#include "palette.h"
#include "snapshot.h"

/* Networks that learn side by side: their curves in one plot, the gradients of a pair of
 * twins block by block, and where on its way back the one parts from the other. */
typedef struct _SkRaceView SkRaceView;

/* Where things are, px; width 0: there is no room, or nothing to show there. */
typedef struct {
  SkRect loss, accuracy; /* the plots inside their axes */
  SkRect mirror; /* the rows of the blocks, both sides of the middle */
  SkRect departure;
} SkRaceLayout;

SkRaceView *
sk_race_view_new (void);

void
sk_race_view_free (SkRaceView *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkRaceView, sk_race_view_free)

/**
 * sk_race_view_show:
 * @state: (nullable): of a race; the same one as before, or another, whose curves are
 *   empty
 */
void
sk_race_view_show (SkRaceView *self, const SkRaceState *state);

/* @points: of SkRacePoint, @epochs: of SkRaceEpoch, @departures: of SkRaceDeparture; each in
 * the order of its steps for each network. */
void
sk_race_view_add (SkRaceView *self, const GArray *points, const GArray *epochs,
                  const GArray *departures);

/**
 * sk_race_view_take:
 *
 * Shows the snapshot's race; where another one has begun the curves begin again.
 *
 * Returns: whether anything changed
 */
gboolean
sk_race_view_take (SkRaceView *self, const SkSnapshot *snapshot);

/* (transfer none) (nullable): what is shown. */
const SkRaceState *
sk_race_view_state (const SkRaceView *self);

/* Pairs of twins in the race, and which of them is shown block by block: the deepest
 * unless set. */
int
sk_race_view_n_pairs (const SkRaceView *self);

int
sk_race_view_pair (const SkRaceView *self);

void
sk_race_view_set_pair (SkRaceView *self, int pair);

/* (transfer none): the networks of a pair. */
const SkContestant *
sk_race_view_residual (const SkRaceView *self, int pair);

const SkContestant *
sk_race_view_plain (const SkRaceView *self, int pair);

/* @until: steps of the whole race: the time axis ends there at least. */
void
sk_race_view_set_until (SkRaceView *self, gint64 until);

/* Smoothed training loss and accuracy (fractions) of network @i, as they stand; NaN: none
 * yet. */
void
sk_race_view_latest (const SkRaceView *self, int i, double *loss, double *accuracy);

void
sk_race_view_layout (const SkRaceView *self, const SkPalette *palette, double width,
                     double height, SkRaceLayout *layout);

/**
 * sk_race_view_draw:
 *
 * Networks with skips are drawn solid, those without dashed, and each curve bears its
 * name at its end: no colour alone carries meaning. Blocks stand from the stem (above) to
 * the head (below); residual to the left, plain to the right, both on one logarithmic
 * scale.
 */
void
sk_race_view_draw (cairo_t *cr, const SkRaceView *self, double width, double height,
                   const SkPalette *palette);

/* Returns: the block whose row lies under (@x, @y), −1: none */
int
sk_race_view_block_at (const SkRaceView *self, const SkPalette *palette, double width,
                       double height, double x, double y);

/* Returns: (transfer full): the gradients of a block of the shown pair, in words */
char *
sk_race_view_describe_block (const SkRaceView *self, int block);

/* Returns: (transfer full): what is seen right now, in a few sentences. Only what was
 * measured is said. */
char *
sk_race_view_words (const SkRaceView *self);

/* A race with its title, as it is saved. */
typedef struct {
  const SkRaceView *view;
  const char *title; /* "ResNet-56 and Plain-56 on CIFAR-10" */
} SkRaceFigure;

/* An SkPictureFunc; data: an SkRaceFigure */
void
sk_race_figure (cairo_t *cr, double width, double height, const SkPalette *palette,
                gconstpointer data);

/* (transfer full): the networks and what they learn. @data_title: (nullable) */
char *
sk_race_figure_title (const SkRaceView *view, const char *data_title);
