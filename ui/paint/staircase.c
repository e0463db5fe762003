#include "staircase.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "plot.h"

/* Stages are kept apart by a gap as wide as this many steps. */
#define GAP 0.35
/* Percents written at the left. */
#define MOST_LABELS 6
/* In em: above the plot, below it, and left of it. */
#define HEAD 2.5
#define FOOT 4.9
#define LEFT 3.2
/* In em below the plot: block numbers, stages, rules. */
#define BLOCKS_AT 0.3
#define STAGES_AT 1.7
#define RULES_AT 3.2

static double
place_of (const SkExits *exits, int step) {
  return step + GAP * (exits->steps[step].stage - exits->steps[0].stage);
}

static gboolean
find_plot (const SkExits *exits, double width, double height, const SkPalette *palette,
           SkPlot *plot) {
  double em = palette->text;
  SkRect rect = { floor (LEFT * em), floor (HEAD * em), 0, 0 };

  rect.width = floor (width - rect.x - 0.9 * em);
  rect.height = floor (height - rect.y - FOOT * em);
  if (exits == NULL || exits->n_steps == 0 || rect.width < 16 || rect.height < 16)
    return FALSE;
  plot->x = (SkAxis){ .min = -GAP / 2,
                      .max = place_of (exits, exits->n_steps - 1) + 1 + GAP / 2 };
  plot->y = (SkAxis){ .min = 0, .max = 100 };
  sk_plot_set_rect (plot, rect);
  return TRUE;
}

static SkRect
column_of (const SkExits *exits, const SkPlot *plot, int step) {
  double left = sk_axis_place (&plot->x, place_of (exits, step));
  double right = sk_axis_place (&plot->x, place_of (exits, step) + 1);

  return (SkRect){ left, plot->rect.y, right - left, plot->rect.height };
}

gboolean
sk_staircase_column (const SkExits *exits, double width, double height,
                     const SkPalette *palette, int step, SkRect *column) {
  SkPlot plot;

  if (!find_plot (exits, width, height, palette, &plot))
    return FALSE;
  *column = column_of (exits, &plot, step);
  return TRUE;
}

static SkColor
color_of (SkExitRule rule, const SkPalette *palette) {
  return rule == SK_EXIT_RULE_HEAD ? palette->train : palette->test;
}

static void
draw_step (SkText *text, const SkExits *exits, const SkPlot *plot, int step,
           const SkPalette *palette) {
  double percent = 100 * sk_exits_accuracy (exits, step);
  SkExitRule rule = exits->steps[step].rule;
  SkColor color = color_of (rule, palette);
  SkRect bar = column_of (exits, plot, step);
  double bottom = bar.y + bar.height, room;
  g_autofree char *value = g_strdup_printf ("%.0f", percent);

  bar.y = sk_axis_place (&plot->y, percent);
  bar.height = bottom - bar.y;
  sk_set_source (text->cr, sk_color_fade (color, 0.25));
  cairo_rectangle (text->cr, bar.x, bar.y, bar.width, bar.height);
  cairo_fill (text->cr);
  if (rule != SK_EXIT_RULE_HEAD)
    sk_hatch (text->cr, &bar, sk_color_fade (color, 0.55), 6);
  sk_text_measure (text, SK_TEXT_CAPTION, value, &room, NULL);
  if (room <= bar.width + 1)
    sk_text_draw (text, SK_TEXT_CAPTION, palette->ink, value, bar.x + bar.width / 2,
                  MAX (bar.y - 0.2 * palette->text, plot->rect.y), 0.5, 1);
}

