#pragma once

#include "explanation.h"
#include "picture-area.h"

/* Who argued for the class, block by block. Signal "selected" (int block): a row was
 * clicked or moved to by the arrow keys. */
#define SK_TYPE_WATERFALL_AREA (sk_waterfall_area_get_type ())
G_DECLARE_FINAL_TYPE (SkWaterfallArea, sk_waterfall_area, SK, WATERFALL_AREA,
                      SkPictureArea)

/* @why: (nullable): not owned; stays until the next call */
void
sk_waterfall_area_set (SkWaterfallArea *self, const SkExplanation *why);

void
sk_waterfall_area_select (SkWaterfallArea *self, int block);
