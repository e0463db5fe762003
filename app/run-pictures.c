#include "run-pictures.h"

#include <inttypes.h>
#include <math.h>

#include <glib/gi18n.h>

#include "figures.h"

static gboolean *
read_frozen (SkNetwork *network, const SkPlan *plan) {
  gboolean *frozen = g_new0 (gboolean, (gsize) plan->n_groups);

  for (int i = 0; i < plan->n_groups; i++)
    frozen[i] = sk_network_is_frozen (network, i);
  return frozen;
}

static char *
describe_state (const SkTraining *training) {
  gint64 step = sk_trainer_steps_done (training->trainer);

  if (training->last.epoch == 0)
    return g_strdup_printf (_ ("step %" PRId64), step);
  if (!isfinite (training->last.test_accuracy))
    return g_strdup_printf (_ ("epoch %d · training accuracy %.1f %%"),
                            training->last.epoch, 100 * training->last.train_accuracy);
  return g_strdup_printf (_ ("epoch %d · test accuracy %.1f %%"), training->last.epoch,
                          100 * training->last.test_accuracy);
}

gboolean
sk_run_pictures_save (SkTraining *training, const char *data_title, const char *run_dir,
                      GError **error) {
  SkNetwork *network = sk_trainer_network (training->trainer);
  const SkPlan *plan = sk_network_plan (network);
  g_autofree gboolean *frozen = read_frozen (network, plan);
  g_autofree char *title =
      g_strdup_printf (_ ("%s on %s"), plan->variant.title, data_title);
  g_autofree char *subtitle = describe_state (training);
  g_autoptr (SkCurves) curves = sk_curves_new ();
  g_autoptr (SkBars) bars = sk_bars_new (plan, SK_LAYER_GRADIENT_RMS);
  g_autoptr (SkSnapshot) snapshot = sk_snapshot_new ();
  g_autoptr (SkPlan) drawn = sk_plan_ref ((SkPlan *) plan);
  SkGraphLive live = { 0 };

  sk_curves_add_train (curves, (const SkTrainPoint *) training->train_points->data,
                       training->train_points->len);
  sk_curves_add_test (curves, (const SkTestPoint *) training->test_points->data,
                      training->test_points->len);
  sk_bars_update (bars, plan, training->layers, frozen);
  snapshot->layers =
      g_memdup2 (training->layers, (gsize) plan->n_parameters * sizeof (SkLayerState));
  snapshot->blocks =
      g_memdup2 (training->blocks, (gsize) plan->n_blocks * sizeof (SkBlockState));
  snapshot->frozen = g_steal_pointer (&frozen);
  sk_graph_live_take (&live, plan, snapshot);
  return sk_figures_save (&(SkFigures){ title, subtitle, drawn, curves, bars, &live },
                          run_dir, error);
}
