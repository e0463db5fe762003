#include <glib/gi18n-lib.h>
#include <math.h>

#include "race-view-private.h"
#include "trace.h"

/* Names of stages stand between the two sides; this wide, in em. */
#define GUTTER 3.6

typedef struct {
  SkAxis left, right; /* of the gradient: outwards from the middle */
  double row; /* px of a block */
  int n;
} Sides;

static Sides
sides_of (const SkRaceView *self, const SkRect *rect, const SkPalette *palette) {
  int n = sk_race_view_plain (self, sk_race_view_pair (self))->plan->n_blocks;
  double low = self->range.filled ? self->range.low : -4;
  double high = self->range.filled ? self->range.high : 0;
  double middle = rect->x + rect->width / 2;
  double half = GUTTER / 2 * palette->text;
  Sides sides = {
    .left = { pow (10, low), pow (10, high), middle - half, rect->x, TRUE },
    .right = { pow (10, low), pow (10, high), middle + half, rect->x + rect->width,
               TRUE },
    .row = rect->height / n,
    .n = n,
  };

  return sides;
}

static double
length_of (const SkAxis *axis, float value) {
  double px;

  if (!isfinite (value) || value <= 0)
    return 0;
  px = fabs (sk_axis_place (axis, CLAMP ((double) value, axis->min, axis->max)) -
             axis->from);
  /* What lies below the range keeps a stump: small is not nothing. */
  return MAX (px, 2);
}

static void
draw_bar (cairo_t *cr, const SkAxis *axis, float value, double y, double thick,
          SkColor color, gboolean hatched, const SkPalette *palette) {
  double length = length_of (axis, value);
  SkRect bar = { axis->to < axis->from ? axis->from - length : axis->from, y, length,
                 thick };

  if (length <= 0)
    return;
  cairo_rectangle (cr, bar.x, bar.y, bar.width, bar.height);
  sk_set_source (cr, hatched ? sk_color_fade (color, 0.28) : color);
  cairo_fill (cr);
  if (!hatched)
    return;
  if (thick >= 4)
    sk_hatch (cr, &bar, color, 5);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, bar.x + 0.5, bar.y + 0.5, MAX (bar.width - 1, 1),
                   MAX (bar.height - 1, 1));
  cairo_stroke (cr);
}

/* Where the residual twin's bar ends, on the plain one's side. */
static void
draw_ghost (cairo_t *cr, const SkAxis *axis, float value, double y, double thick,
            const SkPalette *palette) {
  double x = axis->from + length_of (axis, value);

  if (!(value > 0))
    return;
  sk_set_source (cr, palette->ink);
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, x, y - 0.5);
  cairo_line_to (cr, x, y + thick + 0.5);
  cairo_stroke (cr);
}

static void
draw_rows (cairo_t *cr, const SkRaceView *self, const Sides *sides, const SkRect *rect,
           const SkPalette *palette) {
  int pair = sk_race_view_pair (self);
  const SkContestant *residual = sk_race_view_residual (self, pair);
  const SkContestant *plain = sk_race_view_plain (self, pair);
  SkColor color = sk_race_color (self, palette, self->plains[pair]);
  SkColor twin = sk_race_color (self, palette, plain->twin);
  double thick = sides->row > 4 ? floor (sides->row * 0.74) : sides->row;

  for (int i = 0; i < sides->n; i++) {
    double y = rect->y + i * sides->row + (sides->row - thick) / 2;

    if (residual->gradients)
      draw_bar (cr, &sides->left, residual->gradients[i], y, thick, twin, FALSE,
                palette);
    if (plain->gradients)
      draw_bar (cr, &sides->right, plain->gradients[i], y, thick, color, TRUE, palette);
    if (plain->gradients && residual->gradients)
      draw_ghost (cr, &sides->right, residual->gradients[i], y, thick, palette);
  }
}

/* Names of stages in the middle, and a line where one ends. */
static void
draw_stages (SkText *text, const SkRaceView *self, const Sides *sides,
             const SkRect *rect, const SkPalette *palette) {
  const SkPlan *plan = sk_race_view_plain (self, sk_race_view_pair (self))->plan;
  double middle = rect->x + rect->width / 2;
  double line = 1.2 * palette->text;
  int first = 0;

  for (int i = 1; i <= sides->n; i++) {
    g_autofree char *name = NULL;
    double y = rect->y + i * sides->row;

    if (i < sides->n && plan->blocks[i].stage == plan->blocks[first].stage)
      continue;
    name = g_strdup_printf (_ ("stage %d"), plan->blocks[first].stage);
    sk_text_draw_within (text, SK_TEXT_CAPTION, palette->dim, name, middle,
                         rect->y + (first + i) * sides->row / 2, 0.5, 0.5,
                         GUTTER * palette->text);
    /* Above it where depth begins, unless the two would touch. */
    if (first == 0 && i * sides->row / 2 > 1.5 * line)
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, _ ("stem"), middle,
                    rect->y + line / 2, 0.5, 0.5);
    if (i < sides->n) {
      sk_set_source (text->cr, palette->grid);
      cairo_set_line_width (text->cr, 1);
      cairo_move_to (text->cr, rect->x, floor (y) + 0.5);
      cairo_line_to (text->cr, rect->x + rect->width, floor (y) + 0.5);
      cairo_stroke (text->cr);
    }
    first = i;
  }
}

