#include "confusion.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plot.h"

/* Cells smaller than this, in em, carry no number; rows lower than that no name. */
#define NUMBER_WIDTH 2.6
#define NAME_HEIGHT 1.15
#define LONGEST_NAME 8.5 /* em */

/* Where the squares are, the names left of them and above. */
static SkRect
grid_of (const SkReport *report, double width, double height,
         const SkPalette *palette) {
  double em = palette->text;
  double left = MIN (LONGEST_NAME * em, width / 3) + 2.2 * em, top = 5.4 * em;
  SkRect rect = { floor (left), floor (top), 0, 0 };

  rect.width = floor (MAX (width - left - em, 0));
  rect.height = floor (MAX (height - top - em, 0));
  /* Squares no larger than a number needs comfortably. */
  rect.width = MIN (rect.width, report->classes * 6 * em);
  rect.height = MIN (rect.height, report->classes * 4.2 * em);
  return rect;
}

static SkRect
cell_rect (const SkReport *report, const SkRect *grid, SkConfusionCell cell) {
  double width = grid->width / report->classes, height = grid->height / report->classes;

  return (SkRect){ grid->x + cell.predicted * width, grid->y + cell.label * height,
                   width, height };
}

static double
share_of (const SkReport *report, SkConfusionCell cell) {
  int n = report->scores[cell.label].pictures;

  return n > 0 ? (double) sk_report_confused (report, cell.label, cell.predicted) / n
               : 0;
}

static void
draw_cell (SkText *text, const SkReport *report, const SkRect *grid,
           SkConfusionCell cell, const SkPalette *palette) {
  SkRect rect = cell_rect (report, grid, cell);
  int n = sk_report_confused (report, cell.label, cell.predicted);
  double share = share_of (report, cell), em = palette->text;
  SkColor fill = n > 0 ? sk_palette_scale (palette, sqrt (share)) : palette->surface;
  double gap = rect.width > 6 && rect.height > 6 ? 1 : 0;

  sk_set_source (text->cr, fill);
  cairo_rectangle (text->cr, rect.x, rect.y, rect.width - gap, rect.height - gap);
  cairo_fill (text->cr);
  if (n > 0 && rect.width > NUMBER_WIDTH * em && rect.height > NAME_HEIGHT * em) {
    g_autofree char *number = g_strdup_printf ("%d", n);

    sk_text_draw (text, cell.label == cell.predicted ? SK_TEXT_STRONG : SK_TEXT_CAPTION,
                  sk_color_on (fill), number, rect.x + rect.width / 2,
                  rect.y + rect.height / 2, 0.5, 0.5);
  }
}

static void
draw_ring (cairo_t *cr, const SkReport *report, const SkRect *grid,
           SkConfusionCell cell, SkColor color, double thick) {
  SkRect rect;

  if (cell.label < 0 || cell.predicted < 0)
    return;
  rect = cell_rect (report, grid, cell);
  sk_set_source (cr, color);
  cairo_set_line_width (cr, thick);
  cairo_rectangle (cr, rect.x - 0.5, rect.y - 0.5, rect.width, rect.height);
  cairo_stroke (cr);
}

/* As many names as there is room for: every one, or every second, … */
static void
draw_names (SkText *text, const SkReport *report, const SkRect *grid,
            const SkPalette *palette) {
  double em = palette->text;
  double row = grid->height / report->classes, column = grid->width / report->classes;
  int each_row = MAX ((int) ceil (NAME_HEIGHT * em / MAX (row, 0.1)), 1);
  int each_column = MAX ((int) ceil (NAME_HEIGHT * em / MAX (column, 0.1)), 1);

  for (int c = 0; c < report->classes; c += each_row) {
    g_autofree char *name = sk_report_class_name (report, c);

    sk_text_draw_within (text, SK_TEXT_CAPTION, palette->ink, name, grid->x - 0.5 * em,
                         grid->y + (c + 0.5) * row, 1, 0.5, LONGEST_NAME * em);
  }
  for (int c = 0; c < report->classes; c += each_column) {
    g_autofree char *name = sk_report_class_name (report, c);

    cairo_save (text->cr);
    cairo_translate (text->cr, grid->x + (c + 0.5) * column, grid->y - 0.4 * em);
    if (column < 6 * em)
      cairo_rotate (text->cr, -G_PI / 6);
    sk_text_draw_within (text, SK_TEXT_CAPTION, palette->ink, name, 0, 0,
                         column < 6 * em ? 0 : 0.5, column < 6 * em ? 0.5 : 1,
                         6.5 * em);
    cairo_restore (text->cr);
  }
}

void
sk_confusion_draw (cairo_t *cr, const SkReport *report, double width, double height,
                   const SkPalette *palette, SkConfusionCell hover,
                   SkConfusionCell selected) {
  SkRect grid = grid_of (report, width, height, palette);
  double em = palette->text;
  SkText text;

  if (grid.width < 16 || grid.height < 16)
    return;
  cairo_save (cr);
  sk_text_begin (&text, cr, palette, 1);
  sk_text_draw_within (&text, SK_TEXT_STRONG, palette->ink,
                       _ ("Confusion: what each class was taken for"), 0.6 * em,
                       0.4 * em, 0, 0, width - em);
  for (int label = 0; label < report->classes; label++)
    for (int predicted = 0; predicted < report->classes; predicted++)
      draw_cell (&text, report, &grid, (SkConfusionCell){ label, predicted }, palette);
  draw_names (&text, report, &grid, palette);
  draw_ring (cr, report, &grid, selected, palette->accent, 3);
  draw_ring (cr, report, &grid, hover, palette->ink, 2);
  cairo_save (cr);
  cairo_translate (cr, 0.9 * em, grid.y + grid.height / 2);
  cairo_rotate (cr, -G_PI / 2);
  sk_text_draw_within (&text, SK_TEXT_CAPTION, palette->dim, _ ("true class"), 0, 0,
                       0.5, 0.5, grid.height);
  cairo_restore (cr);
  sk_text_draw_within (&text, SK_TEXT_CAPTION, palette->dim, _ ("taken for"), 0.6 * em,
                       2.4 * em, 0, 0, grid.x);
  sk_text_end (&text);
  cairo_restore (cr);
}

SkConfusionCell
sk_confusion_at (const SkReport *report, double width, double height,
                 const SkPalette *palette, double x, double y) {
  SkRect grid = grid_of (report, width, height, palette);

  if (grid.width < 16 || grid.height < 16 || x < grid.x || y < grid.y ||
      x >= grid.x + grid.width || y >= grid.y + grid.height)
    return (SkConfusionCell){ -1, -1 };
  return (SkConfusionCell){ (int) ((y - grid.y) / grid.height * report->classes),
                            (int) ((x - grid.x) / grid.width * report->classes) };
}

SkRect
sk_confusion_rect (const SkReport *report, double width, double height,
                   const SkPalette *palette, SkConfusionCell cell) {
  SkRect grid = grid_of (report, width, height, palette);

  return cell_rect (report, &grid, cell);
}

char *
sk_confusion_describe (const SkReport *report, SkConfusionCell cell) {
  g_autofree char *label = sk_report_class_name (report, cell.label);
  g_autofree char *predicted = sk_report_class_name (report, cell.predicted);
  int n = sk_report_confused (report, cell.label, cell.predicted);
  int of = report->scores[cell.label].pictures;

  if (cell.label == cell.predicted)
    return g_strdup_printf (_ ("%d of %d pictures of “%s” were recognised"), n, of,
                            label);
  return g_strdup_printf (_ ("%d of %d pictures of “%s” were taken for “%s”"), n, of,
                          label, predicted);
}
