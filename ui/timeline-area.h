#pragma once

#include "picture-area.h"

/* A run's epochs with the moment of unfreezing, which is dragged or moved by keys: a
 * slider for those who hear it. */
#define SK_TYPE_TIMELINE_AREA (sk_timeline_area_get_type ())
G_DECLARE_FINAL_TYPE (SkTimelineArea, sk_timeline_area, SK, TIMELINE_AREA,
                      SkPictureArea)

/* @unfreeze: epochs before everything learns; 0: never. @first, @second: how it learns
 * before and after that, copied */
void
sk_timeline_area_show (SkTimelineArea *self, int epochs, int unfreeze,
                       const char *first, const char *second);

/* Epochs before everything learns; 0: never. */
int
sk_timeline_area_unfreeze (SkTimelineArea *self);

/* Signal "changed" (SkTimelineArea *): somebody moved it. */
