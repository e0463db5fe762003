#include "waterfall-picture.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plot.h"
#include "range.h"

/* Rows before the first block's: what is always there, and the stem. */
#define ROWS_BEFORE 2
/* In em. */
#define HEAD 2.4
#define FOOT 2.2
#define KEY 1.4 /* how what it says was found, below the foot */
#define NAME_WIDTH 5.2
#define VALUE_WIDTH 4
#define LEAST_ROW 1.25 /* rows lower than that carry no words */
#define MOST_ROW 2
/* Of the width, for what the network would have said; nothing where there is no room. */
#define EXIT_SHARE 0.3
#define EXIT_WIDTH 9

typedef struct {
  double top, row; /* px */
  int each; /* words in every so many rows */
  double name_right, left, right; /* of the bars */
  double exit_left; /* NaN: no room */
  SkAxis axis;
} Layout;

static gboolean
has_exits (const SkExplanation *why) {
  for (int b = 0; b < why->n_blocks; b++)
    if (why->blocks[b].exit_name != NULL)
      return TRUE;
  return FALSE;
}

static double
row_height (const SkExplanation *why, double height, const SkPalette *palette) {
  double em = palette->text, below = FOOT + (has_exits (why) ? KEY : 0);

  return MIN ((height - (HEAD + below) * em) / (why->n_blocks + ROWS_BEFORE),
              MOST_ROW * em);
}

/* What has been added up before block @block; @block n_blocks: the logit. */
static double
before (const SkExplanation *why, int block) {
  double sum = why->bias + why->stem;

  for (int b = 0; b < block; b++)
    sum += why->blocks[b].added;
  return sum;
}

static void
find_extent (const SkExplanation *why, SkAxis *axis) {
  axis->min = MIN (0, why->bias);
  axis->max = MAX (0, why->bias);
  for (int b = 0; b <= why->n_blocks; b++) {
    axis->min = MIN (axis->min, before (why, b));
    axis->max = MAX (axis->max, before (why, b));
  }
  sk_axis_mend (axis);
}

static Layout
layout_of (const SkExplanation *why, double width, double height,
           const SkPalette *palette) {
  double em = palette->text;
  double exits = has_exits (why) ? MAX (width * EXIT_SHARE, EXIT_WIDTH * em) : 0;
  Layout layout = { .top = HEAD * em, .row = row_height (why, height, palette) };

  if (width - exits < (NAME_WIDTH + VALUE_WIDTH + 8) * em)
    exits = 0;
  layout.each = MAX ((int) ceil (LEAST_ROW * em / MAX (layout.row, 0.1)), 1);
  layout.name_right = NAME_WIDTH * em;
  layout.left = layout.name_right + 0.6 * em;
  layout.right = width - exits - VALUE_WIDTH * em;
  layout.exit_left = exits > 0 ? width - exits + 0.4 * em : NAN;
  find_extent (why, &layout.axis);
  layout.axis.from = layout.left;
  layout.axis.to = layout.right;
  return layout;
}

static void
draw_row (SkText *text, const Layout *layout, int row, const char *name, double from,
          double to, gboolean strong, const SkPalette *palette) {
  double em = palette->text, y = layout->top + row * layout->row;
  double a = sk_axis_place (&layout->axis, from), b = sk_axis_place (&layout->axis, to);
  SkColor color = sk_palette_diverging (palette, to >= from ? 1 : -1);
  SkRect bar = { MIN (a, b), y + 0.12 * layout->row, MAX (fabs (b - a), 1),
                 0.76 * layout->row };

  sk_set_source (text->cr, color);
  cairo_rectangle (text->cr, bar.x, bar.y, bar.width, bar.height);
  cairo_fill (text->cr);
  if (to < from)
    sk_hatch (text->cr, &bar, sk_color_fade (sk_color_on (color), 0.7), 5);
  /* Where the next one begins. */
  sk_set_source (text->cr, palette->frame);
  cairo_set_line_width (text->cr, 1);
  cairo_move_to (text->cr, b, bar.y);
  cairo_line_to (text->cr, b, y + 1.12 * layout->row);
  cairo_stroke (text->cr);
  if (row % layout->each != 0 && !strong)
    return;
  sk_text_draw_within (text, strong ? SK_TEXT_STRONG : SK_TEXT_CAPTION, palette->ink,
                       name, layout->name_right, y + layout->row / 2, 1, 0.5,
                       layout->name_right);
  if (fabs (to - from) > 0.005 * (layout->axis.max - layout->axis.min) || strong) {
    g_autofree char *value = sk_format_signed (to - from);

    sk_text_draw (text, SK_TEXT_CAPTION, palette->ink, value, MAX (a, b) + 0.35 * em,
                  y + layout->row / 2, 0, 0.5);
  }
}

