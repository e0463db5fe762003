#include "branch-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"

/* What is read aloud is renewed no oftener, in µs. */
#define WORDS_INTERVAL (5 * G_USEC_PER_SEC)

struct _SkBranchArea {
  GtkWidget parent;
  SkBranch *branch; /* (nullable) */
  int hover, marked; /* blocks, −1: none */
  gint64 words_at;
  SkPace pace;
};

G_DEFINE_FINAL_TYPE (SkBranchArea, sk_branch_area, GTK_TYPE_WIDGET)

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
say (SkBranchArea *self, gboolean now) {
  gint64 time = g_get_monotonic_time ();
  g_autofree char *words = NULL;

  if (self->branch == NULL || (!now && time - self->words_at < WORDS_INTERVAL))
    return;
  self->words_at = time;
  words = self->hover >= 0 ? sk_branch_describe (self->branch, self->hover)
                           : sk_branch_summary (self->branch);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
set_hover (SkBranchArea *self, int hover) {
  if (hover == self->hover)
    return;
  self->hover = hover;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static int
block_at (SkBranchArea *self, double x, double y) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;

  if (self->branch == NULL)
    return -1;
  sk_picture_palette (widget, &palette);
  return sk_branch_at (self->branch, gtk_widget_get_width (widget),
                       gtk_widget_get_height (widget), &palette, x, y);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkBranchArea *self) {
  set_hover (self, block_at (self, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkBranchArea *self) {
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    set_hover (self, -1);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y,
             SkBranchArea *self) {
  int block = block_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (block >= 0)
    g_signal_emit (self, signals[SIGNAL_PICKED], 0, block);
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkBranchArea *self) {
  int last = self->branch != NULL ? self->branch->plan->n_blocks - 1 : -1;
  int at = self->hover >= 0 ? self->hover : self->marked;

  if (last < 0)
    return FALSE;
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) {
    if (at >= 0)
      g_signal_emit (self, signals[SIGNAL_PICKED], 0, at);
    return at >= 0;
  }
  if (key == GDK_KEY_Left)
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
  say (self, TRUE);
  return TRUE;
}

static void
focus_cb (GtkWidget *widget, GParamSpec *spec, gpointer data) {
  if (!gtk_widget_has_focus (widget))
    set_hover (SK_BRANCH_AREA (widget), -1);
}

static void
sk_branch_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkBranchArea *self = SK_BRANCH_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (self->branch == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_branch_draw (cr, self->branch, width, height, &palette, self->hover, self->marked);
  cairo_destroy (cr);
}

static void
sk_branch_area_dispose (GObject *object) {
  sk_pace_clear (&SK_BRANCH_AREA (object)->pace);
  G_OBJECT_CLASS (sk_branch_area_parent_class)->dispose (object);
}

static void
sk_branch_area_finalize (GObject *object) {
  g_clear_pointer (&SK_BRANCH_AREA (object)->branch, sk_branch_free);
  G_OBJECT_CLASS (sk_branch_area_parent_class)->finalize (object);
}

static void
sk_branch_area_class_init (SkBranchAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_branch_area_dispose;
  G_OBJECT_CLASS (class)->finalize = sk_branch_area_finalize;
  widget_class->snapshot = sk_branch_area_snapshot;
  signals[SIGNAL_PICKED] =
      g_signal_new ("picked", SK_TYPE_BRANCH_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "branches");
}

static void
sk_branch_area_init (SkBranchArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->hover = self->marked = -1;
  gtk_widget_set_focusable (widget, TRUE);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Strength of every branch against its skip"), -1);
  sk_picture_follow_style (widget, G_CALLBACK (gtk_widget_queue_draw));
}

void
sk_branch_area_take (SkBranchArea *self, const SkSnapshot *snapshot) {
  if (self->branch == NULL || snapshot->plan != self->branch->plan) {
    g_clear_pointer (&self->branch, sk_branch_free);
    self->hover = self->marked = -1;
    if (snapshot->plan != NULL)
      self->branch = sk_branch_new (snapshot->plan);
  }
  if (self->branch != NULL)
    sk_branch_update (self->branch, snapshot->blocks);
  say (self, FALSE);
  sk_pace_redraw (&self->pace, GTK_WIDGET (self), gtk_widget_queue_draw);
}

void
sk_branch_area_mark (SkBranchArea *self, int block) {
  if (block == self->marked)
    return;
  self->marked = block;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const SkBranch *
sk_branch_area_branch (SkBranchArea *self) {
  return self->branch;
}
