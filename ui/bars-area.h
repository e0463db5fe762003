#pragma once

#include "bars.h"
#include "picture-area.h"
#include "snapshot.h"

/* Gradient norms over depth; the bar under the pointer tells its numbers, a click or
 * Enter picks its block, arrows move along the depth.
 *
 * Signal "picked" (SkBarsArea *, int block). */
#define SK_TYPE_BARS_AREA (sk_bars_area_get_type ())
G_DECLARE_FINAL_TYPE (SkBarsArea, sk_bars_area, SK, BARS_AREA, SkPictureArea)

void
sk_bars_area_take (SkBarsArea *self, const SkSnapshot *snapshot);

void
sk_bars_area_set_quantity (SkBarsArea *self, SkLayerQuantity quantity);

/* (transfer none) (nullable): for saving the picture. */
const SkBars *
sk_bars_area_bars (SkBarsArea *self);
