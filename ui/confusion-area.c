#include "confusion-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#define MIN_SIDE 280 /* px */

struct _SkConfusionArea {
  SkPictureArea parent; /* places: the cells, row by row */
  const SkReport *report; /* (nullable) */
  SkConfusionCell selected;
};

G_DEFINE_FINAL_TYPE (SkConfusionArea, sk_confusion_area, SK_TYPE_PICTURE_AREA)

enum {
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];
static const SkConfusionCell nowhere = { -1, -1 };

static gboolean
same (SkConfusionCell a, SkConfusionCell b) {
  return a.label == b.label && a.predicted == b.predicted;
}

static SkConfusionCell
cell_of (SkConfusionArea *self, int place) {
  if (self->report == NULL || place < 0)
    return nowhere;
  return (SkConfusionCell){ place / self->report->classes,
                            place % self->report->classes };
}

static void
tell (SkConfusionArea *self) {
  g_autofree char *words = NULL;

  if (self->report && self->selected.label >= 0)
    words = sk_confusion_describe (self->report, self->selected);
  else
    words = g_strdup (_ ("What each class was taken for"));
  sk_picture_area_set_label (SK_PICTURE_AREA (self), words);
}

static void
choose (SkConfusionArea *self, SkConfusionCell cell) {
  self->selected = cell;
  tell (self);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
  g_signal_emit (self, signals[SELECTED], 0, cell.label, cell.predicted);
}

void
sk_confusion_area_set (SkConfusionArea *self, const SkReport *report) {
  self->report = report;
  sk_picture_area_point (SK_PICTURE_AREA (self), -1);
  if (report == NULL || self->selected.label >= report->classes ||
      self->selected.predicted >= report->classes)
    self->selected = nowhere;
  tell (self);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkConfusionArea *self = SK_CONFUSION_AREA (area);

  if (self->report != NULL)
    sk_confusion_draw (cr, self->report, width, height, palette,
                       cell_of (self, sk_picture_area_place (area)), self->selected);
}

static int
place_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
          double x, double y) {
  const SkReport *report = SK_CONFUSION_AREA (area)->report;
  SkConfusionCell cell =
      report ? sk_confusion_at (report, width, height, palette, x, y) : nowhere;

  return cell.label >= 0 ? cell.label * report->classes + cell.predicted : -1;
}

static void
clicked (SkPictureArea *area, int place, GdkModifierType state) {
  SkConfusionArea *self = SK_CONFUSION_AREA (area);
  SkConfusionCell cell = cell_of (self, place);

  choose (self, same (cell, self->selected) ? nowhere : cell);
}

static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  SkConfusionArea *self = SK_CONFUSION_AREA (area);
  SkConfusionCell cell = self->selected;
  int last = self->report ? self->report->classes - 1 : -1;

  if (last < 0)
    return FALSE;
  switch (key) {
  case GDK_KEY_Up:
    cell.label--;
    break;
  case GDK_KEY_Down:
    cell.label++;
    break;
  case GDK_KEY_Left:
    cell.predicted--;
    break;
  case GDK_KEY_Right:
    cell.predicted++;
    break;
  case GDK_KEY_Escape:
    choose (self, nowhere);
    return TRUE;
  default:
    return FALSE;
  }
  cell.label = CLAMP (cell.label, 0, last);
  cell.predicted = CLAMP (cell.predicted, 0, last);
  choose (self, cell);
  return TRUE;
}

static char *
tooltip (SkPictureArea *area, int place) {
  SkConfusionArea *self = SK_CONFUSION_AREA (area);
  SkConfusionCell cell = place >= 0 ? cell_of (self, place) : self->selected;

  return self->report && cell.label >= 0 ? sk_confusion_describe (self->report, cell)
                                         : NULL;
}

static void
sk_confusion_area_class_init (SkConfusionAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  area_class->draw = draw;
  area_class->place_at = place_at;
  area_class->clicked = clicked;
  area_class->at_once = TRUE;
  area_class->key_pressed = key_pressed;
  area_class->tooltip = tooltip;
  signals[SELECTED] =
      g_signal_new ("selected", SK_TYPE_CONFUSION_AREA, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "confusion");
}

static void
sk_confusion_area_init (SkConfusionArea *self) {
  GtkWidget *widget = GTK_WIDGET (self);

  self->selected = nowhere;
  gtk_widget_set_size_request (widget, MIN_SIDE, MIN_SIDE);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  tell (self);
}
