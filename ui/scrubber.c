#include "scrubber.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "picture.h"

/* Events that stand closer than this share of the bar have one mark. */
#define MARK_APART 0.004
/* px around a mark within which its words are told. */
#define MARK_REACH 7

typedef struct {
  gint64 step;
  char *text;
} Event;

struct _SkScrubber {
  AdwBin parent;
  GtkScale *scale;
  GtkLabel *place, *event;
  GtkButton *live;
  GArray *events; /* Event, in the order of steps */
  gint64 first, last; /* last 0: nothing is recorded */
  gint64 step; /* shown; 0: the newest */
  gboolean running;
  gboolean showing; /* the scale is being set to what is so, not used */
  SkPace pace; /* of what grows with the run */
};

G_DEFINE_FINAL_TYPE (SkScrubber, sk_scrubber, ADW_TYPE_BIN)

enum {
  SIGNAL_MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
clear_event (gpointer data) {
  g_free (((Event *) data)->text);
}

/* The last thing that happened until @step. */
static const Event *
event_before (SkScrubber *self, gint64 step) {
  const Event *found = NULL;

  for (guint i = 0; i < self->events->len; i++) {
    const Event *event = &g_array_index (self->events, Event, i);

    if (event->step <= step)
      found = event;
  }
  return found;
}

static void
say (SkScrubber *self) {
  const Event *event = event_before (self, self->step > 0 ? self->step : self->last);
  g_autofree char *words = NULL;

  if (self->last == 0)
    words = g_strdup (_ ("nothing recorded"));
  else if (self->step > 0)
    words =
        g_strdup_printf (_ ("step %'" PRId64 " of %'" PRId64), self->step, self->last);
  else if (self->running)
    words = g_strdup_printf (_ ("step %'" PRId64 ", live"), self->last);
  else
    words = g_strdup_printf (_ ("step %'" PRId64 ", the end"), self->last);
  gtk_label_set_text (self->place, words);
  gtk_label_set_text (self->event, self->step > 0 && event != NULL ? event->text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->event),
                               event != NULL ? event->text : NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->live), self->step > 0);
  if (self->step > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self), "past");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "past");
  gtk_button_set_label (self->live, self->running ? _ ("Live") : _ ("End"));
}

/* A scale gives its marks their places when it is given its own: not when its range
 * grows. */
static void
place_marks (SkScrubber *self) {
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->scale));
       child != NULL; child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (gtk_widget_get_css_name (child), "marks") == 0)
      gtk_widget_queue_allocate (child);
}

static void
place (GtkWidget *widget) {
  SkScrubber *self = SK_SCRUBBER (widget);
  GtkAdjustment *range = gtk_range_get_adjustment (GTK_RANGE (self->scale));
  double span = (double) MAX (self->last - self->first, 1);

  self->showing = TRUE;
  gtk_adjustment_configure (
      range, (double) (self->step > 0 ? self->step : MAX (self->last, 1)),
      (double) self->first, (double) self->first + span, MAX (round (span / 200), 1),
      MAX (round (span / 20), 1), 0);
  self->showing = FALSE;
  place_marks (self);
  say (self);
}

static void
add_marks (SkScrubber *self) {
  double apart = MARK_APART * (double) (self->last - self->first);
  double before = -INFINITY;

  gtk_scale_clear_marks (self->scale);
  for (guint i = 0; i < self->events->len; i++) {
    double step = (double) g_array_index (self->events, Event, i).step;

    if (step - before < apart)
      continue;
    gtk_scale_add_mark (self->scale, step, GTK_POS_TOP, NULL);
    before = step;
  }
}

static void
go_to (SkScrubber *self, gint64 step) {
  if (step >= self->last)
    step = 0; /* the end follows */
  if (step == self->step)
    return;
  self->step = step;
  place (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_MOVED], 0, self->step);
}

/* The end of the bar is the newest step, also where the bar has yet to grow to it. */
static void
value_cb (SkScrubber *self) {
  GtkAdjustment *range = gtk_range_get_adjustment (GTK_RANGE (self->scale));
  double value = gtk_adjustment_get_value (range);

  if (self->showing || self->last == 0)
    return;
  if (value >= gtk_adjustment_get_upper (range))
    go_to (self, self->last);
  else
    go_to (self, MAX ((gint64) round (value), 1));
}

static void
live_cb (SkScrubber *self) {
  go_to (self, self->last);
}

void
sk_scrubber_move (SkScrubber *self, int hundredths) {
  gint64 from = self->step > 0 ? self->step : self->last;
  gint64 by = MAX ((self->last - self->first) * ABS (hundredths) / 100, 1);

  if (self->last > 0)
    go_to (self, MAX (from + (hundredths < 0 ? -by : by), self->first));
}

