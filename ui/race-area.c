#include "race-area.h"

#include <glib/gi18n.h>

struct _SkRaceArea {
  SkPictureArea parent;
  SkRaceView *view;
};

G_DEFINE_FINAL_TYPE (SkRaceArea, sk_race_area, SK_TYPE_PICTURE_AREA)

enum {
  SIGNAL_SAID,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  sk_race_view_draw (cr, SK_RACE_AREA (area)->view, width, height, palette);
}

static int
block_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
          double x, double y) {
  return sk_race_view_block_at (SK_RACE_AREA (area)->view, palette, width, height, x,
                                y);
}

static void
say (SkPictureArea *area) {
  int block = sk_picture_area_place (area);
  g_autofree char *words =
      block >= 0 ? sk_race_view_describe_block (SK_RACE_AREA (area)->view, block)
                 : NULL;

  g_signal_emit (area, signals[SIGNAL_SAID], 0, words);
}

/* Blocks are walked from the stem, above, to the loss, below; what is walked to is read
 * aloud. */
static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  const SkRaceView *view = SK_RACE_AREA (area)->view;
  g_autofree char *words = NULL;
  int n = 0;

  if (sk_race_view_n_pairs (view) > 0)
    n = sk_race_view_plain (view, sk_race_view_pair (view))->plan->n_blocks;
  if (!sk_picture_area_walk (area, key, GTK_ORIENTATION_VERTICAL,
                             sk_picture_area_place (area), n))
    return FALSE;
  words = sk_race_view_describe_block (view, sk_picture_area_place (area));
  sk_picture_area_set_description (area, words);
  return TRUE;
}

static void
sk_race_area_finalize (GObject *object) {
  sk_race_view_free (SK_RACE_AREA (object)->view);
  G_OBJECT_CLASS (sk_race_area_parent_class)->finalize (object);
}

static void
sk_race_area_class_init (SkRaceAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_race_area_finalize;
  area_class->draw = draw;
  area_class->place_at = block_at;
  area_class->pointed = say;
  area_class->key_pressed = key_pressed;
  area_class->keeps_place = TRUE;
  signals[SIGNAL_SAID] = g_signal_new ("said", SK_TYPE_RACE_AREA, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "race");
}

static void
sk_race_area_init (SkRaceArea *self) {
  self->view = sk_race_view_new ();
  sk_picture_area_set_label (
      SK_PICTURE_AREA (self),
      _ ("Gradients of twin networks block by block, and curves of all"));
}

gboolean
sk_race_area_take (SkRaceArea *self, const SkSnapshot *snapshot) {
  SkPictureArea *area = SK_PICTURE_AREA (self);

  if (!sk_race_view_take (self->view, snapshot))
    return FALSE;
  if (sk_picture_area_words_are_due (area)) {
    g_autofree char *words = sk_race_view_words (self->view);

    sk_picture_area_set_description (area, words);
  }
  if (sk_picture_area_place (area) >= 0)
    say (area);
  sk_picture_area_redraw_paced (area);
  return TRUE;
}

const SkRaceView *
sk_race_area_view (SkRaceArea *self) {
  return self->view;
}

void
sk_race_area_set_pair (SkRaceArea *self, int pair) {
  sk_race_view_set_pair (self->view, pair);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}
