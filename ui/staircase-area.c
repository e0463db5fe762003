#include "staircase-area.h"

#include <glib/gi18n.h>

#include "staircase.h"

#define MIN_WIDTH 240 /* px */
#define MIN_HEIGHT 180

struct _SkStaircaseArea {
  SkPictureArea parent; /* places: the steps */
  const SkExits *exits; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (SkStaircaseArea, sk_staircase_area, SK_TYPE_PICTURE_AREA)

/* The step that is pointed at, or all in short. */
static void
tell (SkPictureArea *area) {
  const SkExits *exits = SK_STAIRCASE_AREA (area)->exits;
  int step = sk_picture_area_place (area);
  g_autofree char *words = NULL;

  if (exits != NULL)
    words =
        step >= 0 ? sk_staircase_describe (exits, step) : sk_staircase_sentence (exits);
  sk_picture_area_set_description (area, words ? words : _ ("Nothing measured yet"));
}

void
sk_staircase_area_set (SkStaircaseArea *self, const SkExits *exits) {
  self->exits = exits;
  sk_picture_area_point (SK_PICTURE_AREA (self), -1);
  tell (SK_PICTURE_AREA (self));
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  sk_staircase_draw (cr, SK_STAIRCASE_AREA (area)->exits, width, height, palette,
                     sk_picture_area_place (area));
}

static int
step_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
         double x, double y) {
  return sk_staircase_at (SK_STAIRCASE_AREA (area)->exits, width, height, palette, x,
                          y);
}

static void
clicked (SkPictureArea *area, int step, GdkModifierType state) {
  sk_picture_area_point (area, step);
}

static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  const SkExits *exits = SK_STAIRCASE_AREA (area)->exits;

  if (!sk_picture_area_walk (area, key, GTK_ORIENTATION_HORIZONTAL,
                             sk_picture_area_place (area), exits ? exits->n_steps : 0))
    return FALSE;
  tell (area);
  return TRUE;
}

static void
sk_staircase_area_class_init (SkStaircaseAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  area_class->draw = draw;
  area_class->place_at = step_at;
  area_class->clicked = clicked;
  area_class->key_pressed = key_pressed;
  area_class->keeps_place = TRUE;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "staircase");
}

static void
sk_staircase_area_init (SkStaircaseArea *self) {
  gtk_widget_set_size_request (GTK_WIDGET (self), MIN_WIDTH, MIN_HEIGHT);
  sk_picture_area_set_label (SK_PICTURE_AREA (self),
                             _ ("Accuracy, had the network ended after each block"));
  tell (SK_PICTURE_AREA (self));
}
