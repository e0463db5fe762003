#pragma once

#include <adwaita.h>

#include "palette.h"

/* The frame around a picture of ui/paint: it draws, follows the desktop's style, and knows
 * which place of the picture is pointed at. A place is what the picture has many of (a
 * bar, a block, a cell), counted from 0; −1: none.
 *
 * A class fills in what its picture has. Without place_at() the pointer means nothing,
 * without key_pressed() it cannot be focused, without tooltip() it has none. */
#define SK_TYPE_PICTURE_AREA (sk_picture_area_get_type ())
G_DECLARE_DERIVABLE_TYPE (SkPictureArea, sk_picture_area, SK, PICTURE_AREA, GtkWidget)

typedef void (*SkPictureAreaDraw) (SkPictureArea *self, cairo_t *cr, double width,
                                   double height, const SkPalette *palette);

struct _SkPictureAreaClass {
  GtkWidgetClass parent_class;

  SkPictureAreaDraw draw;
  /* Drawn once, until sk_picture_area_redraw(): pointing is drawn over it. */
  gboolean keeps_drawing;

  int (*place_at) (SkPictureArea *self, double width, double height,
                   const SkPalette *palette, double x, double y);
  /* Another place is pointed at. */
  void (*pointed) (SkPictureArea *self);
  /* The keyboard points too: a place stays while the area has the focus, and no longer. */
  gboolean keeps_place;

  /* @place: −1: beside all */
  void (*clicked) (SkPictureArea *self, int place, GdkModifierType state);
  /* A click counts when it begins. */
  gboolean at_once;

  gboolean (*key_pressed) (SkPictureArea *self, guint key, GdkModifierType state);
  /* @place: −1: the keyboard asks. Returns: (transfer full) (nullable) */
  char *(*tooltip) (SkPictureArea *self, int place);
};

/* The place that is pointed at. */
int
sk_picture_area_place (SkPictureArea *self);

void
sk_picture_area_point (SkPictureArea *self, int place);

/* Points from @from, one of @n places, to where a key leads: an arrow along the picture,
 * Home, or End.
 *
 * Returns: whether it was such a key */
gboolean
sk_picture_area_walk (SkPictureArea *self, guint key, GtkOrientation along, int from,
                      int n);

/* Something else than the pointer changed. */
void
sk_picture_area_redraw (SkPictureArea *self);

/* The same, for what changes with every batch. */
void
sk_picture_area_redraw_paced (SkPictureArea *self);

/* Draws over what is there: for a snapshot() that has called its parent's. */
void
sk_picture_area_draw_over (SkPictureArea *self, GtkSnapshot *snapshot,
                           SkPictureAreaDraw draw);

/* What it is called, and what is read aloud of it. */
void
sk_picture_area_set_label (SkPictureArea *self, const char *label);

void
sk_picture_area_set_description (SkPictureArea *self, const char *words);

/* Whether the last description is so old that a new one is welcome. */
gboolean
sk_picture_area_words_are_due (SkPictureArea *self);
