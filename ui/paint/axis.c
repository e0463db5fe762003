#include "axis.h"

#include <math.h>

/* 1, 2 or 5 × 10ⁿ, the nearest above @raw. */
static double
round_step (double raw) {
  double power = pow (10, floor (log10 (raw)));
  double factor = raw / power;

  if (factor <= 1.0001)
    return power;
  if (factor <= 2.0001)
    return 2 * power;
  return factor <= 5.0001 ? 5 * power : 10 * power;
}

void
sk_axis_mend (SkAxis *self) {
  if (!isfinite (self->min) || !isfinite (self->max)) {
    self->min = self->log ? 0.1 : 0;
    self->max = 1;
  }
  if (self->log) {
    if (self->max <= 0)
      self->max = 1;
    if (self->min <= 0 || self->min < self->max * 1e-12)
      self->min = self->max * 1e-3;
    if (self->max < self->min * 1.0001) {
      self->min /= 2;
      self->max = self->min * 4;
    }
    return;
  }
  if (self->max < self->min) {
    double swap = self->min;

    self->min = self->max;
    self->max = swap;
  }
  if (self->max - self->min < 1e-9 * MAX (fabs (self->min), fabs (self->max)) ||
      self->max == self->min) {
    double around = self->max == 0 ? 0.5 : 0.1 * fabs (self->max);

    self->min -= around;
    self->max += around;
  }
}

void
sk_axis_widen (SkAxis *self, int n) {
  sk_axis_mend (self);
  if (self->log) {
    static const double steps[] = { 1, 2, 5, 10 };
    double low = pow (10, floor (log10 (self->min)));
    double high = pow (10, floor (log10 (self->max)));
    double min = low, max = 10 * high;

    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
      if (low * steps[i] <= self->min * 1.0001)
        min = low * steps[i];
    for (gsize i = G_N_ELEMENTS (steps); i-- > 0;)
      if (high * steps[i] >= self->max * 0.9999)
        max = high * steps[i];
    self->min = min;
    self->max = max;
  } else {
    double step = round_step ((self->max - self->min) / MAX (n, 1));

    self->min = floor (self->min / step + 1e-9) * step;
    self->max = ceil (self->max / step - 1e-9) * step;
  }
}

double
sk_axis_place (const SkAxis *self, double value) {
  double t;

  if (self->log)
    t = value > 0 ? log (value / self->min) / log (self->max / self->min) : -1;
  else
    t = (value - self->min) / (self->max - self->min);
  return self->from + t * (self->to - self->from);
}

double
sk_axis_value (const SkAxis *self, double px) {
  double t = (px - self->from) / (self->to - self->from);

  if (self->log)
    return self->min * pow (self->max / self->min, t);
  return self->min + t * (self->max - self->min);
}

/* A round number: as many decimals as the step between labels needs. */
static void
label_linear (char *label, gsize size, double value, double step, double largest) {
  int decimals = (int) -floor (log10 (step) + 1e-9);

  const char *minus = value < 0 ? "−" : "";

  value = fabs (value);
  if (value < step * 1e-6) {
    value = 0;
    minus = "";
  }
  if (value == 0 && ((largest >= 10000 && step >= 100) || decimals > 4))
    g_snprintf (label, size, "0");
  else if (largest >= 10000 && step >= 100)
    g_snprintf (label, size, "%s%gk", minus, value / 1000);
  else if (decimals > 4)
    g_snprintf (label, size, "%s%.2g", minus, value);
  else
    g_snprintf (label, size, "%s%.*f", minus, MAX (decimals, 0), value);
}

static void
label_power (char *label, gsize size, int exponent, gboolean raised) {
  static const char *const figures[] = { "⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹" };
  int e = abs (exponent);

  if (!raised) {
    g_snprintf (label, size, "%g", pow (10, exponent));
    return;
  }
  if (exponent == 0)
    g_snprintf (label, size, "1");
  else if (e < 10)
    g_snprintf (label, size, "10%s%s", exponent < 0 ? "⁻" : "", figures[e]);
  else
    g_snprintf (label, size, "10%s%s%s", exponent < 0 ? "⁻" : "", figures[e / 10 % 10],
                figures[e % 10]);
}

static int
linear_ticks (const SkAxis *self, int n, SkTick *ticks) {
  double step = round_step ((self->max - self->min) / n);
  double first = ceil (self->min / step - 1e-6);
  double largest = MAX (fabs (self->min), fabs (self->max));
  int count = 0;

  for (double i = first; count < SK_AXIS_MAX_TICKS; i++) {
    SkTick *tick = &ticks[count];

    if (i * step > self->max + step * 1e-6)
      break;
    tick->value = i * step;
    tick->major = TRUE;
    label_linear (tick->label, sizeof tick->label, tick->value, step, largest);
    count++;
  }
  return count;
}

/* Few decades: 1, 2, 5 of each are labelled. */
static int
narrow_log_ticks (const SkAxis *self, int n, SkTick *ticks) {
  int low = (int) floor (log10 (self->min) + 1e-9);
  int high = (int) ceil (log10 (self->max) - 1e-9);
  gboolean all = n >= 4 * (high - low);
  int count = 0;

  for (int e = low; e <= high; e++)
    for (int m = 1; m < 10; m++) {
      double value = m * pow (10, e);
      SkTick *tick = &ticks[count];

      if (value < self->min * 0.9999 || value > self->max * 1.0001)
        continue;
      if (count == SK_AXIS_MAX_TICKS)
        return count;
      tick->value = value;
      tick->major = m == 1 || m == 2 || m == 5 || (all && m == 3);
      tick->label[0] = 0;
      if (tick->major)
        g_snprintf (tick->label, sizeof tick->label, "%g", value);
      count++;
    }
  return count;
}

static int
log_ticks (const SkAxis *self, int n, SkTick *ticks) {
  int low = (int) ceil (log10 (self->min) - 1e-6);
  int high = (int) floor (log10 (self->max) + 1e-6);
  int every = MAX ((high - low + n) / MAX (n, 1), 1);
  gboolean raised = low < -2 || high > 3;
  int count = 0;

  if (high - low < 2 && low >= -4 && high <= 4)
    return narrow_log_ticks (self, n, ticks);
  for (int e = low; e <= high && count < SK_AXIS_MAX_TICKS; e++) {
    SkTick *tick = &ticks[count++];

    tick->value = pow (10, e);
    tick->major = (e - low) % every == 0;
    tick->label[0] = 0;
    if (tick->major)
      label_power (tick->label, sizeof tick->label, e, raised);
  }
  return count;
}

int
sk_axis_ticks (const SkAxis *self, int n, SkTick *ticks) {
  g_return_val_if_fail (self != NULL && ticks != NULL, 0);

  n = CLAMP (n, 1, SK_AXIS_MAX_TICKS / 3);
  return self->log ? log_ticks (self, n, ticks) : linear_ticks (self, n, ticks);
}
