#include "figures.h"

#include <math.h>

#include "text.h"

#define SAVED_SCALE 2

/* Title and subtitle; what follows is drawn below them.
 * Returns: px used */
static double
draw_title (cairo_t *cr, const SkFigures *self, double width,
            const SkPalette *palette) {
  double em = palette->text;
  double y = 1.1 * em;
  SkText text;

  sk_text_begin (&text, cr, palette, 1);
  if (self->title != NULL) {
    sk_text_draw_within (&text, SK_TEXT_TITLE, palette->ink, self->title, 1.4 * em, y,
                         0, 0, width - 2.8 * em);
    y += 1.9 * em;
  }
  if (self->subtitle != NULL) {
    sk_text_draw_within (&text, SK_TEXT_BODY, palette->dim, self->subtitle, 1.4 * em, y,
                         0, 0, width - 2.8 * em);
    y += 1.7 * em;
  }
  sk_text_end (&text);
  return y + 0.3 * em;
}

void
sk_figure_curves (cairo_t *cr, double width, double height, const SkPalette *palette,
                  gconstpointer data) {
  const SkFigures *self = data;
  SkCurvesView view = { 0 };
  double top = draw_title (cr, self, width, palette);

  cairo_save (cr);
  cairo_translate (cr, 0, top);
  sk_curves_draw (cr, self->curves, &view, width - 0.6 * palette->text,
                  height - top - 0.8 * palette->text, palette);
  cairo_restore (cr);
}

void
sk_figure_gradients (cairo_t *cr, double width, double height, const SkPalette *palette,
                     gconstpointer data) {
  const SkFigures *self = data;
  double top = draw_title (cr, self, width, palette);

  g_return_if_fail (self->bars != NULL);

  cairo_save (cr);
  cairo_translate (cr, 0, top);
  sk_bars_draw (cr, self->bars, width - 0.6 * palette->text,
                height - top - 0.8 * palette->text, palette, -1);
  cairo_restore (cr);
}

void
sk_figure_network (cairo_t *cr, double width, double height, const SkPalette *palette,
                   gconstpointer data) {
  const SkFigures *self = data;
  double em = palette->text;
  double top = draw_title (cr, self, width, palette);
  g_autoptr (SkGraph) graph = NULL;
  double key;

  g_return_if_fail (self->plan != NULL);

  graph = sk_graph_new (self->plan, width - 2 * em, height - top - 6 * em, 0);
  key = sk_graph_key_height (graph, self->live, width - 2.8 * em, palette) + em;
  cairo_save (cr);
  cairo_translate (cr, em, top);
  sk_graph_draw (cr, graph, self->live, width - 2 * em, height - top - key - em,
                 palette);
  cairo_restore (cr);
  cairo_save (cr);
  cairo_translate (cr, 1.4 * em, height - key);
  sk_graph_draw_key (cr, graph, self->live, width - 2.8 * em, key, palette);
  cairo_restore (cr);
}

void
sk_figure_time (cairo_t *cr, double width, double height, const SkPalette *palette,
                gconstpointer data) {
  const SkFigures *self = data;
  SkStripView view = { 0 };
  double top = draw_title (cr, self, width, palette);

  if (self->strip == NULL)
    return;
  cairo_save (cr);
  cairo_translate (cr, 0, top);
  sk_strip_draw (cr, self->strip, &view, width - 0.6 * palette->text,
                 height - top - 0.8 * palette->text, palette);
  cairo_restore (cr);
}

/* How strong they are above, how they woke below. */
void
sk_figure_branches (cairo_t *cr, double width, double height, const SkPalette *palette,
                    gconstpointer data) {
  const SkFigures *self = data;
  SkStripView view = { 0 };
  double top = draw_title (cr, self, width, palette);
  double each = (height - top - 0.8 * palette->text) / 2;

  if (self->branch == NULL || self->awakening == NULL)
    return;
  cairo_save (cr);
  cairo_translate (cr, 0, top);
  sk_branch_draw (cr, self->branch, width - 0.6 * palette->text, each, palette, -1, -1);
  cairo_translate (cr, 0, each);
  sk_strip_draw (cr, self->awakening, &view, width - 0.6 * palette->text, each,
                 palette);
  cairo_restore (cr);
}

gboolean
sk_figures_save (const SkFigures *self, const char *folder, GError **error) {
  g_autofree char *curves = g_build_filename (folder, "curves.png", NULL);
  g_autofree char *gradients = g_build_filename (folder, "gradients.png", NULL);
  g_autofree char *network = g_build_filename (folder, "network.png", NULL);
  SkPalette palette;

  g_return_val_if_fail (self != NULL && self->curves != NULL, FALSE);

  sk_palette_init (&palette, FALSE, FALSE);
  if (!sk_export (curves, 1100, 520, SAVED_SCALE, &palette, sk_figure_curves, self,
                  error))
    return FALSE;
  if (self->bars != NULL && !sk_export (gradients, 1100, 420, SAVED_SCALE, &palette,
                                        sk_figure_gradients, self, error))
    return FALSE;
  if (self->plan != NULL && !sk_export (network, 1280, 720, SAVED_SCALE, &palette,
                                        sk_figure_network, self, error))
    return FALSE;
  return TRUE;
}
