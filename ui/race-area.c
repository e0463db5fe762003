#include "race-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"

/* What is read aloud is renewed no oftener, in µs. */
#define WORDS_INTERVAL (5 * G_USEC_PER_SEC)

struct _SkRaceArea {
  GtkWidget parent;
  SkRaceView *view;
  int block; /* pointed at or walked to; −1: none */
  gint64 words_at; /* when the accessible description was last renewed */
  SkPace pace;
};

G_DEFINE_FINAL_TYPE (SkRaceArea, sk_race_area, GTK_TYPE_WIDGET)

enum {
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
say (SkRaceArea *self) {
  g_autofree char *words =
      self->block >= 0 ? sk_race_view_describe_block (self->view, self->block) : NULL;

  g_signal_emit (self, signals[SIGNAL_SAID], 0, words);
}

static void
set_block (SkRaceArea *self, int block) {
  if (block == self->block)
    return;
  self->block = block;
  say (self);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, SkRaceArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;

  sk_picture_palette (widget, &palette);
  set_block (self,
             sk_race_view_block_at (self->view, &palette, gtk_widget_get_width (widget),
                                    gtk_widget_get_height (widget), x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller, SkRaceArea *self) {
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    set_block (self, -1);
}

/* Blocks are walked from the stem, above, to the loss, below; what is walked to is read
 * aloud. */
static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkRaceArea *self) {
  g_autofree char *words = NULL;
  int last, at = self->block;

  if (sk_race_view_n_pairs (self->view) == 0)
    return FALSE;
  last =
      sk_race_view_plain (self->view, sk_race_view_pair (self->view))->plan->n_blocks -
      1;
  if (key == GDK_KEY_Up)
    at--;
  else if (key == GDK_KEY_Down)
    at++;
  else if (key == GDK_KEY_Home)
    at = 0;
  else if (key == GDK_KEY_End)
    at = last;
  else
    return FALSE;
  set_block (self, CLAMP (at, 0, last));
  words = sk_race_view_describe_block (self->view, self->block);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  self->words_at = g_get_monotonic_time ();
  return TRUE;
}

static void
focus_cb (GtkWidget *widget, GParamSpec *spec, gpointer data) {
  if (!gtk_widget_has_focus (widget))
    set_block (SK_RACE_AREA (widget), -1);
}

static void
sk_race_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkRaceArea *self = SK_RACE_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_race_view_draw (cr, self->view, width, height, &palette);
  cairo_destroy (cr);
}

static void
sk_race_area_dispose (GObject *object) {
  sk_pace_clear (&SK_RACE_AREA (object)->pace);
  G_OBJECT_CLASS (sk_race_area_parent_class)->dispose (object);
}

static void
sk_race_area_finalize (GObject *object) {
  sk_race_view_free (SK_RACE_AREA (object)->view);
  G_OBJECT_CLASS (sk_race_area_parent_class)->finalize (object);
}

static void
sk_race_area_class_init (SkRaceAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_race_area_dispose;
  G_OBJECT_CLASS (class)->finalize = sk_race_area_finalize;
  widget_class->snapshot = sk_race_area_snapshot;
  signals[SIGNAL_SAID] = g_signal_new ("said", SK_TYPE_RACE_AREA, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "race");
}

static void
sk_race_area_init (SkRaceArea *self) {
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->view = sk_race_view_new ();
  self->block = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
      _ ("Gradients of twin networks block by block, and curves of all"), -1);
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
}

static void
renew_words (SkRaceArea *self) {
  gint64 now = g_get_monotonic_time ();
  g_autofree char *words = NULL;

  if (now - self->words_at < WORDS_INTERVAL)
    return;
  self->words_at = now;
  words = sk_race_view_words (self->view);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

gboolean
sk_race_area_take (SkRaceArea *self, const SkSnapshot *snapshot) {
  if (!sk_race_view_take (self->view, snapshot))
    return FALSE;
  renew_words (self);
  if (self->block >= 0)
    say (self);
  sk_pace_redraw (&self->pace, GTK_WIDGET (self), gtk_widget_queue_draw);
  return TRUE;
}

const SkRaceView *
sk_race_area_view (SkRaceArea *self) {
  return self->view;
}

void
sk_race_area_set_pair (SkRaceArea *self, int pair) {
  sk_race_view_set_pair (self->view, pair);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
