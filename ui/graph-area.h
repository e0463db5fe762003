#pragma once

#include <adwaita.h>

#include "graph.h"
#include "snapshot.h"
#include "touches.h"

/* The network, drawn: the canvas draws the wires, every node is a child widget. Scroll
 * zooms, dragging pans, a double click fits it in again; the arrow at a stage folds it. */
#define SK_TYPE_GRAPH_AREA (sk_graph_area_get_type ())
G_DECLARE_FINAL_TYPE (SkGraphArea, sk_graph_area, SK, GRAPH_AREA, GtkWidget)

GtkWidget *
sk_graph_area_new (void);

/* From now on skips are cut and restored by a click, and locks freeze. */
void
sk_graph_area_set_touches (SkGraphArea *self, SkTouches *touches);

void
sk_graph_area_take (SkGraphArea *self, const SkSnapshot *snapshot);

/* (transfer none) (nullable): for saving the picture. */
const SkGraph *
sk_graph_area_graph (SkGraphArea *self);

const SkGraphLive *
sk_graph_area_live (SkGraphArea *self);

/* The node selected, −1: none. */
int
sk_graph_area_selected (SkGraphArea *self);

/* Shows the stage of @block block by block, and selects it; −1: nothing. */
void
sk_graph_area_select_block (SkGraphArea *self, int block);

/* Moves the selection along the depth: @delta −1 towards the stem, +1 to the head. */
void
sk_graph_area_move_selection (SkGraphArea *self, int delta);

/* Multiplies the zoom around the middle; 0: fits the whole in again. */
void
sk_graph_area_zoom (SkGraphArea *self, double factor);

/* Moves the drawing by so many px; what would leave the view altogether stays. */
void
sk_graph_area_pan (SkGraphArea *self, double dx, double dy);

/* Signals "selected" (SkGraphArea *, int node), "activated" (SkGraphArea *, int node): the
 * latter only when it was clicked or pressed by a key. */
