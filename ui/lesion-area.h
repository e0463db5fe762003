#pragma once

#include "lesion-chart.h"
#include "picture-area.h"

/* The picture of a lesion study. A click or the arrow keys select a block; Shift and a
 * click, or Space, choose several. */
#define SK_TYPE_LESION_AREA (sk_lesion_area_get_type ())
G_DECLARE_FINAL_TYPE (SkLesionArea, sk_lesion_area, SK, LESION_AREA, SkPictureArea)

/* @lesions: (nullable) reffed */
void
sk_lesion_area_take (SkLesionArea *self, SkLesions *lesions);

/* (transfer none) (nullable) */
const SkLesions *
sk_lesion_area_lesions (SkLesionArea *self);

/* The block selected, −1: none. */
int
sk_lesion_area_selected (SkLesionArea *self);

/* (transfer full) (nullable): the blocks chosen, as "layer1.0,layer2.1"; NULL where they
 * are fewer than two. @n: (out) */
char *
sk_lesion_area_chosen (SkLesionArea *self, int *n);

/* Signal "selected" (SkLesionArea *, int block): another block, or others are chosen. */
