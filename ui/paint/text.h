#pragma once

#include <pango/pangocairo.h>

#include "palette.h"

/* All writing in pictures: one Pango layout for as long as one picture is drawn. */
typedef enum {
  SK_TEXT_BODY,
  SK_TEXT_STRONG, /* bold body */
  SK_TEXT_CAPTION, /* axis labels, shapes */
  SK_TEXT_TITLE,
  SK_TEXT_TINY, /* inside small blocks */
  SK_TEXT_N_ROLES,
} SkTextRole;

typedef struct {
  cairo_t *cr;
  PangoLayout *layout;
  PangoFontDescription *fonts[SK_TEXT_N_ROLES];
  SkTextRole role; /* of the layout now */
} SkText;

/* @scale: on the palette's sizes; 1 unless the picture is drawn magnified */
void
sk_text_begin (SkText *self, cairo_t *cr, const SkPalette *palette, double scale);

void
sk_text_end (SkText *self);

void
sk_text_measure (SkText *self, SkTextRole role, const char *text, double *width,
                 double *height);

/**
 * sk_text_draw:
 * @ax, @ay: 0 … 1: which point of the text's box lies at (@x, @y): 0, 0 its upper left,
 *   0.5, 0.5 its middle
 *
 * Returns: the text's width
 */
double
sk_text_draw (SkText *self, SkTextRole role, SkColor color, const char *text, double x,
              double y, double ax, double ay);

/* The same, ended with an ellipsis where it is wider than @max_width. */
double
sk_text_draw_within (SkText *self, SkTextRole role, SkColor color, const char *text,
                     double x, double y, double ax, double ay, double max_width);

/* Lines as wide as @width, from the upper left at (@x, @y). Returns: how many */
int
sk_text_draw_wrapped (SkText *self, SkTextRole role, SkColor color, const char *text,
                      double x, double y, double width);
