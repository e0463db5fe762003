#include "train-views.h"

#include <glib/gi18n.h>

#include "branch-area.h"
#include "resources.h"

/* px from which the curves stand beside the rest. */
#define BESIDE_FROM 860
/* Of the width, for the curves, until it is dragged. */
#define CURVES_SHARE 0.4
/* Of the rest, for the strength of the branches now. */
#define BRANCHES_SHARE 0.52

struct _SkTrainViews {
  GtkWidget parent;
  GtkWidget *content, *switcher;
  GtkStack *views;
  GtkPaned *plots;
  AdwBin *curves_beside, *curves_among; /* one of them holds the curves */
  GtkStackPage *curves_page;
  GtkPaned *branches;
  SkCurvesArea *curves;
  SkBarsArea *bars;
  AdwBin *strip_place, *awakening_place;
  SkStripArea *strip, *awakening;
  SkBranchArea *branch;
  GtkWidget *bars_choice, *strip_choice;
  gboolean beside; /* the curves are not among the others */
  int width;
  guint turn; /* source; 0: none */
};

G_DEFINE_FINAL_TYPE (SkTrainViews, sk_train_views, GTK_TYPE_WIDGET)

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Only what the picture that is seen can be told. */
static void
show_choices (SkTrainViews *self) {
  const char *name = gtk_stack_get_visible_child_name (self->views);

  gtk_widget_set_visible (self->bars_choice, g_strcmp0 (name, "gradients") == 0);
  gtk_widget_set_visible (self->strip_choice, g_strcmp0 (name, "time") == 0);
}

/* Takes the curves from among the other pictures, or puts them there. */
static void
set_beside (SkTrainViews *self, gboolean beside) {
  if (beside == self->beside)
    return;
  self->beside = beside;
  g_object_ref (self->curves);
  adw_bin_set_child (beside ? self->curves_among : self->curves_beside, NULL);
  adw_bin_set_child (beside ? self->curves_beside : self->curves_among,
                     GTK_WIDGET (self->curves));
  g_object_unref (self->curves);
  gtk_widget_set_visible (GTK_WIDGET (self->curves_beside), beside);
  gtk_stack_page_set_visible (self->curves_page, !beside);
  /* The choice stands over what it changes. */
  gtk_widget_set_halign (self->switcher, beside ? GTK_ALIGN_END : GTK_ALIGN_START);
  if (beside)
    gtk_paned_set_position (self->plots, (int) (CURVES_SHARE * self->width));
  if (beside &&
      gtk_stack_get_visible_child (self->views) == GTK_WIDGET (self->curves_among))
    gtk_stack_set_visible_child_name (self->views, "gradients");
}

static gboolean
turn_cb (gpointer data) {
  SkTrainViews *self = data;

  self->turn = 0;
  set_beside (self, self->width >= BESIDE_FROM);
  gtk_paned_set_position (
      self->branches,
      (int) (BRANCHES_SHARE * (self->beside ? 1 - CURVES_SHARE : 1) * self->width));
  return G_SOURCE_REMOVE;
}

static void
sk_train_views_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  SkTrainViews *self = SK_TRAIN_VIEWS (widget);

  gtk_widget_size_allocate (self->content, &(GtkAllocation){ 0, 0, width, height },
                            baseline);
  if (width == self->width)
    return;
  self->width = width;
  /* Nothing may ask for another size while sizes are given out. */
  if (self->turn == 0)
    self->turn = g_idle_add_full (G_PRIORITY_HIGH_IDLE, turn_cb, self, NULL);
}

static void
sk_train_views_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline) {
  gtk_widget_measure (GTK_WIDGET (SK_TRAIN_VIEWS (widget)->plots), orientation,
                      for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
strip_choice_cb (SkTrainViews *self) {
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->strip_choice));

  sk_strip_area_set_quantity (self->strip,
                              chosen == 0 ? SK_STRIP_LAYERS : SK_STRIP_BLOCKS);
}

/* The same choice as in the window's menu, and one truth for both. */
static void
bars_choice_cb (SkTrainViews *self) {
  static const char *const names[] = { "gradient-norm", "gradient-rms", "weight-norm",
                                       "update-ratio" };
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->bars_choice));

  if (chosen < G_N_ELEMENTS (names))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.bars", "s", names[chosen]);
}