static void
draw_side_axis (SkText *text, const SkAxis *axis, const SkRect *rect,
                const SkPalette *palette) {
  SkTick ticks[SK_AXIS_MAX_TICKS];
  double em = palette->text;
  double bottom = rect->y + rect->height;
  int n =
      sk_axis_ticks (axis, (int) (fabs (axis->to - axis->from) / (4.5 * em)), ticks);

  cairo_set_line_width (text->cr, 1);
  for (int i = 0; i < n; i++) {
    double place = sk_axis_place (axis, ticks[i].value), width;
    double x = floor (place) + 0.5;

    /* Both ends belong to it, on either side. */
    if (!ticks[i].major || place < MIN (axis->from, axis->to) - 0.5 ||
        place > MAX (axis->from, axis->to) + 0.5 ||
        fabs (x - axis->from) < 1.5 * em) /* “loss” stands there */
      continue;
    sk_set_source (text->cr, palette->grid);
    cairo_move_to (text->cr, x, rect->y);
    cairo_line_to (text->cr, x, bottom + 0.25 * em);
    cairo_stroke (text->cr);
    sk_text_measure (text, SK_TEXT_CAPTION, ticks[i].label, &width, NULL);
    /* What stands at an outer end stays within it: another plot may follow. */
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, ticks[i].label,
                  CLAMP (x, rect->x + width / 2, rect->x + rect->width - width / 2),
                  bottom + 0.4 * em, 0.5, 0);
  }
}

/* A line over both sides, below which (towards the loss) the gradients still agree. */
static void
draw_parting (SkText *text, const SkRaceView *self, const Sides *sides,
              const SkRect *rect, const SkPalette *palette) {
  int block = sk_race_newest_departure (self, sk_race_view_pair (self));
  const SkPlan *plan = sk_race_view_plain (self, sk_race_view_pair (self))->plan;
  g_autofree char *words = NULL;
  double y, em = palette->text;
  double width;

  if (block < 0 || block >= sides->n)
    return;
  y = floor (rect->y + (block + 1) * sides->row) + 0.5;
  sk_set_source (text->cr, palette->warning);
  cairo_set_line_width (text->cr, 2);
  cairo_move_to (text->cr, rect->x, y);
  cairo_line_to (text->cr, rect->x + rect->width, y);
  cairo_stroke (text->cr);
  words = g_strdup_printf (_ ("D₁₀ %s"), plan->blocks[block].name);
  sk_text_measure (text, SK_TEXT_CAPTION, words, &width, NULL);
  {
    gboolean below = y + 1.5 * em < rect->y + rect->height;
    SkRect box = { rect->x, below ? y + 1 : y - 1.3 * em - 1, width + 0.8 * em,
                   1.3 * em };

    cairo_rectangle (text->cr, box.x, box.y, box.width, box.height);
    sk_set_source (text->cr, palette->background);
    cairo_fill (text->cr);
    sk_text_draw (text, SK_TEXT_CAPTION, palette->ink, words, box.x + 0.4 * em,
                  box.y + box.height / 2, 0, 0.5);
  }
}

