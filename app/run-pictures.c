#include "run-pictures.h"

#include <math.h>

#include <glib/gi18n.h>

#include "figures.h"
#include "telemetry.h"

static SkLayerState *
read_layers (SkTrainer *trainer, const SkPlan *plan) {
  const SkLayerProbe *probes = sk_trainer_layers (trainer);
  SkLayerState *layers = g_new0 (SkLayerState, (gsize) plan->n_parameters);

  for (int i = 0; probes != NULL && i < plan->n_parameters; i++)
    layers[i] = sk_layer_state (&probes[i]);
  return layers;
}

static SkBlockState *
read_blocks (SkNetwork *network, const SkPlan *plan) {
  const SkBlockProbe *probes = sk_network_probes (network);
  SkBlockState *blocks = g_new0 (SkBlockState, (gsize) plan->n_blocks);

  for (int i = 0; probes != NULL && i < plan->n_blocks; i++)
    blocks[i] = sk_block_state (&probes[i], sk_network_lambda (network, i),
                                sk_network_is_frozen (network, plan->blocks[i].group));
  return blocks;
}

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
    return g_strdup_printf (_ ("step %" G_GINT64_FORMAT), step);
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
  gboolean probed =
      sk_trainer_recipe (training->trainer)->probes && training->train_points->len > 0;
  g_autofree SkLayerState *layers = read_layers (training->trainer, plan);
  g_autofree SkBlockState *blocks = read_blocks (network, plan);
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
  sk_bars_update (bars, plan, probed ? layers : NULL, frozen);
  snapshot->layers = probed ? g_steal_pointer (&layers) : NULL;
  snapshot->blocks = probed ? g_steal_pointer (&blocks) : NULL;
  snapshot->frozen = g_steal_pointer (&frozen);
  sk_graph_live_take (&live, plan, snapshot);
  return sk_figures_save (&(SkFigures){ title, subtitle, drawn, curves, bars, &live },
                          run_dir, error);
}
