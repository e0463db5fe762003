#pragma once

#include "curves.h"
#include "picture-area.h"
#include "snapshot.h"

/* Live loss and accuracy: drag to pan, scroll to zoom, double-click to follow again. */
#define SK_TYPE_CURVES_AREA (sk_curves_area_get_type ())
G_DECLARE_FINAL_TYPE (SkCurvesArea, sk_curves_area, SK, CURVES_AREA, SkPictureArea)

/* Appends the snapshot's points. */
void
sk_curves_area_take (SkCurvesArea *self, const SkSnapshot *snapshot);

void
sk_curves_area_set_log_loss (SkCurvesArea *self, gboolean log_loss);

/* The time axis counts steps rather than epochs. */
void
sk_curves_area_set_in_steps (SkCurvesArea *self, gboolean in_steps);

void
sk_curves_area_set_smooth (SkCurvesArea *self, gboolean smooth);

/* A step that is looked at, wherever the pointer is; 0: none */
void
sk_curves_area_mark (SkCurvesArea *self, gint64 step);

/* (transfer none): for saving the picture. */
const SkCurves *
sk_curves_area_curves (SkCurvesArea *self);