static void
draw_headings (SkText *text, const SkRaceView *self, const SkRect *rect,
               const SkPalette *palette) {
  int pair = sk_race_view_pair (self);
  const char *residual = sk_race_view_residual (self, pair)->plan->variant.title;
  const char *plain = sk_race_view_plain (self, pair)->plan->variant.title;
  SkColor color = sk_race_color (self, palette, self->plains[pair]);
  SkColor twin = sk_race_color (self, palette, sk_race_view_plain (self, pair)->twin);
  double em = palette->text;
  double y = rect->y - 0.95 * em;
  double half = rect->width / 2 - GUTTER / 2 * em;
  double x, width;

  sk_text_draw_within (text, SK_TEXT_STRONG, palette->ink,
                       _ ("Gradient that reaches each block (RMS)"), rect->x,
                       y - 1.6 * em, 0, 0.5, rect->width);
  x = rect->x + half;
  sk_text_draw_within (text, SK_TEXT_CAPTION, palette->ink, residual, x - 2 * em, y, 1,
                       0.5, half - 2.2 * em);
  cairo_rectangle (text->cr, floor (x - 1.6 * em), floor (y - 0.4 * em), 1.5 * em,
                   0.8 * em);
  sk_set_source (text->cr, twin);
  cairo_fill (text->cr);
  x = rect->x + rect->width - half;
  sk_plot_draw_sample (text->cr, palette, SK_SAMPLE_HATCH, color, x + 0.1 * em, y,
                       1.5 * em);
  x += 2 * em;
  x += sk_text_draw_within (text, SK_TEXT_CAPTION, palette->ink, plain, x, y, 0, 0.5,
                            half - 2.2 * em) +
       1.2 * em;
  /* What the ticks on this side are. */
  sk_text_measure (text, SK_TEXT_CAPTION, residual, &width, NULL);
  if (x + width + 0.6 * em < rect->x + rect->width) {
    sk_set_source (text->cr, palette->ink);
    cairo_set_line_width (text->cr, 1.5);
    cairo_move_to (text->cr, x, y - 0.45 * em);
    cairo_line_to (text->cr, x, y + 0.45 * em);
    cairo_stroke (text->cr);
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, residual, x + 0.5 * em, y, 0,
                  0.5);
  }
  sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, _ ("loss"),
                rect->x + rect->width / 2, rect->y + rect->height + 0.4 * em, 0.5, 0);
}

void
sk_race_draw_mirror (SkText *text, const SkRaceView *self, const SkRaceLayout *layout,
                     const SkPalette *palette) {
  const SkRect *rect = &layout->mirror;
  SkPlot frame = { .rect = *rect };
  Sides sides;

  if (rect->width <= 0)
    return;
  sides = sides_of (self, rect, palette);
  cairo_save (text->cr);
  draw_headings (text, self, rect, palette);
  draw_side_axis (text, &sides.left, rect, palette);
  draw_side_axis (text, &sides.right, rect, palette);
  draw_rows (text->cr, self, &sides, rect, palette);
  draw_stages (text, self, &sides, rect, palette);
  draw_parting (text, self, &sides, rect, palette);
  if (!self->range.filled)
    sk_plot_draw_empty (&frame, text, palette, _ ("Nothing measured yet"));
  cairo_restore (text->cr);
}

int
sk_race_view_block_at (const SkRaceView *self, const SkPalette *palette, double width,
                       double height, double x, double y) {
  SkRaceLayout layout;
  const SkRect *rect = &layout.mirror;
  int n;

  sk_race_view_layout (self, palette, width, height, &layout);
  if (rect->width <= 0 || x < rect->x || x > rect->x + rect->width || y < rect->y ||
      y >= rect->y + rect->height)
    return -1;
  n = sk_race_view_plain (self, sk_race_view_pair (self))->plan->n_blocks;
  return MIN ((int) ((y - rect->y) / rect->height * n), n - 1);
}

/* D₁₀ over time: the block from which on, towards the stem, the twins' gradients differ.
 * Depth runs as in the mirror; on the lowest line they agree in every block. */
void
sk_race_draw_departure (SkText *text, const SkRaceView *self,
                        const SkRaceLayout *layout, const SkPalette *palette) {
  const SkRect *rect = &layout->departure;
  int pair = sk_race_view_pair (self);
  const SkSeries *series;
  SkPlot plot = { 0 };
  double em = palette->text;
  int n;

  if (rect->width <= 0)
    return;
  n = sk_race_view_plain (self, pair)->plan->n_blocks;
  series = self->lanes[self->plains[pair]].departures;
  plot.x.max = MAX (MAX (sk_race_last_step (self), (double) self->until), 1);
  plot.y.min = n + 0.5; /* upside down: the loss lies below */
  plot.y.max = -0.5;
  sk_plot_set_rect (&plot, *rect);
  sk_plot_draw_head (&plot, text, palette,
                     _ ("D₁₀: where the gradients part by more than ten times"), NULL,
                     0);
  sk_plot_draw_x (&plot, text, palette, &plot.x, _ ("step"));
  sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, _ ("stem"), rect->x - 0.5 * em,
                rect->y + 0.3 * em, 1, 0.5);
  sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, _ ("nowhere"), rect->x - 0.5 * em,
                rect->y + rect->height - 0.3 * em, 1, 0.5);
  cairo_save (text->cr);
  cairo_rectangle (text->cr, rect->x, rect->y - 1, rect->width + 1, rect->height + 2);
  cairo_clip (text->cr);
  sk_set_source (text->cr, sk_color_fade (palette->warning, 0.45));
  cairo_set_line_width (text->cr, 1);
  sk_trace_line (text->cr, series, &plot.x, &plot.y);
  cairo_stroke (text->cr);
  sk_set_source (text->cr, palette->warning);
  sk_trace_markers (text->cr, series, &plot.x, &plot.y, 0.16 * em, 2);
  cairo_fill (text->cr);
  cairo_restore (text->cr);
}
