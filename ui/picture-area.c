#include "picture-area.h"

#include <gdk/gdkkeysyms.h>

#include "picture.h"

/* What is read aloud is renewed no oftener, in µs. */
#define WORDS_INTERVAL (5 * G_USEC_PER_SEC)

typedef struct {
  GskRenderNode *drawn; /* (nullable): what is kept of the drawing */
  int place; /* pointed at; −1: none */
  gint64 words_at; /* when the description was last renewed */
  SkPace pace;
} SkPictureAreaPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SkPictureArea, sk_picture_area, GTK_TYPE_WIDGET)

static SkPictureAreaPrivate *
private_of (SkPictureArea *self) {
  return sk_picture_area_get_instance_private (self);
}

static void
redraw (GtkWidget *widget) {
  g_clear_pointer (&private_of (SK_PICTURE_AREA (widget))->drawn,
                   gsk_render_node_unref);
  gtk_widget_queue_draw (widget);
}

static int
find_place (SkPictureArea *self, double x, double y) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;

  sk_picture_palette (widget, &palette);
  return SK_PICTURE_AREA_GET_CLASS (self)->place_at (
      self, gtk_widget_get_width (widget), gtk_widget_get_height (widget), &palette, x,
      y);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkPictureArea *self) {
  sk_picture_area_point (self, find_place (self, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkPictureArea *self) {
  if (!SK_PICTURE_AREA_GET_CLASS (self)->keeps_place ||
      !gtk_widget_has_focus (GTK_WIDGET (self)))
    sk_picture_area_point (self, -1);
}

static void
focus_cb (GtkWidget *widget, GParamSpec *spec, gpointer data) {
  if (!gtk_widget_has_focus (widget))
    sk_picture_area_point (SK_PICTURE_AREA (widget), -1);
}

static void
click_cb (GtkGestureClick *gesture, int n_press, double x, double y,
          SkPictureArea *self) {
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  SK_PICTURE_AREA_GET_CLASS (self)->clicked (self, find_place (self, x, y), state);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkPictureArea *self) {
  return SK_PICTURE_AREA_GET_CLASS (self)->key_pressed (self, key, state);
}

static gboolean
sk_picture_area_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                               GtkTooltip *tooltip) {
  SkPictureArea *self = SK_PICTURE_AREA (widget);
  SkPictureAreaClass *class = SK_PICTURE_AREA_GET_CLASS (self);
  g_autofree char *words = NULL;
  int place;

  if (class->tooltip == NULL)
    return GTK_WIDGET_CLASS (sk_picture_area_parent_class)
        ->query_tooltip (widget, x, y, keyboard, tooltip);
  place = keyboard ? -1 : find_place (self, x, y);
  if (keyboard || place >= 0)
    words = class->tooltip (self, place);
  if (words == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

static void
sk_picture_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkPictureArea *self = SK_PICTURE_AREA (widget);
  SkPictureAreaPrivate *priv = private_of (self);
  SkPictureAreaClass *class = SK_PICTURE_AREA_GET_CLASS (self);

  if (!class->keeps_drawing) {
    sk_picture_area_draw_over (self, snapshot, class->draw);
    return;
  }
  if (priv->drawn == NULL) {
    GtkSnapshot *own = gtk_snapshot_new ();

    sk_picture_area_draw_over (self, own, class->draw);
    priv->drawn = gtk_snapshot_free_to_node (own);
  }
  if (priv->drawn != NULL)
    gtk_snapshot_append_node (snapshot, priv->drawn);
}

static void
sk_picture_area_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  redraw (widget);
}

static void
sk_picture_area_css_changed (GtkWidget *widget, GtkCssStyleChange *change) {
  GTK_WIDGET_CLASS (sk_picture_area_parent_class)->css_changed (widget, change);
  redraw (widget);
}

/* What listens depends on the class, which init() does not know yet. */
static void
sk_picture_area_constructed (GObject *object) {
  GtkWidget *widget = GTK_WIDGET (object);
  SkPictureAreaClass *class = SK_PICTURE_AREA_GET_CLASS (object);

  G_OBJECT_CLASS (sk_picture_area_parent_class)->constructed (object);
  if (class->place_at != NULL) {
    GtkEventController *motion = gtk_event_controller_motion_new ();

    g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), object);
    g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), object);
    gtk_widget_add_controller (widget, motion);
  }
  if (class->clicked != NULL) {
    GtkGesture *click = gtk_gesture_click_new ();

    g_signal_connect (click, class->at_once ? "pressed" : "released",
                      G_CALLBACK (click_cb), object);
    gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  }
  if (class->key_pressed != NULL) {
    GtkEventController *key = gtk_event_controller_key_new ();

    g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), object);
    gtk_widget_add_controller (widget, key);
    gtk_widget_set_focusable (widget, TRUE);
  }
  if (class->keeps_place)
    g_signal_connect (object, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
  if (class->tooltip != NULL)
    gtk_widget_set_has_tooltip (widget, TRUE);
}

