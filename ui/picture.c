#include "picture.h"

/* From one redraw to the next, in µs. */
#define INTERVAL (G_USEC_PER_SEC / 12)

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

static void
redraw_now (SkPace *self) {
  self->at = g_get_monotonic_time ();
  self->redraw (self->widget);
}

static gboolean
pace_cb (gpointer data) {
  SkPace *self = data;

  self->source = 0;
  redraw_now (self);
  return G_SOURCE_REMOVE;
}

void
sk_pace_redraw (SkPace *self, GtkWidget *widget, void (*redraw) (GtkWidget *widget)) {
  gint64 wait = self->at + INTERVAL - g_get_monotonic_time ();

  self->widget = widget;
  self->redraw = redraw;
  if (self->source != 0)
    return;
  if (wait <= 0)
    redraw_now (self);
  else
    self->source = g_timeout_add ((guint) (wait / 1000) + 1, pace_cb, self);
}

void
sk_pace_clear (SkPace *self) {
  g_clear_handle_id (&self->source, g_source_remove);
}
