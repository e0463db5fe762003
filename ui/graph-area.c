#include "graph-area.h"

#include <math.h>

#include <glib/gi18n.h>

#include "node-widget.h"
#include "picture.h"

#define ZOOM_STEP 1.2
#define MIN_ZOOM 0.2
#define MAX_ZOOM 4.0
/* Networks with more blocks begin with their stages folded. */
#define MOST_BLOCKS 36
/* What is read aloud is renewed no oftener, in µs. */
#define WORDS_INTERVAL (5 * G_USEC_PER_SEC)

struct _SkGraphArea {
  GtkWidget parent;
  SkPlan *plan; /* (nullable) */
  SkGraph *graph; /* (nullable) of @plan, for the widget's size */
  SkGraphLive live;
  guint folded;
  GPtrArray *nodes; /* SkNodeWidget, children */
  int selected; /* node, −1: none */
  double zoom; /* on top of fitting in */
  double pan_x, pan_y; /* px from the centred place */
  double drag_x, drag_y; /* pan when the drag began */
  double pointer_x, pointer_y;
  int layout_width, layout_height; /* that @graph was made for */
  gint64 words_at; /* when the accessible names were last renewed */
};

G_DEFINE_FINAL_TYPE (SkGraphArea, sk_graph_area, GTK_TYPE_WIDGET)

enum {
  SIGNAL_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* From the graph's units to the widget's pixels: x·scale + left, y·scale + top. */
static double
place (SkGraphArea *self, double *left, double *top) {
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double fit = MIN (width / self->graph->width, height / self->graph->height);
  double scale = MIN (fit, 1.6) * self->zoom;

  *left = (width - self->graph->width * scale) / 2 + self->pan_x;
  *top = (height - self->graph->height * scale) / 2 + self->pan_y;
  return scale;
}

static void
select_node (SkGraphArea *self, int node) {
  self->selected = node;
  for (guint i = 0; i < self->nodes->len; i++)
    sk_node_widget_set_selected (g_ptr_array_index (self->nodes, i), (int) i == node);
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, node);
}

static void
rebuild (SkGraphArea *self);

static void
activated_cb (SkNodeWidget *widget, SkGraphArea *self) {
  int node = sk_node_widget_node (widget);

  if (self->graph->nodes[node].kind == SK_NODE_FOLD) {
    self->folded &= ~(1u << self->graph->nodes[node].stage);
    rebuild (self);
    return;
  }
  select_node (self, node);
}

static void
clear_nodes (SkGraphArea *self) {
  for (guint i = 0; i < self->nodes->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->nodes, i));
  g_ptr_array_set_size (self->nodes, 0);
}

/* Lays the plan out for the size there is, and makes a widget for every node. */
static void
rebuild (SkGraphArea *self) {
  int block = -1;

  if (self->graph != NULL && self->selected >= 0)
    block = self->graph->nodes[self->selected].block;
  clear_nodes (self);
  g_clear_pointer (&self->graph, sk_graph_free);
  self->selected = -1;
  if (self->plan == NULL || self->layout_width <= 0)
    return;
  self->graph =
      sk_graph_new (self->plan, self->layout_width, self->layout_height, self->folded);
  for (int i = 0; i < self->graph->n_nodes; i++) {
    GtkWidget *node = sk_node_widget_new (self->graph, &self->live, i);

    gtk_widget_set_parent (node, GTK_WIDGET (self));
    g_signal_connect (node, "activated", G_CALLBACK (activated_cb), self);
    g_ptr_array_add (self->nodes, node);
    if (block >= 0 && self->graph->nodes[i].block == block)
      select_node (self, i);
  }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
rebuild_cb (gpointer data) {
  rebuild (data);
  return G_SOURCE_REMOVE;
}

static void
sk_graph_area_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);
  double left, top, scale;

  if (width != self->layout_width || height != self->layout_height) {
    self->layout_width = width;
    self->layout_height = height;
    /* Children may not come and go while they are being placed. */
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, rebuild_cb, g_object_ref (self),
                     g_object_unref);
  }
  if (self->graph == NULL)
    return;
  scale = place (self, &left, &top);
  for (guint i = 0; i < self->nodes->len; i++) {
    GtkWidget *node = g_ptr_array_index (self->nodes, i);
    const SkRect *rect = &self->graph->nodes[i].rect;
    GtkAllocation where = { (int) round (left + rect->x * scale),
                            (int) round (top + rect->y * scale),
                            MAX (1, (int) round (rect->width * scale)),
                            MAX (1, (int) round (rect->height * scale)) };
    int least;

    gtk_widget_measure (node, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    gtk_widget_size_allocate (node, &where, -1);
  }
}

static void
sk_graph_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                       int *minimum, int *natural, int *minimum_baseline,
                       int *natural_baseline) {
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 140;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : 320;
}

static void
sk_graph_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double left, top, scale;
  SkPalette palette;
  cairo_t *cr;

  if (self->graph == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  scale = place (self, &left, &top);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_translate (cr, left, top);
  cairo_scale (cr, scale, scale);
  sk_graph_draw_wires (cr, self->graph, &self->live, -1, &palette);
  cairo_destroy (cr);
  for (guint i = 0; i < self->nodes->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->nodes, i), snapshot);
}

