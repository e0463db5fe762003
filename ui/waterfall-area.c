#include "waterfall-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"
#include "waterfall-picture.h"

#define MIN_WIDTH 260
#define HEAD_HEIGHT 90
#define ROW_HEIGHT 20
#define MOST_HEIGHT 560

struct _SkWaterfallArea {
  GtkWidget parent;
  const SkExplanation *why; /* (nullable) */
  int hover, selected; /* −1: none */
};

G_DEFINE_FINAL_TYPE (SkWaterfallArea, sk_waterfall_area, GTK_TYPE_WIDGET)

enum {
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static int
block_at (SkWaterfallArea *self, double y) {
  SkPalette palette;

  if (self->why == NULL)
    return -1;
  sk_picture_palette (GTK_WIDGET (self), &palette);
  return sk_waterfall_at (self->why, gtk_widget_get_height (GTK_WIDGET (self)),
                          &palette, y);
}

static void
tell (SkWaterfallArea *self) {
  g_autofree char *words = NULL;

  if (self->why && self->selected >= 0)
    words = sk_waterfall_describe (self->why, self->selected);
  else
    words = g_strdup (_ ("Who argued for the class"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

void
sk_waterfall_area_set (SkWaterfallArea *self, const SkExplanation *why) {
  self->why = why;
  self->hover = -1;
  self->selected = why ? CLAMP (self->selected, -1, why->n_blocks - 1) : -1;
  tell (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
sk_waterfall_area_select (SkWaterfallArea *self, int block) {
  if (block == self->selected)
    return;
  self->selected = block;
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
choose (SkWaterfallArea *self, int block) {
  if (self->why == NULL || block < 0 || block >= self->why->n_blocks)
    return;
  sk_waterfall_area_select (self, block);
  g_signal_emit (self, signals[SELECTED], 0, block);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkWaterfallArea *self) {
  int hover = block_at (self, y);

  if (hover == self->hover)
    return;
  self->hover = hover;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkWaterfallArea *self) {
  self->hover = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pressed_cb (GtkGestureClick *gesture, int n, double x, double y,
            SkWaterfallArea *self) {
  gtk_widget_grab_focus (GTK_WIDGET (self));
  choose (self, block_at (self, y));
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkWaterfallArea *self) {
  if (key != GDK_KEY_Up && key != GDK_KEY_Down)
    return FALSE;
  choose (self, self->selected + (key == GDK_KEY_Down ? 1 : -1));
  return TRUE;
}

static gboolean
tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip) {
  SkWaterfallArea *self = SK_WATERFALL_AREA (widget);
  int block = keyboard ? self->selected : block_at (self, y);
  g_autofree char *words = NULL;

  if (self->why == NULL || block < 0)
    return FALSE;
  words = sk_waterfall_describe (self->why, block);
  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

static void
sk_waterfall_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkWaterfallArea *self = SK_WATERFALL_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (self->why == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_waterfall_draw (cr, self->why, width, height, &palette, self->hover,
                     self->selected);
  cairo_destroy (cr);
}

static void
sk_waterfall_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline,
                           int *natural_baseline) {
  SkWaterfallArea *self = SK_WATERFALL_AREA (widget);
  int rows = self->why ? self->why->n_blocks + 2 : 0;

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL
                 ? MIN_WIDTH
                 : MIN (HEAD_HEIGHT + rows * ROW_HEIGHT, MOST_HEIGHT);
  *natural = *minimum;
}

static void
sk_waterfall_area_class_init (SkWaterfallAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = sk_waterfall_area_snapshot;
  widget_class->measure = sk_waterfall_area_measure;
  widget_class->query_tooltip = tooltip_cb;
  signals[SELECTED] =
      g_signal_new ("selected", SK_TYPE_WATERFALL_AREA, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "waterfall");
}

static void
sk_waterfall_area_init (SkWaterfallArea *self) {
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->hover = self->selected = -1;
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
  tell (self);
}
