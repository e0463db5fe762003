#include "waterfall-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

#include "waterfall-picture.h"

#define MIN_WIDTH 260
#define HEAD_HEIGHT 110
#define ROW_HEIGHT 20
#define MOST_HEIGHT 560

struct _SkWaterfallArea {
  SkPictureArea parent;
  const SkExplanation *why; /* (nullable) */
  int selected; /* block, −1: none */
};

G_DEFINE_FINAL_TYPE (SkWaterfallArea, sk_waterfall_area, SK_TYPE_PICTURE_AREA)

enum {
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tell (SkWaterfallArea *self) {
  g_autofree char *words = NULL;

  if (self->why && self->selected >= 0)
    words = sk_waterfall_describe (self->why, self->selected);
  else
    words = g_strdup (_ ("Who argued for the class"));
  sk_picture_area_set_label (SK_PICTURE_AREA (self), words);
}

void
sk_waterfall_area_set (SkWaterfallArea *self, const SkExplanation *why) {
  int rows = why ? why->n_blocks + 2 : 0;

  self->why = why;
  self->selected = why ? CLAMP (self->selected, -1, why->n_blocks - 1) : -1;
  tell (self);
  sk_picture_area_point (SK_PICTURE_AREA (self), -1);
  gtk_widget_set_size_request (GTK_WIDGET (self), MIN_WIDTH,
                               MIN (HEAD_HEIGHT + rows * ROW_HEIGHT, MOST_HEIGHT));
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_waterfall_area_select (SkWaterfallArea *self, int block) {
  if (block == self->selected)
    return;
  self->selected = block;
  tell (self);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

static void
choose (SkWaterfallArea *self, int block) {
  if (self->why == NULL || block < 0 || block >= self->why->n_blocks)
    return;
  sk_waterfall_area_select (self, block);
  g_signal_emit (self, signals[SELECTED], 0, block);
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkWaterfallArea *self = SK_WATERFALL_AREA (area);

  if (self->why != NULL)
    sk_waterfall_draw (cr, self->why, width, height, palette,
                       sk_picture_area_place (area), self->selected);
}

static int
block_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
          double x, double y) {
  const SkExplanation *why = SK_WATERFALL_AREA (area)->why;

  return why != NULL ? sk_waterfall_at (why, height, palette, y) : -1;
}

static void
clicked (SkPictureArea *area, int block, GdkModifierType state) {
  choose (SK_WATERFALL_AREA (area), block);
}

static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  SkWaterfallArea *self = SK_WATERFALL_AREA (area);

  if (key != GDK_KEY_Up && key != GDK_KEY_Down)
    return FALSE;
  choose (self, self->selected + (key == GDK_KEY_Down ? 1 : -1));
  return TRUE;
}

static char *
tooltip (SkPictureArea *area, int block) {
  SkWaterfallArea *self = SK_WATERFALL_AREA (area);
  int told = block >= 0 ? block : self->selected;

  return self->why && told >= 0 ? sk_waterfall_describe (self->why, told) : NULL;
}

static void
sk_waterfall_area_class_init (SkWaterfallAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  area_class->draw = draw;
  area_class->place_at = block_at;
  area_class->clicked = clicked;
  area_class->at_once = TRUE;
  area_class->key_pressed = key_pressed;
  area_class->tooltip = tooltip;
  signals[SELECTED] =
      g_signal_new ("selected", SK_TYPE_WATERFALL_AREA, G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "waterfall");
}

static void
sk_waterfall_area_init (SkWaterfallArea *self) {
  sk_waterfall_area_set (self, NULL);
}
