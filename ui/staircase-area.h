#pragma once

#include "exits.h"
#include "picture-area.h"

/* How right a network would be after each of its blocks. */
#define SK_TYPE_STAIRCASE_AREA (sk_staircase_area_get_type ())
G_DECLARE_FINAL_TYPE (SkStaircaseArea, sk_staircase_area, SK, STAIRCASE_AREA,
                      SkPictureArea)

/* @exits: (nullable): not copied; must stay until the next call */
void
sk_staircase_area_set (SkStaircaseArea *self, const SkExits *exits);
