#pragma once

#include <cairo.h>

#include "exits.h"
#include "palette.h"

/* How often a network would be right if it ended after each of its blocks: a step a block,
 * from the stem to the head, over the line of guessing. Brackets below say which blocks
 * the nearest class mean answers for and which the head, besides hatched and plain
 * steps. */

/* @hover: the step that is pointed at, told in a note; −1: none */
void
sk_staircase_draw (cairo_t *cr, const SkExits *exits, double width, double height,
                   const SkPalette *palette, int hover);

/* Returns: the step in whose column (@x, @y) lies; −1: none */
int
sk_staircase_at (const SkExits *exits, double width, double height,
                 const SkPalette *palette, double x, double y);

/* The column of a step, from the top of the plot to its bottom. Returns: FALSE: there is no
 * room for a plot */
gboolean
sk_staircase_column (const SkExits *exits, double width, double height,
                     const SkPalette *palette, int step, SkRect *column);

/* Returns: (transfer full): a step in words: block, accuracy, rule */
char *
sk_staircase_describe (const SkExits *exits, int step);

/* Returns: (transfer full): how early it knows, which step is the largest, who answers */
char *
sk_staircase_sentence (const SkExits *exits);