/* Class means know of no probability. */
static char *
exit_words (const SkBlockView *view, gboolean agrees) {
  const char *mark = agrees ? "✓" : "·";

  switch (view->exit_rule) {
  case SK_EXIT_RULE_MEANS:
    return g_strdup_printf ("%s ≈ %s", mark, view->exit_name);
  case SK_EXIT_RULE_SKIPS:
    return g_strdup_printf ("%s → %s %.0f %%", mark, view->exit_name,
                            100 * (double) view->exit_probability);
  case SK_EXIT_RULE_HEAD:
  default:
    return g_strdup_printf ("%s %s %.0f %%", mark, view->exit_name,
                            100 * (double) view->exit_probability);
  }
}

/* What the marks of exit_words() mean. */
static const char *
exit_key (const SkExplanation *why) {
  return why->blocks[0].exit_rule == SK_EXIT_RULE_MEANS
             ? _ ("Ended here: ≈ by the nearest class mean, else by its own head")
             : _ ("Ended here: → by the skips alone, else by its own head");
}

static void
draw_exit (SkText *text, const SkExplanation *why, const Layout *layout, int block,
           const SkPalette *palette) {
  const SkBlockView *view = &why->blocks[block];
  int row = block + ROWS_BEFORE;
  gboolean agrees = view->exit_class == why->class;
  g_autofree char *words = NULL;

  if (isnan (layout->exit_left) || view->exit_name == NULL || row % layout->each != 0)
    return;
  words = exit_words (view, agrees);
  sk_text_draw_within (text, SK_TEXT_CAPTION, agrees ? palette->ink : palette->dim,
                       words, layout->exit_left,
                       layout->top + (row + 0.5) * layout->row, 0, 0.5,
                       palette->text * 14);
}

static void
draw_ring (cairo_t *cr, const Layout *layout, int block, double width, SkColor color) {
  if (block < 0)
    return;
  sk_set_source (cr, color);
  cairo_set_line_width (cr, 2);
  cairo_rectangle (cr, 1, layout->top + (block + ROWS_BEFORE) * layout->row, width - 2,
                   layout->row);
  cairo_stroke (cr);
}

static void
draw_zero (cairo_t *cr, const Layout *layout, int rows, const SkPalette *palette) {
  double x = floor (sk_axis_place (&layout->axis, 0)) + 0.5;

  sk_set_source (cr, palette->grid);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, x, layout->top);
  cairo_line_to (cr, x, layout->top + rows * layout->row);
  cairo_stroke (cr);
}

static void
draw_heads (SkText *text, const SkExplanation *why, const Layout *layout, double width,
            const SkPalette *palette) {
  double em = palette->text;
  g_autofree char *title =
      g_strdup_printf (_ ("Who argued for “%s”?"), why->class_name);
  g_autofree char *logit = sk_format_fixed (why->logit, 2, FALSE);
  g_autofree char *bias = sk_format_signed (why->bias);
  g_autofree char *stem = sk_format_signed (why->stem);
  g_autofree char *sum = g_strdup_printf (
      _ ("= %s, the logit (%s always there, %s from the stem)"), logit, bias, stem);
  double room = isnan (layout->exit_left) ? width : layout->exit_left;
  double foot = layout->top + (why->n_blocks + ROWS_BEFORE) * layout->row + 0.5 * em;

  sk_text_draw_within (text, SK_TEXT_STRONG, palette->ink, title, 0.6 * em, 0.3 * em, 0,
                       0, room - em);
  if (!isnan (layout->exit_left)) {
    sk_text_draw_within (text, SK_TEXT_STRONG, palette->ink, _ ("Ended here, it says"),
                         layout->exit_left, 0.3 * em, 0, 0, width - layout->exit_left);
    sk_text_draw_within (text, SK_TEXT_CAPTION, palette->dim, exit_key (why), 0.6 * em,
                         foot + KEY * em, 0, 0, width - em);
  }
  sk_text_draw_within (text, SK_TEXT_CAPTION, palette->dim, sum, 0.6 * em, foot, 0, 0,
                       width - em);
}

