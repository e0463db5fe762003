#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"
#include "plot.h"

/* What is written on a node. Across a block the gradient of its branch takes the middle,
 * so its words stand above and below. */

#define BRIEF 0.62 /* below this zoom a node shows its label only */
#define LOCK_WIDTH 16. /* in the upper right corner of a frozen node */
#define HELD_WIDTH 18. /* of one that can be pressed */
#define EDGE 7.

/* On hatched ground, words stand on a patch of the fill. */
static void
write_at (const SkNodeDrawing *self, SkText *text, SkTextRole role, const char *words,
          double x, double y, double ax, double room) {
  double width, height;

  if (self->frozen) {
    SkRect patch;

    sk_text_measure (text, role, words, &width, &height);
    width = MIN (width, room);
    patch = (SkRect){ x - ax * width - 3, y - height / 2, width + 6, height };
    sk_rounded_rect (self->cr, &patch, 4);
    sk_set_source (self->cr, sk_color_fade (self->fill, 0.82));
    cairo_fill (self->cr);
  }
  sk_text_draw_within (text, role, self->ink, words, x, y, ax, 0.5, room);
}

static void
write_line (const SkNodeDrawing *self, SkText *text, SkTextRole role, const char *words,
            double y) {
  write_at (self, text, role, words, self->rect.width / 2, y * self->rect.height, 0.5,
            self->rect.width - 6);
}

/* Returns: how much larger a label may be written that stands alone */
static double
brief_scale (const SkNodeDrawing *self, const SkPalette *palette, double most) {
  double width;
  SkText text;

  sk_text_begin (&text, self->cr, palette, 1);
  sk_text_measure (&text, SK_TEXT_STRONG, self->node->label, &width, NULL);
  sk_text_end (&text);
  return MIN (MIN (0.8 / self->zoom, most), (self->rect.width - 10) / MAX (width, 1));
}

/* "× 1.75": what the block makes of the gradient's size. */
static char *
gain_words (const SkNodeDrawing *self) {
  double gain = (double) self->state.gain;

  if (!(gain > 0))
    return g_strdup ("");
  if (gain >= 99.5 || gain < 0.095) {
    g_autofree char *number = sk_format_short (gain);

    return g_strdup_printf ("×%s", number);
  }
  return g_strdup_printf (gain >= 9.95 ? "×%.0f" : "×%.2f", gain);
}

static char *
gradient_words (const SkNodeDrawing *self) {
  if (self->broken)
    return g_strdup (_ ("not finite"));
  if (self->dry || !(self->gradient > 0))
    return g_strdup ("–");
  return sk_format_short (self->gradient);
}

/* Label and shape above the branch's gradient; the gradient of the whole and the gain
 * below. */
static void
write_around (const SkNodeDrawing *self, SkText *text) {
  double height = self->rect.height, right = self->rect.width - EDGE;
  double room = self->held     ? right - HELD_WIDTH
                : self->frozen ? right - LOCK_WIDTH + EDGE / 2
                               : right;
  g_autofree char *gradient = gradient_words (self);
  g_autofree char *gain = gain_words (self);
  double width, shape;

  sk_text_measure (text, SK_TEXT_STRONG, self->node->label, &width, NULL);
  write_at (self, text, SK_TEXT_STRONG, self->node->label, EDGE, 0.2 * height, 0,
            width);
  /* The stage's title tells it as well. */
  sk_text_measure (text, SK_TEXT_TINY, self->node->shape, &shape, NULL);
  if (EDGE + width + 4 + shape <= room)
    write_at (self, text, SK_TEXT_TINY, self->node->shape, room, 0.21 * height, 1,
              shape);
  if (self->broken || *gain == '\0') {
    write_line (self, text, SK_TEXT_CAPTION, gradient, 0.8);
    return;
  }
  sk_text_measure (text, SK_TEXT_CAPTION, gradient, &width, NULL);
  write_at (self, text, SK_TEXT_CAPTION, gradient, EDGE, 0.8 * height, 0, width);
  write_at (self, text, SK_TEXT_CAPTION, gain, right, 0.8 * height, 1,
            right - EDGE - width - 2);
}

static void
write_stacked (const SkNodeDrawing *self, SkText *text) {
  gboolean number = !isnan (self->gradient) && self->node->group >= 0;

  if (number || self->broken) {
    g_autofree char *words = gradient_words (self);

    write_line (self, text, SK_TEXT_STRONG, self->node->label, 0.23);
    write_line (self, text, SK_TEXT_TINY, self->node->shape, 0.5);
    write_line (self, text, SK_TEXT_CAPTION, words, 0.77);
  } else {
    write_line (self, text, SK_TEXT_STRONG, self->node->label, 0.36);
    write_line (self, text, SK_TEXT_TINY, self->node->shape, 0.66);
  }
}

/* Far away only the label is left, and the gain; larger, as long as they can be read. */
static void
write_brief (const SkNodeDrawing *self, SkText *text) {
  g_autofree char *gain = NULL;

  if (!self->flows) {
    write_line (self, text, SK_TEXT_STRONG, self->node->label, 0.5);
    return;
  }
  gain = gain_words (self);
  write_line (self, text, SK_TEXT_STRONG, self->node->label, 0.23);
  write_line (self, text, SK_TEXT_CAPTION, gain, 0.79);
}

void
sk_node_write (const SkNodeDrawing *self) {
  SkPalette palette = sk_graph_palette (self->palette);
  gboolean brief = self->zoom < BRIEF;
  SkText text;

  if (self->zoom * GRAPH_TEXT * 1.7 < 4.5)
    return;
  if (brief)
    palette.text *= brief_scale (self, &palette, self->flows ? 1.4 : 2);
  sk_text_begin (&text, self->cr, &palette, 1);
  if (brief)
    write_brief (self, &text);
  else if (self->flows)
    write_around (self, &text);
  else
    write_stacked (self, &text);
  sk_text_end (&text);
}
