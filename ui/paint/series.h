#pragma once

#include <glib.h>

/* A growing list of points, x never falling, with a pyramid of minima and maxima over it:
 * the extent of any range costs a few dozen comparisons however long the list is. */
typedef struct _SkSeries SkSeries;

typedef struct {
  float min, max; /* of finite points; min > max: none */
  guint non_finite; /* points that are NaN or ±inf */
} SkExtent;

SkSeries *
sk_series_new (void);

void
sk_series_free (SkSeries *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkSeries, sk_series_free)

void
sk_series_clear (SkSeries *self);

/* An @x below the last one, or not finite, is taken as the last one. */
void
sk_series_append (SkSeries *self, double x, double y);

gsize
sk_series_length (const SkSeries *self);

double
sk_series_x (const SkSeries *self, gsize index);

double
sk_series_y (const SkSeries *self, gsize index);

/* Returns: the first index whose x >= @x; the length where there is none */
gsize
sk_series_find (const SkSeries *self, double x);

/* Returns: the index nearest to @x; only for series that are not empty */
gsize
sk_series_nearest (const SkSeries *self, double x);

/* The extent of points @from … @to − 1. */
SkExtent
sk_series_extent (const SkSeries *self, gsize from, gsize to);

/* Exponential moving average that is not biased towards its start (as Adam's moments):
 * after n points its weights sum to one. */
typedef struct {
  double decay; /* 0: no smoothing … < 1 */
  double sum, weight;
} SkSmoother;

/* Returns: the average after @y; non-finite points leave it as it was, NaN before any */
double
sk_smoother_next (SkSmoother *self, double y);
