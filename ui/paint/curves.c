#include "curves-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "range.h"

#define USUAL_SMOOTHING 0.95

static void
clear_mark (gpointer data) {
  g_free (((SkMark *) data)->text);
}

SkCurves *
sk_curves_new (void) {
  SkCurves *self = g_new0 (SkCurves, 1);

  self->train_loss = sk_series_new ();
  self->train_accuracy = sk_series_new ();
  self->smooth_loss = sk_series_new ();
  self->smooth_accuracy = sk_series_new ();
  self->test_loss = sk_series_new ();
  self->test_accuracy = sk_series_new ();
  self->lr = sk_series_new ();
  self->loss_smoother.decay = self->accuracy_smoother.decay = USUAL_SMOOTHING;
  self->marks = g_array_new (FALSE, FALSE, sizeof (SkMark));
  g_array_set_clear_func (self->marks, clear_mark);
  return self;
}

void
sk_curves_free (SkCurves *self) {
  if (self == NULL)
    return;
  sk_series_free (self->train_loss);
  sk_series_free (self->train_accuracy);
  sk_series_free (self->smooth_loss);
  sk_series_free (self->smooth_accuracy);
  sk_series_free (self->test_loss);
  sk_series_free (self->test_accuracy);
  sk_series_free (self->lr);
  g_array_unref (self->marks);
  g_free (self);
}

static void
restart_smoothing (SkCurves *self, double decay) {
  self->loss_smoother = self->accuracy_smoother = (SkSmoother){ .decay = decay };
  sk_series_clear (self->smooth_loss);
  sk_series_clear (self->smooth_accuracy);
}

void
sk_curves_clear (SkCurves *self) {
  g_return_if_fail (self != NULL);

  restart_smoothing (self, self->loss_smoother.decay);
  sk_series_clear (self->train_loss);
  sk_series_clear (self->train_accuracy);
  sk_series_clear (self->test_loss);
  sk_series_clear (self->test_accuracy);
  sk_series_clear (self->lr);
  g_array_set_size (self->marks, 0);
  self->steps_per_epoch = 0;
}

/* The average continues through points that are not finite, which have crosses of their
 * own; its curve has a gap there. */
static void
append_smoothed (SkSeries *series, SkSmoother *smoother, double x, double y) {
  double average = sk_smoother_next (smoother, y);

  sk_series_append (series, x, isfinite (y) ? average : NAN);
}

void
sk_curves_add_train (SkCurves *self, const SkTrainPoint *points, gsize n) {
  g_return_if_fail (self != NULL && (points != NULL || n == 0));

  for (gsize i = 0; i < n; i++) {
    const SkTrainPoint *point = &points[i];
    double accuracy = 100 * (double) point->accuracy;

    sk_series_append (self->train_loss, point->step, point->loss);
    sk_series_append (self->train_accuracy, point->step, accuracy);
    sk_series_append (self->lr, point->step, point->lr);
    append_smoothed (self->smooth_loss, &self->loss_smoother, point->step, point->loss);
    append_smoothed (self->smooth_accuracy, &self->accuracy_smoother, point->step,
                     accuracy);
    if (point->epoch > 0)
      self->steps_per_epoch = point->step / point->epoch;
  }
}

void
sk_curves_add_test (SkCurves *self, const SkTestPoint *points, gsize n) {
  g_return_if_fail (self != NULL && (points != NULL || n == 0));

  for (gsize i = 0; i < n; i++) {
    const SkTestPoint *point = &points[i];

    if (self->steps_per_epoch == 0 && point->epoch > 0)
      self->steps_per_epoch = (double) point->step / point->epoch;
    if (isnan (point->test_loss) && isnan (point->test_accuracy))
      continue; /* no test split */
    sk_series_append (self->test_loss, point->step, point->test_loss);
    sk_series_append (self->test_accuracy, point->step,
                      100 * (double) point->test_accuracy);
  }
}

void
sk_curves_add_event (SkCurves *self, gint64 step, const char *text) {
  SkMark mark = { .step = step, .text = g_strdup (text) };

  g_return_if_fail (self != NULL && text != NULL);

  g_array_append_val (self->marks, mark);
}

