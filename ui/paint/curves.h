#pragma once

#include <cairo.h>

#include "palette.h"
#include "snapshot.h"

/* The growing curves of one run: training per step, test per epoch, events. */
typedef struct _SkCurves SkCurves;

typedef enum {
  SK_PANEL_LOSS,
  SK_PANEL_ACCURACY,
  SK_PANEL_LR,
  SK_N_PANELS,
} SkPanel;

/* How the curves are looked at. Zeros show everything: all steps, linear, side by side
 * where there is room, epochs below. */
typedef struct {
  double from, to; /* steps shown; from >= to: all there are */
  double
      until; /* with from >= to: the axis ends here at least (steps of the whole run) */
  gint64 at; /* the step whose values the legends tell; 0: the newest */
  gboolean log_loss;
  gboolean in_steps; /* the time axis counts steps rather than epochs */
  guint hidden; /* bit per SkPanel: 1 << SK_PANEL_LR leaves the learning rate out */
  gboolean stacked; /* one below the other even where there is room beside */
} SkCurvesView;

/* Where things are; every panel shows the same steps. */
typedef struct {
  SkRect panels[SK_N_PANELS]; /* the plots inside their axes; width 0: not shown */
  double from, to; /* steps shown */
} SkCurvesLayout;

SkCurves *
sk_curves_new (void);

void
sk_curves_free (SkCurves *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkCurves, sk_curves_free)

/* Forgets points and events; keeps the smoothing. */
void
sk_curves_clear (SkCurves *self);

void
sk_curves_add_train (SkCurves *self, const SkTrainPoint *points, gsize n);

void
sk_curves_add_test (SkCurves *self, const SkTestPoint *points, gsize n);

void
sk_curves_add_event (SkCurves *self, gint64 step, const char *text);

/**
 * sk_curves_take:
 *
 * Appends the snapshot's points and events; forgets the old ones first where another run
 * has begun.
 *
 * Returns: whether anything changed
 */
gboolean
sk_curves_take (SkCurves *self, const SkSnapshot *snapshot);

/* @smoothing: 0: none … < 1, as TensorBoard's; 0.95 unless set. Costs a pass over all. */
void
sk_curves_set_smoothing (SkCurves *self, double smoothing);

gsize
sk_curves_n_train (const SkCurves *self);

/* The last step there is; 0: none yet */
double
sk_curves_last_step (const SkCurves *self);

/* Newest values; NaN: none yet. @train_loss and @train_accuracy are the smoothed ones. */
void
sk_curves_latest (const SkCurves *self, double *train_loss, double *train_accuracy,
                  double *test_loss, double *test_accuracy);

void
sk_curves_layout (const SkCurves *self, const SkCurvesView *view,
                  const SkPalette *palette, double width, double height,
                  SkCurvesLayout *layout);

/**
 * sk_curves_draw:
 *
 * Loss and accuracy (raw training curve thin under the smoothed one, test as markers and
 * line), the learning rate as a strip, events as flags on the time axis. Never draws more
 * than a few marks per pixel column.
 */
void
sk_curves_draw (cairo_t *cr, const SkCurves *self, const SkCurvesView *view,
                double width, double height, const SkPalette *palette);

/* A line through every panel at the step of @view->at; nothing where that is 0 or not
 * shown. The legends say the values, so it hides none. */
void
sk_curves_draw_step (cairo_t *cr, const SkCurves *self, const SkCurvesView *view,
                     double width, double height, const SkPalette *palette);

/**
 * sk_curves_draw_crosshair:
 * @x, @y: px, of the pointer
 *
 * A line through every panel at the nearest step, with the values there. Nothing where
 * the pointer is over no panel.
 *
 * Returns: the step, or −1
 */
gint64
sk_curves_draw_crosshair (cairo_t *cr, const SkCurves *self, const SkCurvesView *view,
                          double width, double height, const SkPalette *palette,
                          double x, double y);

/* Returns: (transfer full): the values at @step in words, for tooltips and screen readers */
char *
sk_curves_describe (const SkCurves *self, gint64 step);
