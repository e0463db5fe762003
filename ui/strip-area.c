#include "strip-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"

#define N_QUANTITIES (SK_STRIP_GAMMA + 1)
/* What is read aloud is renewed no oftener, in µs. */
#define WORDS_INTERVAL (5 * G_USEC_PER_SEC)
/* Of the columns, for Page Up and Page Down. */
#define PAGE 10

struct _SkStripArea {
  GtkWidget parent;
  guint quantities; /* bit per SkStripQuantity */
  SkStripQuantity shown;
  SkPlan *plan; /* (nullable) */
  guint run; /* serial of the run whose steps are shown */
  SkStrip *strips[N_QUANTITIES]; /* (nullable) */
  SkStripView view;
  GskRenderNode *drawn; /* (nullable): while only the pointer moves */
  int row; /* pointed at; −1: none */
  gssize column;
  gint64 words_at;
  SkPace pace;
};

G_DEFINE_FINAL_TYPE (SkStripArea, sk_strip_area, GTK_TYPE_WIDGET)

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
redraw (GtkWidget *widget) {
  g_clear_pointer (&SK_STRIP_AREA (widget)->drawn, gsk_render_node_unref);
  gtk_widget_queue_draw (widget);
}

static const SkStrip *
strip_of (SkStripArea *self) {
  return self->strips[self->shown];
}

/* What the pointer stands on is said at once, the rest now and then. */
static void
say (SkStripArea *self, gboolean now) {
  const SkStrip *strip = strip_of (self);
  gint64 time = g_get_monotonic_time ();
  g_autofree char *words = NULL;

  if (strip == NULL || (!now && time - self->words_at < WORDS_INTERVAL))
    return;
  self->words_at = time;
  if (self->row >= 0 && (gsize) self->column < sk_strip_n_columns (strip))
    words = sk_strip_describe (strip, self->row, (gsize) self->column);
  else
    words = sk_strip_summary (strip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
point_at (SkStripArea *self, int row, gssize column) {
  if (row == self->row && column == self->column)
    return;
  self->row = row;
  self->column = column;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
find (SkStripArea *self, double x, double y, int *row, gssize *column) {
  GtkWidget *widget = GTK_WIDGET (self);
  SkPalette palette;

  if (strip_of (self) == NULL)
    return FALSE;
  sk_picture_palette (widget, &palette);
  return sk_strip_at (strip_of (self), &self->view, gtk_widget_get_width (widget),
                      gtk_widget_get_height (widget), &palette, x, y, row, column);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y,
           SkStripArea *self) {
  int row = -1;
  gssize column = -1;

  if (!find (self, x, y, &row, &column))
    row = -1;
  point_at (self, row, column);
}

static void
leave_cb (GtkEventControllerMotion *controller, SkStripArea *self) {
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    point_at (self, -1, -1);
}

static void
pick (SkStripArea *self, int row, gssize column) {
  const SkStrip *strip = strip_of (self);

  g_signal_emit (self, signals[SIGNAL_PICKED], 0,
                 row >= 0 ? sk_strip_block (strip, row) : -1,
                 column >= 0 ? sk_strip_step (strip, (gsize) column) : (gint64) 0);
}

/* Names at the left are of rows, numbers below of columns. */
static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y,
             SkStripArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean beside, below;
  SkPalette palette;
  gssize column;
  SkRect rect;
  int row;

  gtk_widget_grab_focus (widget);
  if (strip_of (self) == NULL)
    return;
  sk_picture_palette (widget, &palette);
  rect = sk_strip_rect (strip_of (self), &self->view, width, height, &palette);
  beside = x < rect.x;
  below = y >= rect.y + rect.height;
  if (!find (self, beside ? rect.x : x, below ? rect.y : y, &row, &column))
    return;
  pick (self, below ? -1 : row, beside ? -1 : column);
}

/* Returns: where a key takes the pointer; FALSE where it is no key of ours */
static gboolean
move (guint key, int rows, gssize columns, gboolean far, int *row, gssize *column) {
  gssize step = far ? MAX (columns / PAGE, 1) : MAX (columns / 200, 1);

  switch (key) {
  case GDK_KEY_Up:
    --*row;
    break;
  case GDK_KEY_Down:
    ++*row;
    break;
  case GDK_KEY_Left:
    *column -= step;
    break;
  case GDK_KEY_Right:
    *column += step;
    break;
  case GDK_KEY_Page_Up:
    *column -= MAX (columns / PAGE, 1);
    break;
  case GDK_KEY_Page_Down:
    *column += MAX (columns / PAGE, 1);
    break;
  case GDK_KEY_Home:
    *column = 0;
    break;
  case GDK_KEY_End:
    *column = columns - 1;
    break;
  default:
    return FALSE;
  }
  *row = CLAMP (*row, 0, rows - 1);
  *column = CLAMP (*column, 0, columns - 1);
  return TRUE;
}

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        SkStripArea *self) {
  const SkStrip *strip = strip_of (self);
  gssize n = strip != NULL ? (gssize) sk_strip_n_columns (strip) : 0;
  int row = self->row;
  gssize column = self->column;

  if (n == 0 || (state & GDK_ALT_MASK) != 0)
    return FALSE;
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) {
    pick (self, row, row >= 0 ? column : -1);
    return TRUE;
  }
  if (row < 0) { /* the keyboard comes in at what is marked, or at the end */
    row = MAX (sk_strip_row (strip, self->view.block - 1), 0);
    column = self->view.cursor > 0
                 ? (gssize) sk_strip_nearest (strip, self->view.cursor)
                 : n - 1;
  }
  if (!move (key, sk_strip_n_rows (strip), n, (state & GDK_CONTROL_MASK) != 0, &row,
             &column))
    return FALSE;
  point_at (self, row, column);
  say (self, TRUE);
  return TRUE;
}

