#pragma once

#include <glib.h>

/* A robust range of powers of ten that does not tremble: it grows at once, shrinks only
 * after it was far too wide for a while, and always ends on whole decades. */
typedef struct {
  double low, high; /* log10; low < high once filled */
  gboolean filled;
  int patience; /* updates for which a tighter range would have done */
} SkLogRange;

/**
 * sk_log_range_update:
 * @values: linear; zeros, negatives, NaN and ±inf are left out
 *
 * Takes the 1st … 99th percentile of @values.
 *
 * Returns: whether the range moved
 */
gboolean
sk_log_range_update (SkLogRange *self, const float *values, gsize n);

/* Returns: 0 … 1 of a linear value, clamped; NaN where it is not finite; 0 for zeros */
double
sk_log_range_place (const SkLogRange *self, double value);

/**
 * sk_format_number:
 *
 * Three significant digits as people write them: "0.25", "1.5e-4" as "1.5×10⁻⁴", "∞",
 * "NaN".
 *
 * Returns: (transfer full)
 */
char *
sk_format_number (double value);

/* Returns: (transfer full): a shorter one for small places: "3.1e-4", "0.25", "12 k" */
char *
sk_format_short (double value);

/**
 * sk_format_fixed:
 * @sign: also of what is more than nothing; none where it rounds to 0
 *
 * With a real minus (U+2212), as all numbers in pictures and in the words on them; only
 * exponents after an "e" are written as computers do.
 *
 * Returns: (transfer full)
 */
char *
sk_format_fixed (double value, int decimals, gboolean sign);

/* Returns: (transfer full): with a sign and two decimals; none where it rounds to 0 */
char *
sk_format_signed (double value);
