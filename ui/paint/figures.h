#pragma once

#include "bars.h"
#include "branch.h"
#include "curves.h"
#include "export.h"
#include "graph.h"
#include "strip.h"

/* The pictures of a run folder: each a picture of the window under a title. */

typedef struct {
  const char *title; /* "ResNet-20 on CIFAR-10" */
  const char *subtitle; /* (nullable): "epoch 10 of 10 · test accuracy 88.1 %" */
  SkPlan *plan; /* (nullable): then no network and no gradients */
  const SkCurves *curves;
  const SkBars *bars; /* (nullable) */
  const SkGraphLive *live; /* (nullable) */
  const SkStrip *strip; /* (nullable): then no depth × time */
  const SkBranch *branch; /* (nullable): then no strength of the branches … */
  const SkStrip *awakening; /* … nor how they woke */
} SkFigures;

/* SkPictureFuncs; data: an SkFigures */
void
sk_figure_curves (cairo_t *cr, double width, double height, const SkPalette *palette,
                  gconstpointer data);

void
sk_figure_gradients (cairo_t *cr, double width, double height, const SkPalette *palette,
                     gconstpointer data);

void
sk_figure_network (cairo_t *cr, double width, double height, const SkPalette *palette,
                   gconstpointer data);

void
sk_figure_time (cairo_t *cr, double width, double height, const SkPalette *palette,
                gconstpointer data);

void
sk_figure_branches (cairo_t *cr, double width, double height, const SkPalette *palette,
                    gconstpointer data);

/**
 * sk_figures_save:
 *
 * Writes curves.png, gradients.png and network.png into @folder, light, at 2 px per unit.
 */
gboolean
sk_figures_save (const SkFigures *self, const char *folder, GError **error);