void
sk_waterfall_draw (cairo_t *cr, const SkExplanation *why, double width, double height,
                   const SkPalette *palette, int hover, int selected) {
  Layout layout;
  SkText text;

  g_return_if_fail (why != NULL && why->n_blocks > 0);

  layout = layout_of (why, width, height, palette);
  if (layout.right - layout.left < 16 || layout.row < 1)
    return;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  draw_heads (&text, why, &layout, width, palette);
  draw_zero (cr, &layout, why->n_blocks + ROWS_BEFORE, palette);
  draw_row (&text, &layout, 0, _ ("always"), 0, why->bias, layout.each == 1, palette);
  draw_row (&text, &layout, 1, _ ("stem"), why->bias, before (why, 0), layout.each == 1,
            palette);
  for (int b = 0; b < why->n_blocks; b++) {
    /* "layer3.1" is known by its numbers. */
    const char *name = why->blocks[b].name;

    draw_row (&text, &layout, b + ROWS_BEFORE,
              g_str_has_prefix (name, "layer") ? name + 5 : name, before (why, b),
              before (why, b + 1), FALSE, palette);
    draw_exit (&text, why, &layout, b, palette);
  }
  draw_ring (cr, &layout, selected, width, palette->accent);
  draw_ring (cr, &layout, hover, width, palette->ink);
  sk_text_end (&text);
  cairo_restore (cr);
}

int
sk_waterfall_at (const SkExplanation *why, double height, const SkPalette *palette,
                 double y) {
  double row = row_height (why, height, palette);
  int block =
      row < 1 ? -1 : (int) floor ((y - HEAD * palette->text) / row) - ROWS_BEFORE;

  return block >= 0 && block < why->n_blocks ? block : -1;
}

/* @view: with an exit. Returns: (transfer full) */
static char *
describe_exit (const SkBlockView *view) {
  double percent = 100 * (double) view->exit_probability;

  switch (view->exit_rule) {
  case SK_EXIT_RULE_MEANS:
    return g_strdup_printf (_ ("ended here, the nearest class mean is that of %s"),
                            view->exit_name);
  case SK_EXIT_RULE_SKIPS:
    return g_strdup_printf (
        _ ("carried on by the skips alone, the head would say %s, %.0f percent"),
        view->exit_name, percent);
  case SK_EXIT_RULE_HEAD:
  default:
    return g_strdup_printf (_ ("ended here, the head would say %s, %.0f percent"),
                            view->exit_name, percent);
  }
}

char *
sk_waterfall_describe (const SkExplanation *why, int block) {
  const SkBlockView *view = &why->blocks[block];
  g_autofree char *exit = view->exit_name ? describe_exit (view) : NULL;
  g_autofree char *added = sk_format_signed (view->added);

  if (exit == NULL)
    return g_strdup_printf (_ ("%s adds %s to “%s”"), view->name, added,
                            why->class_name);
  return g_strdup_printf (_ ("%s adds %s to “%s”; %s"), view->name, added,
                          why->class_name, exit);
}

char *
sk_waterfall_sum_up (const SkExplanation *why) {
  g_autoptr (GString) words = g_string_new (NULL);
  int most = 0, decided = why->n_blocks;
  g_autofree char *added = NULL;
  g_autofree char *logit = sk_format_fixed (why->logit, 2, FALSE);

  for (int b = 1; b < why->n_blocks; b++)
    if (why->blocks[b].added > why->blocks[most].added)
      most = b;
  added = sk_format_signed (why->blocks[most].added);
  g_string_append_printf (words, _ ("Block %s argued most for “%s”: %s of %s."),
                          why->blocks[most].name, why->class_name, added, logit);
  while (decided > 0 && why->blocks[decided - 1].exit_class == why->class)
    decided--;
  if (decided < why->n_blocks - 1)
    g_string_append_printf (
        words, _ (" From block %s on the network would have said so already."),
        why->blocks[decided].name);
  return g_string_free (g_steal_pointer (&words), FALSE);
}
