#include "trace.h"

#include <math.h>

/* Far outside of any picture, and well inside what Cairo's fixed point can hold. */
#define FAR 30000.
/* px between which a line may wander within a column without being drawn so. */
#define LEVEL 1.5

/* The points shown and one more on either side, so that lines run to the edges. */
static void
visible (const SkSeries *series, const SkAxis *x, gsize *from, gsize *to) {
  gsize n = sk_series_length (series);

  *from = sk_series_find (series, x->min);
  *to = sk_series_find (series, x->max);
  if (*from > 0)
    --*from;
  while (*to < n && sk_series_x (series, *to) <= x->max)
    ++*to;
  if (*to < n)
    ++*to;
}

static double
place_y (const SkAxis *y, double value) {
  double px = sk_axis_place (y, value);

  return CLAMP (px, -FAR, FAR);
}

static double
place_x (const SkAxis *x, double value) {
  double px = sk_axis_place (x, value);

  return CLAMP (px, -FAR, FAR);
}

gboolean
sk_trace_is_dense (const SkSeries *series, const SkAxis *x) {
  gsize from, to;

  visible (series, x, &from, &to);
  return to - from > 1.5 * fabs (x->to - x->from);
}

SkExtent
sk_trace_extent (const SkSeries *series, const SkAxis *x) {
  gsize from = sk_series_find (series, x->min);
  gsize to = sk_series_find (series, nextafter (x->max, INFINITY));

  return sk_series_extent (series, from, to);
}

/* Least and greatest of each pixel column, in px. A column without points repeats the one
 * before, one whose points are all NaN or infinite is NaN: there the curve is broken. */
typedef struct {
  double *tops, *bottoms;
  double x; /* middle of the first column */
  int n;
} Columns;

static void
columns_init (Columns *self, const SkSeries *series, const SkAxis *x, const SkAxis *y) {
  double start = floor (x->from);
  gsize index = sk_series_find (series, x->min);

  self->n = MAX ((int) (ceil (x->to) - start), 0);
  self->x = start + 0.5;
  self->tops = g_new (double, 2 * (gsize) self->n + 1);
  self->bottoms = self->tops + self->n;
  for (int i = 0; i < self->n; i++) {
    gsize from = index;
    SkExtent extent;

    index = MAX (sk_series_find (series, sk_axis_value (x, start + i + 1)), from);
    extent = sk_series_extent (series, from, index);
    self->tops[i] = self->bottoms[i] = NAN;
    if (extent.min <= extent.max) {
      self->tops[i] = place_y (y, extent.max);
      self->bottoms[i] = place_y (y, extent.min);
    } else if (index == from && i > 0 && from < sk_series_length (series)) {
      self->tops[i] = self->tops[i - 1];
      self->bottoms[i] = self->bottoms[i - 1];
    }
  }
}

static void
dense_line (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y) {
  Columns columns;
  double before = NAN;

  columns_init (&columns, series, x, y);
  for (int i = 0; i < columns.n; i++) {
    double near = columns.tops[i], far = columns.bottoms[i];

    if (fabs (before - far) < fabs (before - near)) {
      near = columns.bottoms[i];
      far = columns.tops[i];
    }
    /* A column that is all but level needs one point only: strokes cost by the point. */
    if (fabs (far - near) < LEVEL)
      near = far = (near + far) / 2;
    if (!isnan (near)) {
      if (isnan (before))
        cairo_move_to (cr, columns.x + i, near);
      else
        cairo_line_to (cr, columns.x + i, near);
      if (far != near)
        cairo_line_to (cr, columns.x + i, far);
    }
    before = far;
  }
  g_free (columns.tops);
}

static void
sparse_line (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y) {
  gboolean drawing = FALSE;
  gsize from, to;

  visible (series, x, &from, &to);
  for (gsize i = from; i < to; i++) {
    double value = sk_series_y (series, i);

    if (!isfinite (value)) {
      drawing = FALSE;
      continue;
    }
    if (drawing)
      cairo_line_to (cr, place_x (x, sk_series_x (series, i)), place_y (y, value));
    else
      cairo_move_to (cr, place_x (x, sk_series_x (series, i)), place_y (y, value));
    drawing = TRUE;
  }
}

