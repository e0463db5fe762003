#include "strip-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "picture.h"

#define N_QUANTITIES (SK_STRIP_GAMMA + 1)
/* Of the columns, for Page Up and Page Down. */
#define PAGE 10

struct _SkStripArea {
  SkPictureArea parent; /* places: rows of the columns, column by column */
  guint quantities; /* bit per SkStripQuantity */
  SkStripQuantity shown;
  SkPlan *plan; /* (nullable) */
  guint run; /* serial of the run whose steps are shown */
  SkStrip *strips[N_QUANTITIES]; /* (nullable) */
  SkStripView view;
};

G_DEFINE_FINAL_TYPE (SkStripArea, sk_strip_area, SK_TYPE_PICTURE_AREA)

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const SkStrip *
strip_of (SkStripArea *self) {
  return self->strips[self->shown];
}

static int
place_of (const SkStrip *strip, int row, gssize column) {
  return (int) column * sk_strip_n_rows (strip) + row;
}

/* Returns: the row that is pointed at; −1: none, nor is a column */
static int
pointed_row (SkStripArea *self, gssize *column) {
  const SkStrip *strip = strip_of (self);
  int place = sk_picture_area_place (SK_PICTURE_AREA (self));

  *column = -1;
  if (strip == NULL || place < 0)
    return -1;
  *column = place / sk_strip_n_rows (strip);
  return place % sk_strip_n_rows (strip);
}

static void
say (SkStripArea *self) {
  const SkStrip *strip = strip_of (self);
  g_autofree char *words = NULL;
  gssize column;
  int row = pointed_row (self, &column);

  if (row >= 0 && (gsize) column < sk_strip_n_columns (strip))
    words = sk_strip_describe (strip, row, (gsize) column);
  else
    words = sk_strip_summary (strip);
  sk_picture_area_set_description (SK_PICTURE_AREA (self), words);
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkStripArea *self = SK_STRIP_AREA (area);

  if (strip_of (self) != NULL)
    sk_strip_draw (cr, strip_of (self), &self->view, width, height, palette);
}

static void
draw_pointed (SkPictureArea *area, cairo_t *cr, double width, double height,
              const SkPalette *palette) {
  SkStripArea *self = SK_STRIP_AREA (area);
  gssize column;
  int row = pointed_row (self, &column);

  if (row >= 0)
    sk_strip_draw_pointed (cr, strip_of (self), &self->view, width, height, palette,
                           row, column);
}

static void
sk_strip_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkPictureArea *area = SK_PICTURE_AREA (widget);

  GTK_WIDGET_CLASS (sk_strip_area_parent_class)->snapshot (widget, snapshot);
  if (sk_picture_area_place (area) >= 0)
    sk_picture_area_draw_over (area, snapshot, draw_pointed);
}

static int
place_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
          double x, double y) {
  SkStripArea *self = SK_STRIP_AREA (area);
  const SkStrip *strip = strip_of (self);
  gssize column;
  int row;

  if (strip == NULL ||
      !sk_strip_at (strip, &self->view, width, height, palette, x, y, &row, &column))
    return -1;
  return place_of (strip, row, column);
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
  const SkStrip *strip = strip_of (self);
  gboolean beside, below;
  SkPalette palette;
  gssize column;
  SkRect rect;
  int row;

  gtk_widget_grab_focus (widget);
  if (strip == NULL)
    return;
  sk_picture_palette (widget, &palette);
  rect = sk_strip_rect (strip, &self->view, width, height, &palette);
  beside = x < rect.x;
  below = y >= rect.y + rect.height;
  if (sk_strip_at (strip, &self->view, width, height, &palette, beside ? rect.x : x,
                   below ? rect.y : y, &row, &column))
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
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  SkStripArea *self = SK_STRIP_AREA (area);
  const SkStrip *strip = strip_of (self);
  gssize n = strip != NULL ? (gssize) sk_strip_n_columns (strip) : 0, column;
  int row = pointed_row (self, &column);

  if (n == 0 || (state & GDK_ALT_MASK) != 0)
    return FALSE;
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) {
    pick (self, row, column);
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
  sk_picture_area_point (area, place_of (strip, row, column));
  say (self);
  return TRUE;
}

static void
forget (SkStripArea *self) {
  for (int i = 0; i < N_QUANTITIES; i++)
    g_clear_pointer (&self->strips[i], sk_strip_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
}

static void
sk_strip_area_finalize (GObject *object) {
  forget (SK_STRIP_AREA (object));
  G_OBJECT_CLASS (sk_strip_area_parent_class)->finalize (object);
}

static void
sk_strip_area_class_init (SkStripAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_strip_area_finalize;
  GTK_WIDGET_CLASS (class)->snapshot = sk_strip_area_snapshot;
  area_class->draw = draw;
  area_class->keeps_drawing = TRUE;
  area_class->place_at = place_at;
  area_class->keeps_place = TRUE;
  area_class->key_pressed = key_pressed;
  signals[SIGNAL_PICKED] =
      g_signal_new ("picked", SK_TYPE_STRIP_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT64);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "strip");
}

/* A click is taken here, since it may be beside all places. */
static void
sk_strip_area_init (SkStripArea *self) {
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
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
  sk_picture_area_set_label (SK_PICTURE_AREA (self), label_of (self->shown));
  return GTK_WIDGET (self);
}

void
sk_strip_area_begin (SkStripArea *self, SkPlan *plan, guint run) {
  if (plan == self->plan && run == self->run)
    return;
  forget (self);
  self->run = run;
  sk_picture_area_point (SK_PICTURE_AREA (self), -1);
  self->view = (SkStripView){ 0 };
  if (plan != NULL) {
    self->plan = sk_plan_ref (plan);
    for (int i = 0; i < N_QUANTITIES; i++)
      if (self->quantities & 1u << i)
        self->strips[i] = sk_strip_new (plan, (SkStripQuantity) i);
  }
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
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
  if (sk_picture_area_words_are_due (SK_PICTURE_AREA (self)))
    say (self);
  sk_picture_area_redraw_paced (SK_PICTURE_AREA (self));
}

void
sk_strip_area_clear (SkStripArea *self) {
  for (int i = 0; i < N_QUANTITIES; i++)
    if (self->strips[i] != NULL)
      sk_strip_clear (self->strips[i]);
  sk_picture_area_point (SK_PICTURE_AREA (self), -1);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_strip_area_set_quantity (SkStripArea *self, SkStripQuantity quantity) {
  g_return_if_fail ((self->quantities & 1u << quantity) != 0);

  self->shown = quantity;
  sk_picture_area_point (SK_PICTURE_AREA (self), -1);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_strip_area_mark (SkStripArea *self, int block, gint64 step) {
  if (self->view.block == block + 1 && self->view.cursor == (double) step)
    return;
  self->view.block = block + 1;
  self->view.cursor = (double) step;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

const SkStrip *
sk_strip_area_strip (SkStripArea *self) {
  return strip_of (self);
}
