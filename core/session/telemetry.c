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
