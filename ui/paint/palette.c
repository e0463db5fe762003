#include "palette.h"

#include <math.h>

#define HEX(rgb)                                                                       \
  {                                                                                    \
    (((rgb) >> 16) & 0xff) / 255., (((rgb) >> 8) & 0xff) / 255., ((rgb) &0xff) / 255., \
        1.                                                                             \
  }

/* Anchors of the sequential scales, ordered by lightness, so that position on the scale
 * can be read off lightness alone. */
static const SkColor light_anchors[] = {
  HEX (0xedf3ee), HEX (0xb5dccb), HEX (0x67b8bd),
  HEX (0x3b84b6), HEX (0x4153a0), HEX (0x3b1d6e),
};
static const SkColor dark_anchors[] = {
  HEX (0x33304f), HEX (0x41488c), HEX (0x2f78a4),
  HEX (0x2fa59a), HEX (0x84cc7b), HEX (0xf6eb92),
};

/* Fight, neither, agree; the middle comes from the palette's wire. */
static const SkColor light_poles[] = { HEX (0xb3261e), HEX (0x0b6e63) };
static const SkColor dark_poles[] = { HEX (0xff8a7a), HEX (0x5fd6c2) };

static const SkPalette light = {
  .font = "Cantarell, Sans",
  .text = 13,
  .background = HEX (0xffffff),
  .surface = HEX (0xf4f4f5),
  .ink = HEX (0x2a2a2e),
  .dim = HEX (0x5e5c64),
  .grid = HEX (0xe7e6ea),
  .frame = HEX (0x86848c),
  .wire = HEX (0x77767b),
  .train = HEX (0x1a5fb4),
  .test = HEX (0xb43c00),
  .series = { HEX (0x1a5fb4), HEX (0xb43c00), HEX (0x813d9c), HEX (0x1b7440),
              HEX (0xa51d5d), HEX (0x7a5332) },
  .skip = HEX (0x0b7285),
  .residual = HEX (0xa85400),
  .accent = HEX (0x1c71d8),
  .ice = HEX (0x2b7fa8),
  .warning = HEX (0x8f5d00),
  .error = HEX (0xc01c28),
};

static const SkPalette dark = {
  .dark = TRUE,
  .font = "Cantarell, Sans",
  .text = 13,
  .background = HEX (0x1e1e1e),
  .surface = HEX (0x303032),
  .ink = HEX (0xf2f2f3),
  .dim = HEX (0xb9b8be),
  .grid = HEX (0x38383b),
  .frame = HEX (0x86858c),
  .wire = HEX (0x9a999f),
  .train = HEX (0x78aeed),
  .test = HEX (0xffa348),
  .series = { HEX (0x78aeed), HEX (0xffa348), HEX (0xd4a3ea), HEX (0x6ad691),
              HEX (0xff94c2), HEX (0xd8b48f) },
  .skip = HEX (0x5cc8d7),
  .residual = HEX (0xffb45e),
  .accent = HEX (0x78aeed),
  .ice = HEX (0x8fd3ee),
  .warning = HEX (0xf8e45c),
  .error = HEX (0xff7b63),
};

static void
raise_contrast (SkPalette *self) {
  const SkColor black = HEX (0x000000), white = HEX (0xffffff);
  SkColor far = self->dark ? white : black;

  self->high_contrast = TRUE;
  self->background = self->dark ? black : white;
  self->surface = sk_color_mix (self->background, far, self->dark ? 0.16 : 0.05);
  self->ink = far;
  self->dim = sk_color_mix (far, self->background, 0.16);
  self->grid = sk_color_mix (self->background, far, 0.35);
  self->frame = far;
  self->wire = far;
  self->train = sk_color_mix (self->train, far, 0.3);
  self->test = sk_color_mix (self->test, far, 0.3);
  for (gsize i = 0; i < G_N_ELEMENTS (self->series); i++)
    self->series[i] = sk_color_mix (self->series[i], far, 0.3);
  self->skip = sk_color_mix (self->skip, far, 0.3);
  self->residual = sk_color_mix (self->residual, far, 0.3);
  self->accent = sk_color_mix (self->accent, far, 0.3);
  self->ice = sk_color_mix (self->ice, far, 0.4);
  self->warning = sk_color_mix (self->warning, far, 0.3);
  self->error = sk_color_mix (self->error, far, 0.3);
}

void
sk_palette_init (SkPalette *self, gboolean is_dark, gboolean high_contrast) {
  g_return_if_fail (self != NULL);

  *self = is_dark ? dark : light;
  if (high_contrast)
    raise_contrast (self);
}

