#pragma once

#include "plot.h"
#include "strip.h"

/* Each column of a level averages four of the level below. */
#define STRIP_FANOUT_BITS 2
#define STRIP_LEVELS 12

/* log10 in steps of 1/1500: −30 … 13 fits; the codes below are not numbers. */
#define STRIP_ZERO 0 /* nothing came through */
#define STRIP_BROKEN 1 /* NaN or ±inf */
#define STRIP_FIRST 2
#define STRIP_STEPS 1500.
#define STRIP_LOWEST (-30.)

/* For percentiles: codes that share their upper bits are counted together. */
#define STRIP_BIN_BITS 5
#define STRIP_BINS (1 << (16 - STRIP_BIN_BITS))

/* Columns that are kept; beyond, every second one goes. */
#define STRIP_MOST 16384

typedef struct {
  char *name; /* "1.0", "stem" */
  char *title; /* "Block 1.0", "layer1.0.conv1" */
  int stage, block; /* stage 0: stem; block −1: stem or head */
  int source; /* in plan->parameters, or in plan->blocks */
  gboolean slept; /* |γ| was seen below SK_STRIP_AWAKE */
  gint64 woke; /* step; 0: it did not */
} StripRow;

struct _SkStrip {
  SkStripQuantity quantity;
  int n_rows;
  StripRow *rows; /* (n_rows) */
  GArray *moves; /* gint64: steps at which the range moved */
  double gap; /* steps between columns at least */
  GArray *steps; /* gint64, of each column */
  GArray *levels[STRIP_LEVELS]; /* guint16, n_rows a column */
  guint64 counts[STRIP_BINS]; /* of all codes that are numbers */
  guint64 n_counted;
  SkLogRange range; /* of the whole run, so that colours mean the same all along */
};

/* Returns: log10 of the value; only for codes from STRIP_FIRST */
static inline double
strip_log (guint16 code) {
  return STRIP_LOWEST + (code - STRIP_FIRST) / STRIP_STEPS;
}

/* Returns: the code of columns @from … @to − 1 taken together */
guint16
sk_strip_average (const SkStrip *self, int level, gsize from, gsize to, int row);

/* Returns: the first column whose step >= @step */
gsize
sk_strip_find (const SkStrip *self, double step);

/* strip-rows.c: fills n_rows and rows */
void
sk_strip_make_rows (SkStrip *self, const SkPlan *plan);

/* Returns: what a row shows; FALSE where it is not known */
gboolean
sk_strip_look (const SkStrip *self, int row, const SkBlockState *blocks,
               const SkLayerState *layers, double *value);

/* strip-marks.c */

/* The path, so that it stands out from every colour: dark on light, light on dark. */
void
sk_strip_stroke (cairo_t *cr, const SkPalette *palette, double width);

/* Names of rows as far as there is room, the first of a block's; lines between stages. */
void
sk_strip_draw_rows (SkText *text, const SkStrip *self, const SkPlot *plot,
                    const SkPalette *palette);

/* A ring where a row crossed the threshold, so that the order of waking is seen. */
void
sk_strip_draw_awakening (cairo_t *cr, const SkStrip *self, const SkPlot *plot,
                         const SkPalette *palette);

/* Ticks over the plot at the steps where colours began to mean something else. */
void
sk_strip_draw_moves (cairo_t *cr, const SkStrip *self, const SkPlot *plot,
                     const SkPalette *palette);

/* The rows of the block and the step that the view marks. */
void
sk_strip_draw_marked (cairo_t *cr, const SkStrip *self, const SkPlot *plot,
                      const SkStripView *view, const SkPalette *palette);
