#pragma once

#include "transform.h"

/* A part of a picture, left where it is. */
typedef struct {
  const guint8
      *pixels; /* its first pixel: (height, width, 3), rows @stride bytes apart */
  gsize stride;
  int width, height;
} SkView;

SkView
sk_image_view (const SkImage *image);

/* @x, @y, @width, @height must lie within @image. */
SkView
sk_image_view_part (const SkImage *image, int x, int y, int width, int height);

/**
 * sk_view_resize:
 * @out: (out_height, out_width, 3) overwritten
 * @width, @height: what the whole of @view would become
 * @x, @y, @out_width, @out_height: the part of that which is wanted
 *
 * As sk_image_resize(), without computing what a crop would throw away. In 64 bits: a
 * picture one pixel high becomes very wide before its centre is taken.
 */
void
sk_view_resize (const SkView *view, gint64 width, gint64 height, SkFilter filter,
                gint64 x, gint64 y, int out_width, int out_height, guint8 *out);