static void
focus_cb (GtkWidget *widget, GParamSpec *spec, gpointer data) {
  if (!gtk_widget_has_focus (widget))
    point_at (SK_STRIP_AREA (widget), -1, -1);
  gtk_widget_queue_draw (widget);
}

static void
draw_base (SkStripArea *self, const graphene_rect_t *bounds, const SkPalette *palette) {
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);

  sk_strip_draw (cr, strip_of (self), &self->view, (double) bounds->size.width,
                 (double) bounds->size.height, palette);
  cairo_destroy (cr);
  self->drawn = gtk_snapshot_free_to_node (snapshot);
}

static void
sk_strip_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkStripArea *self = SK_STRIP_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  SkPalette palette;
  cairo_t *cr;

  if (strip_of (self) == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  if (self->drawn == NULL)
    draw_base (self, &bounds, &palette);
  if (self->drawn != NULL)
    gtk_snapshot_append_node (snapshot, self->drawn);
  if (self->row < 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  sk_strip_draw_pointed (cr, strip_of (self), &self->view, width, height, &palette,
                         self->row, self->column);
  cairo_destroy (cr);
}

static void
sk_strip_area_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  redraw (widget);
}

static void
sk_strip_area_css_changed (GtkWidget *widget, GtkCssStyleChange *change) {
  GTK_WIDGET_CLASS (sk_strip_area_parent_class)->css_changed (widget, change);
  redraw (widget);
}

static void
forget (SkStripArea *self) {
  for (int i = 0; i < N_QUANTITIES; i++)
    g_clear_pointer (&self->strips[i], sk_strip_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
}

static void
sk_strip_area_dispose (GObject *object) {
  sk_pace_clear (&SK_STRIP_AREA (object)->pace);
  G_OBJECT_CLASS (sk_strip_area_parent_class)->dispose (object);
}

static void
sk_strip_area_finalize (GObject *object) {
  SkStripArea *self = SK_STRIP_AREA (object);

  forget (self);
  g_clear_pointer (&self->drawn, gsk_render_node_unref);
  G_OBJECT_CLASS (sk_strip_area_parent_class)->finalize (object);
}

static void
sk_strip_area_class_init (SkStripAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sk_strip_area_dispose;
  G_OBJECT_CLASS (class)->finalize = sk_strip_area_finalize;
  widget_class->snapshot = sk_strip_area_snapshot;
  widget_class->size_allocate = sk_strip_area_size_allocate;
  widget_class->css_changed = sk_strip_area_css_changed;
  signals[SIGNAL_PICKED] =
      g_signal_new ("picked", SK_TYPE_STRIP_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT64);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "strip");
}

static void
sk_strip_area_init (SkStripArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->row = -1;
  self->column = -1;
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
  sk_picture_follow_style (widget, G_CALLBACK (redraw));
}

static const char *
label_of (SkStripQuantity quantity) {
  return quantity == SK_STRIP_GAMMA ? _ ("How branches wake up over the run")
                                    : _ ("Gradient over depth and time");
}

GtkWidget *
sk_strip_area_new (guint quantities) {
  SkStripArea *self =
      g_object_new (SK_TYPE_STRIP_AREA, "hexpand", TRUE, "vexpand", TRUE, NULL);

  self->quantities = quantities;
  while (self->shown < SK_STRIP_GAMMA && (quantities & 1u << self->shown) == 0)
    self->shown++;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label_of (self->shown), -1);
  return GTK_WIDGET (self);
}

void
sk_strip_area_begin (SkStripArea *self, SkPlan *plan, guint run) {
  if (plan == self->plan && run == self->run)
    return;
  forget (self);
  self->run = run;
  self->row = -1;
  self->view = (SkStripView){ 0 };
  if (plan != NULL) {
    self->plan = sk_plan_ref (plan);
    for (int i = 0; i < N_QUANTITIES; i++)
      if (self->quantities & 1u << i)
        self->strips[i] = sk_strip_new (plan, (SkStripQuantity) i);
  }
  redraw (GTK_WIDGET (self));
}

void
sk_strip_area_append (SkStripArea *self, gint64 step, const SkBlockState *blocks,
                      const SkLayerState *layers) {
  gsize before = strip_of (self) != NULL ? sk_strip_n_columns (strip_of (self)) : 0;

  for (int i = 0; i < N_QUANTITIES; i++)
    if (self->strips[i] != NULL)
      sk_strip_append (self->strips[i], step, blocks, layers);
  if (strip_of (self) == NULL || sk_strip_n_columns (strip_of (self)) == before)
    return;
  say (self, FALSE);
  sk_pace_redraw (&self->pace, GTK_WIDGET (self), redraw);
}

void
sk_strip_area_clear (SkStripArea *self) {
  for (int i = 0; i < N_QUANTITIES; i++)
    if (self->strips[i] != NULL)
      sk_strip_clear (self->strips[i]);
  point_at (self, -1, -1);
  redraw (GTK_WIDGET (self));
}

void
sk_strip_area_set_quantity (SkStripArea *self, SkStripQuantity quantity) {
  g_return_if_fail ((self->quantities & 1u << quantity) != 0);

  self->shown = quantity;
  point_at (self, -1, -1);
  redraw (GTK_WIDGET (self));
}

void
sk_strip_area_mark (SkStripArea *self, int block, gint64 step) {
  if (self->view.block == block + 1 && self->view.cursor == (double) step)
    return;
  self->view.block = block + 1;
  self->view.cursor = (double) step;
  redraw (GTK_WIDGET (self));
}

const SkStrip *
sk_strip_area_strip (SkStripArea *self) {
  return strip_of (self);
}