/* What stands at a mark is told where the pointer is near it. */
static gboolean
tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
            SkScrubber *self) {
  GString *words = g_string_new (NULL);
  GdkRectangle trough;
  double per_step;

  gtk_range_get_range_rect (GTK_RANGE (self->scale), &trough);
  per_step = trough.width / (double) MAX (self->last - self->first, 1);
  for (guint i = 0; i < self->events->len && !keyboard; i++) {
    const Event *event = &g_array_index (self->events, Event, i);
    double at = trough.x + (double) (event->step - self->first) * per_step;

    if (fabs (at - x) > MARK_REACH)
      continue;
    g_string_append_printf (words, _ ("%sstep %'" PRId64 ": %s"),
                            words->len > 0 ? "\n" : "", event->step, event->text);
  }
  if (words->len == 0)
    g_string_append (words, _ ("Drag to see the run as it was (Alt+, and Alt+.)"));
  gtk_tooltip_set_text (tooltip, words->str);
  g_string_free (words, TRUE);
  return TRUE;
}

static void
sk_scrubber_dispose (GObject *object) {
  sk_pace_clear (&SK_SCRUBBER (object)->pace);
  G_OBJECT_CLASS (sk_scrubber_parent_class)->dispose (object);
}

static void
sk_scrubber_finalize (GObject *object) {
  g_array_unref (SK_SCRUBBER (object)->events);
  G_OBJECT_CLASS (sk_scrubber_parent_class)->finalize (object);
}

static void
sk_scrubber_class_init (SkScrubberClass *class) {
  G_OBJECT_CLASS (class)->dispose = sk_scrubber_dispose;
  G_OBJECT_CLASS (class)->finalize = sk_scrubber_finalize;
  signals[SIGNAL_MOVED] = g_signal_new ("moved", SK_TYPE_SCRUBBER, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "scrubber");
}

static GtkLabel *
add_label (GtkWidget *box, const char *class) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, class);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
sk_scrubber_init (SkScrubber *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1);
  GtkWidget *live = gtk_button_new ();

  self->events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_array_set_clear_func (self->events, clear_event);
  self->scale = GTK_SCALE (scale);
  self->live = GTK_BUTTON (live);
  self->running = TRUE;
  gtk_scale_set_draw_value (self->scale, FALSE);
  gtk_widget_set_hexpand (scale, TRUE);
  gtk_widget_set_has_tooltip (scale, TRUE);
  gtk_box_append (GTK_BOX (box), scale);
  self->event = add_label (box, "caption");
  self->place = add_label (box, "numeric");
  gtk_label_set_max_width_chars (self->event, 24);
  gtk_widget_set_tooltip_text (live, _ ("Follow the Run"));
  gtk_box_append (GTK_BOX (box), live);
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect_swapped (scale, "value-changed", G_CALLBACK (value_cb), self);
  g_signal_connect (scale, "query-tooltip", G_CALLBACK (tooltip_cb), self);
  g_signal_connect_swapped (live, "clicked", G_CALLBACK (live_cb), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Step of the run that is shown"), -1);
  gtk_widget_set_sensitive (scale, FALSE);
  place (GTK_WIDGET (self));
}

GtkWidget *
sk_scrubber_new (void) {
  return g_object_new (SK_TYPE_SCRUBBER, NULL);
}

void
sk_scrubber_set_range (SkScrubber *self, gint64 first, gint64 last) {
  if (first == self->first && last == self->last)
    return;
  self->first = first;
  self->last = last;
  if (self->step > last)
    self->step = 0;
  gtk_widget_set_sensitive (GTK_WIDGET (self->scale), last > first);
  sk_pace_redraw (&self->pace, GTK_WIDGET (self), place);
}

void
sk_scrubber_set_running (SkScrubber *self, gboolean running) {
  if (running == self->running)
    return;
  self->running = running;
  say (self);
}

void
sk_scrubber_add_event (SkScrubber *self, gint64 step, const char *text) {
  Event event = { step, g_strdup (text) };
  guint at = self->events->len;

  while (at > 0 && g_array_index (self->events, Event, at - 1).step > step)
    at--;
  g_array_insert_val (self->events, at, event);
  add_marks (self);
  say (self);
}

void
sk_scrubber_clear_events (SkScrubber *self) {
  g_array_set_size (self->events, 0);
  add_marks (self);
}

void
sk_scrubber_show_step (SkScrubber *self, gint64 step) {
  self->step = step >= self->last ? 0 : step;
  place (GTK_WIDGET (self));
}
