#pragma once

#include "axis.h"
#include "text.h"

/* The frame that every plot over time or depth stands in. */
typedef struct {
  SkRect rect; /* inside of the axes */
  SkAxis x, y; /* from and to set from @rect by sk_plot_set_rect() */
} SkPlot;

/* A curve's sample and words in a legend. */
typedef enum {
  SK_SAMPLE_LINE,
  SK_SAMPLE_MARKERS,
  SK_SAMPLE_DASHES,
  SK_SAMPLE_BOX,
  SK_SAMPLE_HATCH,
  SK_SAMPLE_FILL, /* a box full of colour */
  SK_SAMPLE_DIAMOND,
  SK_SAMPLE_DOTS,
} SkSample;

typedef struct {
  SkSample sample;
  SkColor color;
  const char *name;
  const char *value; /* (nullable) */
} SkLegendEntry;

void
sk_plot_set_rect (SkPlot *self, SkRect rect);

/* Grid lines and labels on the left; @labels: about how many. */
void
sk_plot_draw_y (const SkPlot *self, SkText *text, const SkPalette *palette, int labels);

/* The base line with labels below, of @axis, which spans the same pixels as self->x. */
void
sk_plot_draw_x (const SkPlot *self, SkText *text, const SkPalette *palette,
                const SkAxis *axis, const char *title);

/* A bold title over the plot's left edge and a legend that ends at its right edge; what
 * does not fit is left out: first values, then the legend. Returns: the room that is left
 * between the two */
SkRect
sk_plot_draw_head (const SkPlot *self, SkText *text, const SkPalette *palette,
                   const char *title, const SkLegendEntry *entries, int n);

void
sk_plot_draw_sample (cairo_t *cr, const SkPalette *palette, SkSample sample,
                     SkColor color, double x, double y, double width);

/* Words in the middle of a plot that has nothing to show. */
void
sk_plot_draw_empty (const SkPlot *self, SkText *text, const SkPalette *palette,
                    const char *words);

/* Small things that all pictures share. */
void
sk_set_source (cairo_t *cr, SkColor color);

void
sk_rounded_rect (cairo_t *cr, const SkRect *rect, double radius);

/* Slanted lines over a rectangle. */
void
sk_hatch (cairo_t *cr, const SkRect *rect, SkColor color, double apart);

/* A box with lines of text, beside (@x, @y), kept inside @width × @height. */
typedef struct {
  char *words; /* before the value */
  char *value; /* (nullable): right-aligned */
  gboolean has_sample;
  SkSample sample;
  SkColor color;
} SkNote;

/* @notes: the first is the heading; frees their strings */
void
sk_draw_notes (SkText *text, const SkPalette *palette, SkNote *notes, int n, double x,
               double y, double width, double height);
