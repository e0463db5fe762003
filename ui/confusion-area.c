#include "confusion-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"

#define MIN_SIDE 280 /* px */

struct _SkConfusionArea {
  GtkWidget parent;
  const SkReport *report; /* (nullable) */
  SkConfusionCell hover, selected;
};

G_DEFINE_FINAL_TYPE (SkConfusionArea, sk_confusion_area, GTK_TYPE_WIDGET)

enum {
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];
static const SkConfusionCell nowhere = { -1, -1 };

static gboolean
same (SkConfusionCell a, SkConfusionCell b) {
  return a.label == b.label && a.predicted == b.predicted;
}

static SkConfusionCell
cell_at (SkConfusionArea *self, double x, double y) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;

  if (self->report == NULL)
    return nowhere;
  sk_picture_palette (widget, &palette);
  return sk_confusion_at (self->report, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget), &palette, x, y);
}

static void
tell (SkConfusionArea *self) {
  g_autofree char *words = NULL;

  if (self->report && self->selected.label >= 0)
    words = sk_confusion_describe (self->report, self->selected);
  else
    words = g_strdup (_ ("What each class was taken for"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

static void
choose (SkConfusionArea *self, SkConfusionCell cell) {
  self->selected = cell;
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0, cell.label, cell.predicted);
}

void
sk_confusion_area_set (SkConfusionArea *self, const SkReport *report) {
  self->report = report;
  self->hover = nowhere;
  if (report == NULL || self->selected.label >= report->classes ||
      self->selected.predicted >= report->classes)
    self->selected = nowhere;
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkConfusionArea *self) {
  SkConfusionCell cell = cell_at (self, x, y);

  if (same (cell, self->hover))
    return;
  self->hover = cell;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkConfusionArea *self) {
  self->hover = nowhere;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pressed_cb (GtkGestureClick *gesture, int n, double x, double y,
            SkConfusionArea *self) {
  SkConfusionCell cell = cell_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  choose (self, same (cell, self->selected) ? nowhere : cell);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkConfusionArea *self) {
  SkConfusionCell cell = self->selected;
  int last = self->report ? self->report->classes - 1 : -1;

  if (last < 0)
    return FALSE;
  switch (key) {
  case GDK_KEY_Up:
    cell.label--;
    break;
  case GDK_KEY_Down:
    cell.label++;
    break;
  case GDK_KEY_Left:
    cell.predicted--;
    break;
  case GDK_KEY_Right:
    cell.predicted++;
    break;
  case GDK_KEY_Escape:
    choose (self, nowhere);
    return TRUE;
  default:
    return FALSE;
  }
  cell.label = CLAMP (cell.label, 0, last);
  cell.predicted = CLAMP (cell.predicted, 0, last);
  choose (self, cell);
  return TRUE;
}

static gboolean
tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip) {
  SkConfusionArea *self = SK_CONFUSION_AREA (widget);
  SkConfusionCell cell = keyboard ? self->selected : cell_at (self, x, y);
  g_autofree char *words = NULL;

  if (self->report == NULL || cell.label < 0)
    return FALSE;
  words = sk_confusion_describe (self->report, cell);
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

static void
sk_confusion_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkConfusionArea *self = SK_CONFUSION_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (self->report == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_confusion_draw (cr, self->report, width, height, &palette, self->hover,
                     self->selected);
  cairo_destroy (cr);
}

static void
sk_confusion_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline,
                           int *natural_baseline) {
  *minimum = *natural = MIN_SIDE;
}

static void
sk_confusion_area_class_init (SkConfusionAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = sk_confusion_area_snapshot;
  widget_class->measure = sk_confusion_area_measure;
  widget_class->query_tooltip = tooltip_cb;
  signals[SELECTED] =
      g_signal_new ("selected", SK_TYPE_CONFUSION_AREA, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "confusion");
}

static void
sk_confusion_area_init (SkConfusionArea *self) {
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->hover = self->selected = nowhere;
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
  tell (self);
}
