#include "series.h"

#include <math.h>

/* Each node of a level covers 16 of the level below. */
#define FANOUT_BITS 4
#define MAX_LEVELS 10

struct _SkSeries {
  GArray *x; /* double */
  GArray *y; /* float */
  GArray *levels[MAX_LEVELS]; /* SkExtent; [k] covers 16^(k+1) points a node */
};

static const SkExtent nothing = { .min = INFINITY, .max = -INFINITY };

SkSeries *
sk_series_new (void) {
  SkSeries *self = g_new0 (SkSeries, 1);

  self->x = g_array_new (FALSE, FALSE, sizeof (double));
  self->y = g_array_new (FALSE, FALSE, sizeof (float));
  for (int k = 0; k < MAX_LEVELS; k++)
    self->levels[k] = g_array_new (FALSE, FALSE, sizeof (SkExtent));
  return self;
}

void
sk_series_free (SkSeries *self) {
  if (self == NULL)
    return;
  g_array_unref (self->x);
  g_array_unref (self->y);
  for (int k = 0; k < MAX_LEVELS; k++)
    g_array_unref (self->levels[k]);
  g_free (self);
}

void
sk_series_clear (SkSeries *self) {
  g_return_if_fail (self != NULL);

  g_array_set_size (self->x, 0);
  g_array_set_size (self->y, 0);
  for (int k = 0; k < MAX_LEVELS; k++)
    g_array_set_size (self->levels[k], 0);
}

static void
include_point (SkExtent *extent, float y) {
  if (!isfinite (y)) {
    extent->non_finite++;
    return;
  }
  extent->min = MIN (extent->min, y);
  extent->max = MAX (extent->max, y);
}

static void
include_extent (SkExtent *extent, const SkExtent *other) {
  extent->min = MIN (extent->min, other->min);
  extent->max = MAX (extent->max, other->max);
  extent->non_finite += other->non_finite;
}

void
sk_series_append (SkSeries *self, double x, double y) {
  gsize index;
  float value = y;

  g_return_if_fail (self != NULL);

  index = self->x->len;
  if (index > 0 && !(x >= sk_series_x (self, index - 1)))
    x = sk_series_x (self, index - 1);
  if (!isfinite (x))
    x = index > 0 ? sk_series_x (self, index - 1) : 0;
  g_array_append_val (self->x, x);
  g_array_append_val (self->y, value);
  for (int k = 0; k < MAX_LEVELS; k++) {
    gsize node = index >> (FANOUT_BITS * (k + 1));

    /* A level is of use only where it has more than one node; the first is begun with
     * the first point so that nothing must be filled in later. */
    if (node == self->levels[k]->len)
      g_array_append_val (self->levels[k], nothing);
    include_point (&g_array_index (self->levels[k], SkExtent, node), value);
  }
}

gsize
sk_series_length (const SkSeries *self) {
  return self->x->len;
}

double
sk_series_x (const SkSeries *self, gsize index) {
  return g_array_index (self->x, double, index);
}

double
sk_series_y (const SkSeries *self, gsize index) {
  return g_array_index (self->y, float, index);
}

gsize
sk_series_find (const SkSeries *self, double x) {
  gsize low = 0, high = self->x->len;

  while (low < high) {
    gsize middle = low + (high - low) / 2;

    if (sk_series_x (self, middle) < x)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gsize
sk_series_nearest (const SkSeries *self, double x) {
  gsize index = sk_series_find (self, x);

  if (index == self->x->len)
    return index - 1;
  if (index > 0 && x - sk_series_x (self, index - 1) < sk_series_x (self, index) - x)
    return index - 1;
  return index;
}

SkExtent
sk_series_extent (const SkSeries *self, gsize from, gsize to) {
  SkExtent extent = nothing;

  to = MIN (to, self->x->len);
  while (from < to) {
    int k = 0;

    /* The largest node that begins here and ends within. */
    while (k < MAX_LEVELS &&
           (from & (((gsize) 1 << (FANOUT_BITS * (k + 1))) - 1)) == 0 &&
           from + ((gsize) 1 << (FANOUT_BITS * (k + 1))) <= to)
      k++;
    if (k == 0)
      include_point (&extent, g_array_index (self->y, float, from));
    else
      include_extent (&extent, &g_array_index (self->levels[k - 1], SkExtent,
                                               from >> (FANOUT_BITS * k)));
    from += (gsize) 1 << (FANOUT_BITS * k);
  }
  return extent;
}

double
sk_smoother_next (SkSmoother *self, double y) {
  if (isfinite (y)) {
    self->sum = self->decay * self->sum + (1 - self->decay) * y;
    self->weight = self->decay * self->weight + (1 - self->decay);
  }
  return self->weight > 0 ? self->sum / self->weight : NAN;
}
