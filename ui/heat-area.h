#pragma once

#include "heat.h"
#include "picture-area.h"

/* A picture, and where it speaks for a class. */
#define SK_TYPE_HEAT_AREA (sk_heat_area_get_type ())
G_DECLARE_FINAL_TYPE (SkHeatArea, sk_heat_area, SK, HEAT_AREA, SkPictureArea)

/**
 * sk_heat_area_set_picture:
 * @pixels: (height,width,3) copied; NULL: nothing is shown
 * @label: for people who do not see it
 */
void
sk_heat_area_set_picture (SkHeatArea *self, const guint8 *pixels, int width, int height,
                          const char *label);

/* @map: (nullable): copied; the place where it is strongest is told in words */
void
sk_heat_area_set_map (SkHeatArea *self, const SkMap *map, SkHeatKind kind);

/* 0 … 1 */
void
sk_heat_area_set_opacity (SkHeatArea *self, double opacity);
