#pragma once

#include <cairo.h>

#include "explanation.h"
#include "palette.h"

/* A picture with numbers by place over it. */
typedef enum {
  SK_HEAT_POSITIVE, /* 0 … the largest */
  SK_HEAT_SIGNED, /* for and against, the same length either way */
} SkHeatKind;

/* 24-bit RGB; not owned */
typedef struct {
  const guint8 *pixels; /* (height,width,3) */
  int width, height;
} SkPixels;

/**
 * sk_heat_draw:
 * @map: (nullable): the picture alone
 * @opacity: 0 … 1 of the map
 *
 * Fits the picture into @width × @height and returns where. Small pictures keep their
 * pixels; the map is smoothed between its centres.
 */
SkRect
sk_heat_draw (cairo_t *cr, const SkPixels *picture, const SkMap *map, SkHeatKind kind,
              double opacity, double width, double height, const SkPalette *palette);

/* The map alone, a square per value: a channel of a block. */
void
sk_heat_draw_map (cairo_t *cr, const SkMap *map, SkHeatKind kind, const SkRect *rect,
                  const SkPalette *palette);

/* Where in the picture the map is strongest, in words: "upper left", … (transfer none) */
const char *
sk_heat_where (const SkMap *map);
