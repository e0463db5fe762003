#include "graph-area-private.h"

/* What the widget shows: parts that stand still are kept as they were drawn, so that
 * panning and the flow cost little more than what moves. */

/* px up to which a drawing is kept as a whole. */
#define MOST_KEPT 4096

void
sk_graph_area_redraw (SkGraphArea *self) {
  g_clear_pointer (&self->wires, gsk_render_node_unref);
  g_clear_pointer (&self->key_drawn, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
draw_key (SkGraphArea *self, GtkSnapshot *snapshot, const SkPalette *palette) {
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * SK_GRAPH_KEY_MARGIN;
  double top = gtk_widget_get_height (GTK_WIDGET (self)) - self->key;

  if (!(self->key > 0))
    return;
  if (self->key_drawn == NULL) {
    GtkSnapshot *own = gtk_snapshot_new ();
    cairo_t *cr = gtk_snapshot_append_cairo (
        own,
        &GRAPHENE_RECT_INIT (0, (float) top, (float) (width + 2 * SK_GRAPH_KEY_MARGIN),
                             (float) self->key));

    cairo_translate (cr, SK_GRAPH_KEY_MARGIN, top);
    sk_graph_draw_key (cr, self->graph, &self->live, width, self->key, palette);
    cairo_destroy (cr);
    self->key_drawn = gtk_snapshot_free_to_node (own);
  }
  if (self->key_drawn != NULL)
    gtk_snapshot_append_node (snapshot, self->key_drawn);
}

static void
draw_still (SkGraphArea *self, cairo_t *cr, double scale, const SkPalette *palette) {
  cairo_scale (cr, scale, scale);
  if (self->touched >= 0)
    sk_graph_draw_touch (cr, self->graph, self->touched, palette);
  sk_graph_draw_wires (cr, self->graph, &self->live, palette);
}

/* All of it is kept, so that panning and the flow only move it; unless it is far larger
 * than the view, when what is seen is drawn every time. */
static void
draw_wires (SkGraphArea *self, GtkSnapshot *snapshot, double left, double top,
            double scale, const SkPalette *palette) {
  float width = (float) (self->graph->width * scale);
  float height = (float) (self->graph->height * scale);
  cairo_t *cr;

  if (MAX (width, height) > MOST_KEPT) {
    cr = gtk_snapshot_append_cairo (
        snapshot,
        &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (GTK_WIDGET (self)),
                             (float) gtk_widget_get_height (GTK_WIDGET (self))));
    cairo_translate (cr, left, top);
    draw_still (self, cr, scale, palette);
    cairo_destroy (cr);
    return;
  }
  if (self->wires == NULL || self->wires_scale != scale) {
    GtkSnapshot *own = gtk_snapshot_new ();

    g_clear_pointer (&self->wires, gsk_render_node_unref);
    cr = gtk_snapshot_append_cairo (own, &GRAPHENE_RECT_INIT (0, 0, width, height));
    draw_still (self, cr, scale, palette);
    cairo_destroy (cr);
    self->wires = gtk_snapshot_free_to_node (own);
    self->wires_scale = scale;
  }
  if (self->wires == NULL)
    return;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) left, (float) top));
  gtk_snapshot_append_node (snapshot, self->wires);
  gtk_snapshot_restore (snapshot);
}

static void
draw_flow (SkGraphArea *self, GtkSnapshot *snapshot, double left, double top,
           double scale, const SkPalette *palette) {
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (
                    0, 0, (float) gtk_widget_get_width (GTK_WIDGET (self)),
                    (float) (gtk_widget_get_height (GTK_WIDGET (self)) - self->key)));

  cairo_translate (cr, left, top);
  cairo_scale (cr, scale, scale);
  sk_graph_draw_flow (cr, self->graph, &self->live, self->flow, palette);
  cairo_destroy (cr);
}

void
sk_graph_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double left, top, scale;
  SkPalette palette;

  if (self->graph == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  scale = sk_graph_area_place (self, &left, &top);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width,
                                                         (float) (height - self->key)));
  draw_wires (self, snapshot, left, top, scale, &palette);
  for (guint i = 0; i < self->nodes->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->nodes, i), snapshot);
  draw_flow (self, snapshot, left, top, scale, &palette);
  for (guint i = 0; i < self->folders->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->folders, i), snapshot);
  gtk_snapshot_pop (snapshot);
  draw_key (self, snapshot, &palette);
}
