#include "evaluation.h"

#include <glib/gi18n-lib.h>

#include "confusion.h"
#include "reliability.h"
#include "text.h"

#define WIDTH 1280
#define HEIGHT 720
#define SCALE 2
#define CONFUSION_SHARE 0.62

void
sk_evaluation_draw (cairo_t *cr, double width, double height, const SkPalette *palette,
                    gconstpointer data) {
  const SkEvaluationFigure *self = data;
  const SkConfusionCell nowhere = { -1, -1 };
  const SkEvaluation *mean = &self->report->mean;
  double em = palette->text, top = 5 * em, left = width * CONFUSION_SHARE;
  g_autofree char *words =
      g_strdup_printf (_ ("%d pictures: top-1 %.2f %%, top-5 %.2f %%, loss %.4f"),
                       mean->images, 100 * mean->top1, 100 * mean->top5, mean->loss);
  SkText text;

  sk_text_begin (&text, cr, palette, 1);
  sk_text_draw_within (&text, SK_TEXT_TITLE, palette->ink, self->title, 1.4 * em,
                       1.1 * em, 0, 0, width - 2.8 * em);
  sk_text_draw_within (&text, SK_TEXT_BODY, palette->dim, words, 1.4 * em, 3 * em, 0, 0,
                       width - 2.8 * em);
  sk_text_end (&text);
  cairo_save (cr);
  cairo_translate (cr, em, top);
  sk_confusion_draw (cr, self->report, left - 2 * em, height - top - em, palette,
                     nowhere, nowhere);
  cairo_restore (cr);
  cairo_save (cr);
  cairo_translate (cr, left, top);
  sk_reliability_draw (cr, self->report, width - left - em, height - top - 1.5 * em,
                       palette);
  cairo_restore (cr);
}

gboolean
sk_evaluation_save (const SkEvaluationFigure *self, const char *path, GError **error) {
  SkPalette palette;

  sk_palette_init (&palette, FALSE, FALSE);
  return sk_export (path, WIDTH, HEIGHT, SCALE, &palette, sk_evaluation_draw, self,
                    error);
}
