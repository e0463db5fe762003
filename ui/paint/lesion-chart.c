#include "lesion-chart.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plot.h"
#include "range.h"

/* Stages are kept apart by a gap as wide as this many bars. */
#define GAP 0.6
/* Percentage points and units of loss that the axes show at the least. */
#define LEAST_POINTS 5.0
#define LEAST_LOSS 0.1

typedef double (*ChangeFunc) (const SkLesions *lesions, const SkLesionSet *set);

/* One of the two plots. */
typedef struct {
  SkPlot plot;
  ChangeFunc change;
  gboolean down; /* what is worse hangs down */
  const char *title, *unit;
} Panel;

static int
gaps_before (const SkPlan *plan, int block) {
  return plan->blocks[block].stage - 1;
}

static double
place_of (const SkPlan *plan, int block) {
  return block + GAP * gaps_before (plan, block);
}

static void
set_range (const SkLesions *lesions, Panel *panel) {
  double least = panel->down ? LEAST_POINTS : LEAST_LOSS;
  SkAxis *y = &panel->plot.y;

  y->min = panel->down ? -least : -least / 4;
  y->max = panel->down ? least / 4 : least;
  for (int b = 0; lesions && b < lesions->plan->n_blocks; b++) {
    double change = panel->change (lesions, &lesions->sets[b]);

    if (!isfinite (change))
      continue;
    y->min = MIN (y->min, change * 1.12);
    y->max = MAX (y->max, change * 1.12);
  }
}

/* The part of @width that the bars take. */
static double
bars_width (const SkLesions *lesions, double width, const SkPalette *palette) {
  if (lesions == NULL || lesions->most == 0 || width < 46 * palette->text)
    return width;
  return floor (0.7 * width);
}

/* Returns: how many panels there is room for */
static int
find_panels (const SkLesions *lesions, double width, double height,
             const SkPalette *palette, Panel panels[2]) {
  double em = palette->text;
  double room = height - 2.5 * em - 3.6 * em;
  int n = room > 15 * em ? 2 : 1;
  double first = n == 2 ? floor ((room - 2.6 * em) * 0.6) : floor (room);

  panels[0] = (Panel){ .change = sk_lesion_accuracy_change,
                       .down = TRUE,
                       .title = _ ("Accuracy without each block: change in points"),
                       .unit = "" };
  panels[1] = (Panel){ .change = sk_lesion_loss_change,
                       .title = _ ("Loss without each block: change"),
                       .unit = "" };
  for (int i = 0; i < n; i++) {
    SkPlot *plot = &panels[i].plot;
    SkRect rect = { floor (4 * em),
                    floor (i == 0 ? 2.5 * em : 2.5 * em + first + 2.6 * em),
                    floor (MAX (width - 4.9 * em, 0)),
                    i == 0 ? first : floor (room - 2.6 * em - first) };

    set_range (lesions, &panels[i]);
    plot->x.min = -GAP / 2;
    plot->x.max = 1;
    if (lesions && lesions->plan->n_blocks > 0)
      plot->x.max = place_of (lesions->plan, lesions->plan->n_blocks - 1) + 1 + GAP / 2;
    sk_plot_set_rect (plot, rect);
  }
  return panels[0].plot.rect.width > 16 && panels[0].plot.rect.height > 16 ? n : 0;
}

/* The column of a block in a panel, from top to bottom. */
static SkRect
column_of (const SkPlan *plan, const Panel *panel, int block) {
  double left = sk_axis_place (&panel->plot.x, place_of (plan, block));
  double right = sk_axis_place (&panel->plot.x, place_of (plan, block) + 1);

  return (SkRect){ left, panel->plot.rect.y, right - left, panel->plot.rect.height };
}

static char *
change_label (const Panel *panel, double change) {
  int digits = panel->down ? 1 : 2;

  if (fabs (change) < 0.5 * pow (10, -digits))
    return g_strdup ("0");
  return sk_format_fixed (change, digits, TRUE);
}

static void
draw_value (SkText *text, const Panel *panel, const SkRect *bar, double change,
            double room, const SkPalette *palette) {
  g_autofree char *label = change_label (panel, change);
  gboolean below = change < 0;
  double width;

  sk_text_measure (text, SK_TEXT_TINY, label, &width, NULL);
  if (width > room)
    return;
  sk_text_draw (text, SK_TEXT_TINY, palette->ink, label, bar->x + bar->width / 2,
                below ? bar->y + bar->height + 1 : bar->y - 1, 0.5, below ? 0 : 1);
}

