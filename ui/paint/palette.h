#pragma once

#include <glib.h>

/* Straight sRGB, 0 … 1. */
typedef struct {
  double r, g, b, a;
} SkColor;

typedef struct {
  double x, y, width, height;
} SkRect;

/* Everything a picture's looks depend on. Plain data: fill with sk_palette_init(), then
 * change what should differ (the desktop's font, say). */
typedef struct {
  gboolean dark, high_contrast;
  const char *font; /* family, not owned */
  double text; /* px of body text; every margin follows from it */

  SkColor background; /* behind pictures */
  SkColor surface; /* cards, blocks without a colour, tooltips */
  SkColor ink; /* text and figures */
  SkColor dim; /* second text, axis labels: still 4.5 : 1 */
  SkColor grid; /* lines that only help */
  SkColor frame; /* outlines of things: 3 : 1 */
  SkColor wire; /* the forward path */

  SkColor train, test; /* series of one run */
  SkColor series[6]; /* series of several runs */
  SkColor skip, residual; /* the two gradient terms, agreeing */
  SkColor accent; /* selection, focus */
  SkColor ice; /* frozen */
  SkColor warning, error;
} SkPalette;

void
sk_palette_init (SkPalette *self, gboolean dark, gboolean high_contrast);

/**
 * sk_palette_scale:
 * @t: 0 (least) … 1 (most), clamped; NaN: the surface
 *
 * Sequential and perceptually even: equal steps of @t are equal steps of Oklab lightness.
 * Most is darkest on light backgrounds and lightest on dark ones.
 */
SkColor
sk_palette_scale (const SkPalette *self, double t);

/**
 * sk_palette_diverging:
 * @t: −1 (fight) … 0 (neither) … 1 (agree), clamped
 */
SkColor
sk_palette_diverging (const SkPalette *self, double t);

/* @t: 0 (nothing) … 1 (most), clamped. From night to daylight in even steps, whatever the
 * theme: over photographs it has to stand out from them, not from the page. */
SkColor
sk_color_heat (double t);

/* Returns: black or white, whichever stands out more on @fill: at least 4.5 : 1 */
SkColor
sk_color_on (SkColor fill);

/* WCAG's, 1 … 21; both opaque. */
double
sk_color_contrast (SkColor a, SkColor b);

/* @t: 0: @a … 1: @b, through Oklab */
SkColor
sk_color_mix (SkColor a, SkColor b, double t);

SkColor
sk_color_fade (SkColor color, double alpha);

/* Oklab, for those who compute colours. */
void
sk_color_to_oklab (SkColor color, double lab[3]);

SkColor
sk_color_from_oklab (const double lab[3]);
