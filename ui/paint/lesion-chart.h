#pragma once

#include <cairo.h>

#include "lesions.h"
#include "palette.h"

/* What a network loses without each of its blocks: bars that hang from the zero line, in
 * the order of depth, for accuracy and for loss. */

/**
 * sk_lesion_chart_draw:
 * @lesions: (nullable): nothing measured yet
 * @chosen: (n_blocks) (nullable): blocks with a frame
 * @hover: the block to point out with its numbers, −1: none
 *
 * Beside it, where there is room, what cutting several at random left.
 */
void
sk_lesion_chart_draw (cairo_t *cr, const SkLesions *lesions, double width,
                      double height, const SkPalette *palette, const gboolean *chosen,
                      int hover);

/* Returns: the block under (@x, @y), −1: none */
int
sk_lesion_chart_at (const SkLesions *lesions, double width, double height,
                    const SkPalette *palette, double x, double y);

/* lesion-random.c: accuracy over the number of blocks cut at random; nothing where none
 * were. */
void
sk_lesion_random_draw (cairo_t *cr, const SkLesions *lesions, double width,
                       double height, const SkPalette *palette);

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
