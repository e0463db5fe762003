#pragma once

#include <cairo.h>

#include "palette.h"

/* An image surface to draw on and to look at. */
typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  int width, height;
  SkColor background;
} Canvas;

void
canvas_init (Canvas *self, int width, int height, const SkPalette *palette);

void
canvas_clear (Canvas *self);

SkColor
canvas_pixel (const Canvas *self, int x, int y);

/* Pixels in a rectangle whose channels are all within 1/16 of @color. */
int
canvas_count (const Canvas *self, SkColor color, int x, int y, int width, int height);

/* Pixels in a rectangle that differ from the background. */
int
canvas_count_drawn (const Canvas *self, int x, int y, int width, int height);

/* The surface is free of errors. */
void
canvas_check (const Canvas *self);
