#pragma once

#include <cairo.h>

#include "axis.h"
#include "series.h"

/* A series as a path, in no more points than a few per pixel column. */

/* Returns: whether the points shown stand closer than a line can tell apart */
gboolean
sk_trace_is_dense (const SkSeries *series, const SkAxis *x);

/* Appends the line through the shown points to the path; where they are dense, through
 * the least and the greatest of each pixel column. Breaks where nothing is finite. */
void
sk_trace_line (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y);

/* Appends the area between least and greatest of each pixel column, at least @thick px
 * high; for dense series. */
void
sk_trace_band (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y,
               double thick);

/* Appends a circle of @radius at points that stand at least @apart px from the one before,
 * and at the last one. */
void
sk_trace_markers (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y,
                  double radius, double apart);

/**
 * sk_trace_gaps:
 *
 * Appends a small cross at @y_px wherever points are not finite, one per @apart px.
 *
 * Returns: px of the first; NaN: none
 */
double
sk_trace_gaps (cairo_t *cr, const SkSeries *series, const SkAxis *x, double y_px,
               double arm, double apart);

/* The extent of what @x shows. */
SkExtent
sk_trace_extent (const SkSeries *series, const SkAxis *x);
