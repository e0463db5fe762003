#include <glib/gi18n-lib.h>
#include <math.h>

#include "graph-private.h"
#include "plot.h"
#include "scale.h"

/* What the marks of a drawing mean: entries that stand like words in a text, each a
 * sample and what it says. Only what is there is explained. */

#define ROW 1.95 /* em from row to row */
#define SCALE_ROW 2.3 /* em of a row with the colour scale, which has numbers below */
#define SAMPLE 2.2 /* em that a sample is wide */
#define APART 1.5 /* em between entries */
#define WIRE 7. /* px that a sample of the river is wide */

typedef enum {
  MARK_SCALE,
  MARK_IDENTITY,
  MARK_PROJECTION,
  MARK_PAD,
  MARK_RIVER_SKIP,
  MARK_RIVER_BRANCH,
  MARK_PULL,
  MARK_NEITHER,
  MARK_FIGHT,
  MARK_GAIN,
  MARK_FADED,
  MARK_CUT,
  MARK_FROZEN,
  MARK_STOP,
  MARK_FOLD,
  MARK_BROKEN,
  N_MARKS,
} Mark;

static const char *const names[N_MARKS] = {
  [MARK_SCALE] = N_ ("gradient at each block, RMS"),
  [MARK_IDENTITY] = N_ ("skip: identity"),
  [MARK_PROJECTION] = N_ ("skip: 1×1 convolution"),
  [MARK_PAD] = N_ ("skip: subsampled, zeros added"),
  [MARK_RIVER_SKIP] = N_ ("gradient through the skip"),
  [MARK_RIVER_BRANCH] = N_ ("through the branch (wider: more)"),
  [MARK_PULL] = N_ ("the two pull together"),
  [MARK_NEITHER] = N_ ("are independent"),
  [MARK_FIGHT] = N_ ("fight"),
  [MARK_GAIN] = N_ ("gain through the block"),
  [MARK_FADED] = N_ ("skip faded"),
  [MARK_CUT] = N_ ("skip cut"),
  [MARK_FROZEN] = N_ ("frozen"),
  [MARK_STOP] = N_ ("the gradient ends: all before is frozen"),
  [MARK_FOLD] = N_ ("several blocks as one"),
  [MARK_BROKEN] = N_ ("a gradient that is no number"),
};

/* @has: (N_MARKS) */
static void
look (const SkGraph *self, const SkGraphLive *live, gboolean *has) {
  gboolean flows = live != NULL && live->blocks != NULL && live->range.filled;

  has[MARK_SCALE] = live != NULL && live->range.filled;
  has[MARK_GAIN] = flows;
  has[MARK_STOP] = flows && sk_graph_stop (self, live) >= 0;
  for (int i = 0; i < self->n_wires; i++) {
    has[MARK_IDENTITY] |= self->wires[i].kind == SK_WIRE_IDENTITY;
    has[MARK_PROJECTION] |= self->wires[i].kind == SK_WIRE_PROJECTION;
    has[MARK_PAD] |= self->wires[i].kind == SK_WIRE_PAD;
  }
  for (int i = 0; i < self->n_nodes; i++) {
    gboolean join = sk_graph_has_join (self, i);
    SkBlockState state;

    has[MARK_FOLD] |= self->nodes[i].kind == SK_NODE_FOLD;
    has[MARK_FROZEN] |= sk_graph_is_frozen (self, i, live);
    has[MARK_RIVER_SKIP] |= flows && join;
    has[MARK_RIVER_BRANCH] |= flows && self->nodes[i].n_blocks > 0;
    for (Mark mark = MARK_PULL; mark <= MARK_FIGHT; mark++)
      has[mark] |= flows && join;
    if (!join || !sk_graph_state (self, i, live, &state))
      continue;
    has[MARK_CUT] |= state.lambda <= 0;
    has[MARK_FADED] |= state.lambda > 0 && state.lambda < 1;
  }
  for (int i = 0; live != NULL && live->layers != NULL && i < self->plan->n_parameters;
       i++)
    has[MARK_BROKEN] |= live->layers[i].non_finite > 0;
}

static void
draw_wire_sample (cairo_t *cr, const SkPalette *palette, Mark mark, double x, double y,
                  double width) {
  static const double dashes[] = { 7, 4.5 }, dots[] = { 0.1, 5 };

  sk_set_source (cr, palette->skip);
  cairo_set_line_width (cr, 2.2);
  if (mark == MARK_PROJECTION) {
    cairo_set_dash (cr, dashes, 2, 0);
  } else if (mark == MARK_PAD) {
    cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash (cr, dots, 2, 0);
  } else if (mark == MARK_FADED) {
    sk_set_source (cr, sk_color_fade (palette->skip, 0.5));
  }
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + width, y);
  cairo_stroke (cr);
}

static void
draw_river_sample (cairo_t *cr, const SkPalette *palette, SkColor color, double x,
                   double y, double width) {
  sk_set_source (cr, color);
  cairo_set_line_width (cr, WIRE);
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x + width, y);
  cairo_stroke (cr);
  sk_set_source (cr, palette->background);
  for (int i = 0; i < 2; i++)
    sk_river_chevron (cr, x + width * (0.3 + 0.45 * i), y, 1, 0, WIRE);
  cairo_fill (cr);
}

