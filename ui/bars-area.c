#include "bars-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"

struct _SkBarsArea {
  GtkWidget parent;
  SkBars *bars; /* (nullable) */
  SkPlan *plan; /* (nullable): what @bars was made for */
  SkLayerQuantity quantity;
  int hover; /* −1: none */
  SkPace pace;
};

G_DEFINE_FINAL_TYPE (SkBarsArea, sk_bars_area, GTK_TYPE_WIDGET)

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_hover (SkBarsArea *self, int hover) {
  if (hover == self->hover)
    return;
  self->hover = hover;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, SkBarsArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;

  if (self->bars == NULL)
    return;
  sk_picture_palette (widget, &palette);
  set_hover (self, sk_bars_at (self->bars, gtk_widget_get_width (widget),
                               gtk_widget_get_height (widget), &palette, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkBarsArea *self) {
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    set_hover (self, -1);
}

/* The bar that is pointed at is said. */
static void
say (SkBarsArea *self) {
  g_autofree char *words = sk_bars_describe (self->bars, self->hover);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
pick (SkBarsArea *self) {
  int block = self->bars != NULL && self->hover >= 0
                  ? self->bars->items[self->hover].block
                  : -1;

  if (block >= 0)
    g_signal_emit (self, signals[SIGNAL_PICKED], 0, block);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y,
             SkBarsArea *self) {
  gtk_widget_grab_focus (GTK_WIDGET (self));
  motion_cb (NULL, x, y, self);
  pick (self);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkBarsArea *self) {
  int last = self->bars != NULL ? self->bars->n - 1 : -1;
  int at = self->hover;

  if (last < 0)
    return FALSE;
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
    pick (self);
  else if (key == GDK_KEY_Left)
    at--;
  else if (key == GDK_KEY_Right)
    at++;
  else if (key == GDK_KEY_Home)
    at = 0;
  else if (key == GDK_KEY_End)
    at = last;
  else
    return FALSE;
  set_hover (self, CLAMP (at, 0, last));
  say (self);
  return TRUE;
}

static void
focus_cb (GtkWidget *widget, GParamSpec *spec, gpointer data) {
  if (!gtk_widget_has_focus (widget))
    set_hover (SK_BARS_AREA (widget), -1);
}

static void
sk_bars_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkBarsArea *self = SK_BARS_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (self->bars == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_bars_draw (cr, self->bars, width, height, &palette, self->hover);
  cairo_destroy (cr);
}

static void
sk_bars_area_dispose (GObject *object) {
  sk_pace_clear (&SK_BARS_AREA (object)->pace);
  G_OBJECT_CLASS (sk_bars_area_parent_class)->dispose (object);
}

static void
sk_bars_area_finalize (GObject *object) {
  SkBarsArea *self = SK_BARS_AREA (object);

  g_clear_pointer (&self->bars, sk_bars_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  G_OBJECT_CLASS (sk_bars_area_parent_class)->finalize (object);
}

static void
sk_bars_area_class_init (SkBarsAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_bars_area_dispose;
  G_OBJECT_CLASS (class)->finalize = sk_bars_area_finalize;
  widget_class->snapshot = sk_bars_area_snapshot;
  signals[SIGNAL_PICKED] =
      g_signal_new ("picked", SK_TYPE_BARS_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "bars");
}

static void
sk_bars_area_init (SkBarsArea *self) {
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->hover = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Gradient norm of every layer"), -1);
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
}

void
sk_bars_area_take (SkBarsArea *self, const SkSnapshot *snapshot) {
  if (snapshot->plan != self->plan) {
    g_clear_pointer (&self->bars, sk_bars_free);
    g_clear_pointer (&self->plan, sk_plan_unref);
    self->hover = -1;
    if (snapshot->plan != NULL) {
      self->plan = sk_plan_ref (snapshot->plan);
      self->bars = sk_bars_new (self->plan, self->quantity);
    }
  }
  if (self->bars != NULL)
    sk_bars_update (self->bars, self->plan, snapshot->layers, snapshot->frozen);
  sk_pace_redraw (&self->pace, GTK_WIDGET (self), gtk_widget_queue_draw);
}

void
sk_bars_area_set_quantity (SkBarsArea *self, SkLayerQuantity quantity) {
  self->quantity = quantity;
  if (self->bars != NULL)
    sk_bars_set_quantity (self->bars, quantity);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const SkBars *
sk_bars_area_bars (SkBarsArea *self) {
  return self->bars;
}
