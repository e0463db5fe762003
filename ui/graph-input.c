#include <math.h>

#include "graph-area-private.h"

#define ZOOM_STEP 1.2
#define MIN_ZOOM 0.2
#define MAX_ZOOM 6.0
/* px of the drawing that stay in view, however far it is moved. */
#define KEPT 48.0
/* px of one press of a scroll key, or of a wheel that tilts. */
#define SCROLL_STEP 40.0
/* px before a press has become a drag. */
#define DRAG_THRESHOLD 6.0

static void
moved (SkGraphArea *self) {
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The drawing never leaves the view altogether. */
static void
keep_in_view (SkGraphArea *self) {
  double left, top, scale = sk_graph_area_place (self, &left, &top);
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));

  self->pan_x += CLAMP (left, KEPT - self->graph->width * scale, width - KEPT) - left;
  self->pan_y += CLAMP (top, KEPT - self->graph->height * scale, height - KEPT) - top;
}

/* Keeps the point (@x, @y) where it is. */
static void
zoom_at (SkGraphArea *self, double zoom, double x, double y) {
  double left, top, scale = sk_graph_area_place (self, &left, &top);
  double at_x = (x - left) / scale, at_y = (y - top) / scale;

  self->zoom = CLAMP (zoom, MIN_ZOOM, MAX_ZOOM);
  scale = sk_graph_area_place (self, &left, &top);
  self->pan_x += x - (left + at_x * scale);
  self->pan_y += y - (top + at_y * scale);
  keep_in_view (self);
  moved (self);
}

void
sk_graph_area_zoom (SkGraphArea *self, double factor) {
  if (self->graph == NULL)
    return;
  if (factor > 0) {
    zoom_at (self, self->zoom * factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
             gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
    return;
  }
  self->zoom = 1;
  self->pan_x = self->pan_y = 0;
  moved (self);
}

void
sk_graph_area_pan (SkGraphArea *self, double dx, double dy) {
  if (self->graph == NULL)
    return;
  self->pan_x += dx;
  self->pan_y += dy;
  keep_in_view (self);
  moved (self);
}

/* A wheel zooms; two fingers that move sideways, or Shift, pan. */
static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy,
           SkGraphArea *self) {
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (self->graph == NULL)
    return FALSE;
  if (state & GDK_SHIFT_MASK)
    sk_graph_area_pan (self, -SCROLL_STEP * (dx + dy), 0);
  else if (fabs (dx) > fabs (dy))
    sk_graph_area_pan (self, -SCROLL_STEP * dx, 0);
  else
    zoom_at (self, self->zoom * pow (ZOOM_STEP, -dy), self->pointer_x, self->pointer_y);
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
  if (self->graph == NULL || fabs (dx) + fabs (dy) < DRAG_THRESHOLD)
    return;
  /* From here on the node that was pressed is not clicked any more. */
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->pan_x = self->drag_x + dx;
  self->pan_y = self->drag_y + dy;
  keep_in_view (self);
  moved (self);
}

static void
pinch_begin_cb (GtkGesture *gesture, GdkEventSequence *sequence, SkGraphArea *self) {
  self->pinch = self->zoom;
}

static void
pinch_cb (GtkGestureZoom *gesture, double scale, SkGraphArea *self) {
  double x, y;

  if (self->graph != NULL &&
      gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    zoom_at (self, self->pinch * scale, x, y);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y,
            SkGraphArea *self) {
  if (n_press == 2 && self->graph != NULL && self->touched < 0)
    sk_graph_area_zoom (self, 0);
}

void
sk_graph_area_listen (SkGraphArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}
