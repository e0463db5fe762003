#pragma once

#include "curves.h"
#include "plot.h"
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

/* About how many labels the panel's upright axis has room for. */
int
sk_curves_labels (const SkCurvesLayout *layout, SkPanel panel,
                  const SkPalette *palette);

/* A panel with its axes. */
SkPlot
sk_curves_plot (const SkCurves *self, const SkCurvesView *view,
                const SkCurvesLayout *layout, SkPanel panel, int labels);

/* Events: a flag each above the plot, and a line down behind the curves. */
void
sk_curves_draw_marks (cairo_t *cr, const SkCurves *self, const SkPlot *plot,
                      const SkPalette *palette);

/* What happened last, in few words, in @room of the plot's head; nothing where they do
 * not fit. */
void
sk_curves_draw_newest_mark (SkText *text, const SkCurves *self, const SkPlot *plot,
                            const SkPalette *palette, const SkRect *room);