static double
linear_from_srgb (double v) {
  return v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4);
}

static double
srgb_from_linear (double v) {
  double encoded = v <= 0.0031308 ? v * 12.92 : 1.055 * pow (v, 1 / 2.4) - 0.055;

  return CLAMP (encoded, 0, 1);
}

/* Björn Ottosson's Oklab, 2020. */
void
sk_color_to_oklab (SkColor color, double lab[3]) {
  double r = linear_from_srgb (color.r);
  double g = linear_from_srgb (color.g);
  double b = linear_from_srgb (color.b);
  double l = cbrt (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  double m = cbrt (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  double s = cbrt (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);

  lab[0] = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
  lab[1] = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
  lab[2] = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
}

SkColor
sk_color_from_oklab (const double lab[3]) {
  double l = lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2];
  double m = lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2];
  double s = lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2];

  l = l * l * l;
  m = m * m * m;
  s = s * s * s;
  return (SkColor){
    .r = srgb_from_linear (4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    .g = srgb_from_linear (-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    .b = srgb_from_linear (-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s),
    .a = 1,
  };
}

SkColor
sk_color_mix (SkColor a, SkColor b, double t) {
  double lab_a[3], lab_b[3], lab[3];
  SkColor mixed;

  t = CLAMP (t, 0, 1);
  sk_color_to_oklab (a, lab_a);
  sk_color_to_oklab (b, lab_b);
  for (int i = 0; i < 3; i++)
    lab[i] = lab_a[i] + t * (lab_b[i] - lab_a[i]);
  mixed = sk_color_from_oklab (lab);
  mixed.a = a.a + t * (b.a - a.a);
  return mixed;
}

SkColor
sk_color_fade (SkColor color, double alpha) {
  color.a *= alpha;
  return color;
}

static double
luminance (SkColor color) {
  return 0.2126 * linear_from_srgb (color.r) + 0.7152 * linear_from_srgb (color.g) +
         0.0722 * linear_from_srgb (color.b);
}

double
sk_color_contrast (SkColor a, SkColor b) {
  double first = luminance (a) + 0.05;
  double second = luminance (b) + 0.05;

  return MAX (first, second) / MIN (first, second);
}

SkColor
sk_color_on (SkColor fill) {
  const SkColor black = HEX (0x000000), white = HEX (0xffffff);

  /* Whatever the fill, one of the two has √21 ≈ 4.58 : 1 at least. */
  return sk_color_contrast (fill, black) >= sk_color_contrast (fill, white) ? black
                                                                            : white;
}

/* Lightness falls (or rises) evenly along the scale; the two of @n anchors around it give
 * the hue. */
static SkColor
along (const SkColor *anchors, int n, double t) {
  double first[3], last[3], below[3], above[3];
  double lightness;
  int i = 0;

  sk_color_to_oklab (anchors[0], first);
  sk_color_to_oklab (anchors[n - 1], last);
  lightness = first[0] + CLAMP (t, 0, 1) * (last[0] - first[0]);
  sk_color_to_oklab (anchors[0], below);
  for (; i < n - 1; i++) {
    sk_color_to_oklab (anchors[i + 1], above);
    if ((lightness - below[0]) * (lightness - above[0]) <= 0)
      break;
    for (int c = 0; c < 3; c++)
      below[c] = above[c];
  }
  i = MIN (i, n - 2);
  sk_color_to_oklab (anchors[i], below);
  sk_color_to_oklab (anchors[i + 1], above);
  return sk_color_mix (anchors[i], anchors[i + 1],
                       (lightness - below[0]) / (above[0] - below[0]));
}

SkColor
sk_palette_scale (const SkPalette *self, double t) {
  G_STATIC_ASSERT (G_N_ELEMENTS (light_anchors) == G_N_ELEMENTS (dark_anchors));
  if (!isfinite (t))
    return self->surface;
  return along (self->dark ? dark_anchors : light_anchors, G_N_ELEMENTS (light_anchors),
                t);
}

SkColor
sk_color_heat (double t) {
  static const SkColor anchors[] = { HEX (0x150b35), HEX (0x6a176e), HEX (0xc83a4a),
                                     HEX (0xf68f1c), HEX (0xfcf3a2) };

  return along (anchors, G_N_ELEMENTS (anchors), isfinite (t) ? t : 0);
}

SkColor
sk_palette_diverging (const SkPalette *self, double t) {
  const SkColor *poles = self->dark ? dark_poles : light_poles;

  if (!isfinite (t))
    return self->wire;
  t = CLAMP (t, -1, 1);
  return sk_color_mix (self->wire, poles[t > 0], fabs (t));
}
