#pragma once

#include "graph-area.h"
#include "picture.h"
#include "touches.h"

/* What graph-area.c (drawing), graph-children.c (nodes and folders) and graph-input.c
 * (what moves it) and graph-touch.c (what can be pressed) share. */
struct _SkGraphArea {
  GtkWidget parent;
  SkPlan *plan; /* (nullable) */
  SkGraph *graph; /* (nullable) of @plan, for the widget's size */
  SkGraphLive live; /* points at the three below */
  SkBlockState *blocks; /* (plan->n_blocks) (nullable) */
  SkLayerState *layers; /* (plan->n_parameters) (nullable) */
  gboolean *frozen; /* (plan->n_groups) (nullable) */
  guint folded; /* bit per stage */
  GPtrArray *nodes; /* SkNodeWidget, children, in the order of depth */
  GPtrArray *folders; /* GtkButton, children: one per stage */
  int selected; /* node, −1: none */
  double key; /* px below the drawing for its key; 0: there is no room for one */

  double flow; /* 0 … 1: how far the gradient on the wires has come */
  gint64 flow_at; /* µs of the frame clock when it last moved; 0: it stands */
  guint flow_tick; /* tick callback; 0: none */
  GskRenderNode *wires; /* (nullable): frames and wires, while only the flow moves … */
  GskRenderNode *key_drawn; /* (nullable): … and the key below them */
  double wires_scale; /* of @wires */
  SkPace pace;

  double zoom; /* on top of fitting in */
  double pan_x, pan_y; /* px from the centred place */
  double drag_x, drag_y; /* pan when the drag began */
  double pinch; /* zoom when the pinch began */
  double pointer_x, pointer_y;

  SkTouches *touches; /* (nullable) */
  int touched; /* wire of the skip under the pointer, −1: none */

  int width, height; /* that @graph was made for */
  guint relayout; /* source; 0: none */
  gint64 words_at; /* when the accessible names were last renewed */
};

/**
 * sk_graph_area_place:
 * @left, @top: (out): x·scale + left, y·scale + top are px of the widget
 *
 * Returns: px per unit of the graph
 */
double
sk_graph_area_place (SkGraphArea *self, double *left, double *top);

/* graph-children.c */

/* @node: −1: none */
void
sk_graph_area_select (SkGraphArea *self, int node);

/* Lays the plan out for the size there is; every node gets a widget. What was selected
 * stays so, where it is still drawn. */
void
sk_graph_area_lay_out (SkGraphArea *self);

void
sk_graph_area_allocate_children (SkGraphArea *self);

void
sk_graph_area_clear_children (SkGraphArea *self);

/* Tab comes in at what is selected and goes out again; arrows move along the depth. */
gboolean
sk_graph_area_move_focus (GtkWidget *widget, GtkDirectionType direction);

/* graph-input.c */
void
sk_graph_area_listen (SkGraphArea *self);

/* graph-draw.c */

/* px beside the key. */
#define SK_GRAPH_KEY_MARGIN 16.0

/* What stands still is drawn anew. */
void
sk_graph_area_redraw (SkGraphArea *self);

void
sk_graph_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

/* graph-flow.c */

/* The gradient moves on the wires from now on, or stands. It never moves for those who do
 * not want things to move. */
void
sk_graph_area_set_flowing (SkGraphArea *self, gboolean flowing);

/* graph-touch.c */
void
sk_graph_area_listen_touches (SkGraphArea *self);

/* A node's lock was pressed. */
void
sk_graph_area_lock (SkGraphArea *self, int node);
