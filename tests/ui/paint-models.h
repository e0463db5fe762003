#pragma once

#include "bars.h"
#include "curves.h"
#include "graph.h"
#include "strip.h"

/* Made-up but plausible models for pictures: what a run would have sent. */
typedef struct {
  SkPlan *plan;
  SkCurves *curves;
  SkBars *bars;
  SkSnapshot snapshot; /* only blocks, layers and frozen are filled */
  SkGraphLive live;
} PaintModels;

/* @net: a name of the table. Fails the test where there is none. */
PaintModels *
paint_models_new (const char *net, int n_steps, int n_epochs);

void
paint_models_free (PaintModels *self);

/* Appends a run of @n_steps that looks like one. */
void
paint_models_fill_curves (SkCurves *curves, int n_steps, int n_epochs);

/* (transfer full): a run of @n_columns recorded steps. */
SkStrip *
paint_models_strip (const PaintModels *self, int n_columns);
