#include "inside-area.h"

#include "inside.h"
#include "picture.h"

#define MIN_WIDTH 260

struct _SkInsideArea {
  SkPictureArea parent;
  const SkExplanation *why; /* (nullable) */
  int block;
};

G_DEFINE_FINAL_TYPE (SkInsideArea, sk_inside_area, SK_TYPE_PICTURE_AREA)

void
sk_inside_area_set (SkInsideArea *self, const SkExplanation *why, int block) {
  g_autofree char *words = why ? sk_inside_describe (why, block) : NULL;

  self->why = why;
  self->block = block;
  sk_picture_area_set_label (SK_PICTURE_AREA (self), words ? words : "");
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
draw (SkPictureArea *area, cairo_t *cr, double width, double height,
      const SkPalette *palette) {
  SkInsideArea *self = SK_INSIDE_AREA (area);

  if (self->why != NULL)
    sk_inside_draw (cr, self->why, self->block, width, height, palette);
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

  widget_class->measure = sk_inside_area_measure;
  widget_class->get_request_mode = request_mode;
  SK_PICTURE_AREA_CLASS (class)->draw = draw;
  gtk_widget_class_set_css_name (widget_class, "inside");
}

static void
sk_inside_area_init (SkInsideArea *self) {
}