gboolean
sk_curves_take (SkCurves *self, const SkSnapshot *snapshot) {
  gboolean changed = FALSE;

  g_return_val_if_fail (self != NULL && snapshot != NULL, FALSE);

  if (snapshot->run_serial != self->run_serial) {
    sk_curves_clear (self);
    self->run_serial = snapshot->run_serial;
    changed = TRUE;
  }
  if (snapshot->train_points != NULL && snapshot->train_points->len > 0) {
    sk_curves_add_train (self, (const SkTrainPoint *) snapshot->train_points->data,
                         snapshot->train_points->len);
    changed = TRUE;
  }
  if (snapshot->test_points != NULL && snapshot->test_points->len > 0) {
    sk_curves_add_test (self, (const SkTestPoint *) snapshot->test_points->data,
                        snapshot->test_points->len);
    changed = TRUE;
  }
  for (guint i = 0; snapshot->events != NULL && i < snapshot->events->len; i++) {
    const SkEvent *event = g_ptr_array_index (snapshot->events, i);

    sk_curves_add_event (self, event->step, event->text);
    changed = TRUE;
  }
  return changed;
}

void
sk_curves_set_smoothing (SkCurves *self, double smoothing) {
  gsize n;

  g_return_if_fail (self != NULL);

  restart_smoothing (self, CLAMP (smoothing, 0, 0.9999));
  n = sk_series_length (self->train_loss);
  for (gsize i = 0; i < n; i++) {
    double x = sk_series_x (self->train_loss, i);

    append_smoothed (self->smooth_loss, &self->loss_smoother, x,
                     sk_series_y (self->train_loss, i));
    append_smoothed (self->smooth_accuracy, &self->accuracy_smoother, x,
                     sk_series_y (self->train_accuracy, i));
  }
}

gsize
sk_curves_n_train (const SkCurves *self) {
  return sk_series_length (self->train_loss);
}

static double
last_of (const SkSeries *series) {
  gsize n = sk_series_length (series);

  return n > 0 ? sk_series_y (series, n - 1) : NAN;
}

double
sk_curves_last_step (const SkCurves *self) {
  const SkSeries *all[] = { self->train_loss, self->test_loss };
  double last = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    gsize n = sk_series_length (all[i]);

    if (n > 0)
      last = MAX (last, sk_series_x (all[i], n - 1));
  }
  return last;
}

void
sk_curves_latest (const SkCurves *self, double *train_loss, double *train_accuracy,
                  double *test_loss, double *test_accuracy) {
  *train_loss = last_of (self->smooth_loss);
  *train_accuracy = last_of (self->smooth_accuracy) / 100;
  *test_loss = last_of (self->test_loss);
  *test_accuracy = last_of (self->test_accuracy) / 100;
}

/* Returns: the test point at or before @step; FALSE: none */
static gboolean
test_before (const SkCurves *self, gint64 step, double *loss, double *accuracy) {
  gsize after = sk_series_find (self->test_loss, (double) step + 1);

  if (after == 0)
    return FALSE;
  *loss = sk_series_y (self->test_loss, after - 1);
  *accuracy = sk_series_y (self->test_accuracy, after - 1);
  return TRUE;
}

char *
sk_curves_describe (const SkCurves *self, gint64 step) {
  GString *words = g_string_new (NULL);
  double loss, accuracy;

  g_return_val_if_fail (self != NULL, NULL);

  g_string_append_printf (words, _ ("Step %'" PRId64), step);
  if (self->steps_per_epoch > 0)
    g_string_append_printf (words, _ (", epoch %.2f"), step / self->steps_per_epoch);
  if (sk_series_length (self->train_loss) > 0) {
    gsize i = sk_series_nearest (self->train_loss, step);

    g_string_append_printf (words, _ (": training loss %.4f, accuracy %.1f %%"),
                            sk_series_y (self->smooth_loss, i),
                            sk_series_y (self->smooth_accuracy, i));
  }
  if (test_before (self, step, &loss, &accuracy))
    g_string_append_printf (words, _ ("; test loss %.4f, accuracy %.1f %%"), loss,
                            accuracy);
  for (guint i = 0; i < self->marks->len; i++) {
    const SkMark *mark = &g_array_index (self->marks, SkMark, i);

    if (mark->step == step)
      g_string_append_printf (words, "; %s", mark->text);
  }
  return g_string_free (words, FALSE);
}
