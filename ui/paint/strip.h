#pragma once

#include <cairo.h>

#include "palette.h"
#include "range.h"
#include "snapshot.h"

/* Depth × time: a row for every layer or block, a column for every recorded step, colour
 * by the logarithm. Averages over ever longer spans are kept beside the columns, so that
 * a run of any length is drawn at the cost of its pixels; one that is very long keeps
 * every second column, and so on. */
typedef struct _SkStrip SkStrip;

typedef enum {
  SK_STRIP_LAYERS, /* RMS of ∂L/∂W of every convolution and of the head */
  SK_STRIP_BLOCKS, /* RMS of ∂L/∂x of every block */
  SK_STRIP_GAMMA, /* mean |γ| of the last batch norm of every block */
} SkStripQuantity;

/* A branch whose |γ| was below it and is not any more has woken up. */
#define SK_STRIP_AWAKE 0.02

/* How it is looked at; zeros show all steps, and nothing pointed out. */
typedef struct {
  double from, to; /* steps shown; from >= to: all */
  double cursor; /* a step that is marked by a line; 0: none */
  int block; /* whose rows are marked, from 1; 0: none */
} SkStripView;

/* @plan: the stem is on top */
SkStrip *
sk_strip_new (const SkPlan *plan, SkStripQuantity quantity);

void
sk_strip_free (SkStrip *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkStrip, sk_strip_free)

void
sk_strip_clear (SkStrip *self);

/**
 * sk_strip_append:
 * @step: above the last one, else nothing is appended
 * @blocks: (plan->n_blocks) (nullable)
 * @layers: (plan->n_parameters) (nullable)
 *
 * What the quantity does not need may be NULL; where what it needs is, nothing is appended.
 *
 * Returns: whether the range of colours moved
 */
gboolean
sk_strip_append (SkStrip *self, gint64 step, const SkBlockState *blocks,
                 const SkLayerState *layers);

SkStripQuantity
sk_strip_quantity (const SkStrip *self);

gsize
sk_strip_n_columns (const SkStrip *self);

int
sk_strip_n_rows (const SkStrip *self);

/* Returns: the block that a row belongs to; −1: stem or head */
int
sk_strip_block (const SkStrip *self, int row);

/* Returns: the first row of a block, −1: none */
int
sk_strip_row (const SkStrip *self, int block);

gint64
sk_strip_step (const SkStrip *self, gsize column);

/* Returns: the column whose step is nearest; 0 where there is none */
gsize
sk_strip_nearest (const SkStrip *self, double step);

const SkLogRange *
sk_strip_range (const SkStrip *self);

/* Returns: the value; 0 and NaN as they were recorded */
double
sk_strip_value (const SkStrip *self, gsize column, int row);

/* Returns: the step at which a branch was seen to have woken up; 0: it never slept, or
 * still does */
gint64
sk_strip_woke (const SkStrip *self, int row);

void
sk_strip_draw (cairo_t *cr, const SkStrip *self, const SkStripView *view, double width,
               double height, const SkPalette *palette);

/* Over the drawing: a row and a column with their numbers. */
void
sk_strip_draw_pointed (cairo_t *cr, const SkStrip *self, const SkStripView *view,
                       double width, double height, const SkPalette *palette, int row,
                       gssize column);

/* Returns: where colours are, names and axes outside of it */
SkRect
sk_strip_rect (const SkStrip *self, const SkStripView *view, double width,
               double height, const SkPalette *palette);

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

/* Returns: (transfer full): the whole in words */
char *
sk_strip_summary (const SkStrip *self);
