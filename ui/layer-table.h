#pragma once

#include <adwaita.h>

#include "plan.h"
#include "snapshot.h"

/* A table of what a group's layers measure: name, gradient norm, update ratio. */

/* Makes a row for each convolution or linear layer of @group. */
void
sk_layer_table_fill (GtkGrid *grid, const SkPlan *plan, int group);

/* @layers: (plan->n_parameters) (nullable): as it was filled for */
void
sk_layer_table_update (GtkGrid *grid, const SkPlan *plan, int group,
                       const SkLayerState *layers);
