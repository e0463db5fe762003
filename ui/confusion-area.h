#pragma once

#include "confusion.h"
#include "picture-area.h"

/* Who is mistaken for whom. Signal "selected" (int label, int predicted): a cell was
 * clicked, or moved to by the arrow keys; both −1: none any more. */
#define SK_TYPE_CONFUSION_AREA (sk_confusion_area_get_type ())
G_DECLARE_FINAL_TYPE (SkConfusionArea, sk_confusion_area, SK, CONFUSION_AREA,
                      SkPictureArea)

/* @report: (nullable): not owned; stays until the next call */
void
sk_confusion_area_set (SkConfusionArea *self, const SkReport *report);
