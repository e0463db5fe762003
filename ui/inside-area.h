#pragma once

#include "explanation.h"
#include "picture-area.h"

/* Inside the network: filters, channels and values of a block, for one picture. */
#define SK_TYPE_INSIDE_AREA (sk_inside_area_get_type ())
G_DECLARE_FINAL_TYPE (SkInsideArea, sk_inside_area, SK, INSIDE_AREA, SkPictureArea)

/* @why: (nullable): not owned; stays until the next call */
void
sk_inside_area_set (SkInsideArea *self, const SkExplanation *why, int block);
