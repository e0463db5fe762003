#pragma once

#include <cairo.h>

#include "explanation.h"
#include "palette.h"

/* Who argued for the class: a row for what is always there, for the stem and for every
 * block, each bar beginning where the one above it ended; the last ends at the logit.
 * Beside each block, what the network would have said if it had ended there. */

/* @hover, @selected: blocks to be pointed out; −1: none */
void
sk_waterfall_draw (cairo_t *cr, const SkExplanation *why, double width, double height,
                   const SkPalette *palette, int hover, int selected);

/* Returns: the block whose row is under @y; −1: none */
int
sk_waterfall_at (const SkExplanation *why, double height, const SkPalette *palette,
                 double y);

/* Returns: (transfer full): a block's part in words */
char *
sk_waterfall_describe (const SkExplanation *why, int block);

/* Returns: (transfer full): a sentence or two on who decided, and when it was decided */
char *
sk_waterfall_sum_up (const SkExplanation *why);
