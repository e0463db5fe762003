#pragma once

#include <cairo.h>

#include "palette.h"
#include "range.h"
#include "snapshot.h"

/* Depth × time: every block a row, every recorded step a column, colour by log RMS of the
 * gradient. Averages over ever longer spans are kept beside the columns, so that a run of
 * any length is drawn at the cost of its pixels. */
typedef struct _SkStrip SkStrip;

/* Which steps are shown; from >= to: all. */
typedef struct {
  double from, to;
} SkStripView;

/* @plan: its blocks are the rows; the stem is on top */
SkStrip *
sk_strip_new (const SkPlan *plan);

void
sk_strip_free (SkStrip *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkStrip, sk_strip_free)

void
sk_strip_clear (SkStrip *self);

/**
 * sk_strip_append:
 * @step: not below the last one, else nothing is appended
 * @blocks: (n_rows), as many as the plan has blocks
 *
 * Returns: whether the range of colours moved
 */
gboolean
sk_strip_append (SkStrip *self, gint64 step, const SkBlockState *blocks);

gsize
sk_strip_n_columns (const SkStrip *self);

const SkLogRange *
sk_strip_range (const SkStrip *self);

/* Returns: RMS of the gradient; 0 and NaN as they were recorded */
double
sk_strip_value (const SkStrip *self, gsize column, int row);

/* @row, @column: to be pointed out, −1: none */
void
sk_strip_draw (cairo_t *cr, const SkStrip *self, const SkStripView *view, double width,
               double height, const SkPalette *palette, int row, gssize column);

/**
 * sk_strip_at:
 * @row: (out)
 * @column: (out): the recorded step nearest to the point
 *
 * Returns: FALSE where there is nothing under (@x, @y)
 */
gboolean
sk_strip_at (const SkStrip *self, const SkStripView *view, double width, double height,
             const SkPalette *palette, double x, double y, int *row, gssize *column);

/* Returns: (transfer full): a place in words */
char *
sk_strip_describe (const SkStrip *self, int row, gsize column);
