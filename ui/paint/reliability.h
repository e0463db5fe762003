#pragma once

#include <cairo.h>

#include "palette.h"
#include "report.h"

/**
 * sk_reliability_draw:
 *
 * How often the network is right when it is so and so sure: accuracy over confidence, in
 * bars, against the diagonal of perfect calibration; below, how many pictures are in each
 * bin. Titled with the expected calibration error.
 */
void
sk_reliability_draw (cairo_t *cr, const SkReport *report, double width, double height,
                     const SkPalette *palette);

/* Returns: (transfer full): the same in words */
char *
sk_reliability_describe (const SkReport *report);
