#pragma once

#include <cairo.h>

#include "palette.h"
#include "range.h"
#include "snapshot.h"

/* One number per layer over depth, on a log scale. */

typedef enum {
  SK_LAYER_GRADIENT_NORM,
  SK_LAYER_GRADIENT_RMS,
  SK_LAYER_WEIGHT_NORM,
  SK_LAYER_UPDATE_RATIO,
} SkLayerQuantity;

typedef struct {
  char *name; /* "layer1.0.conv1" */
  int parameter; /* in plan->parameters: the layer's weight */
  int stage; /* 0: stem; 1 … 4; 5: head */
  int block; /* in plan->blocks; −1: stem or head */
  gboolean shortcut; /* a projection on a skip */
  gboolean frozen;
  float value; /* NaN: not known */
  gint64 non_finite;
} SkBar;

typedef struct {
  SkBar *items; /* convolutions and the head, in the order of depth */
  int n;
  SkLayerQuantity quantity;
  SkLogRange range; /* kept between updates, so that bars do not jump */
} SkBars;

SkBars *
sk_bars_new (const SkPlan *plan, SkLayerQuantity quantity);

void
sk_bars_free (SkBars *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkBars, sk_bars_free)

/**
 * sk_bars_update:
 * @layers: (plan->n_parameters) (nullable)
 * @frozen: (plan->n_groups) (nullable)
 */
void
sk_bars_update (SkBars *self, const SkPlan *plan, const SkLayerState *layers,
                const gboolean *frozen);

void
sk_bars_set_quantity (SkBars *self, SkLayerQuantity quantity);

/* @hover: the bar to point out with its values, −1: none */
void
sk_bars_draw (cairo_t *cr, const SkBars *self, double width, double height,
              const SkPalette *palette, int hover);

/* Returns: the bar under (@x, @y), −1: none */
int
sk_bars_at (const SkBars *self, double width, double height, const SkPalette *palette,
            double x, double y);

/* Returns: (transfer full): a bar in words */
char *
sk_bars_describe (const SkBars *self, int index);