/* Keeps the point (x, y) where it is. */
static void
zoom_at (SkGraphArea *self, double factor, double x, double y) {
  double left, top, scale = place (self, &left, &top);
  double at_x = (x - left) / scale, at_y = (y - top) / scale;

  self->zoom = CLAMP (self->zoom * factor, MIN_ZOOM, MAX_ZOOM);
  scale = place (self, &left, &top);
  self->pan_x += x - (left + at_x * scale);
  self->pan_y += y - (top + at_y * scale);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
sk_graph_area_zoom (SkGraphArea *self, double factor) {
  if (self->graph == NULL)
    return;
  if (factor > 0) {
    zoom_at (self, factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
             gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
    return;
  }
  self->zoom = 1;
  self->pan_x = self->pan_y = 0;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy,
           SkGraphArea *self) {
  if (self->graph == NULL)
    return FALSE;
  zoom_at (self, pow (ZOOM_STEP, -dy), self->pointer_x, self->pointer_y);
  return TRUE;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkGraphArea *self) {
  self->pointer_x = x;
  self->pointer_y = y;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, SkGraphArea *self) {
  self->drag_x = self->pan_x;
  self->drag_y = self->pan_y;
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, SkGraphArea *self) {
  self->pan_x = self->drag_x + dx;
  self->pan_y = self->drag_y + dy;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* On the canvas: once on a stage's frame folds it, twice anywhere else fits all in. */
static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y,
            SkGraphArea *self) {
  double left, top, scale;

  if (self->graph == NULL || n_press != 2)
    return;
  scale = place (self, &left, &top);
  x = (x - left) / scale;
  y = (y - top) / scale;
  for (int i = 0; i < self->graph->n_stages; i++) {
    const SkGraphStage *stage = &self->graph->stages[i];
    const SkRect *rect = &stage->rect;

    if (rect->width > 0 && x >= rect->x && x <= rect->x + rect->width && y >= rect->y &&
        y <= rect->y + rect->height && stage->stage > 0) {
      self->folded ^= 1u << stage->stage;
      rebuild (self);
      return;
    }
  }
  sk_graph_area_zoom (self, 0);
}

static void
sk_graph_area_dispose (GObject *object) {
  SkGraphArea *self = SK_GRAPH_AREA (object);

  clear_nodes (self);
  G_OBJECT_CLASS (sk_graph_area_parent_class)->dispose (object);
}

static void
sk_graph_area_finalize (GObject *object) {
  SkGraphArea *self = SK_GRAPH_AREA (object);

  g_ptr_array_unref (self->nodes);
  g_clear_pointer (&self->graph, sk_graph_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  G_OBJECT_CLASS (sk_graph_area_parent_class)->finalize (object);
}

static void
sk_graph_area_class_init (SkGraphAreaClass *class) {
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sk_graph_area_dispose;
  object_class->finalize = sk_graph_area_finalize;
  widget_class->size_allocate = sk_graph_area_size_allocate;
  widget_class->measure = sk_graph_area_measure;
  widget_class->snapshot = sk_graph_area_snapshot;
  signals[SIGNAL_SELECTED] =
      g_signal_new ("selected", SK_TYPE_GRAPH_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "graph");
}

static void
sk_graph_area_init (SkGraphArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->nodes = g_ptr_array_new ();
  self->selected = -1;
  self->zoom = 1;
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The network, block by block"), -1);
  sk_picture_follow_style (widget);
}

GtkWidget *
sk_graph_area_new (void) {
  return g_object_new (SK_TYPE_GRAPH_AREA, "hexpand", TRUE, "vexpand", TRUE, NULL);
}

void
sk_graph_area_take (SkGraphArea *self, const SkSnapshot *snapshot) {
  gint64 now = g_get_monotonic_time ();
  gboolean and_words = now - self->words_at > WORDS_INTERVAL;

  if (snapshot->plan != self->plan) {
    g_clear_pointer (&self->plan, sk_plan_unref);
    self->live = (SkGraphLive){ 0 };
    if (snapshot->plan != NULL) {
      self->plan = sk_plan_ref (snapshot->plan);
      self->folded = sk_graph_fold_deep (self->plan, MOST_BLOCKS);
    }
    rebuild (self);
  }
  if (self->graph == NULL)
    return;
  sk_graph_live_take (&self->live, self->plan, snapshot);
  if (and_words)
    self->words_at = now;
  for (guint i = 0; i < self->nodes->len; i++)
    sk_node_widget_refresh (g_ptr_array_index (self->nodes, i), and_words);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const SkGraph *
sk_graph_area_graph (SkGraphArea *self) {
  return self->graph;
}

const SkGraphLive *
sk_graph_area_live (SkGraphArea *self) {
  return &self->live;
}

int
sk_graph_area_selected (SkGraphArea *self) {
  return self->selected;
}

void
sk_graph_area_move_selection (SkGraphArea *self, int delta) {
  if (self->graph == NULL || self->graph->n_nodes == 0)
    return;
  select_node (self, CLAMP (self->selected + delta, 0, self->graph->n_nodes - 1));
  gtk_widget_grab_focus (g_ptr_array_index (self->nodes, (guint) self->selected));
}
