#pragma once

#include "picture-area.h"
#include "snapshot.h"
#include "strip.h"

/* Depth × time of the whole run. A click on a row's name picks a block, one below the
 * colours a step, one on them both; arrows move a pointer and Enter picks what it is at.
 *
 * Signal "picked" (SkStripArea *, int block, gint64 step): block −1: none, step 0: none. */
#define SK_TYPE_STRIP_AREA (sk_strip_area_get_type ())
G_DECLARE_FINAL_TYPE (SkStripArea, sk_strip_area, SK, STRIP_AREA, SkPictureArea)

/* @quantities: bit per SkStripQuantity that can be shown; the first of them is. */
GtkWidget *
sk_strip_area_new (guint quantities);

/* Forgets the steps of another network, and of another run. */
void
sk_strip_area_begin (SkStripArea *self, SkPlan *plan, guint run);

/* @blocks, @layers: as sk_strip_append() takes them */
void
sk_strip_area_append (SkStripArea *self, gint64 step, const SkBlockState *blocks,
                      const SkLayerState *layers);

/* Forgets all steps. */
void
sk_strip_area_clear (SkStripArea *self);

void
sk_strip_area_set_quantity (SkStripArea *self, SkStripQuantity quantity);

/* @block: −1: none is marked; @step: 0: none is marked */
void
sk_strip_area_mark (SkStripArea *self, int block, gint64 step);

/* (transfer none) (nullable): for saving the picture. */
const SkStrip *
sk_strip_area_strip (SkStripArea *self);
