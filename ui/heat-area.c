#include "heat-area.h"

#include <glib/gi18n.h>

#define OPACITY 0.7
/* px */
#define MIN_WIDTH 120
#define MIN_HEIGHT 200
#define NATURAL_SIDE 260

struct _SkHeatArea {
  SkPictureArea parent;
  guint8 *pixels; /* (height,width,3) (nullable) */
  int width, height;
  char *label;
  SkMap map;
  SkHeatKind kind;
  double opacity;
};

G_DEFINE_FINAL_TYPE (SkHeatArea, sk_heat_area, SK_TYPE_PICTURE_AREA)

static void
tell (SkHeatArea *self) {
  g_autofree char *words = self->map.values && self->label
                               ? g_strdup_printf (_ ("%s; strongest: %s"), self->label,
                                                  sk_heat_where (&self->map))
                               : g_strdup (self->label ? self->label : "");

  sk_picture_area_set_label (SK_PICTURE_AREA (self), words);
}

void
sk_heat_area_set_picture (SkHeatArea *self, const guint8 *pixels, int width, int height,
                          const char *label) {
  g_free (self->pixels);
  self->pixels = pixels ? g_memdup2 (pixels, (gsize) width * (gsize) height * 3) : NULL;
  self->width = width;
  self->height = height;
  g_free (self->label);
  self->label = g_strdup (label);
  tell (self);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_heat_area_set_map (SkHeatArea *self, const SkMap *map, SkHeatKind kind) {
  sk_map_clear (&self->map);
  self->kind = kind;
  if (map && map->values) {
    self->map = *map;
    self->map.values = g_memdup2 (
        map->values, (gsize) map->rows * (gsize) map->columns * sizeof (float));
  }
  tell (self);
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

void
sk_heat_area_set_opacity (SkHeatArea *self, double opacity) {
  self->opacity = opacity;
  sk_picture_area_redraw (SK_PICTURE_AREA (self));
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkHeatArea *self = SK_HEAT_AREA (area);
  const SkPixels picture = { self->pixels, self->width, self->height };

  if (self->pixels != NULL)
    sk_heat_draw (cr, &picture, self->map.values ? &self->map : NULL, self->kind,
                  self->opacity, width, height, palette);
}

static void
sk_heat_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                      int *minimum, int *natural, int *minimum_baseline,
                      int *natural_baseline) {
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
  *natural = NATURAL_SIDE;
}

static void
sk_heat_area_finalize (GObject *object) {
  SkHeatArea *self = SK_HEAT_AREA (object);

  g_free (self->pixels);
  g_free (self->label);
  sk_map_clear (&self->map);
  G_OBJECT_CLASS (sk_heat_area_parent_class)->finalize (object);
}

static void
sk_heat_area_class_init (SkHeatAreaClass *class) {
  G_OBJECT_CLASS (class)->finalize = sk_heat_area_finalize;
  GTK_WIDGET_CLASS (class)->measure = sk_heat_area_measure;
  SK_PICTURE_AREA_CLASS (class)->draw = draw;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "heat");
}

static void
sk_heat_area_init (SkHeatArea *self) {
  self->opacity = OPACITY;
}