/* The edge that one walks up, unbroken where nothing changes hands. */
static void
draw_edge (cairo_t *cr, const SkExits *exits, const SkPlot *plot,
           const SkPalette *palette) {
  double y = 0;

  cairo_save (cr);
  cairo_set_line_width (cr, MAX (0.17 * palette->text, 2));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (int i = 0; i < exits->n_steps; i++) {
    SkRect column = column_of (exits, plot, i);
    double before = y;

    y = sk_axis_place (&plot->y, 100 * sk_exits_accuracy (exits, i));
    if (i > 0 && exits->steps[i].rule == exits->steps[i - 1].rule) {
      cairo_line_to (cr, column.x, before);
      cairo_line_to (cr, column.x, y);
    } else {
      cairo_move_to (cr, column.x, y);
    }
    cairo_line_to (cr, column.x + column.width, y);
    if (i + 1 < exits->n_steps && exits->steps[i + 1].rule == exits->steps[i].rule)
      continue;
    sk_set_source (cr, color_of (exits->steps[i].rule, palette));
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

static void
draw_chance (cairo_t *cr, const SkExits *exits, const SkPlot *plot,
             const SkPalette *palette) {
  const double dashes[] = { 5, 4 };
  double y = floor (sk_axis_place (&plot->y, 100.0 / exits->classes)) + 0.5;

  cairo_save (cr);
  sk_set_source (cr, palette->ink);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, dashes, 2, 0);
  cairo_move_to (cr, plot->rect.x, y);
  cairo_line_to (cr, plot->rect.x + plot->rect.width, y);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* A line under the steps @first … @last and words below it, as many as fit. */
static void
draw_bracket (SkText *text, const SkExits *exits, const SkPlot *plot, int first,
              int last, double below, const char *words, SkColor color, SkColor ink) {
  SkRect left = column_of (exits, plot, first), right = column_of (exits, plot, last);
  double end = right.x + right.width, y = plot->rect.y + plot->rect.height + below;

  sk_set_source (text->cr, color);
  cairo_set_line_width (text->cr, 1);
  cairo_move_to (text->cr, left.x, floor (y) + 0.5);
  cairo_line_to (text->cr, end, floor (y) + 0.5);
  cairo_stroke (text->cr);
  sk_text_draw_within (text, SK_TEXT_CAPTION, ink, words, (left.x + end) / 2, y + 1,
                       0.5, 0, end - left.x);
}

static const char *
rule_name (SkExitRule rule) {
  return rule == SK_EXIT_RULE_HEAD ? _ ("its own head") : _ ("nearest class mean");
}

/* Numbers of the blocks in their stage, the stages, and who answers. */
static void
draw_depth (SkText *text, const SkExits *exits, const SkPlot *plot,
            const SkPalette *palette) {
  double em = palette->text, bottom = plot->rect.y + plot->rect.height;
  int every = (int) ceil (1.7 * em / MAX (column_of (exits, plot, 0).width, 0.1));
  int stage = 0, rule = 0; /* where they began */

  for (int i = 0; i < exits->n_steps; i++) {
    const SkExitStep *step = &exits->steps[i], *next = step + 1;
    gboolean ends = i + 1 == exits->n_steps;
    const char *number = strrchr (step->block, '.');
    SkRect column = column_of (exits, plot, i);

    if (number && (i - stage) % every == 0)
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, number + 1,
                    column.x + column.width / 2, bottom + BLOCKS_AT * em, 0.5, 0);
    if (ends || next->stage != step->stage) {
      g_autofree char *name = g_strdup_printf (_ ("stage %d"), step->stage);

      draw_bracket (text, exits, plot, stage, i, STAGES_AT * em, name, palette->frame,
                    palette->ink);
      stage = i + 1;
    }
    if (ends || next->rule != step->rule) {
      draw_bracket (text, exits, plot, rule, i, RULES_AT * em, rule_name (step->rule),
                    color_of (step->rule, palette), palette->ink);
      rule = i + 1;
    }
  }
}

static void
draw_hover (SkText *text, const SkExits *exits, const SkPlot *plot, int step,
            double width, double height, const SkPalette *palette) {
  SkRect column = column_of (exits, plot, step);
  gboolean head = exits->steps[step].rule == SK_EXIT_RULE_HEAD;
  SkNote notes[] = {
    { .words = g_strdup_printf (_ ("Ended after %s"), exits->steps[step].block) },
    { .words = g_strdup (_ ("right")),
      .value = g_strdup_printf ("%.1f %%", 100 * sk_exits_accuracy (exits, step)) },
    { .words =
          g_strdup (head ? _ ("by its own head") : _ ("by the nearest class mean")) },
  };

  sk_set_source (text->cr, palette->ink);
  cairo_set_line_width (text->cr, 1);
  cairo_rectangle (text->cr, column.x + 0.5, column.y + 0.5, column.width - 1,
                   column.height - 1);
  cairo_stroke (text->cr);
  sk_draw_notes (text, palette, notes, G_N_ELEMENTS (notes),
                 column.x + column.width / 2, column.y + 3 * palette->text, width,
                 height);
}

void
sk_staircase_draw (cairo_t *cr, const SkExits *exits, double width, double height,
                   const SkPalette *palette, int hover) {
  const SkLegendEntry legend[] = { { SK_SAMPLE_DASHES, palette->ink, _ ("guessing"),
                                     NULL } };
  SkPlot plot;
  SkText text;

  if (!find_plot (exits, width, height, palette, &plot))
    return;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  sk_plot_draw_head (&plot, &text, palette, _ ("Accuracy by depth (%)"), legend,
                     G_N_ELEMENTS (legend));
  sk_plot_draw_y (&plot, &text, palette,
                  (int) MIN (plot.rect.height / (2.4 * palette->text), MOST_LABELS));
  for (int i = 0; i < exits->n_steps; i++)
    draw_step (&text, exits, &plot, i, palette);
  draw_edge (cr, exits, &plot, palette);
  draw_chance (cr, exits, &plot, palette);
  draw_depth (&text, exits, &plot, palette);
  if (hover >= 0 && hover < exits->n_steps)
    draw_hover (&text, exits, &plot, hover, width, height, palette);
  sk_text_end (&text);
  cairo_restore (cr);
}

int
sk_staircase_at (const SkExits *exits, double width, double height,
                 const SkPalette *palette, double x, double y) {
  SkPlot plot;

  if (!find_plot (exits, width, height, palette, &plot) || y < plot.rect.y ||
      y > height)
    return -1;
  for (int i = 0; i < exits->n_steps; i++) {
    SkRect column = column_of (exits, &plot, i);

    if (x >= column.x && x < column.x + column.width)
      return i;
  }
  return -1;
}
