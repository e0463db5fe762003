#pragma once

#include <glib.h>

/* From values to pixels and back, and where to write numbers. */
typedef struct {
  double min, max; /* shown; min < max; both > 0 where log */
  double from, to; /* px of min and of max; from > to on upright axes */
  gboolean log;
} SkAxis;

typedef struct {
  double value;
  gboolean major; /* gets a label */
  char label[32]; /* UTF-8 */
} SkTick;

#define SK_AXIS_MAX_TICKS 64

/* Makes min < max, finite, and > 0 where log, whatever was asked for. */
void
sk_axis_mend (SkAxis *self);

/* Widens min and max to round numbers, about @n steps apart. */
void
sk_axis_widen (SkAxis *self, int n);

/* Returns: px, not clamped */
double
sk_axis_place (const SkAxis *self, double value);

double
sk_axis_value (const SkAxis *self, double px);

/**
 * sk_axis_ticks:
 * @n: about how many labels there is room for
 * @ticks: (out): room for SK_AXIS_MAX_TICKS
 *
 * Round numbers (1, 2, 5 × 10ⁿ); powers of ten with minor ticks between where log.
 *
 * Returns: how many
 */
int
sk_axis_ticks (const SkAxis *self, int n, SkTick *ticks);