static void
sk_picture_area_dispose (GObject *object) {
  SkPictureAreaPrivate *priv = private_of (SK_PICTURE_AREA (object));

  sk_pace_clear (&priv->pace);
  g_clear_pointer (&priv->drawn, gsk_render_node_unref);
  G_OBJECT_CLASS (sk_picture_area_parent_class)->dispose (object);
}

static void
sk_picture_area_class_init (SkPictureAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sk_picture_area_constructed;
  G_OBJECT_CLASS (class)->dispose = sk_picture_area_dispose;
  widget_class->snapshot = sk_picture_area_snapshot;
  widget_class->size_allocate = sk_picture_area_size_allocate;
  widget_class->css_changed = sk_picture_area_css_changed;
  widget_class->query_tooltip = sk_picture_area_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sk_picture_area_init (SkPictureArea *self) {
  private_of (self)->place = -1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (redraw));
}

int
sk_picture_area_place (SkPictureArea *self) {
  return private_of (self)->place;
}

void
sk_picture_area_point (SkPictureArea *self, int place) {
  SkPictureAreaClass *class = SK_PICTURE_AREA_GET_CLASS (self);
  SkPictureAreaPrivate *priv = private_of (self);

  if (place == priv->place)
    return;
  priv->place = place;
  if (class->pointed != NULL)
    class->pointed (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
sk_picture_area_walk (SkPictureArea *self, guint key, GtkOrientation along, int from,
                      int n) {
  gboolean across = along == GTK_ORIENTATION_HORIZONTAL;

  if (n <= 0)
    return FALSE;
  if (key == (across ? GDK_KEY_Left : GDK_KEY_Up))
    from--;
  else if (key == (across ? GDK_KEY_Right : GDK_KEY_Down))
    from++;
  else if (key == GDK_KEY_Home)
    from = 0;
  else if (key == GDK_KEY_End)
    from = n - 1;
  else
    return FALSE;
  sk_picture_area_point (self, CLAMP (from, 0, n - 1));
  return TRUE;
}

void
sk_picture_area_redraw (SkPictureArea *self) {
  redraw (GTK_WIDGET (self));
}

void
sk_picture_area_redraw_paced (SkPictureArea *self) {
  sk_pace_redraw (&private_of (self)->pace, GTK_WIDGET (self), redraw);
}

void
sk_picture_area_draw_over (SkPictureArea *self, GtkSnapshot *snapshot,
                           SkPictureAreaDraw draw) {
  GtkWidget *widget = GTK_WIDGET (self);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  draw (self, cr, width, height, &palette);
  cairo_destroy (cr);
}

void
sk_picture_area_set_label (SkPictureArea *self, const char *label) {
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

void
sk_picture_area_set_description (SkPictureArea *self, const char *words) {
  private_of (self)->words_at = g_get_monotonic_time ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

gboolean
sk_picture_area_words_are_due (SkPictureArea *self) {
  return g_get_monotonic_time () - private_of (self)->words_at >= WORDS_INTERVAL;
}
