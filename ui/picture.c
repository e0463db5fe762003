#include "picture.h"

void
sk_picture_palette (GtkWidget *widget, SkPalette *palette) {
  AdwStyleManager *style = adw_style_manager_get_default ();
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);

  sk_palette_init (palette, adw_style_manager_get_dark (style),
                   adw_style_manager_get_high_contrast (style));
  if (font != NULL && pango_font_description_get_family (font) != NULL)
    palette->font = pango_font_description_get_family (font);
}

void
sk_picture_follow_style (GtkWidget *widget, GCallback redraw) {
  AdwStyleManager *style = adw_style_manager_get_default ();

  g_signal_connect_object (style, "notify::dark", redraw, widget, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", redraw, widget,
                           G_CONNECT_SWAPPED);
}
