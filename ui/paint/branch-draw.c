#include <glib/gi18n-lib.h>
#include <math.h>

#include "branch.h"
#include "plot.h"
#include "range.h"

/* Stages are kept apart by a gap as wide as this many bars. */
#define GAP 0.6
/* Of the height: bars above, silent outputs below. */
#define UPPER 0.7

typedef struct {
  SkPlot above, below; /* below has no height where there is no room */
} Plots;

static Plots
plots_of (const SkBranch *self, double width, double height, const SkPalette *palette) {
  double em = palette->text;
  SkRect rect = { floor (3.4 * em), floor (2.5 * em), 0, 0 };
  Plots plots = { 0 };
  double room = floor (MAX (height - rect.y - 2 * em, 0));
  int stages = self->plan->variant.n_stages;

  rect.width = floor (MAX (width - rect.x - 0.9 * em, 0));
  rect.height = room;
  plots.above.x.min = plots.below.x.min = 0;
  plots.above.x.max = plots.below.x.max =
      MAX (self->plan->n_blocks + GAP * (stages - 1), 1);
  plots.above.y.max = self->top;
  plots.below.y.max = 1;
  if (room > 11 * em) {
    SkRect lower = { rect.x, rect.y + UPPER * room + 2 * em, rect.width,
                     (1 - UPPER) * room - 2 * em };

    rect.height = UPPER * room;
    sk_plot_set_rect (&plots.below, lower);
  }
  sk_plot_set_rect (&plots.above, rect);
  return plots;
}

/* Left and right of a block's column. */
static void
column_of (const SkBranch *self, const SkPlot *plot, int index, double *left,
           double *right) {
  double place = index + GAP * (self->plan->blocks[index].stage - 1);

  *left = sk_axis_place (&plot->x, place);
  *right = sk_axis_place (&plot->x, place + 1);
}

static double
value_place (const SkPlot *plot, double value) {
  return CLAMP (sk_axis_place (&plot->y, value), plot->rect.y,
                plot->rect.y + plot->rect.height);
}

/* A diamond with a rim, seen on a bar and beside it. */
static void
draw_diamond (cairo_t *cr, double x, double y, double size, const SkPalette *palette) {
  cairo_move_to (cr, x, y - size);
  cairo_line_to (cr, x + size, y);
  cairo_line_to (cr, x, y + size);
  cairo_line_to (cr, x - size, y);
  cairo_close_path (cr);
  sk_set_source (cr, palette->background);
  cairo_fill_preserve (cr);
  sk_set_source (cr, palette->ink);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
}

static void
draw_bar (cairo_t *cr, const SkBranch *self, const Plots *plots, int index,
          const SkPalette *palette, gboolean hover, gboolean selected) {
  const SkBlockState *state = &self->blocks[index];
  const SkRect *above = &plots->above.rect, *below = &plots->below.rect;
  double left, right, bottom = above->y + above->height, thick, top;
  SkRect bar;

  column_of (self, &plots->above, index, &left, &right);
  thick = MIN ((right - left) * (right - left > 4 ? 0.72 : 0.9), 4 * palette->text);
  top = value_place (&plots->above, (double) state->branch);
  bar = (SkRect){ (left + right - thick) / 2, top, MAX (thick, 1), bottom - top };
  sk_set_source (cr, palette->residual);
  cairo_rectangle (cr, bar.x, bar.y, bar.width, bar.height);
  cairo_fill (cr);
  if (below->height > 0) {
    double dead = value_place (&plots->below, (double) state->dead);
    SkRect silent = { bar.x, dead, bar.width, below->y + below->height - dead };

    sk_set_source (cr, sk_color_fade (palette->dim, 0.35));
    cairo_rectangle (cr, silent.x, silent.y, silent.width, silent.height);
    cairo_fill (cr);
    sk_hatch (cr, &silent, palette->dim, 5);
  }
  if (hover || selected) {
    double end = below->height > 0 ? below->y + below->height : bottom;

    sk_set_source (cr, selected ? palette->accent : palette->ink);
    cairo_set_line_width (cr, 2);
    cairo_rectangle (cr, bar.x - 2, above->y, bar.width + 4, end - above->y);
    cairo_stroke (cr);
  }
}

/* What theory expects, as a dotted line through the middles of the columns; |γ| as
 * diamonds, or as short dashes where columns are too narrow for them. */
