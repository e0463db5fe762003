#pragma once

#include <cairo.h>

#include "palette.h"
#include "report.h"

/* Who is mistaken for whom: a row per class, a column per prediction, colour by the share
 * of the row's pictures, the count written where there is room. */

/* A place in it; −1: none */
typedef struct {
  int label, predicted;
} SkConfusionCell;

/**
 * sk_confusion_draw:
 * @hover, @selected: to be pointed out
 */
void
sk_confusion_draw (cairo_t *cr, const SkReport *report, double width, double height,
                   const SkPalette *palette, SkConfusionCell hover,
                   SkConfusionCell selected);

/* Returns: the cell under (@x, @y) */
SkConfusionCell
sk_confusion_at (const SkReport *report, double width, double height,
                 const SkPalette *palette, double x, double y);

/* Where a cell is drawn. */
SkRect
sk_confusion_rect (const SkReport *report, double width, double height,
                   const SkPalette *palette, SkConfusionCell cell);

/* Returns: (transfer full): "12 of 100 cat pictures were taken for dog" */
char *
sk_confusion_describe (const SkReport *report, SkConfusionCell cell);
