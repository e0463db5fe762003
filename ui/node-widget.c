#include "node-widget.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>
#include <math.h>

#include "picture.h"

/* What may stand out of a node at zoom 1, in px: rings, and the cards behind a fold. */
#define MARGIN 9.0

struct _SkNodeWidget {
  GtkWidget parent;
  const SkGraph *graph;
  const SkGraphLive *live;
  int node;
  SkNodeFlags flags;
  gboolean at_lock; /* the pointer is on the lock */
};

G_DEFINE_FINAL_TYPE (SkNodeWidget, sk_node_widget, GTK_TYPE_WIDGET)

enum {
  SIGNAL_ACTIVATED,
  SIGNAL_LOCK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_flag (SkNodeWidget *self, SkNodeFlags flag, gboolean on) {
  self->flags = on ? self->flags | flag : self->flags & ~flag;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
find_lock (SkNodeWidget *self, SkRect *lock) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkRect rect = { 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget) };

  return self->graph != NULL && sk_graph_lock_at (self->graph, self->node, &rect, lock);
}

static gboolean
is_at_lock (SkNodeWidget *self, double x, double y) {
  SkRect lock;

  return find_lock (self, &lock) && x >= lock.x && x < lock.x + lock.width &&
         y >= lock.y && y < lock.y + lock.height;
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y,
             SkNodeWidget *self) {
  if (!gtk_widget_contains (GTK_WIDGET (self), x, y))
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  g_signal_emit (self,
                 signals[is_at_lock (self, x, y) ? SIGNAL_LOCK : SIGNAL_ACTIVATED], 0);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkNodeWidget *self) {
  if (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter)
    return FALSE;
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0);
  return TRUE;
}

static void
enter_cb (GtkEventControllerMotion *controller, double x, double y,
          SkNodeWidget *self) {
  set_flag (self, SK_NODE_HOVER, TRUE);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkNodeWidget *self) {
  gboolean at_lock = is_at_lock (self, x, y);

  if (at_lock == self->at_lock)
    return;
  self->at_lock = at_lock;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), at_lock ? "pointer" : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkNodeWidget *self) {
  self->at_lock = FALSE;
  set_flag (self, SK_NODE_HOVER, FALSE);
}

static void
focus_cb (GtkWidget *widget, GParamSpec *spec, gpointer data) {
  set_flag (SK_NODE_WIDGET (widget), SK_NODE_FOCUS,
            gtk_widget_has_visible_focus (widget));
}

static gboolean
tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
            gpointer data) {
  SkNodeWidget *self = SK_NODE_WIDGET (widget);
  g_autofree char *words =
      sk_graph_describe_lines (self->graph, self->node, self->live);

  if (!keyboard && is_at_lock (self, x, y))
    gtk_tooltip_set_text (tooltip,
                          sk_graph_is_frozen (self->graph, self->node, self->live)
                              ? _ ("Frozen. Click to let it learn again (F)")
                              : _ ("Click to freeze: it learns no more (F)"));
  else
    gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

static void
sk_node_widget_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkNodeWidget *self = SK_NODE_WIDGET (widget);
  float margin;
  SkRect rect = { 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget) };
  SkRect lock;
  SkPalette palette;
  cairo_t *cr;

  if (self->graph == NULL)
    return;
  margin = (float) ceil (
      MARGIN * MAX (rect.width / self->graph->nodes[self->node].rect.width, 1));
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (-margin, -margin, (float) rect.width + 2 * margin,
                                     (float) rect.height + 2 * margin));
  sk_graph_draw_node (cr, self->graph, self->node, &rect, self->live, self->flags,
                      &palette);
  if (self->flags & SK_NODE_HOVER && find_lock (self, &lock))
    sk_graph_draw_lock (cr, &lock,
                        sk_graph_is_frozen (self->graph, self->node, self->live),
                        self->at_lock, &palette);
  cairo_destroy (cr);
}

static void
sk_node_widget_class_init (SkNodeWidgetClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = sk_node_widget_snapshot;
  signals[SIGNAL_ACTIVATED] =
      g_signal_new ("activated", SK_TYPE_NODE_WIDGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOCK] = g_signal_new ("lock", SK_TYPE_NODE_WIDGET, G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_widget_class_set_css_name (widget_class, "node");
}

static void
sk_node_widget_init (SkNodeWidget *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  g_signal_connect (motion, "enter", G_CALLBACK (enter_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (tooltip_cb), NULL);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, motion);
  sk_picture_follow_style (widget, G_CALLBACK (gtk_widget_queue_draw));
}

GtkWidget *
sk_node_widget_new (void) {
  return g_object_new (SK_TYPE_NODE_WIDGET, NULL);
}

void
sk_node_widget_show (SkNodeWidget *self, const SkGraph *graph, const SkGraphLive *live,
                     int node) {
  self->graph = graph;
  self->live = live;
  self->node = node;
  sk_node_widget_refresh (self, TRUE);
}

int
sk_node_widget_node (SkNodeWidget *self) {
  return self->node;
}

void
sk_node_widget_set_selected (SkNodeWidget *self, gboolean selected) {
  if (selected == ((self->flags & SK_NODE_SELECTED) != 0))
    return;
  set_flag (self, SK_NODE_SELECTED, selected);
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_PRESSED,
      selected ? GTK_ACCESSIBLE_TRISTATE_TRUE : GTK_ACCESSIBLE_TRISTATE_FALSE, -1);
}

void
sk_node_widget_refresh (SkNodeWidget *self, gboolean and_words) {
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (and_words) {
    g_autofree char *words = sk_graph_describe (self->graph, self->node, self->live);

    gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  }
}