static void
draw_box_sample (cairo_t *cr, const SkPalette *palette, Mark mark, double x, double y,
                 double width) {
  double em = palette->text;
  SkRect box = { floor (x) + 0.5, floor (y - 0.45 * em) + 0.5, width - 4, 0.9 * em };

  for (int i = mark == MARK_FOLD ? 2 : 0; i >= 0; i--) {
    SkRect card = { box.x + 2.5 * i, box.y - 2.5 * i, box.width, box.height };

    sk_rounded_rect (cr, &card, 3);
    sk_set_source (cr, palette->surface);
    cairo_fill_preserve (cr);
    sk_set_source (cr, mark == MARK_FROZEN   ? palette->ice
                       : mark == MARK_BROKEN ? palette->error
                                             : palette->frame);
    cairo_set_line_width (cr, mark == MARK_FOLD ? 1 : 2);
    cairo_stroke (cr);
  }
  if (mark == MARK_FROZEN)
    sk_hatch (cr, &box, palette->ice, 5);
}

static void
draw_sample (SkText *text, const SkPalette *palette, Mark mark, double x, double y) {
  double em = palette->text, width = SAMPLE * em, middle = x + width / 2;
  cairo_t *cr = text->cr;

  cairo_save (cr);
  switch (mark) {
  case MARK_RIVER_SKIP:
    draw_river_sample (cr, palette, palette->skip, x, y, width);
    break;
  case MARK_RIVER_BRANCH:
    draw_river_sample (cr, palette, palette->residual, x, y, width);
    break;
  case MARK_PULL:
  case MARK_NEITHER:
  case MARK_FIGHT:
    if (mark == MARK_FIGHT)
      sk_river_set_fight_dash (cr);
    sk_set_source (cr, palette->residual);
    cairo_set_line_width (cr, 4);
    cairo_move_to (cr, x, y);
    cairo_line_to (cr, x + width, y);
    cairo_stroke (cr);
    cairo_set_dash (cr, NULL, 0, 0);
    sk_river_draw_agreement (cr, SK_AGREEMENT_PULL + (mark - MARK_PULL), middle, y,
                             palette);
    break;
  case MARK_GAIN:
    sk_text_draw (text, SK_TEXT_CAPTION, palette->ink, "×1.20", middle, y, 0.5, 0.5);
    break;
  case MARK_STOP:
    sk_river_draw_stop (cr, middle, y, palette);
    break;
  case MARK_FROZEN:
  case MARK_FOLD:
  case MARK_BROKEN:
    draw_box_sample (cr, palette, mark, x, y, width);
    break;
  case MARK_CUT:
    draw_wire_sample (cr, palette, MARK_FADED, x, y, width);
    sk_set_source (cr, palette->error);
    cairo_move_to (cr, middle - 4.5, y - 4.5);
    cairo_line_to (cr, middle + 4.5, y + 4.5);
    cairo_move_to (cr, middle - 4.5, y + 4.5);
    cairo_line_to (cr, middle + 4.5, y - 4.5);
    cairo_stroke (cr);
    break;
  default:
    draw_wire_sample (cr, palette, mark, x, y, width);
  }
  cairo_restore (cr);
}

/* Lays the entries out, and draws them unless @text is only for measuring.
 * Returns: px taken */
static double
walk (SkText *text, const SkGraph *self, const SkGraphLive *live, double width,
      double height, const SkPalette *palette, gboolean draw) {
  double em = palette->text, x = 0, y = 0, row = ROW * em;
  gboolean has[N_MARKS] = { FALSE };

  look (self, live, has);
  for (Mark mark = 0; mark < N_MARKS; mark++) {
    double bar = CLAMP (0.16 * width, 8 * em, 20 * em), words, size;

    if (!has[mark])
      continue;
    sk_text_measure (text, SK_TEXT_CAPTION, _ (names[mark]), &words, NULL);
    size = words + (mark == MARK_SCALE ? em + bar : (SAMPLE + 0.6) * em);
    if (x > 0 && x + size > width) {
      x = 0;
      y += row;
      row = ROW * em;
    }
    if (mark == MARK_SCALE)
      row = SCALE_ROW * em;
    if (draw && y + row <= height + 0.5 * em) {
      double middle = y + 0.95 * em;

      if (mark == MARK_SCALE)
        sk_draw_scale (text, palette, &live->range, x + words + em, middle - 0.45 * em,
                       bar);
      else
        draw_sample (text, palette, mark, x, middle);
      sk_text_draw (text, SK_TEXT_CAPTION, palette->dim, _ (names[mark]),
                    mark == MARK_SCALE ? x : x + size - words, middle, 0, 0.5);
    }
    x += size + APART * em;
  }
  return x > 0 || y > 0 ? y + row : 0;
}

double
sk_graph_key_height (const SkGraph *self, const SkGraphLive *live, double width,
                     const SkPalette *palette) {
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  double height;
  SkText text;

  sk_text_begin (&text, cr, palette, 1);
  height = walk (&text, self, live, width, 0, palette, FALSE);
  sk_text_end (&text);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return ceil (height);
}

void
sk_graph_draw_key (cairo_t *cr, const SkGraph *self, const SkGraphLive *live,
                   double width, double height, const SkPalette *palette) {
  double em = palette->text;
  SkText text;

  g_return_if_fail (cr != NULL && self != NULL && palette != NULL);

  cairo_save (cr);
  cairo_rectangle (cr, -em, -em, width + 2 * em, height + 2 * em);
  cairo_clip (cr);
  sk_text_begin (&text, cr, palette, 1);
  walk (&text, self, live, width, height, palette, TRUE);
  sk_text_end (&text);
  cairo_restore (cr);
}
