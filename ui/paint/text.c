#include "text.h"

static const double sizes[SK_TEXT_N_ROLES] = {
  [SK_TEXT_BODY] = 1,     [SK_TEXT_STRONG] = 1,  [SK_TEXT_CAPTION] = 0.88,
  [SK_TEXT_TITLE] = 1.25, [SK_TEXT_TINY] = 0.77,
};

void
sk_text_begin (SkText *self, cairo_t *cr, const SkPalette *palette, double scale) {
  PangoContext *context;
  cairo_font_options_t *options;

  self->cr = cr;
  self->layout = pango_cairo_create_layout (cr);
  context = pango_layout_get_context (self->layout);

  /* Metrics that do not depend on the zoom: a picture keeps its line widths when it is
   * magnified, saved as SVG or shown on a fine screen. */
  options = cairo_font_options_create ();
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (context, FALSE);

  for (int role = 0; role < SK_TEXT_N_ROLES; role++) {
    PangoFontDescription *font = pango_font_description_new ();

    pango_font_description_set_family (font, palette->font);
    pango_font_description_set_absolute_size (font, MAX (palette->text * scale, 0.1) *
                                                        sizes[role] * PANGO_SCALE);
    if (role == SK_TEXT_STRONG || role == SK_TEXT_TITLE)
      pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
    self->fonts[role] = font;
  }
  self->role = SK_TEXT_BODY;
  pango_layout_set_font_description (self->layout, self->fonts[self->role]);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_NONE);
}

void
sk_text_end (SkText *self) {
  for (int role = 0; role < SK_TEXT_N_ROLES; role++)
    g_clear_pointer (&self->fonts[role], pango_font_description_free);
  g_clear_object (&self->layout);
}

static void
set_text (SkText *self, SkTextRole role, const char *text) {
  if (role != self->role) {
    pango_layout_set_font_description (self->layout, self->fonts[role]);
    self->role = role;
  }
  pango_layout_set_text (self->layout, text, -1);
}

void
sk_text_measure (SkText *self, SkTextRole role, const char *text, double *width,
                 double *height) {
  int w, h;

  set_text (self, role, text);
  pango_layout_get_size (self->layout, &w, &h);
  if (width != NULL)
    *width = (double) w / PANGO_SCALE;
  if (height != NULL)
    *height = (double) h / PANGO_SCALE;
}

double
sk_text_draw (SkText *self, SkTextRole role, SkColor color, const char *text, double x,
              double y, double ax, double ay) {
  double width, height;

  sk_text_measure (self, role, text, &width, &height);
  cairo_set_source_rgba (self->cr, color.r, color.g, color.b, color.a);
  cairo_move_to (self->cr, x - ax * width, y - ay * height);
  pango_cairo_show_layout (self->cr, self->layout);
  return width;
}

double
sk_text_draw_within (SkText *self, SkTextRole role, SkColor color, const char *text,
                     double x, double y, double ax, double ay, double max_width) {
  double width;

  if (max_width <= 0)
    return 0;
  sk_text_measure (self, role, text, &width, NULL);
  if (width <= max_width)
    return sk_text_draw (self, role, color, text, x, y, ax, ay);
  pango_layout_set_width (self->layout, (int) (max_width * PANGO_SCALE));
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_END);
  width = sk_text_draw (self, role, color, text, x, y, ax, ay);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_NONE);
  pango_layout_set_width (self->layout, -1);
  return width;
}

int
sk_text_draw_wrapped (SkText *self, SkTextRole role, SkColor color, const char *text,
                      double x, double y, double width) {
  int lines;

  if (width <= 0)
    return 0;
  set_text (self, role, text);
  pango_layout_set_width (self->layout, (int) (width * PANGO_SCALE));
  cairo_set_source_rgba (self->cr, color.r, color.g, color.b, color.a);
  cairo_move_to (self->cr, x, y);
  pango_cairo_show_layout (self->cr, self->layout);
  lines = pango_layout_get_line_count (self->layout);
  pango_layout_set_width (self->layout, -1);
  return lines;
}
