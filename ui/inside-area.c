#include "inside-area.h"

#include "inside.h"
#include "picture.h"

#define MIN_WIDTH 260

struct _SkInsideArea {
  GtkWidget parent;
  const SkExplanation *why; /* (nullable) */
  int block;
};

G_DEFINE_FINAL_TYPE (SkInsideArea, sk_inside_area, GTK_TYPE_WIDGET)

void
sk_inside_area_set (SkInsideArea *self, const SkExplanation *why, int block) {
  g_autofree char *words = why ? sk_inside_describe (why, block) : NULL;

  self->why = why;
  self->block = block;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words ? words : "", -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
sk_inside_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  SkInsideArea *self = SK_INSIDE_AREA (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SkPalette palette;
  cairo_t *cr;

  if (self->why == NULL || width <= 0 || height <= 0)
    return;
  sk_picture_palette (widget, &palette);
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sk_inside_draw (cr, self->why, self->block, width, height, &palette);
  cairo_destroy (cr);
}

static GtkSizeRequestMode
request_mode (GtkWidget *widget) {
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sk_inside_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                        int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline) {
  SkInsideArea *self = SK_INSIDE_AREA (widget);
  SkPalette palette;

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = *natural = MIN_WIDTH;
    return;
  }
  sk_picture_palette (widget, &palette);
  *minimum = *natural =
      self->why
          ? (int) sk_inside_height (self->why, MAX (for_size, MIN_WIDTH), &palette)
          : 0;
}

static void
sk_inside_area_class_init (SkInsideAreaClass *class) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = sk_inside_area_snapshot;
  widget_class->measure = sk_inside_area_measure;
  widget_class->get_request_mode = request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "inside");
}

static void
sk_inside_area_init (SkInsideArea *self) {
  sk_picture_follow_style (GTK_WIDGET (self), G_CALLBACK (gtk_widget_queue_draw));
}
