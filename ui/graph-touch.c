#include <glib/gi18n.h>

#include "graph-area-private.h"

/* px from a wire that still mean it. */
#define REACH 9.0

/* Wire of the skip at a point of the widget, −1: none, or nothing can be done to it. */
static int
wire_at (SkGraphArea *self, double x, double y) {
  double left, top, scale;

  if (self->graph == NULL || self->touches == NULL ||
      y > gtk_widget_get_height (GTK_WIDGET (self)) - self->key)
    return -1;
  scale = sk_graph_area_place (self, &left, &top);
  x = (x - left) / scale;
  y = (y - top) / scale;
  if (sk_graph_node_at (self->graph, x, y) >= 0)
    return -1;
  return sk_graph_wire_at (self->graph, x, y, REACH / scale);
}

/* A fold's skip stands for those of its stage. */
static void
find_scope (SkGraphArea *self, int wire, int *stage, int *block) {
  const SkGraphNode *node = &self->graph->nodes[self->graph->wires[wire].to];

  *stage = node->kind == SK_NODE_FOLD ? node->stage : 0;
  *block = node->block;
}

static void
point_at (SkGraphArea *self, int wire) {
  if (wire >= 0 && !sk_touches_can_fade (self->touches))
    wire = -1;
  if (wire == self->touched)
    return;
  self->touched = wire;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), wire >= 0 ? "pointer" : NULL);
  sk_graph_area_redraw (self);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkGraphArea *self) {
  point_at (self, wire_at (self, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkGraphArea *self) {
  point_at (self, -1);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y,
             SkGraphArea *self) {
  int wire = wire_at (self, x, y), stage, block;

  if (wire < 0)
    return;
  find_scope (self, wire, &stage, &block);
  sk_touches_toggle_skips (self->touches, stage, block);
}

static gboolean
tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
            gpointer data) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);
  int wire = keyboard ? -1 : wire_at (self, x, y), stage, block;
  g_autofree char *what = NULL;
  g_autofree char *words = NULL;

  if (wire < 0)
    return FALSE;
  find_scope (self, wire, &stage, &block);
  what = stage > 0 ? g_strdup_printf (_ ("Skips of stage %d"), stage)
                   : g_strdup_printf (_ ("Skip of %s"), self->plan->blocks[block].name);
  if (!sk_touches_can_fade (self->touches))
    words = g_strdup_printf (_ ("%s: can be cut while a run is under way"), what);
  else if (sk_touches_is_cut (self->touches, stage, block))
    words = g_strdup_printf (_ ("%s: cut. Click to restore (X)"), what);
  else
    words = g_strdup_printf (_ ("%s. Click to cut (X)"), what);
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

void
sk_graph_area_lock (SkGraphArea *self, int node) {
  int group = self->graph->nodes[node].group;

  /* Where no run is touched, whoever listens decides. */
  if (self->touches == NULL)
    g_signal_emit_by_name (self, "activated", node);
  else if (group >= 0)
    sk_touches_freeze (self->touches, group,
                       !sk_touches_is_frozen (self->touches, group));
}

void
sk_graph_area_set_touches (SkGraphArea *self, SkTouches *touches) {
  g_set_object (&self->touches, touches);
}

void
sk_graph_area_listen_touches (SkGraphArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->touched = -1;
  gtk_widget_set_has_tooltip (widget, TRUE);
  gtk_event_controller_set_name (motion, "touch");
  gtk_event_controller_set_name (GTK_EVENT_CONTROLLER (click), "touch");
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (tooltip_cb), NULL);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}
