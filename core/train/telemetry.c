#include "telemetry.h"

#include <math.h>

/* What is drawn is a number: where a gradient is not finite, its count says so. */
static float
number (double value) {
  return isfinite (value) && fabs (value) < (double) G_MAXFLOAT ? (float) value : 0;
}

/* Nothing over nothing is nothing: frozen trunks have no gradient, plain blocks no skip. */
static float
ratio (double a, double b) {
  return b > 0 ? number (a / b) : 0;
}

static float
rms (double square, gint64 n) {
  return n > 0 ? number (sqrt (square / (double) n)) : 0;
}

SkLayerState
sk_layer_state (const SkLayerProbe *probe) {
  return (SkLayerState){
    .gradient_norm = number (probe->gradient_norm),
    .gradient_rms = number (probe->gradient_rms),
    .weight_norm = number (probe->weight_norm),
    .update_ratio = number (probe->update_ratio),
    .non_finite = probe->non_finite,
  };
}

SkBlockState
sk_block_state (const SkBlockProbe *probe, float lambda, gboolean frozen) {
  /* ‖g‖² of g = g_skip + g_res; rounding may leave it below 0 where the two cancel. */
  double square =
      MAX (probe->skip_square + probe->residual_square + 2 * probe->dot, 0.0);
  SkBlockState state = { .lambda = lambda, .frozen = frozen };

  state.gradient = rms (square, probe->n_in);
  state.skip = rms (probe->skip_square, probe->n_in);
  state.residual = rms (probe->residual_square, probe->n_in);
  /* ⟨g_skip, g⟩ = ‖g_skip‖² + ⟨g_skip, g_res⟩ */
  state.share = ratio (probe->skip_square + probe->dot, square);
  state.agreement =
      ratio (probe->dot, sqrt (probe->skip_square) * sqrt (probe->residual_square));
  state.gain = ratio (state.gradient, rms (probe->out_square, probe->n_out));
  state.branch = ratio (sqrt (probe->branch_square), sqrt (probe->shortcut_square));
  state.dead = ratio ((double) probe->dead, (double) probe->n_out);
  return state;
}

void
sk_measure_layers (SkLayerState *states, const SkPlan *plan,
                   const SkLayerProbe *probes) {
  for (int i = 0; i < plan->n_parameters; i++)
    states[i] = sk_layer_state (&probes[i]);
}

/* Mean |γ| of the branch's last batch norm. */
static float
branch_scale (const SkPlan *plan, const SkBlock *block,
              const SkParameters *parameters) {
  int index = plan->ops[block->branch].parameter;
  const float *gamma = sk_parameters_at (parameters, plan, index);
  gsize count = plan->parameters[index].count;
  double sum = 0;

  for (gsize i = 0; i < count; i++)
    sum += (double) fabsf (gamma[i]);
  return number (sum / (double) count);
}

/* Batch norm's γ and β are left out of the update: they are few and of another kind, and
 * would say little about the filters. */
static void
add_layers (SkBlockState *state, const SkPlan *plan, const SkBlock *block,
            const SkLayerProbe *layers) {
  double weight = 0, update = 0;

  for (int i = block->first; i <= block->last; i++) {
    int index = plan->ops[i].parameter;

    if (plan->ops[i].kind == SK_OP_CONV) {
      double moved = layers[index].update_ratio * layers[index].weight_norm;

      weight += layers[index].weight_norm * layers[index].weight_norm;
      update += moved * moved;
      state->non_finite += layers[index].non_finite;
    } else if (plan->ops[i].kind == SK_OP_BATCHNORM) {
      state->non_finite += layers[index].non_finite + layers[index + 1].non_finite;
    }
  }
  state->update = ratio (sqrt (update), sqrt (weight));
}

void
sk_measure_blocks (SkBlockState *states, const SkNetwork *network,
                   const SkParameters *parameters, const SkLayerProbe *layers) {
  const SkPlan *plan = sk_network_plan (network);
  const SkBlockProbe *probes = sk_network_probes (network);

  for (int i = 0; i < plan->n_blocks; i++) {
    const SkBlock *block = &plan->blocks[i];

    states[i] = sk_block_state (&probes[i], sk_network_lambda (network, i),
                                sk_network_is_frozen (network, block->group));
    states[i].gamma = branch_scale (plan, block, parameters);
    if (layers != NULL)
      add_layers (&states[i], plan, block, layers);
  }
}
