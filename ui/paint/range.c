#include "range.h"

#include <math.h>
#include <stdlib.h>

/* How many updates in a row must have fitted a tighter range before it is taken. */
#define PATIENCE 40

static int
compare_doubles (gconstpointer a, gconstpointer b) {
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The 1st and 99th percentile of the logarithms, on whole decades.
 * Returns: FALSE where no value is positive and finite */
static gboolean
measure (const float *values, gsize n, double *low, double *high) {
  g_autofree double *logs = g_new (double, n + 1);
  gsize used = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]) && values[i] > 0)
      logs[used++] = log10 (values[i]);
  if (used == 0)
    return FALSE;
  qsort (logs, used, sizeof (double), compare_doubles);
  *low = floor (logs[(gsize) (0.01 * (used - 1))]);
  *high = ceil (logs[(gsize) ceil (0.99 * (used - 1))]);
  if (*high - *low < 2) { /* less would magnify noise */
    double middle = (*low + *high) / 2;

    *low = floor (middle - 1);
    *high = *low + 2;
  }
  return TRUE;
}

gboolean
sk_log_range_update (SkLogRange *self, const float *values, gsize n) {
  double low, high;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!measure (values, n, &low, &high))
    return FALSE;
  if (!self->filled) {
    self->filled = TRUE;
  } else if (low >= self->low && high <= self->high) {
    if (low == self->low && high == self->high) {
      self->patience = 0;
      return FALSE;
    }
    if (++self->patience < PATIENCE)
      return FALSE;
  } else {
    low = MIN (low, self->low);
    high = MAX (high, self->high);
  }
  self->low = low;
  self->high = high;
  self->patience = 0;
  return TRUE;
}

double
sk_log_range_place (const SkLogRange *self, double value) {
  double t;

  if (!isfinite (value) || !self->filled)
    return NAN;
  if (value <= 0)
    return 0;
  t = (log10 (value) - self->low) / (self->high - self->low);
  return CLAMP (t, 0, 1);
}

/* "-12" in raised figures. */
static void
append_raised (GString *text, int exponent) {
  static const char *const figures[] = { "⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹" };
  char digits[16];

  g_snprintf (digits, sizeof digits, "%d", exponent);
  for (const char *c = digits; *c; c++)
    g_string_append (text, *c == '-' ? "⁻" : figures[*c - '0']);
}

static const char *
minus_of (double value) {
  return value < 0 ? "−" : "";
}

char *
sk_format_number (double value) {
  double size = fabs (value);
  GString *text;
  int exponent;

  if (isnan (value))
    return g_strdup ("NaN");
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "−∞");
  if (size == 0)
    return g_strdup ("0");
  if (size >= 1e-3 && size < 1e5)
    return g_strdup_printf ("%s%.3g", minus_of (value), size);
  exponent = (int) floor (log10 (size));
  if (size / pow (10, exponent) >= 9.995)
    exponent++;
  text = g_string_new (NULL);
  g_string_append_printf (text, "%s%.3g×10", minus_of (value),
                          size / pow (10, exponent));
  append_raised (text, exponent);
  return g_string_free (text, FALSE);
}

char *
sk_format_short (double value) {
  double size = fabs (value);

  if (isnan (value))
    return g_strdup ("NaN");
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "−∞");
  if (size == 0)
    return g_strdup ("0");
  if (size >= 0.01 && size < 1000)
    return g_strdup_printf ("%s%.2g", minus_of (value), size);
  if (size >= 1000 && size < 1e6)
    return g_strdup_printf ("%s%.3gk", minus_of (value), size / 1000);
  {
    int exponent = (int) floor (log10 (size));
    double mantissa = size / pow (10, exponent);

    if (mantissa >= 9.95) {
      mantissa /= 10;
      exponent++;
    }
    return g_strdup_printf ("%s%.1fe%d", minus_of (value), mantissa, exponent);
  }
}

char *
sk_format_fixed (double value, int decimals, gboolean sign) {
  double size = fabs (value);

  if (size < 0.5 * pow (10, -decimals))
    return g_strdup_printf ("%.*f", decimals, 0.);
  return g_strdup_printf ("%s%.*f", value < 0 ? "−" : sign ? "+" : "", decimals, size);
}

char *
sk_format_signed (double value) {
  return sk_format_fixed (value, 2, TRUE);
}
