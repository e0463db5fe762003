#pragma once

#include <glib.h>

/* What was measured of a training, as it is shown, printed and recorded: plain data. */

/* A point of the training curve: every step. */
typedef struct {
  gint64 step; /* 1 … */
  double epoch; /* steps / steps_per_epoch */
  float loss, accuracy, lr;
} SkTrainPoint;

/* A point of the test curve: every epoch. */
typedef struct {
  gint64 step;
  int epoch;
  float train_loss, train_accuracy;
  float test_loss, test_accuracy; /* NaN: no test split */
} SkTestPoint;

/* One tensor that learns. */
typedef struct {
  float gradient_norm, gradient_rms, weight_norm, update_ratio;
  gint64 non_finite;
} SkLayerState;

/* One residual block, s = λ·P(x) + F(x). RMS over the batch's elements. 0 where a ratio
 * has no meaning: plain blocks have no skip, and the backward walk stops at frozen
 * trunks. */
typedef struct {
  float gradient; /* RMS(g), g = ∂L/∂x */
  float skip; /* RMS of the part through the skip */
  float residual; /* RMS of the part through F */
  float share; /* ⟨g_skip, g⟩ / ‖g‖²: signed share of the skip */
  float agreement; /* cos(g_skip, g_res) */
  float gain; /* RMS(g) / RMS(∂L/∂out) */
  float branch; /* RMS(F(x)) / RMS(P(x)) */
  float gamma; /* mean |γ| of the branch's last batch norm, after the step */
  float update; /* ‖ΔW‖ / ‖W‖ of the step, over the block's convolutions */
  float dead; /* share of outputs with s <= 0 */
  float lambda;
  gboolean frozen;
  gint64 non_finite; /* gradients of its tensors that are NaN or infinite */
} SkBlockState;
