#include <glib/gi18n.h>
#include <math.h>

#include "graph-area-private.h"
#include "node-widget.h"

#define FOLDER_SIZE 22
/* Units of the graph that a stage's title takes; a folder that is larger stands out above. */
#define TITLE_HEIGHT 24.0

void
sk_graph_area_select (SkGraphArea *self, int node) {
  self->selected = node;
  for (guint i = 0; i < self->nodes->len; i++)
    sk_node_widget_set_selected (g_ptr_array_index (self->nodes, i), (int) i == node);
  g_signal_emit_by_name (self, "selected", node);
}

static void
fold (SkGraphArea *self, int stage) {
  self->folded ^= 1u << stage;
  sk_graph_area_lay_out (self);
}

void
sk_graph_area_select_block (SkGraphArea *self, int block) {
  int found = -1;

  if (self->graph == NULL || block >= self->plan->n_blocks)
    return;
  if (block >= 0 && (self->folded & 1u << self->plan->blocks[block].stage) != 0)
    fold (self, self->plan->blocks[block].stage);
  for (int i = 0; i < self->graph->n_nodes && block >= 0; i++)
    if (self->graph->nodes[i].kind == SK_NODE_BLOCK &&
        self->graph->nodes[i].block == block)
      found = i;
  sk_graph_area_select (self, found);
}

static void
activated_cb (SkNodeWidget *widget, SkGraphArea *self) {
  int node = sk_node_widget_node (widget);

  if (self->graph->nodes[node].kind == SK_NODE_FOLD) {
    fold (self, self->graph->nodes[node].stage);
    return;
  }
  sk_graph_area_select (self, node);
  g_signal_emit_by_name (self, "activated", node);
}

static void
lock_cb (SkNodeWidget *widget, SkGraphArea *self) {
  sk_graph_area_lock (self, sk_node_widget_node (widget));
}

static void
folder_cb (GtkButton *button, SkGraphArea *self) {
  guint index;

  if (g_ptr_array_find (self->folders, button, &index))
    fold (self, self->graph->stages[index].stage);
}

static GtkWidget *
folder_new (SkGraphArea *self) {
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "folder");
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  g_signal_connect (button, "clicked", G_CALLBACK (folder_cb), self);
  return button;
}

static GtkWidget *
node_new (SkGraphArea *self) {
  GtkWidget *node = sk_node_widget_new ();

  gtk_widget_set_parent (node, GTK_WIDGET (self));
  g_signal_connect (node, "activated", G_CALLBACK (activated_cb), self);
  g_signal_connect (node, "lock", G_CALLBACK (lock_cb), self);
  return node;
}

/* Makes @children as many as @n; those that stay keep the focus. */
static void
set_n_children (SkGraphArea *self, GPtrArray *children, int n,
                GtkWidget *(*child_new) (SkGraphArea *) ) {
  while ((int) children->len > n) {
    gtk_widget_unparent (g_ptr_array_index (children, children->len - 1));
    g_ptr_array_set_size (children, (int) children->len - 1);
  }
  while ((int) children->len < n)
    g_ptr_array_add (children, child_new (self));
}

static void
show_folders (SkGraphArea *self) {
  for (int i = 0; i < self->graph->n_stages; i++) {
    const SkGraphStage *stage = &self->graph->stages[i];
    GtkButton *button = g_ptr_array_index (self->folders, i);
    g_autofree char *words = g_strdup_printf (
        stage->folded ? _ ("Show the blocks of stage %d") : _ ("Show stage %d as one"),
        stage->stage);

    gtk_button_set_icon_name (button,
                              stage->folded ? "pan-end-symbolic" : "pan-down-symbolic");
    gtk_widget_set_tooltip_text (GTK_WIDGET (button), words);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  }
}

void
sk_graph_area_lay_out (SkGraphArea *self) {
  int block = -1, selected = -1;
  SkGraph *old = self->graph;

  if (old != NULL && self->selected >= 0)
    block = old->nodes[self->selected].block;
  self->graph = NULL;
  self->touched = -1;
  if (self->plan != NULL && self->width > 0)
    self->graph =
        sk_graph_new (self->plan, self->width, self->height - self->key, self->folded);
  set_n_children (self, self->nodes, self->graph ? self->graph->n_nodes : 0, node_new);
  set_n_children (self, self->folders, self->graph ? self->graph->n_stages : 0,
                  folder_new);
  for (guint i = 0; i < self->nodes->len; i++) {
    sk_node_widget_show (g_ptr_array_index (self->nodes, i), self->graph, &self->live,
                         (int) i);
    if (block >= 0 && self->graph->nodes[i].block == block &&
        self->graph->nodes[i].kind == SK_NODE_BLOCK)
      selected = (int) i;
  }
  if (self->graph != NULL)
    show_folders (self);
  sk_graph_area_select (self, selected);
  g_clear_pointer (&old, sk_graph_free);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  sk_graph_area_redraw (self);
}

void
sk_graph_area_clear_children (SkGraphArea *self) {
  set_n_children (self, self->nodes, 0, NULL);
  set_n_children (self, self->folders, 0, NULL);
}

static void
allocate_child (GtkWidget *child, double x, double y, double width, double height) {
  GtkAllocation where = { (int) round (x), (int) round (y),
                          MAX (1, (int) round (width)), MAX (1, (int) round (height)) };
  int least;

  /* GTK wants to be asked before it is told. */
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_size_allocate (child, &where, -1);
}

void
sk_graph_area_allocate_children (SkGraphArea *self) {
  double left, top, scale = sk_graph_area_place (self, &left, &top);

  for (guint i = 0; i < self->nodes->len; i++) {
    const SkRect *rect = &self->graph->nodes[i].rect;

    allocate_child (g_ptr_array_index (self->nodes, i), left + rect->x * scale,
                    top + rect->y * scale, rect->width * scale, rect->height * scale);
  }
  for (guint i = 0; i < self->folders->len; i++) {
    const SkRect *rect = &self->graph->stages[i].rect;
    GtkWidget *folder = g_ptr_array_index (self->folders, i);

    gtk_widget_set_child_visible (folder, rect->width > 0);
    allocate_child (folder, left + (rect->x + rect->width) * scale - FOLDER_SIZE - 3,
                    top + rect->y * scale + MIN (2, TITLE_HEIGHT * scale - FOLDER_SIZE),
                    FOLDER_SIZE, FOLDER_SIZE);
  }
}

gboolean
sk_graph_area_move_focus (GtkWidget *widget, GtkDirectionType direction) {
  SkGraphArea *self = SK_GRAPH_AREA (widget);
  gboolean inside = gtk_widget_get_focus_child (widget) != NULL;
  int first = MAX (self->selected, 0);

  if (self->nodes->len == 0)
    return FALSE;
  if (!inside)
    return gtk_widget_grab_focus (g_ptr_array_index (self->nodes, first));
  if (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)
    return FALSE;
  for (guint i = 0; i < self->nodes->len; i++)
    if (gtk_widget_has_focus (g_ptr_array_index (self->nodes, i))) {
      gboolean forward = direction == GTK_DIR_RIGHT || direction == GTK_DIR_DOWN;
      int next = (int) i + (forward ? 1 : -1);

      return next >= 0 && next < (int) self->nodes->len &&
             gtk_widget_grab_focus (g_ptr_array_index (self->nodes, next));
    }
  return FALSE;
}