static void
draw_bar (SkText *text, const SkLesions *lesions, const Panel *panel, int block,
          const SkPalette *palette) {
  const SkRect column = column_of (lesions->plan, panel, block);
  double change = panel->change (lesions, &lesions->sets[block]);
  double zero = sk_axis_place (&panel->plot.y, 0);
  double end = isfinite (change) ? sk_axis_place (&panel->plot.y, change)
               : panel->down     ? panel->plot.rect.y + panel->plot.rect.height
                                 : panel->plot.rect.y;
  double thick = MAX (column.width * (column.width > 4 ? 0.72 : 1), 1);
  SkRect bar = { column.x + (column.width - thick) / 2, MIN (zero, end), thick,
                 MAX (fabs (end - zero), 1) };
  gboolean worse = panel->down ? change < 0 : change > 0;
  SkColor fill = worse ? palette->error : palette->accent;

  cairo_rectangle (text->cr, bar.x, bar.y, bar.width, bar.height);
  sk_set_source (text->cr, sk_color_fade (fill, 0.8));
  cairo_fill (text->cr);
  if (sk_lesions_changes_shape (lesions->plan, block))
    sk_hatch (text->cr, &bar, palette->background, 5);
  if (bar.width >= 4 && bar.height >= 3) {
    sk_set_source (text->cr, fill);
    cairo_set_line_width (text->cr, 1);
    cairo_rectangle (text->cr, bar.x + 0.5, bar.y + 0.5, bar.width - 1, bar.height - 1);
    cairo_stroke (text->cr);
  }
  draw_value (text, panel, &bar, change, column.width + 2, palette);
}

static void
draw_zero (SkText *text, const Panel *panel, const SkPalette *palette) {
  const SkRect *rect = &panel->plot.rect;
  double zero = floor (sk_axis_place (&panel->plot.y, 0)) + 0.5;

  sk_set_source (text->cr, palette->ink);
  cairo_set_line_width (text->cr, 1);
  cairo_move_to (text->cr, rect->x, zero);
  cairo_line_to (text->cr, rect->x + rect->width, zero);
  cairo_stroke (text->cr);
}

/* Columns of the blocks that change the shape, of what is selected and pointed at. */
static void
draw_columns (SkText *text, const SkLesions *lesions, const Panel *panel,
              const SkPalette *palette, const gboolean *chosen, int hover) {
  for (int b = 0; b < lesions->plan->n_blocks; b++) {
    SkRect column = column_of (lesions->plan, panel, b);

    if (sk_lesions_changes_shape (lesions->plan, b)) {
      sk_set_source (text->cr, sk_color_fade (palette->grid, 0.55));
      cairo_rectangle (text->cr, column.x, column.y, column.width, column.height);
      cairo_fill (text->cr);
    }
    if (b == hover || (chosen && chosen[b])) {
      sk_set_source (text->cr, chosen && chosen[b] ? palette->accent : palette->frame);
      cairo_set_line_width (text->cr, chosen && chosen[b] ? 2 : 1);
      cairo_rectangle (text->cr, column.x + 0.5, column.y + 0.5, column.width - 1,
                       column.height - 1);
      cairo_stroke (text->cr);
    }
  }
}

/* Numbers of the blocks in their stage, as many as fit, and the stages below. */
static void
draw_depth (SkText *text, const SkLesions *lesions, const Panel *panel,
            const SkPalette *palette) {
  const SkPlan *plan = lesions->plan;
  double em = palette->text;
  double bottom = panel->plot.rect.y + panel->plot.rect.height;
  double step = sk_axis_place (&panel->plot.x, 1) - sk_axis_place (&panel->plot.x, 0);
  int every = (int) ceil (1.7 * em / MAX (step, 0.1));

  for (int b = 0; b < plan->n_blocks; b++) {
    const SkBlock *block = &plan->blocks[b];
    SkRect column = column_of (plan, panel, b);
    g_autofree char *name = g_strdup_printf ("%d", block->index);

    if (block->index % every == 0)
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, name,
                    column.x + column.width / 2, bottom + 0.3 * em, 0.5, 0);
    if (b + 1 == plan->n_blocks || plan->blocks[b + 1].stage != block->stage) {
      SkRect first = column_of (plan, panel, b - block->index);
      g_autofree char *stage = g_strdup_printf (_ ("stage %d"), block->stage);
      double width;

      sk_text_measure (text, SK_TEXT_CAPTION, stage, &width, NULL);
      if (width <= column.x + column.width - first.x)
        sk_text_draw (text, SK_TEXT_CAPTION, palette->ink, stage,
                      (first.x + column.x + column.width) / 2, bottom + 1.7 * em, 0.5,
                      0);
      sk_set_source (text->cr, palette->frame);
      cairo_set_line_width (text->cr, 1);
      cairo_move_to (text->cr, first.x, floor (bottom + 1.65 * em) + 0.5);
      cairo_line_to (text->cr, column.x + column.width,
                     floor (bottom + 1.65 * em) + 0.5);
      cairo_stroke (text->cr);
    }
  }
}

static void
draw_hover (SkText *text, const SkLesions *lesions, const Panel *panel, int block,
            double width, double height, const SkPalette *palette) {
  const SkLesionSet *set = &lesions->sets[block];
  SkRect column = column_of (lesions->plan, panel, block);
  SkNote notes[4] = {
    { .words = g_strdup_printf (_ ("Without %s"), lesions->plan->blocks[block].name) },
    { .words = g_strdup (_ ("accuracy")),
      .value = g_strdup_printf ("%.1f %%", 100 * sk_lesion_accuracy (&set->score)) },
    { .words = g_strdup (_ ("loss")),
      .value = g_strdup_printf ("%.3f", sk_lesion_loss (&set->score)) },
  };
  int n = 3;

  if (sk_lesions_changes_shape (lesions->plan, block))
    notes[n++] = (SkNote){ .words = g_strdup (_ ("its shape changes here")) };
  sk_draw_notes (text, palette, notes, n, column.x + column.width / 2,
                 column.y + column.height / 2, width, height);
}

