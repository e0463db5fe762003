#pragma once

#include "export.h"
#include "report.h"

/* An evaluation on one page: the means in words, confusion, calibration. */
typedef struct {
  const char *title; /* "ResNet-20 on CIFAR-10" */
  const SkReport *report;
} SkEvaluationFigure;

/* An SkPictureFunc; data: an SkEvaluationFigure */
void
sk_evaluation_draw (cairo_t *cr, double width, double height, const SkPalette *palette,
                    gconstpointer data);

/* sk_export() of it at a size that suits it. */
gboolean
sk_evaluation_save (const SkEvaluationFigure *self, const char *path, GError **error);
