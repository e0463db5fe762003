#include <math.h>

#include <glib/gi18n.h>

#include "graph-area-private.h"
#include "node-widget.h"
#include "picture.h"

/* Stages with more blocks begin folded. */
#define MOST_BLOCKS 20
/* A drawing is not blown up beyond this to fill its place. */
#define MAX_FIT 1.5
/* What is read aloud is renewed no oftener, in µs. */
#define WORDS_INTERVAL (5 * G_USEC_PER_SEC)
/* px below the key, and the least that it leaves for the drawing. */
#define KEY_FOOT 6.0
#define LEAST_DRAWING 150.0

G_DEFINE_FINAL_TYPE (SkGraphArea, sk_graph_area, GTK_TYPE_WIDGET)

enum {
  SIGNAL_SELECTED,
  SIGNAL_ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Asks anew how much room the key takes: what it explains may have changed. */
static void
measure_key (SkGraphArea *self) {
  double key;
  SkPalette palette;

  self->key = 0;
  if (self->graph == NULL || self->live.blocks == NULL)
    return;
  sk_picture_palette (GTK_WIDGET (self), &palette);
  key =
      KEY_FOOT + sk_graph_key_height (self->graph, &self->live,
                                      self->width - 2 * SK_GRAPH_KEY_MARGIN, &palette);
  if (self->height - key >= LEAST_DRAWING)
    self->key = key;
}

double
sk_graph_area_place (SkGraphArea *self, double *left, double *top) {
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self)) - self->key;
  double fit = MIN (width / self->graph->width, height / self->graph->height);
  double scale = MIN (fit, MAX_FIT) * self->zoom;

  *left = (width - self->graph->width * scale) / 2 + self->pan_x;
  *top = (height - self->graph->height * scale) / 2 + self->pan_y;
  return scale;
}

static gboolean
relayout_cb (gpointer data) {
  SkGraphArea *self = data;
  double key = self->key;

  self->relayout = 0;
  sk_graph_area_lay_out (self);
  /* What the key explains is known only now: it may take room from the drawing. */
  measure_key (self);
  if (self->key != key)
    sk_graph_area_lay_out (self);
  return G_SOURCE_REMOVE;
}

static void
sk_graph_area_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);

  if (width != self->width || height != self->height) {
    g_clear_pointer (&self->key_drawn, gsk_render_node_unref);
    self->width = width;
    self->height = height;
    measure_key (self);
    /* Children may not come and go while they are being placed. */
    if (self->relayout == 0)
      self->relayout = g_idle_add_full (G_PRIORITY_HIGH_IDLE, relayout_cb, self, NULL);
  }
  if (self->graph != NULL)
    sk_graph_area_allocate_children (self);
}

static void
sk_graph_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                       int *minimum, int *natural, int *minimum_baseline,
                       int *natural_baseline) {
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 150;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : 300;
}

static void
forget_numbers (SkGraphArea *self) {
  g_clear_pointer (&self->blocks, g_free);
  g_clear_pointer (&self->layers, g_free);
  g_clear_pointer (&self->frozen, g_free);
}

static void
sk_graph_area_dispose (GObject *object) {
  SkGraphArea *self = SK_GRAPH_AREA (object);

  g_clear_handle_id (&self->relayout, g_source_remove);
  sk_graph_area_set_flowing (self, FALSE);
  sk_pace_clear (&self->pace);
  sk_graph_area_clear_children (self);
  g_clear_object (&self->touches);
  G_OBJECT_CLASS (sk_graph_area_parent_class)->dispose (object);
}

static void
sk_graph_area_finalize (GObject *object) {
  SkGraphArea *self = SK_GRAPH_AREA (object);

  forget_numbers (self);
  g_clear_pointer (&self->wires, gsk_render_node_unref);
  g_clear_pointer (&self->key_drawn, gsk_render_node_unref);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->folders);
  g_clear_pointer (&self->graph, sk_graph_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  G_OBJECT_CLASS (sk_graph_area_parent_class)->finalize (object);
}