static void
draw_panel (SkText *text, const SkLesions *lesions, const Panel *panel,
            const SkPalette *palette, const gboolean *chosen, int hover, gboolean top) {
  SkLegendEntry entries[2];
  g_autofree char *whole = NULL;
  gboolean changes = FALSE;
  int n = 0;

  for (int b = 0; lesions && b < lesions->plan->n_blocks; b++)
    changes |= sk_lesions_changes_shape (lesions->plan, b);
  if (top && changes)
    entries[n++] =
        (SkLegendEntry){ SK_SAMPLE_HATCH, palette->dim, _ ("its shape changes"), NULL };
  if (lesions && lesions->whole.n > 0) {
    whole = panel->down ? g_strdup_printf ("%.1f %%",
                                           100 * sk_lesion_accuracy (&lesions->whole))
                        : g_strdup_printf ("%.3f", sk_lesion_loss (&lesions->whole));
    entries[n++] =
        (SkLegendEntry){ SK_SAMPLE_LINE, palette->ink, _ ("the whole network"), whole };
  }
  sk_plot_draw_head (&panel->plot, text, palette, panel->title, entries, n);
  if (lesions && lesions->whole.n > 0)
    draw_columns (text, lesions, panel, palette, chosen, hover);
  sk_plot_draw_y (&panel->plot, text, palette,
                  (int) (panel->plot.rect.height / (2.4 * palette->text)));
  for (int b = 0; lesions && lesions->whole.n > 0 && b < lesions->plan->n_blocks; b++)
    draw_bar (text, lesions, panel, b, palette);
  draw_zero (text, panel, palette);
}

void
sk_lesion_chart_draw (cairo_t *cr, const SkLesions *lesions, double width,
                      double height, const SkPalette *palette, const gboolean *chosen,
                      int hover) {
  Panel panels[2];
  SkText text;
  double bars;
  int n;

  g_return_if_fail (cr != NULL && palette != NULL);

  bars = bars_width (lesions, width, palette);
  n = find_panels (lesions, bars, height, palette, panels);
  if (n == 0)
    return;
  cairo_save (cr);
  if (bars < width) {
    cairo_translate (cr, bars, 0);
    sk_lesion_random_draw (cr, lesions, width - bars, height, palette);
    cairo_translate (cr, -bars, 0);
  }
  sk_text_begin (&text, cr, palette, 1);
  for (int i = 0; i < n; i++)
    draw_panel (&text, lesions, &panels[i], palette, chosen, hover, i == 0);
  if (lesions)
    draw_depth (&text, lesions, &panels[n - 1], palette);
  if (lesions == NULL || lesions->whole.n == 0)
    sk_plot_draw_empty (&panels[0].plot, &text, palette, _ ("Nothing measured yet"));
  else if (hover >= 0 && hover < lesions->plan->n_blocks)
    draw_hover (&text, lesions, &panels[0], hover, width, height, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

int
sk_lesion_chart_at (const SkLesions *lesions, double width, double height,
                    const SkPalette *palette, double x, double y) {
  Panel panels[2];
  int n;

  if (lesions == NULL)
    return -1;
  n = find_panels (lesions, bars_width (lesions, width, palette), height, palette,
                   panels);
  if (n == 0 || y < panels[0].plot.rect.y || y > height)
    return -1;
  for (int b = 0; b < lesions->plan->n_blocks; b++) {
    SkRect column = column_of (lesions->plan, &panels[0], b);

    if (x >= column.x && x < column.x + column.width)
      return b;
  }
  return -1;
}

void
sk_lesion_chart_figure (cairo_t *cr, double width, double height,
                        const SkPalette *palette, gconstpointer data) {
  const SkLesions *self = data;
  double em = palette->text;
  g_autofree char *title =
      g_strdup_printf (_ ("%s, block by block"), self->plan->variant.title);
  g_autofree char *subtitle = g_strdup_printf (
      _ ("%s · accuracy %.1f %% on %d pictures"), self->data ? self->data : "–",
      100 * sk_lesion_accuracy (&self->whole), self->whole.n);
  SkText text;

  sk_text_begin (&text, cr, palette, 1);
  sk_text_draw_within (&text, SK_TEXT_TITLE, palette->ink, title, 1.4 * em, 1.1 * em, 0,
                       0, width - 2.8 * em);
  sk_text_draw_within (&text, SK_TEXT_BODY, palette->dim, subtitle, 1.4 * em, 3 * em, 0,
                       0, width - 2.8 * em);
  sk_text_end (&text);
  cairo_save (cr);
  cairo_translate (cr, 0, 5 * em);
  sk_lesion_chart_draw (cr, self, width - 0.6 * em, height - 5.4 * em, palette, NULL,
                        -1);
  cairo_restore (cr);
}
