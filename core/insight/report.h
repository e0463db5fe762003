#pragma once

#include "verdict.h"

/* An evaluation taken apart: who is mistaken for whom, and how sure it was. Plain data. */

#define SK_CALIBRATION_BINS 15

typedef struct {
  int pictures; /* of the class */
  int predicted; /* pictures taken for it */
  double precision, recall, f1; /* NaN: there were none to judge by */
} SkClassScore;

typedef struct {
  int pictures; /* whose confidence lies in the bin */
  double confidence, accuracy; /* means; 0 where there are no pictures */
} SkCalibrationBin;

typedef struct {
  SkEvaluation mean;
  double ece; /* expected calibration error: Σ bins share·|accuracy − confidence| */
  SkCalibrationBin bins[SK_CALIBRATION_BINS]; /* equal parts of 0 … 1 */
  int classes;
  char **class_names; /* (nullable) NULL-terminated, at least @classes of them */
  SkClassScore *scores; /* (classes) */
  int *confusion; /* (classes,classes) pictures: row the label, column the prediction */
  SkVerdict *verdicts; /* (mean.images) the hardest first: by loss */
} SkReport;

/**
 * sk_report_new:
 * @verdicts: (n) copied
 * @class_names: (nullable): copied
 *
 * ECE as in Guo et al. 2017, arXiv 1706.04599, with its 15 bins.
 *
 * Returns: (transfer full): sk_report_free()
 */
SkReport *
sk_report_new (const SkVerdict *verdicts, guint n, int classes,
               char *const *class_names);

void
sk_report_free (SkReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkReport, sk_report_free)

/* (transfer full): "class 7" where it has no name */
char *
sk_report_class_name (const SkReport *self, int class);

static inline int
sk_report_confused (const SkReport *self, int label, int predicted) {
  return self->confusion[(gsize) label * (gsize) self->classes + (gsize) predicted];
}
