#pragma once

#include "curves.h"
#include "series.h"

typedef struct {
  gint64 step;
  char *text;
} SkMark;

struct _SkCurves {
  SkSeries *train_loss, *train_accuracy; /* by step; accuracies in percent */
  SkSeries *smooth_loss, *smooth_accuracy;
  SkSeries *test_loss, *test_accuracy;
  SkSeries *lr;
  SkSmoother loss_smoother, accuracy_smoother;
  GArray *marks; /* SkMark, by step */
  double steps_per_epoch; /* 0: not known yet */
  guint run_serial;
};