void
sk_trace_line (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y) {
  if (sk_trace_is_dense (series, x))
    dense_line (cr, series, x, y);
  else
    sparse_line (cr, series, x, y);
}

/* Makes a run of columns at least @thick px thick across its direction, so that a steep
 * band is as strong as a level one. */
static void
thicken (Columns *self, int start, int end, double thick) {
  double before = (self->tops[start] + self->bottoms[start]) / 2;

  for (int i = start; i < end; i++) {
    double middle = (self->tops[i] + self->bottoms[i]) / 2;
    int next = MIN (i + 1, end - 1);
    double after = (self->tops[next] + self->bottoms[next]) / 2;
    double across = thick * hypot (1, (after - before) / 2);
    double more = across - (self->bottoms[i] - self->tops[i]);

    if (more > 0) {
      self->tops[i] -= more / 2;
      self->bottoms[i] += more / 2;
    }
    before = middle;
  }
}

void
sk_trace_band (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y,
               double thick) {
  Columns columns;
  int end;

  columns_init (&columns, series, x, y);
  for (int start = 0; start < columns.n; start = end) {
    end = start + 1;
    if (isnan (columns.tops[start]))
      continue;
    while (end < columns.n && !isnan (columns.tops[end]))
      end++;
    thicken (&columns, start, end, thick);
    /* To the right along the tops, back along the bottoms. */
    cairo_new_sub_path (cr);
    for (int i = start; i < end; i++)
      cairo_line_to (cr, columns.x + i, columns.tops[i]);
    for (int i = end; i-- > start;)
      cairo_line_to (cr, columns.x + i, columns.bottoms[i]);
    cairo_close_path (cr);
  }
  g_free (columns.tops);
}

void
sk_trace_markers (cairo_t *cr, const SkSeries *series, const SkAxis *x, const SkAxis *y,
                  double radius, double apart) {
  double before = -INFINITY;
  gsize from = sk_series_find (series, x->min);
  gsize n = sk_series_length (series);

  while (from < n && sk_series_x (series, from) <= x->max) {
    double px = sk_axis_place (x, sk_series_x (series, from));
    double value = sk_series_y (series, from);
    gsize next;

    if (isfinite (value) && (px >= before + apart || from + 1 == n)) {
      cairo_new_sub_path (cr);
      cairo_arc (cr, px, place_y (y, value), radius, 0, 2 * G_PI);
      before = px;
    }
    /* Points closer than @apart need not be looked at one by one. */
    next = MAX (sk_series_find (series, sk_axis_value (x, before + apart)), from + 1);
    /* The last one is always marked; it may not be finite, and then nothing is. */
    from = next >= n && from + 1 < n ? n - 1 : next;
  }
}

/* Returns: the first point of @from … @to − 1 that is not finite; there is one */
static gsize
first_gap (const SkSeries *series, gsize from, gsize to) {
  while (to - from > 1) {
    gsize middle = from + (to - from) / 2;

    if (sk_series_extent (series, from, middle).non_finite > 0)
      to = middle;
    else
      from = middle;
  }
  return from;
}

double
sk_trace_gaps (cairo_t *cr, const SkSeries *series, const SkAxis *x, double y_px,
               double arm, double apart) {
  double first = NAN;

  for (double px = x->from; px < x->to; px += apart) {
    double end = MIN (px + apart, x->to + 0.5);
    gsize from = sk_series_find (series, sk_axis_value (x, px));
    gsize to = sk_series_find (series, sk_axis_value (x, end));
    double at;

    if (from >= to || sk_series_extent (series, from, to).non_finite == 0)
      continue;
    at = sk_axis_place (x, sk_series_x (series, first_gap (series, from, to)));
    cairo_move_to (cr, at - arm, y_px - arm);
    cairo_line_to (cr, at + arm, y_px + arm);
    cairo_move_to (cr, at - arm, y_px + arm);
    cairo_line_to (cr, at + arm, y_px - arm);
    if (isnan (first))
      first = at;
  }
  return first;
}
