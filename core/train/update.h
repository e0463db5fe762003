#pragma once

#include <glib.h>

/* The arithmetic of one optimiser step over a range of floats. */

typedef struct {
  float lr;
  float weight_decay; /* L2: added to the gradient */
  float decay; /* AdamW: lr · weight decay, taken from the weight itself */
  float momentum; /* SGD; Adam: β₁ */
  float beta2;
  float step_size; /* Adam: lr / (1 − β₁ᵗ) */
  float inverse_root; /* Adam: 1 / √(1 − β₂ᵗ) */
  float epsilon;
} SkUpdate;

/* Sums over the range, in double. */
typedef struct {
  double gradient, weight, update; /* of squares; weights before the update */
} SkUpdateSums;

/* One rule: w and the state are updated, @sums overwritten. */
typedef void (*SkUpdateFunc) (const SkUpdate *update, float *w, const float *g,
                              float *first, float *second, gsize n, SkUpdateSums *sums);

typedef struct {
  SkUpdateFunc sgd, momentum, nesterov, adam;
  gboolean (*is_finite) (const float *g, gsize n);
} SkUpdateTable;

/* (transfer none): the variant for this processor */
const SkUpdateTable *
sk_update_table (void);
