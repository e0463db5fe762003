#include "bars-area.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gi18n.h>

struct _SkBarsArea {
  SkPictureArea parent;
  SkBars *bars; /* (nullable) */
  SkPlan *plan; /* (nullable): what @bars was made for */
  SkLayerQuantity quantity;
};

G_DEFINE_FINAL_TYPE (SkBarsArea, sk_bars_area, SK_TYPE_PICTURE_AREA)

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  const SkBars *bars = SK_BARS_AREA (area)->bars;

  if (bars != NULL)
    sk_bars_draw (cr, bars, width, height, palette, sk_picture_area_place (area));
}

static int
bar_at (SkPictureArea *area, double width, double height, const SkPalette *palette,
        double x, double y) {
  const SkBars *bars = SK_BARS_AREA (area)->bars;

  return bars != NULL ? sk_bars_at (bars, width, height, palette, x, y) : -1;
}

static void
pick (SkPictureArea *area) {
  const SkBars *bars = SK_BARS_AREA (area)->bars;
  int bar = sk_picture_area_place (area);
  int block = bars != NULL && bar >= 0 ? bars->items[bar].block : -1;

  if (block >= 0)
    g_signal_emit (area, signals[SIGNAL_PICKED], 0, block);
}

static void
clicked (SkPictureArea *area, int bar, GdkModifierType state) {
  sk_picture_area_point (area, bar);
  pick (area);
}

/* The bar that is walked to is said. */
static gboolean
key_pressed (SkPictureArea *area, guint key, GdkModifierType state) {
  const SkBars *bars = SK_BARS_AREA (area)->bars;
  int bar = sk_picture_area_place (area), n = bars != NULL ? bars->n : 0;
  g_autofree char *words = NULL;

  if (n > 0 && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)) {
    pick (area);
    sk_picture_area_point (area, MAX (bar, 0));
  } else if (!sk_picture_area_walk (area, key, GTK_ORIENTATION_HORIZONTAL, bar, n)) {
    return FALSE;
  }
  words = sk_bars_describe (bars, sk_picture_area_place (area));
  sk_picture_area_set_description (area, words);
  return TRUE;
}

static void
sk_bars_area_finalize (GObject *object) {
  SkBarsArea *self = SK_BARS_AREA (object);

  g_clear_pointer (&self->bars, sk_bars_free);
  g_clear_pointer (&self->plan, sk_plan_unref);
  G_OBJECT_CLASS (sk_bars_area_parent_class)->finalize (object);
}

static void
sk_bars_area_class_init (SkBarsAreaClass *class) {
  SkPictureAreaClass *area_class = SK_PICTURE_AREA_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_bars_area_finalize;
  area_class->draw = draw;
  area_class->place_at = bar_at;
  area_class->clicked = clicked;
  area_class->key_pressed = key_pressed;
  area_class->keeps_place = TRUE;
  signals[SIGNAL_PICKED] =
      g_signal_new ("picked", SK_TYPE_BARS_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "bars");
}

static void
sk_bars_area_init (SkBarsArea *self) {
  sk_picture_area_set_label (SK_PICTURE_AREA (self),
                             _ ("Gradient norm of every layer"));
}

void
sk_bars_area_take (SkBarsArea *self, const SkSnapshot *snapshot) {
  if (snapshot->plan != self->plan) {
    g_clear_pointer (&self->bars, sk_bars_free);
    g_clear_pointer (&self->plan, sk_plan_unref);
    sk_picture_area_point (SK_PICTURE_AREA (self), -1);
    if (snapshot->plan != NULL) {
      self->plan = sk_plan_ref (snapshot->plan);
      self->bars = sk_bars_new (self->plan, self->quantity);
    }
  }
  if (self->bars != NULL)
    sk_bars_update (self->bars, self->plan, snapshot->layers, snapshot->frozen);
  sk_picture_area_redraw_paced (SK_PICTURE_AREA (self));
}

void
sk_bars_area_set_quantity (SkBarsArea *self, SkLayerQuantity quantity) {
  self->quantity = quantity;
  if (self->bars != NULL)
    sk_bars_set_quantity (self->bars, quantity);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

const SkBars *
sk_bars_area_bars (SkBarsArea *self) {
  return self->bars;
}
