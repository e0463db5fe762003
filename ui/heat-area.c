#include "heat-area.h"

#include <glib/gi18n.h>

#include "picture.h"

#define OPACITY 0.7
/* px */
#define MIN_WIDTH 120
#define MIN_HEIGHT 200
#define NATURAL_SIDE 260

struct _SkHeatArea {
  GtkWidget parent;
  guint8 *pixels; /* (height,width,3) (nullable) */
  int width, height;
  char *label;
  SkMap map;
  SkHeatKind kind;
  double opacity;
};

G_DEFINE_FINAL_TYPE (SkHeatArea, sk_heat_area, GTK_TYPE_WIDGET)

static void
tell (SkHeatArea *self) {
  g_autofree char *words = self->map.values && self->label
                               ? g_strdup_printf (_ ("%s; strongest: %s"), self->label,
                                                  sk_heat_where (&self->map))
                               : g_strdup (self->label ? self->label : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
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
  gtk_widget_queue_draw (GTK_WIDGET (self));
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
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sk_heat_area_set_opacity (SkHeatArea *self, double opacity) {
  self->opacity = opacity;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
sk_heat_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkHeatArea *self = SK_HEAT_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const SkPixels picture = { self->pixels, self->width, self->height };
  SkPalette palette;
  cairo_t *cr;

  if (self->pixels == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_heat_draw (cr, &picture, self->map.values ? &self->map : NULL, self->kind,
                self->opacity, width, height, &palette);
  cairo_destroy (cr);
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
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sk_heat_area_finalize;
  widget_class->snapshot = sk_heat_area_snapshot;
  widget_class->measure = sk_heat_area_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "heat");
}

static void
sk_heat_area_init (SkHeatArea *self) {
  self->opacity = OPACITY;
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
}