static void
draw_over (cairo_t *cr, const SkBranch *self, const SkPlot *plot,
           const SkPalette *palette) {
  const double dots[] = { 0.1, 4.5 };
  double left, right;

  cairo_save (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_dash (cr, dots, 2, 0);
  for (int i = 0; i < self->plan->n_blocks; i++) {
    column_of (self, plot, i, &left, &right);
    cairo_line_to (cr, (left + right) / 2, value_place (plot, sk_branch_theory (i)));
  }
  sk_set_source (cr, palette->background);
  cairo_set_line_width (cr, 4.5);
  cairo_stroke_preserve (cr);
  sk_set_source (cr, palette->ink);
  cairo_set_line_width (cr, 2.4);
  cairo_stroke (cr);
  cairo_restore (cr);
  for (int i = 0; i < self->plan->n_blocks && self->filled; i++) {
    column_of (self, plot, i, &left, &right);
    draw_diamond (cr, (left + right) / 2,
                  value_place (plot, (double) self->blocks[i].gamma),
                  CLAMP (0.25 * (right - left), 2.2, 5), palette);
  }
}

static void
draw_depth (SkText *text, const SkBranch *self, const Plots *plots,
            const SkPalette *palette) {
  const SkPlot *lowest = plots->below.rect.height > 0 ? &plots->below : &plots->above;
  double bottom = lowest->rect.y + lowest->rect.height;
  int first = 0;

  for (int i = 1; i <= self->plan->n_blocks; i++) {
    int stage = self->plan->blocks[first].stage;
    g_autofree char *name = NULL;
    double left, right, end, width;

    if (i < self->plan->n_blocks && self->plan->blocks[i].stage == stage)
      continue;
    column_of (self, lowest, first, &left, &end);
    column_of (self, lowest, i - 1, &end, &right);
    name = g_strdup_printf (_ ("stage %d"), stage);
    sk_text_measure (text, SK_TEXT_CAPTION, name, &width, NULL);
    if (width > right - left) {
      g_free (name);
      name = g_strdup_printf ("%d", stage);
    }
    sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, name, (left + right) / 2,
                  bottom + 0.5 * palette->text, 0.5, 0);
    first = i;
  }
}

static void
draw_frames (SkText *text, const SkBranch *self, const Plots *plots,
             const SkPalette *palette) {
  const SkLegendEntry all[] = {
    { SK_SAMPLE_FILL, palette->residual, _ ("F(x) against x"), NULL },
    { SK_SAMPLE_DIAMOND, palette->ink, _ ("|γ| of the last batch norm"), NULL },
    { SK_SAMPLE_DOTS, palette->ink, _ ("1/√l: theory, pre-activation, at start"),
      NULL },
  };
  const SkLegendEntry few[] = {
    { SK_SAMPLE_FILL, palette->residual, _ ("F/x"), NULL },
    { SK_SAMPLE_DIAMOND, palette->ink, _ ("|γ|"), NULL },
    { SK_SAMPLE_DOTS, palette->ink, _ ("1/√l: theory"), NULL },
  };
  gboolean wide = plots->above.rect.width > 52 * palette->text;
  SkPlot below = plots->below;

  sk_plot_draw_head (
      &plots->above, text, palette,
      plots->above.rect.width > 26 * palette->text ? _ ("Branch strength") : "",
      wide ? all : few, G_N_ELEMENTS (all));
  sk_plot_draw_y (&plots->above, text, palette,
                  (int) (plots->above.rect.height / (3 * palette->text)));
  if (!(below.rect.height > 0))
    return;
  sk_plot_draw_head (&below, text, palette, _ ("Silent outputs"), NULL, 0);
  sk_plot_draw_y (&below, text, palette, 2);
}

static void
draw_hover (SkText *text, const SkBranch *self, const SkPlot *plot, int index,
            double width, double height, const SkPalette *palette) {
  const SkBlockState *state = &self->blocks[index];
  const SkBlock *block = &self->plan->blocks[index];
  double left, right;
  SkNote notes[] = {
    { .words = g_strdup_printf (_ ("Block %d.%d"), block->stage, block->index) },
    { .words = g_strdup (_ ("F(x) against x")),
      .value = sk_format_number ((double) state->branch) },
    { .words = g_strdup (_ ("theory at the start")),
      .value = g_strdup_printf ("%.2f", sk_branch_theory (index)) },
    { .words = g_strdup (_ ("|γ|")),
      .value = sk_format_number ((double) state->gamma) },
    { .words = g_strdup (_ ("silent outputs")),
      .value = g_strdup_printf ("%.0f %%", 100 * (double) state->dead) },
  };

  column_of (self, plot, index, &left, &right);
  sk_draw_notes (text, palette, notes, G_N_ELEMENTS (notes), (left + right) / 2,
                 value_place (plot, (double) state->branch), width, height);
}

void
sk_branch_draw (cairo_t *cr, const SkBranch *self, double width, double height,
                const SkPalette *palette, int hover, int selected) {
  gboolean plain;
  Plots plots;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  plots = plots_of (self, width, height, palette);
  plain = !self->plan->variant.skips;
  if (plots.above.rect.width < 16 || plots.above.rect.height < 16)
    return;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  draw_frames (&text, self, &plots, palette);
  for (int i = 0; self->filled && i < self->plan->n_blocks; i++)
    draw_bar (cr, self, &plots, i, palette, i == hover, i == selected);
  if (plain)
    sk_plot_draw_empty (&plots.above, &text, palette,
                        _ ("A plain network has no skips to compare with"));
  else
    draw_over (cr, self, &plots.above, palette);
  if (!self->filled && !plain)
    sk_plot_draw_empty (&plots.above, &text, palette, _ ("Nothing measured yet"));
  draw_depth (&text, self, &plots, palette);
  if (hover >= 0 && hover < self->plan->n_blocks && self->filled)
    draw_hover (&text, self, &plots.above, hover, width, height, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

int
sk_branch_at (const SkBranch *self, double width, double height,
              const SkPalette *palette, double x, double y) {
  Plots plots;

  g_return_val_if_fail (self != NULL && palette != NULL, -1);

  plots = plots_of (self, width, height, palette);
  if (plots.above.rect.width < 16 || y < plots.above.rect.y || y > height)
    return -1;
  for (int i = 0; i < self->plan->n_blocks; i++) {
    double left, right;

    column_of (self, &plots.above, i, &left, &right);
    if (x >= left && x < right)
      return i;
  }
  return -1;
}
