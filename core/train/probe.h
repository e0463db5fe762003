#pragma once

#include <glib.h>

/* What was measured of a tensor that learns, at a recorded step. */
typedef struct {
  double gradient_norm; /* L2, of the mean batch loss */
  double gradient_rms;
  double weight_norm; /* L2, before the update */
  double update_ratio; /* ‖ΔW‖ / ‖W‖ of this step */
  gint64 non_finite; /* gradients that are NaN or infinite */
} SkLayerProbe;
