#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bars.h"

static gboolean
is_layer (const SkParameter *parameter) {
  return parameter->kind == SK_PARAMETER_CONV || parameter->kind == SK_PARAMETER_LINEAR;
}

/* Returns: the op whose weight the parameter is */
static const SkOp *
owner (const SkPlan *plan, int parameter) {
  for (int i = 0; i < plan->n_ops; i++)
    if (plan->ops[i].parameter == parameter)
      return &plan->ops[i];
  return NULL;
}

SkBars *
sk_bars_new (const SkPlan *plan, SkLayerQuantity quantity) {
  SkBars *self;

  g_return_val_if_fail (plan != NULL, NULL);

  self = g_new0 (SkBars, 1);
  self->quantity = quantity;
  self->items = g_new0 (SkBar, plan->n_parameters);
  for (int i = 0; i < plan->n_parameters; i++) {
    const SkOp *op = is_layer (&plan->parameters[i]) ? owner (plan, i) : NULL;
    SkBar *bar = &self->items[self->n];

    if (op == NULL)
      continue;
    bar->name = g_strdup (op->name);
    bar->parameter = i;
    bar->block = op->block;
    bar->stage = op->block >= 0             ? plan->blocks[op->block].stage
                 : op->kind == SK_OP_LINEAR ? plan->variant.n_stages + 1
                                            : 0;
    bar->shortcut = strstr (op->name, ".downsample") != NULL;
    bar->value = NAN;
    self->n++;
  }
  return self;
}

void
sk_bars_free (SkBars *self) {
  if (self == NULL)
    return;
  for (int i = 0; i < self->n; i++)
    g_free (self->items[i].name);
  g_free (self->items);
  g_free (self);
}

static float
quantity_of (const SkLayerState *layer, SkLayerQuantity quantity) {
  switch (quantity) {
  case SK_LAYER_GRADIENT_RMS:
    return layer->gradient_rms;
  case SK_LAYER_WEIGHT_NORM:
    return layer->weight_norm;
  case SK_LAYER_UPDATE_RATIO:
    return layer->update_ratio;
  case SK_LAYER_GRADIENT_NORM:
  default:
    return layer->gradient_norm;
  }
}

void
sk_bars_update (SkBars *self, const SkPlan *plan, const SkLayerState *layers,
                const gboolean *frozen) {
  g_autofree float *values = NULL;

  g_return_if_fail (self != NULL && plan != NULL);

  values = g_new (float, self->n + 1);
  for (int i = 0; i < self->n; i++) {
    SkBar *bar = &self->items[i];

    bar->frozen = frozen != NULL && frozen[plan->parameters[bar->parameter].group];
    bar->value = NAN;
    bar->non_finite = 0;
    if (layers != NULL) {
      bar->value = quantity_of (&layers[bar->parameter], self->quantity);
      bar->non_finite = layers[bar->parameter].non_finite;
    }
    values[i] = bar->value;
  }
  sk_log_range_update (&self->range, values, self->n);
}

void
sk_bars_set_quantity (SkBars *self, SkLayerQuantity quantity) {
  g_return_if_fail (self != NULL);

  if (self->quantity == quantity)
    return;
  self->quantity = quantity;
  self->range = (SkLogRange){ 0 };
  for (int i = 0; i < self->n; i++)
    self->items[i].value = NAN;
}

char *
sk_bars_describe (const SkBars *self, int index) {
  const SkBar *bar;
  g_autofree char *value = NULL;

  g_return_val_if_fail (self != NULL && index >= 0 && index < self->n, NULL);

  bar = &self->items[index];
  if (isnan (bar->value))
    return g_strdup_printf (_ ("%s: not measured"), bar->name);
  value = sk_format_number (bar->value);
  if (bar->frozen)
    return g_strdup_printf (_ ("%s: frozen"), bar->name);
  if (bar->non_finite > 0)
    return g_strdup_printf (_ ("%s: %" PRId64 " values are not finite"), bar->name,
                            bar->non_finite);
  return g_strdup_printf ("%s: %s", bar->name, value);
}
