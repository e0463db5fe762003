#pragma once

#include <cairo.h>

#include "palette.h"

/* A run's two phases along its epochs, with the moment of unfreezing as a handle. */
typedef struct {
  int epochs; /* >= 1 */
  int unfreeze; /* epochs before everything learns; 0 or >= epochs: never */
  const char *first, *second; /* how it learns before and after: "Adam 0.001" */
  gboolean focused, hovered; /* the handle */
} SkTimeline;

/* Returns: px that it takes */
double
sk_timeline_height (const SkPalette *palette);

/* Where the handle stands, from the left, in a drawing of @width px. */
double
sk_timeline_handle (const SkTimeline *self, double width, const SkPalette *palette);

/* Returns: epochs before unfreezing that a handle at @x would say: 1 … epochs, where the
 * last means never */
int
sk_timeline_epoch_at (const SkTimeline *self, double x, double width,
                      const SkPalette *palette);

void
sk_timeline_draw (cairo_t *cr, const SkTimeline *self, double width,
                  const SkPalette *palette);