static void
sk_graph_area_css_changed (GtkWidget *widget, GtkCssStyleChange *change) {
  GTK_WIDGET_CLASS (sk_graph_area_parent_class)->css_changed (widget, change);
  sk_graph_area_redraw (SK_GRAPH_AREA (widget));
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
  widget_class->css_changed = sk_graph_area_css_changed;
  widget_class->focus = sk_graph_area_move_focus;
  signals[SIGNAL_SELECTED] =
      g_signal_new ("selected", SK_TYPE_GRAPH_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_ACTIVATED] =
      g_signal_new ("activated", SK_TYPE_GRAPH_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "graph");
}

static void
sk_graph_area_init (SkGraphArea *self) {
  self->nodes = g_ptr_array_new ();
  self->folders = g_ptr_array_new ();
  self->selected = -1;
  self->zoom = 1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The network, block by block"), -1);
  sk_graph_area_listen (self);
  sk_graph_area_listen_touches (self);
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (sk_graph_area_redraw));
}

GtkWidget *
sk_graph_area_new (void) {
  return g_object_new (SK_TYPE_GRAPH_AREA, "hexpand", TRUE, "vexpand", TRUE, NULL);
}

/* The snapshot goes with the next one; what is drawn may have to last longer. */
static void
keep_numbers (SkGraphArea *self, const SkSnapshot *snapshot) {
  gsize n_blocks = (gsize) self->plan->n_blocks;
  gsize n_parameters = (gsize) self->plan->n_parameters;
  gsize n_groups = (gsize) self->plan->n_groups;

  sk_graph_live_take (&self->live, self->plan, snapshot);
  forget_numbers (self);
  self->blocks = g_memdup2 (snapshot->blocks, n_blocks * sizeof *self->blocks);
  self->layers = g_memdup2 (snapshot->layers, n_parameters * sizeof *self->layers);
  self->frozen = g_memdup2 (snapshot->frozen, n_groups * sizeof *self->frozen);
  self->live.blocks = self->blocks;
  self->live.layers = self->layers;
  self->live.frozen = self->frozen;
}

static void
take_plan (SkGraphArea *self, SkPlan *plan) {
  g_clear_pointer (&self->plan, sk_plan_unref);
  self->live = (SkGraphLive){ 0 };
  self->zoom = 1;
  self->pan_x = self->pan_y = 0;
  self->selected = -1;
  if (plan != NULL) {
    self->plan = sk_plan_ref (plan);
    self->folded = sk_graph_fold_deep (self->plan, MOST_BLOCKS);
  }
  sk_graph_area_lay_out (self);
}

/* Numbers, colours and widths as they are now. */
static void
refresh (GtkWidget *widget) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);
  gint64 now = g_get_monotonic_time ();
  gboolean and_words = now - self->words_at > WORDS_INTERVAL;
  double key = self->key;

  measure_key (self);
  if (self->key != key)
    sk_graph_area_lay_out (self);
  if (and_words)
    self->words_at = now;
  for (guint i = 0; i < self->nodes->len; i++)
    sk_node_widget_refresh (g_ptr_array_index (self->nodes, i), and_words);
  sk_graph_area_redraw (self);
}

void
sk_graph_area_take (SkGraphArea *self, const SkSnapshot *snapshot) {
  if (snapshot->plan != self->plan)
    take_plan (self, snapshot->plan);
  if (self->plan == NULL)
    return;
  keep_numbers (self, snapshot);
  sk_graph_area_set_flowing (self, snapshot->phase == SK_PHASE_RUNNING);
  sk_pace_redraw (&self->pace, GTK_WIDGET (self), refresh);
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
  sk_graph_area_select (self,
                        CLAMP (self->selected + delta, 0, self->graph->n_nodes - 1));
  gtk_widget_grab_focus (g_ptr_array_index (self->nodes, (guint) self->selected));
}
