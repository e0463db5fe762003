#include "curves-area.h"

#include <glib/gi18n.h>
#include <math.h>

#include "picture.h"

/* One notch of the wheel. */
#define ZOOM_STEP 1.25
/* Steps that can still be told apart when zoomed in. */
#define MIN_STEPS 8.0
/* As TensorBoard counts it. */
#define SMOOTHING 0.95

struct _SkCurvesArea {
  SkPictureArea parent;
  SkCurves *curves;
  SkCurvesView view;
  double x, y; /* of the pointer; x < 0: elsewhere */
  double drag_from, drag_to;
};

G_DEFINE_FINAL_TYPE (SkCurvesArea, sk_curves_area, SK_TYPE_PICTURE_AREA)

static void
layout (SkCurvesArea *self, SkCurvesLayout *result) {
  SkPalette palette;

  sk_picture_palette (GTK_WIDGET (self), &palette);
  sk_curves_layout (self->curves, &self->view, &palette,
                    gtk_widget_get_width (GTK_WIDGET (self)),
                    gtk_widget_get_height (GTK_WIDGET (self)), result);
}

/* The panel under (x, y), or the first one. */
static SkRect
panel_at (const SkCurvesLayout *where, double x, double y) {
  for (int i = 0; i < SK_N_PANELS; i++) {
    const SkRect *panel = &where->panels[i];

    if (panel->width > 0 && x >= panel->x && x <= panel->x + panel->width &&
        y >= panel->y - 24 && y <= panel->y + panel->height + 24)
      return *panel;
  }
  return where->panels[0];
}

/* All there is again, growing with the run. */
static void
follow (SkCurvesArea *self) {
  self->view.from = self->view.to = 0;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

static void
show_steps (SkCurvesArea *self, double from, double to) {
  double last = sk_curves_last_step (self->curves);
  double span = CLAMP (to - from, MIN_STEPS, MAX (last, MIN_STEPS));

  from = CLAMP (from, 0, MAX (last - span, 0));
  if (span >= last) {
    follow (self);
    return;
  }
  self->view.from = from;
  self->view.to = from + span;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy,
           SkCurvesArea *self) {
  SkCurvesLayout where;
  SkRect panel;
  double factor = pow (ZOOM_STEP, dy), at, share;

  layout (self, &where);
  panel = panel_at (&where, self->x, self->y);
  if (panel.width <= 0 || sk_curves_n_train (self->curves) == 0)
    return FALSE;
  share = CLAMP ((self->x - panel.x) / panel.width, 0, 1);
  at = where.from + share * (where.to - where.from);
  show_steps (self, at - (at - where.from) * factor, at + (where.to - at) * factor);
  return TRUE;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, SkCurvesArea *self) {
  SkCurvesLayout where;

  layout (self, &where);
  self->drag_from = where.from;
  self->drag_to = where.to;
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, SkCurvesArea *self) {
  SkCurvesLayout where;
  SkRect panel;
  double x, y, steps;

  /* While everything is shown there is nowhere to go. */
  if (self->view.from >= self->view.to)
    return;
  layout (self, &where);
  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  panel = panel_at (&where, x, y);
  steps = -dx / MAX (panel.width, 1) * (self->drag_to - self->drag_from);
  show_steps (self, self->drag_from + steps, self->drag_to + steps);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y,
            SkCurvesArea *self) {
  if (n_press == 2)
    follow (self);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkCurvesArea *self) {
  self->x = x;
  self->y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkCurvesArea *self) {
  self->x = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkCurvesArea *self = SK_CURVES_AREA (area);

  sk_curves_draw (cr, self->curves, &self->view, width, height, palette);
}

/* Where one points at, or else the step that is looked at. */
static void
draw_crosshair (SkPictureArea *area, cairo_t *cr, double width, double height,
                const SkPalette *palette) {
  SkCurvesArea *self = SK_CURVES_AREA (area);

  if (self->x < 0 || sk_curves_draw_crosshair (cr, self->curves, &self->view, width,
                                               height, palette, self->x, self->y) < 0)
    sk_curves_draw_step (cr, self->curves, &self->view, width, height, palette);
}

static void
sk_curves_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkCurvesArea *self = SK_CURVES_AREA (widget);

  GTK_WIDGET_CLASS (sk_curves_area_parent_class)->snapshot (widget, snapshot);
  if (self->x >= 0 || self->view.at > 0)
    sk_picture_area_draw_over (SK_PICTURE_AREA (self), snapshot, draw_crosshair);
}

static void
sk_curves_area_finalize (GObject *object) {
  SkCurvesArea *self = SK_CURVES_AREA (object);

  sk_curves_free (self->curves);
  G_OBJECT_CLASS (sk_curves_area_parent_class)->finalize (object);
}

static void
sk_curves_area_class_init (SkCurvesAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_curves_area_finalize;
  GTK_WIDGET_CLASS (class)->snapshot = sk_curves_area_snapshot;
  area_class->draw = draw;
  area_class->keeps_drawing = TRUE;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "curves");
}

static void
sk_curves_area_init (SkCurvesArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->curves = sk_curves_new ();
  self->x = -1;
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  sk_picture_area_set_label (SK_PICTURE_AREA (self),
                             _ ("Loss and accuracy over the run"));
}

static void
renew_words (SkCurvesArea *self) {
  SkPictureArea *area = SK_PICTURE_AREA (self);
  double last = sk_curves_last_step (self->curves);
  g_autofree char *words = NULL;

  if (!sk_picture_area_words_are_due (area) || !(last > 0))
    return;
  words = sk_curves_describe (self->curves, (gint64) last);
  sk_picture_area_set_description (area, words);
}

void
sk_curves_area_take (SkCurvesArea *self, const SkSnapshot *snapshot) {
  gboolean changed = sk_curves_take (self->curves, snapshot);
  double until = (double) snapshot->n_steps;

  if (!changed && until == self->view.until)
    return;
  self->view.until = until;
  renew_words (self);
  sk_picture_area_redraw_paced (SK_PICTURE_AREA (self));
}

void
sk_curves_area_mark (SkCurvesArea *self, gint64 step) {
  if (step == self->view.at)
    return;
  self->view.at = step;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_curves_area_set_log_loss (SkCurvesArea *self, gboolean log_loss) {
  self->view.log_loss = log_loss;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_curves_area_set_in_steps (SkCurvesArea *self, gboolean in_steps) {
  self->view.in_steps = in_steps;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_curves_area_set_smooth (SkCurvesArea *self, gboolean smooth) {
  sk_curves_set_smoothing (self->curves, smooth ? SMOOTHING : 0);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

const SkCurves *
sk_curves_area_curves (SkCurvesArea *self) {
  return self->curves;
}
