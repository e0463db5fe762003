#pragma once

#include <adwaita.h>

#include "bars.h"
#include "bars-area.h"
#include "branch.h"
#include "curves-area.h"
#include "snapshot.h"
#include "strip-area.h"

/* The pictures below the network: curves, gradients over depth, depth × time, strength of
 * the branches. One at a time; where there is room the curves stand beside the others.
 *
 * Signal "picked" (SkTrainViews *, int block, gint64 step): something was clicked to be
 * looked at; block −1: none, step 0: none. */
#define SK_TYPE_TRAIN_VIEWS (sk_train_views_get_type ())
G_DECLARE_FINAL_TYPE (SkTrainViews, sk_train_views, SK, TRAIN_VIEWS, GtkWidget)

/* Where another run begins, its strips are empty. */
void
sk_train_views_begin (SkTrainViews *self, const SkSnapshot *snapshot);

/* What grows with the run: appended to, whatever is being shown. */
void
sk_train_views_append (SkTrainViews *self, const SkSnapshot *snapshot);

/* What is so at one moment, be it long ago. */
void
sk_train_views_show (SkTrainViews *self, const SkSnapshot *moment);

/* @block: −1: none is marked; @step: 0: the newest is shown, none is marked */
void
sk_train_views_mark (SkTrainViews *self, int block, gint64 step);

/* "curves", "gradients", "time" or "branches" */
void
sk_train_views_open (SkTrainViews *self, const char *name);

/* Of the bars. */
void
sk_train_views_set_quantity (SkTrainViews *self, SkLayerQuantity quantity);

SkCurvesArea *
sk_train_views_curves (SkTrainViews *self);

SkBarsArea *
sk_train_views_bars (SkTrainViews *self);

/* Depth × time, and the order of waking. */
SkStripArea *
sk_train_views_strip (SkTrainViews *self);

SkStripArea *
sk_train_views_awakening (SkTrainViews *self);

/* (transfer none) (nullable): the strength of the branches. */
const SkBranch *
sk_train_views_branch (SkTrainViews *self);
