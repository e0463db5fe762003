#include "resize.h"

#include <math.h>
#include <string.h>

/* Resampling as Pillow does it: a triangle or a cubic filter that widens with the
 * reduction, first along the rows, then along the columns, each pass rounded to 8 bits,
 * weights in fixed point. Published weights were trained on exactly this. */

#define WEIGHT_BITS 22 /* 32 − 8 for the pixel − 2 for the sum's head room */

/* For each output position, the inputs it reads and their weights. */
typedef struct {
  int n; /* output positions */
  int support; /* most inputs that any of them reads */
  int *first; /* (n) */
  int *count; /* (n) */
  gint32 *weights; /* (n, support), sums to 1 << WEIGHT_BITS */
} Filter;

static void
filter_clear (Filter *self) {
  g_free (self->first);
  g_free (self->count);
  g_free (self->weights);
}

/* Weight of an input @x outputs away. Keys' cubic with a = −0.5, which overshoots. */
static double
curve (SkFilter filter, double x) {
  const double a = -0.5;

  x = fabs (x);
  if (filter == SK_FILTER_BILINEAR)
    return fmax (1 - x, 0);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/* Positions @from … @from + @n − 1 of @to, when @size inputs become @to outputs. */
static void
filter_init (Filter *self, SkFilter kind, int size, gint64 to, gint64 from, int n) {
  double scale = (double) size / (double) to, stretch = fmax (scale, 1.0);
  double reach = kind == SK_FILTER_BICUBIC ? 2 * stretch : stretch;
  g_autofree double *raw = NULL;

  self->n = n;
  self->support = (int) ceil (reach) * 2 + 1;
  self->first = g_new (int, n);
  self->count = g_new (int, n);
  self->weights = g_new0 (gint32, (gsize) n * (gsize) self->support);
  raw = g_new (double, self->support);
  for (int i = 0; i < n; i++) {
    double centre = ((double) (from + i) + 0.5) * scale, sum = 0;
    int begin = MAX ((int) (centre - reach + 0.5), 0);
    int end = MIN ((int) (centre + reach + 0.5), size);
    gint32 *weights = self->weights + (gsize) i * (gsize) self->support;

    for (int k = begin; k < end; k++) {
      raw[k - begin] = curve (kind, (k - centre + 0.5) / stretch);
      sum += raw[k - begin];
    }
    for (int k = 0; k < end - begin; k++)
      weights[k] = (gint32) lround (raw[k] / sum * (1 << WEIGHT_BITS));
    self->first[i] = begin;
    self->count[i] = end - begin;
  }
}

static guint8
to_byte (gint32 sum) {
  sum >>= WEIGHT_BITS;
  return (guint8) CLAMP (sum, 0, 255);
}

/* One row: @out (n, 3) from @row. */
static void
filter_row (const Filter *filter, const guint8 *row, guint8 *out) {
  for (int i = 0; i < filter->n; i++) {
    const guint8 *in = row + 3 * (gsize) filter->first[i];
    const gint32 *weights = filter->weights + (gsize) i * (gsize) filter->support;
    gint32 r = 1 << (WEIGHT_BITS - 1), g = r, b = r;

    for (int k = 0; k < filter->count[i]; k++, in += 3) {
      r += in[0] * weights[k];
      g += in[1] * weights[k];
      b += in[2] * weights[k];
    }
    out[3 * i] = to_byte (r);
    out[3 * i + 1] = to_byte (g);
    out[3 * i + 2] = to_byte (b);
  }
}

/* Output row @i: @out (length) from @rows, of which the first is row @base. @sums
 * (length) is scratch. */
static void
filter_column (const Filter *filter, int i, const guint8 *rows, int base, gsize length,
               gint32 *sums, guint8 *out) {
  const gint32 *weights = filter->weights + (gsize) i * (gsize) filter->support;

  for (gsize j = 0; j < length; j++)
    sums[j] = 1 << (WEIGHT_BITS - 1);
  for (int k = 0; k < filter->count[i]; k++) {
    const guint8 *in = rows + (gsize) (filter->first[i] + k - base) * length;
    gint32 weight = weights[k];

    for (gsize j = 0; j < length; j++)
      sums[j] += in[j] * weight;
  }
  for (gsize j = 0; j < length; j++)
    out[j] = to_byte (sums[j]);
}

SkView
sk_image_view (const SkImage *image) {
  return (SkView){ image->pixels, (gsize) image->width * 3, image->width,
                   image->height };
}

SkView
sk_image_view_part (const SkImage *image, int x, int y, int width, int height) {
  SkView view = sk_image_view (image);

  g_assert (x >= 0 && y >= 0 && width > 0 && height > 0 && width <= image->width - x &&
            height <= image->height - y);
  view.pixels += (gsize) y * view.stride + (gsize) x * 3;
  view.width = width;
  view.height = height;
  return view;
}

void
sk_view_resize (const SkView *view, gint64 width, gint64 height, SkFilter filter,
                gint64 x, gint64 y, int out_width, int out_height, guint8 *out) {
  gsize length = (gsize) out_width * 3;
  g_autofree guint8 *rows = NULL;
  g_autofree gint32 *sums = NULL;
  Filter across, down;
  int first, last;

  g_assert (x >= 0 && y >= 0 && out_width <= width - x && out_height <= height - y);
  if (view->width == width && view->height == height) {
    for (int i = 0; i < out_height; i++)
      memcpy (out + (gsize) i * length,
              view->pixels + (gsize) (y + i) * view->stride + (gsize) x * 3, length);
    return;
  }
  filter_init (&across, filter, view->width, width, x, out_width);
  filter_init (&down, filter, view->height, height, y, out_height);
  first = down.first[0];
  last = down.first[out_height - 1] + down.count[out_height - 1];
  rows = g_malloc ((gsize) (last - first) * length);
  sums = g_new (gint32, length);
  for (int i = first; i < last; i++)
    filter_row (&across, view->pixels + (gsize) i * view->stride,
                rows + (gsize) (i - first) * length);
  for (int i = 0; i < out_height; i++)
    filter_column (&down, i, rows, first, length, sums, out + (gsize) i * length);
  filter_clear (&across);
  filter_clear (&down);
}

void
sk_image_resize (const SkImage *image, int width, int height, SkFilter filter,
                 SkImage *out) {
  SkView view = sk_image_view (image);

  g_return_if_fail (width > 0 && height > 0);
  *out = (SkImage){ g_malloc ((gsize) width * (gsize) height * 3), width, height };
  sk_view_resize (&view, width, height, filter, 0, 0, width, height, out->pixels);
}
