#pragma once

#include <cairo.h>

#include "explanation.h"
#include "palette.h"

/* Inside the network, for one picture: the first layer's filters, the strongest channels
 * of a block, and how its values are spread. */

/**
 * sk_inside_draw:
 * @block: whose channels and values
 */
void
sk_inside_draw (cairo_t *cr, const SkExplanation *why, int block, double width,
                double height, const SkPalette *palette);

/* Returns: px that sk_inside_draw() fills at @width */
double
sk_inside_height (const SkExplanation *why, double width, const SkPalette *palette);

/* Returns: (transfer full): the same in words */
char *
sk_inside_describe (const SkExplanation *why, int block);
