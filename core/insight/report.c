#include "report.h"

#include <math.h>

/* What is no number comes first: nothing is harder. */
static int
by_loss (gconstpointer a, gconstpointer b) {
  const SkVerdict *left = a, *right = b;

  if (isnan (left->loss) != isnan (right->loss))
    return isnan (left->loss) ? -1 : 1;
  if (left->loss != right->loss && !isnan (left->loss))
    return left->loss > right->loss ? -1 : 1;
  return left->index - right->index;
}

static double
ratio (int a, int b) {
  return b > 0 ? (double) a / b : NAN;
}

static void
score (SkReport *self) {
  for (int c = 0; c < self->classes; c++) {
    SkClassScore *at = &self->scores[c];
    int right = sk_report_confused (self, c, c);

    at->precision = ratio (right, at->predicted);
    at->recall = ratio (right, at->pictures);
    at->f1 = ratio (2 * right, at->predicted + at->pictures);
  }
}

static void
calibrate (SkReport *self) {
  int n = self->mean.images;

  for (int i = 0; i < n; i++) {
    const SkVerdict *verdict = &self->verdicts[i];
    int bin = CLAMP ((int) ((double) verdict->confidence * SK_CALIBRATION_BINS), 0,
                     SK_CALIBRATION_BINS - 1);

    self->bins[bin].pictures++;
    self->bins[bin].confidence += (double) verdict->confidence;
    self->bins[bin].accuracy += verdict->rank < 1;
  }
  for (int i = 0; i < SK_CALIBRATION_BINS; i++) {
    SkCalibrationBin *bin = &self->bins[i];

    if (bin->pictures == 0)
      continue;
    bin->confidence /= bin->pictures;
    bin->accuracy /= bin->pictures;
    self->ece += (double) bin->pictures / n * fabs (bin->accuracy - bin->confidence);
  }
}

SkReport *
sk_report_new (const SkVerdict *verdicts, guint n, int classes,
               char *const *class_names) {
  SkReport *self = g_new0 (SkReport, 1);

  self->mean = sk_verdicts_mean (verdicts, n);
  self->classes = classes;
  self->class_names = g_strdupv ((char **) class_names);
  self->scores = g_new0 (SkClassScore, classes);
  self->confusion = g_new0 (int, (gsize) classes *(gsize) classes);
  self->verdicts = g_memdup2 (verdicts, n * sizeof *verdicts);
  for (guint i = 0; i < n; i++) {
    g_assert (verdicts[i].label >= 0 && verdicts[i].label < classes);
    g_assert (verdicts[i].predicted >= 0 && verdicts[i].predicted < classes);
    self->confusion[(gsize) verdicts[i].label * (gsize) classes +
                    (gsize) verdicts[i].predicted]++;
    self->scores[verdicts[i].label].pictures++;
    self->scores[verdicts[i].predicted].predicted++;
  }
  score (self);
  calibrate (self);
  if (n > 0)
    qsort (self->verdicts, n, sizeof *self->verdicts, by_loss);
  return self;
}

void
sk_report_free (SkReport *self) {
  if (self == NULL)
    return;
  g_strfreev (self->class_names);
  g_free (self->scores);
  g_free (self->confusion);
  g_free (self->verdicts);
  g_free (self);
}

char *
sk_report_class_name (const SkReport *self, int class) {
  if (self->class_names && class < (int) g_strv_length (self->class_names))
    return g_strdup (self->class_names[class]);
  return g_strdup_printf ("class %d", class);
}