static void
picked_cb (SkTrainViews *self, int block, gint64 step) {
  g_signal_emit (self, signals[SIGNAL_PICKED], 0, block, step);
}

static void
block_picked_cb (SkTrainViews *self, int block) {
  picked_cb (self, block, 0);
}

static void
sk_train_views_dispose (GObject *object) {
  SkTrainViews *self = SK_TRAIN_VIEWS (object);

  g_clear_handle_id (&self->turn, g_source_remove);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (sk_train_views_parent_class)->dispose (object);
}

static void
sk_train_views_class_init (SkTrainViewsClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_train_views_dispose;
  widget_class->measure = sk_train_views_measure;
  widget_class->size_allocate = sk_train_views_size_allocate;
  signals[SIGNAL_PICKED] =
      g_signal_new ("picked", SK_TYPE_TRAIN_VIEWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SK_RESOURCES "ui/train-views.ui");
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, content);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, switcher);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, views);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, plots);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, curves_beside);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, curves_among);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, curves_page);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, branches);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, curves);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, bars);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, branch);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, strip_place);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, awakening_place);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, bars_choice);
  gtk_widget_class_bind_template_child (widget_class, SkTrainViews, strip_choice);
  gtk_widget_class_bind_template_callback (widget_class, strip_choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, bars_choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, block_picked_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_choices);
}

static SkStripArea *
add_strip (SkTrainViews *self, AdwBin *place, guint quantities) {
  GtkWidget *area = sk_strip_area_new (quantities);

  adw_bin_set_child (place, area);
  g_signal_connect_swapped (area, "picked", G_CALLBACK (picked_cb), self);
  return SK_STRIP_AREA (area);
}

static void
sk_train_views_init (SkTrainViews *self) {
  g_type_ensure (SK_TYPE_CURVES_AREA);
  g_type_ensure (SK_TYPE_BARS_AREA);
  g_type_ensure (SK_TYPE_BRANCH_AREA);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->strip = add_strip (self, self->strip_place,
                           1u << SK_STRIP_LAYERS | 1u << SK_STRIP_BLOCKS);
  self->awakening = add_strip (self, self->awakening_place, 1u << SK_STRIP_GAMMA);
  show_choices (self);
}

void
sk_train_views_begin (SkTrainViews *self, const SkSnapshot *snapshot) {
  sk_strip_area_begin (self->strip, snapshot->plan, snapshot->run_serial);
  sk_strip_area_begin (self->awakening, snapshot->plan, snapshot->run_serial);
}

void
sk_train_views_append (SkTrainViews *self, const SkSnapshot *snapshot) {
  sk_curves_area_take (self->curves, snapshot);
  sk_train_views_begin (self, snapshot);
  if (snapshot->step <= 0)
    return;
  sk_strip_area_append (self->strip, snapshot->step, snapshot->blocks,
                        snapshot->layers);
  sk_strip_area_append (self->awakening, snapshot->step, snapshot->blocks, NULL);
}

void
sk_train_views_show (SkTrainViews *self, const SkSnapshot *moment) {
  sk_bars_area_take (self->bars, moment);
  sk_branch_area_take (self->branch, moment);
}

void
sk_train_views_mark (SkTrainViews *self, int block, gint64 step) {
  sk_curves_area_mark (self->curves, step);
  sk_strip_area_mark (self->strip, block, step);
  sk_strip_area_mark (self->awakening, block, step);
  sk_branch_area_mark (self->branch, block);
}

void
sk_train_views_open (SkTrainViews *self, const char *name) {
  if (!self->beside || g_strcmp0 (name, "curves") != 0)
    gtk_stack_set_visible_child_name (self->views, name);
}

void
sk_train_views_set_quantity (SkTrainViews *self, SkLayerQuantity quantity) {
  sk_bars_area_set_quantity (self->bars, quantity);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->bars_choice), quantity);
}

SkCurvesArea *
sk_train_views_curves (SkTrainViews *self) {
  return self->curves;
}

SkBarsArea *
sk_train_views_bars (SkTrainViews *self) {
  return self->bars;
}

SkStripArea *
sk_train_views_strip (SkTrainViews *self) {
  return self->strip;
}

SkStripArea *
sk_train_views_awakening (SkTrainViews *self) {
  return self->awakening;
}

const SkBranch *
sk_train_views_branch (SkTrainViews *self) {
  return sk_branch_area_branch (self->branch);
}
