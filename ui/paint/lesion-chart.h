#pragma once

#include <cairo.h>

#include "lesions.h"
#include "palette.h"

/* What a network loses without each of its blocks: bars that hang from the zero line, in
 * the order of depth, for accuracy and for loss. */

/**
 * sk_lesion_chart_draw:
 * @lesions: (nullable): nothing measured yet
 * @selected, @hover: blocks; −1: none
 */
void
sk_lesion_chart_draw (cairo_t *cr, const SkLesions *lesions, double width,
                      double height, const SkPalette *palette, int selected, int hover);

/* Returns: the block under (@x, @y), −1: none */
int
sk_lesion_chart_at (const SkLesions *lesions, double width, double height,
                    const SkPalette *palette, double x, double y);

/* What is saved: an SkPictureFunc with title; data: an SkLesions */
void
sk_lesion_chart_figure (cairo_t *cr, double width, double height,
                        const SkPalette *palette, gconstpointer data);

/* Change of accuracy, in percentage points, and of loss where @set is cut. */
double
sk_lesion_accuracy_change (const SkLesions *lesions, const SkLesionSet *set);

double
sk_lesion_loss_change (const SkLesions *lesions, const SkLesionSet *set);

/* (transfer full): a block in words */
char *
sk_lesion_describe (const SkLesions *lesions, int block);

/* (transfer full): what the study shows, in a few sentences */
char *
sk_lesion_sentence (const SkLesions *lesions);
