#include "train-page.h"

#include <glib/gi18n.h>

#include "bars-area.h"
#include "curves-area.h"
#include "figures.h"
#include "graph-area.h"
#include "inspector.h"
#include "picture.h"

struct _SkTrainPage {
  GtkBox parent;
  SkEngine *engine;
  SkGraphArea *graph;
  SkCurvesArea *curves;
  SkBarsArea *bars;
  SkInspector *inspector;
  GtkWidget *banner;
  GtkLabel *banner_text;
};

G_DEFINE_FINAL_TYPE (SkTrainPage, sk_train_page, GTK_TYPE_BOX)

static void
show_banner (SkTrainPage *self, const SkSnapshot *snapshot) {
  gboolean bad =
      snapshot->phase == SK_PHASE_FAILED || snapshot->phase == SK_PHASE_DIVERGED;

  gtk_widget_set_visible (self->banner, snapshot->message != NULL);
  if (snapshot->message == NULL)
    return;
  gtk_label_set_text (self->banner_text, snapshot->message);
  if (bad)
    gtk_widget_add_css_class (self->banner, "bad");
  else
    gtk_widget_remove_css_class (self->banner, "bad");
}

static void
snapshot_cb (SkTrainPage *self, SkSnapshot *snapshot) {
  sk_graph_area_take (self->graph, snapshot);
  sk_curves_area_take (self->curves, snapshot);
  sk_bars_area_take (self->bars, snapshot);
  show_banner (self, snapshot);
}

static void
selected_cb (SkTrainPage *self, int node) {
  sk_inspector_show (self->inspector, sk_graph_area_graph (self->graph), node);
}

void
sk_train_page_move_selection (SkTrainPage *self, int delta) {
  sk_graph_area_move_selection (self->graph, delta);
}

void
sk_train_page_toggle_frozen (SkTrainPage *self) {
  sk_inspector_toggle_frozen (self->inspector);
}

void
sk_train_page_zoom (SkTrainPage *self, double factor) {
  sk_graph_area_zoom (self->graph, factor);
}

gboolean
sk_train_page_save_picture (SkTrainPage *self, SkPicture picture, const char *path,
                            GError **error) {
  static const SkPictureFunc funcs[] = { sk_figure_network, sk_figure_curves,
                                         sk_figure_gradients };
  const SkSnapshot *state = sk_engine_state (self->engine);
  const char *title = state->plan ? state->plan->variant.title : "";
  SkFigures figures = { .title = title,
                        .subtitle = state->summary.data_title,
                        .plan = state->plan,
                        .curves = sk_curves_area_curves (self->curves),
                        .bars = sk_bars_area_bars (self->bars),
                        .live = sk_graph_area_live (self->graph) };
  SkPalette palette;

  sk_picture_palette (GTK_WIDGET (self), &palette);
  return sk_export (path, 1200, 700, 2, &palette, funcs[picture], &figures, error);
}

static GtkWidget *
build_banner (SkTrainPage *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box),
                  gtk_image_new_from_icon_name ("dialog-information-symbolic"));
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_css_class (box, "message");
  gtk_widget_set_visible (box, FALSE);
  self->banner = box;
  self->banner_text = GTK_LABEL (label);
  return box;
}

static GtkWidget *
card (GtkWidget *child) {
  gtk_widget_add_css_class (child, "picture");
  return child;
}

static GtkWidget *
build_pictures (SkTrainPage *self) {
  GtkWidget *outer = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
  GtkWidget *lower = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);

  self->graph = SK_GRAPH_AREA (sk_graph_area_new ());
  self->curves = SK_CURVES_AREA (sk_curves_area_new ());
  self->bars = SK_BARS_AREA (sk_bars_area_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->curves), 260, 160);
  gtk_widget_set_size_request (GTK_WIDGET (self->bars), 200, 160);
  gtk_paned_set_start_child (GTK_PANED (lower), card (GTK_WIDGET (self->curves)));
  gtk_paned_set_end_child (GTK_PANED (lower), card (GTK_WIDGET (self->bars)));
  gtk_paned_set_position (GTK_PANED (lower), 600);
  gtk_paned_set_start_child (GTK_PANED (outer), card (GTK_WIDGET (self->graph)));
  gtk_paned_set_end_child (GTK_PANED (outer), lower);
  gtk_paned_set_shrink_start_child (GTK_PANED (outer), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (outer), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (lower), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (lower), FALSE);
  gtk_paned_set_position (GTK_PANED (outer), 300);
  gtk_widget_set_hexpand (outer, TRUE);
  gtk_widget_set_vexpand (outer, TRUE);
  return outer;
}

static void
sk_train_page_dispose (GObject *object) {
  g_clear_object (&SK_TRAIN_PAGE (object)->engine);
  G_OBJECT_CLASS (sk_train_page_parent_class)->dispose (object);
}

static void
sk_train_page_class_init (SkTrainPageClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_train_page_dispose;
}

static void
sk_train_page_init (SkTrainPage *self) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
sk_train_page_new (SkEngine *engine) {
  SkTrainPage *self = g_object_new (SK_TYPE_TRAIN_PAGE, NULL);
  GtkWidget *across = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *inspector = sk_inspector_new (engine);

  self->engine = g_object_ref (engine);
  self->inspector = SK_INSPECTOR (inspector);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), inspector);
  gtk_widget_set_size_request (scroller, 300, -1);
  gtk_box_append (GTK_BOX (across), build_pictures (self));
  gtk_box_append (GTK_BOX (across), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (across), scroller);
  gtk_box_append (GTK_BOX (self), build_banner (self));
  gtk_box_append (GTK_BOX (self), across);
  g_signal_connect_swapped (self->graph, "selected", G_CALLBACK (selected_cb), self);
  g_signal_connect_object (engine, "snapshot", G_CALLBACK (snapshot_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
