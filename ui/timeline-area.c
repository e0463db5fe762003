#include "timeline-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"
#include "timeline.h"

/* px around the handle that count as it. */
#define REACH 14.0

struct _SkTimelineArea {
  SkPictureArea parent;
  SkTimeline line;
  char *first, *second;
  double drag_from; /* px; where the drag began */
};

G_DEFINE_FINAL_TYPE (SkTimelineArea, sk_timeline_area, SK_TYPE_PICTURE_AREA)

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The handle's epoch: the last one where nothing is unfrozen. */
static int
position (const SkTimelineArea *self) {
  const SkTimeline *line = &self->line;

  return line->unfreeze > 0 && line->unfreeze < line->epochs ? line->unfreeze
                                                             : line->epochs;
}

static char *
words (const SkTimelineArea *self) {
  int at = position (self);

  if (at >= self->line.epochs)
    return g_strdup_printf (ngettext ("Nothing is unfrozen in %d epoch: %s",
                                      "Nothing is unfrozen in %d epochs: %s",
                                      (gulong) self->line.epochs),
                            self->line.epochs, self->first);
  return g_strdup_printf (
      ngettext ("After %d epoch of %d everything learns: %s, then %s",
                "After %d epochs of %d everything learns: %s, then %s", (gulong) at),
      at, self->line.epochs, self->first, self->second);
}

static void
say (SkTimelineArea *self) {
  g_autofree char *text = words (self);

  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 1.0,
      GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) self->line.epochs,
      GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) position (self),
      GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
move_to (SkTimelineArea *self, int epoch) {
  int unfreeze = CLAMP (epoch, 1, self->line.epochs);

  if (unfreeze == position (self))
    return;
  self->line.unfreeze = unfreeze < self->line.epochs ? unfreeze : 0;
  say (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
move_to_point (SkTimelineArea *self, double x) {
  SkPalette palette;

  sk_picture_palette (GTK_WIDGET (self), &palette);
  move_to (self,
           sk_timeline_epoch_at (&self->line, x,
                                 gtk_widget_get_width (GTK_WIDGET (self)), &palette));
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, SkTimelineArea *self) {
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_from = x;
  move_to_point (self, x);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, SkTimelineArea *self) {
  move_to_point (self, self->drag_from + dx);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkTimelineArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;
  gboolean near;

  sk_picture_palette (widget, &palette);
  near = ABS (x - sk_timeline_handle (&self->line, gtk_widget_get_width (widget),
                                      &palette)) < REACH;
  if (near == self->line.hovered)
    return;
  self->line.hovered = near;
  gtk_widget_set_cursor_from_name (widget, near ? "ew-resize" : NULL);
  gtk_widget_queue_draw (widget);
}

static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  SkTimelineArea *self = SK_TIMELINE_AREA (area);
  int at = position (self);

  if (key == GDK_KEY_Left || key == GDK_KEY_Down)
    move_to (self, at - 1);
  else if (key == GDK_KEY_Right || key == GDK_KEY_Up)
    move_to (self, at + 1);
  else if (key == GDK_KEY_Home)
    move_to (self, 1);
  else if (key == GDK_KEY_End)
    move_to (self, self->line.epochs);
  else
    return FALSE;
  return TRUE;
}

static void
focus_cb (GtkWidget *widget, GParamSpec *spec, gpointer data) {
  SK_TIMELINE_AREA (widget)->line.focused = gtk_widget_has_focus (widget);
  gtk_widget_queue_draw (widget);
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  sk_timeline_draw (cr, &SK_TIMELINE_AREA (area)->line, width, palette);
}

static void
sk_timeline_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                          int *minimum, int *natural, int *minimum_baseline,
                          int *natural_baseline) {
  SkPalette palette;

  sk_picture_palette (widget, &palette);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL
                 ? 200
                 : (int) sk_timeline_height (&palette) + 1;
  *natural = *minimum;
}

static void
sk_timeline_area_finalize (GObject *object) {
  SkTimelineArea *self = SK_TIMELINE_AREA (object);

  g_free (self->first);
  g_free (self->second);
  G_OBJECT_CLASS (sk_timeline_area_parent_class)->finalize (object);
}

static void
sk_timeline_area_class_init (SkTimelineAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_timeline_area_finalize;
  widget_class->measure = sk_timeline_area_measure;
  area_class->draw = draw;
  area_class->key_pressed = key_pressed;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", SK_TYPE_TIMELINE_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_widget_class_set_css_name (widget_class, "timeline");
}

static void
sk_timeline_area_init (SkTimelineArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  sk_picture_area_set_label (SK_PICTURE_AREA (self), _ ("Moment of unfreezing"));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, motion);
  sk_timeline_area_show (self, 1, 0, "", "");
}

void
sk_timeline_area_show (SkTimelineArea *self, int epochs, int unfreeze,
                       const char *first, const char *second) {
  g_free (self->first);
  g_free (self->second);
  self->first = g_strdup (first);
  self->second = g_strdup (second);
  self->line.epochs = MAX (epochs, 1);
  self->line.unfreeze = unfreeze;
  self->line.first = self->first;
  self->line.second = self->second;
  say (self);
}

int
sk_timeline_area_unfreeze (SkTimelineArea *self) {
  int at = position (self);

  return at < self->line.epochs ? at : 0;
}
