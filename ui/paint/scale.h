#pragma once

#include "plot.h"
#include "range.h"

/* The colours of the sequential scale, least on the left. */
void
sk_draw_colors (cairo_t *cr, const SkPalette *palette, const SkRect *rect);

/* A bar of the scale's colours with powers of ten below; about 2.2 em high. */
void
sk_draw_scale (SkText *text, const SkPalette *palette, const SkLogRange *range,
               double x, double y, double width);

/* A small one over the right end of a plot. Returns: px that it takes of its width */
double
sk_plot_draw_scale (const SkPlot *self, SkText *text, const SkPalette *palette,
                    const SkLogRange *range);
