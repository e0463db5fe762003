#include "lesion-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"

struct _SkLesionArea {
  GtkWidget parent;
  SkLesions *lesions; /* (nullable) */
  int selected, hover; /* blocks, −1: none */
  gboolean *chosen; /* (n_blocks) (nullable) */
};

G_DEFINE_FINAL_TYPE (SkLesionArea, sk_lesion_area, GTK_TYPE_WIDGET)

enum {
  SIGNAL_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tell (SkLesionArea *self) {
  g_autofree char *words = NULL;

  if (self->lesions != NULL && self->lesions->whole.n > 0)
    words = self->selected >= 0 ? sk_lesion_describe (self->lesions, self->selected)
                                : sk_lesion_sentence (self->lesions);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  words ? words : _ ("Nothing measured yet"), -1);
}

/* @add: to what is chosen, rather than in its place */
static void
choose (SkLesionArea *self, int block, gboolean add) {
  if (self->lesions == NULL || block < 0)
    return;
  if (add) {
    self->chosen[block] = !self->chosen[block];
  } else {
    for (int b = 0; b < self->lesions->plan->n_blocks; b++)
      self->chosen[b] = b == block;
  }
  self->selected = block;
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, block);
}

static int
block_at (SkLesionArea *self, double x, double y) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;

  sk_picture_palette (widget, &palette);
  return sk_lesion_chart_at (self->lesions, gtk_widget_get_width (widget),
                             gtk_widget_get_height (widget), &palette, x, y);
}

static void
set_hover (SkLesionArea *self, int hover) {
  if (hover == self->hover)
    return;
  self->hover = hover;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), hover >= 0 ? "pointer" : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkLesionArea *self) {
  set_hover (self, block_at (self, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkLesionArea *self) {
  set_hover (self, -1);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y,
             SkLesionArea *self) {
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  choose (self, block_at (self, x, y), (state & GDK_SHIFT_MASK) != 0);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkLesionArea *self) {
  int last = self->lesions ? self->lesions->plan->n_blocks - 1 : -1;

  if (last < 0)
    return FALSE;
  if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    choose (self, CLAMP (self->selected + (key == GDK_KEY_Left ? -1 : 1), 0, last),
            (state & GDK_SHIFT_MASK) != 0);
  else if (key == GDK_KEY_space && self->selected >= 0)
    choose (self, self->selected, TRUE);
  else
    return FALSE;
  return TRUE;
}

static void
sk_lesion_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkLesionArea *self = SK_LESION_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_lesion_chart_draw (cr, self->lesions, width, height, &palette, self->chosen,
                        self->hover);
  cairo_destroy (cr);
}

static void
sk_lesion_area_finalize (GObject *object) {
  SkLesionArea *self = SK_LESION_AREA (object);

  sk_lesions_unref (self->lesions);
  g_free (self->chosen);
  G_OBJECT_CLASS (sk_lesion_area_parent_class)->finalize (object);
}

static void
sk_lesion_area_class_init (SkLesionAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_lesion_area_finalize;
  widget_class->snapshot = sk_lesion_area_snapshot;
  signals[SIGNAL_SELECTED] =
      g_signal_new ("selected", SK_TYPE_LESION_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "lesion");
}

static void
sk_lesion_area_init (SkLesionArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->selected = self->hover = -1;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Accuracy and loss without each block"), -1);
  tell (self);
  sk_picture_follow_style (widget, G_CALLBACK (gtk_widget_queue_draw));
}

void
sk_lesion_area_take (SkLesionArea *self, SkLesions *lesions) {
  if (lesions == self->lesions)
    return;
  if (self->lesions == NULL || lesions == NULL ||
      lesions->plan->n_blocks != self->lesions->plan->n_blocks) {
    self->selected = self->hover = -1;
    g_clear_pointer (&self->chosen, g_free);
    if (lesions != NULL)
      self->chosen = g_new0 (gboolean, MAX (lesions->plan->n_blocks, 1));
  }
  sk_lesions_unref (self->lesions);
  self->lesions = lesions ? sk_lesions_ref (lesions) : NULL;
  /* Read aloud when it is done: not ten times a second. */
  if (lesions == NULL || !lesions->running)
    tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const SkLesions *
sk_lesion_area_lesions (SkLesionArea *self) {
  return self->lesions;
}

int
sk_lesion_area_selected (SkLesionArea *self) {
  return self->selected;
}

char *
sk_lesion_area_chosen (SkLesionArea *self, int *n) {
  g_autoptr (GString) names = g_string_new (NULL);

  *n = 0;
  for (int b = 0; self->lesions && b < self->lesions->plan->n_blocks; b++)
    if (self->chosen[b])
      g_string_append_printf (names, "%s%s", (*n)++ ? "," : "",
                              self->lesions->plan->blocks[b].name);
  return *n < 2 ? NULL : g_string_free (g_steal_pointer (&names), FALSE);
}
