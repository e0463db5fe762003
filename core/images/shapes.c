#include "shapes.h"

#include <math.h>

/* A shape is its signed distance function: negative inside, in units of its radius. The
 * distance in pixels then gives each pixel's coverage, so edges come out antialiased. */

#define SIDE SK_SHAPE_SIDE
#define GRID 5 /* random colours a side that the background blends */

/* How hard the set is. Each picture has a hardness of 0 … 1, up to which each of these may
 * go: many easy pictures, so that learning begins at once, and a tail of hard ones. Chosen
 * by measuring: a ResNet-20 (SGD, rate 0.1, batch 128) is right on 44 % of the test
 * pictures after it has seen 40,000, on 78 % after 120,000, on 92 % after 240,000. */
typedef struct {
  float easy, hard;
} Range;

static const struct {
  Range radius; /* pixels */
  Range contrast; /* least RGB distance of the shape's colour from the background's */
  Range noise; /* standard deviation, of 0 … 1 */
  Range behind; /* marks under the shape */
  Range over; /* marks that cover it */
} difficulty = {
  .radius = { 13.0f, 5.5f },
  .contrast = { 0.45f, 0.22f },
  .noise = { 0.02f, 0.2f },
  .behind = { 2.0f, 10.0f },
  .over = { 0.0f, 7.0f },
};

typedef struct {
  float r, g, b;
} Colour;

/* What varies within a class. */
typedef struct {
  float period; /* of stripes, checks, dots and the spiral's arm */
  float phase_x, phase_y;
  float width; /* of ring, cross and arm */
  gboolean round; /* patterns fill a disc or a square */
} Form;

typedef float (*Distance) (float x, float y, const Form *form);

static float
distance_box (float x, float y, float half_x, float half_y) {
  float dx = fabsf (x) - half_x, dy = fabsf (y) - half_y;

  return hypotf (fmaxf (dx, 0), fmaxf (dy, 0)) + fminf (fmaxf (dx, dy), 0);
}

static float
distance_circle (float x, float y, const Form *form) {
  return hypotf (x, y) - 0.88f;
}

static float
distance_ring (float x, float y, const Form *form) {
  return fabsf (hypotf (x, y) - 0.75f) - form->width;
}

static float
distance_square (float x, float y, const Form *form) {
  return distance_box (x, y, 0.78f, 0.78f);
}

/* The largest distance to the three sides: exact inside and near the sides. */
static float
distance_triangle (float x, float y, const Form *form) {
  float side = 0.8660254f * fabsf (x) + 0.5f * y;

  return fmaxf (side, -y) - 0.5f;
}

/* A tenth of the star, folded onto one side of one point. */
static float
distance_star (float x, float y, const Form *form) {
  const float sector = 2.0f * G_PI / 5.0f;
  const float inner = 0.42f; /* radius of the notches */
  float radius = hypotf (x, y);
  float angle = atan2f (y, x);
  float px, py, tip_x = 1.05f, notch_x, notch_y, nx, ny;

  angle = fabsf (angle - sector * roundf (angle / sector));
  px = radius * cosf (angle);
  py = radius * sinf (angle);
  notch_x = inner * cosf (sector / 2);
  notch_y = inner * sinf (sector / 2);
  /* Normal of the edge from the tip to the notch, pointing outwards. */
  nx = notch_y;
  ny = tip_x - notch_x;
  return ((px - tip_x) * nx + py * ny) / hypotf (nx, ny);
}

static float
distance_cross (float x, float y, const Form *form) {
  return fminf (distance_box (x, y, 0.95f, form->width + 0.1f),
                distance_box (x, y, form->width + 0.1f, 0.95f));
}

/* Signed distance to the nearest of parallel bands as wide as their gaps. */
static float
distance_bands (float x, float period) {
  float t = x / period;

  return (fabsf (t - roundf (t)) - 0.25f) * period;
}

static float
window (float x, float y, const Form *form) {
  return form->round ? hypotf (x, y) - 0.95f : distance_box (x, y, 0.82f, 0.82f);
}

static float
distance_stripes (float x, float y, const Form *form) {
  return fmaxf (window (x, y, form), distance_bands (x + form->phase_x, form->period));
}

static float
distance_checks (float x, float y, const Form *form) {
  float a = distance_bands (x + form->phase_x, form->period * 1.15f);
  float b = distance_bands (y + form->phase_y, form->period * 1.15f);

  return fmaxf (window (x, y, form), fmaxf (fminf (a, b), -fmaxf (a, b)));
}

static float
distance_dots (float x, float y, const Form *form) {
  float u = (x + form->phase_x) / form->period, v = (y + form->phase_y) / form->period;
  float dot = hypotf (u - roundf (u), v - roundf (v)) - 0.32f;

  return fmaxf (window (x, y, form), dot * form->period);
}

/* An arm whose radius grows by one period a turn. */
static float
distance_spiral (float x, float y, const Form *form) {
  float radius = hypotf (x, y);
  float turn = radius / form->period - atan2f (y, x) / (2.0f * (float) G_PI);
  float arm = fabsf (turn - roundf (turn)) * form->period - form->period * 0.24f;

  return fmaxf (arm, radius - 1.0f);
}

const char *const sk_shape_names[SK_SHAPES + 1] = {
  "circle", "ring",    "square", "triangle", "star",
  "cross",  "stripes", "checks", "dots",     "spiral",
};

static const Distance distances[SK_SHAPES] = {
  distance_circle, distance_ring,   distance_square,  distance_triangle,
  distance_star,   distance_cross,  distance_stripes, distance_checks,
  distance_dots,   distance_spiral,
};

static float
between (SkRng *rng, float low, float high) {
  return low + (high - low) * sk_rng_uniform (rng);
}

static float
at_hardness (Range range, float hardness) {
  return range.easy + (range.hard - range.easy) * hardness;
}

/* Between easy and as hard as @hardness allows. */
static float
within (SkRng *rng, Range range, float hardness) {
  return at_hardness (range, hardness * sk_rng_uniform (rng));
}

static Colour
random_colour (SkRng *rng) {
  float r = sk_rng_uniform (rng), g = sk_rng_uniform (rng), b = sk_rng_uniform (rng);

  return (Colour){ r, g, b };
}

static float
colour_distance (Colour a, Colour b) {
  return sqrtf ((a.r - b.r) * (a.r - b.r) + (a.g - b.g) * (a.g - b.g) +
                (a.b - b.b) * (a.b - b.b));
}

static void
blend (Colour *pixel, Colour colour, float alpha) {
  pixel->r += alpha * (colour.r - pixel->r);
  pixel->g += alpha * (colour.g - pixel->g);
  pixel->b += alpha * (colour.b - pixel->b);
}

/* Soft patches: a coarse grid around one colour, blended between its points.
 * Returns the colour around which they vary. */
static Colour
paint_background (Colour *canvas, SkRng *rng) {
  Colour base = random_colour (rng), grid[GRID][GRID];
  float spread = between (rng, 0.05f, 0.35f);

  for (int i = 0; i < GRID * GRID; i++) {
    Colour other = random_colour (rng);

    grid[i / GRID][i % GRID] = base;
    blend (&grid[i / GRID][i % GRID], other, spread);
  }
  for (int y = 0; y < SIDE; y++) {
    float v = (float) (y * (GRID - 1)) / SIDE;
    int gy = (int) v;

    for (int x = 0; x < SIDE; x++) {
      float u = (float) (x * (GRID - 1)) / SIDE;
      int gx = (int) u;
      Colour top = grid[gy][gx], bottom = grid[gy + 1][gx];

      blend (&top, grid[gy][gx + 1], u - (float) gx);
      blend (&bottom, grid[gy + 1][gx + 1], u - (float) gx);
      blend (&top, bottom, v - (float) gy);
      canvas[y * SIDE + x] = top;
    }
  }
  return base;
}

/* One piece of clutter: a line, or an ellipse, as thick as @half. */
static void
paint_mark (Colour *canvas, SkRng *rng, float half_min, float half_max) {
  Colour colour = random_colour (rng);
  float alpha = between (rng, 0.4f, 0.95f), half = between (rng, half_min, half_max);
  float cx = between (rng, 0, SIDE), cy = between (rng, 0, SIDE);
  float angle = between (rng, 0, 2 * (float) G_PI), length = between (rng, 1.0f, 9.0f);
  float ux = cosf (angle), uy = sinf (angle), reach = length + half + 1.0f;
  int x0 = MAX (0, (int) (cx - reach)), x1 = MIN (SIDE - 1, (int) (cx + reach));
  int y0 = MAX (0, (int) (cy - reach)), y1 = MIN (SIDE - 1, (int) (cy + reach));

  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++) {
      float dx = (float) x + 0.5f - cx, dy = (float) y + 0.5f - cy;
      float along = dx * ux + dy * uy, across = dy * ux - dx * uy;
      float beyond = fmaxf (fabsf (along) - length, 0);
      float cover = half + 0.5f - hypotf (beyond, across);

      if (cover > 0)
        blend (&canvas[y * SIDE + x], colour, alpha * fminf (cover, 1));
    }
}

static Form
random_form (SkRng *rng) {
  Form form;

  form.period = between (rng, 0.5f, 0.72f);
  form.phase_x = between (rng, 0, 1);
  form.phase_y = between (rng, 0, 1);
  form.width = between (rng, 0.12f, 0.24f);
  form.round = sk_rng_uniform (rng) < 0.5f;
  return form;
}

static void
paint_shape (Colour *canvas, int shape, Colour back, float hardness, SkRng *rng) {
  Form form = random_form (rng);
  float size = within (rng, difficulty.radius, hardness);
  float distinct = at_hardness (difficulty.contrast, hardness);
  float room = fmaxf (SIDE / 2.0f - size + 2.0f, 2.0f);
  float cx = SIDE / 2.0f + between (rng, -room, room);
  float cy = SIDE / 2.0f + between (rng, -room, room);
  float angle = between (rng, 0, 2 * (float) G_PI);
  float stretch = between (rng, 0.85f, 1.18f), alpha = between (rng, 0.7f, 1.0f);
  float ux = cosf (angle) / size, uy = sinf (angle) / size;
  Colour colour, shade;

  do
    colour = random_colour (rng);
  while (colour_distance (colour, back) < distinct);
  shade = random_colour (rng); /* one side of the shape leans to it */
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      float dx = (float) x + 0.5f - cx, dy = (float) y + 0.5f - cy;
      float u = (dx * ux + dy * uy) * stretch, v = (dy * ux - dx * uy) / stretch;
      float cover;

      if (u * u + v * v > 2.0f)
        continue;
      cover = 0.5f - distances[shape](u, v, &form) * size;
      if (cover > 0) {
        Colour here = colour;

        blend (&here, shade, 0.12f * (1.0f + fminf (u, 1.0f)));
        blend (&canvas[y * SIDE + x], here, alpha * fminf (cover, 1));
      }
    }
}

/* The sum of four uniform numbers is normal enough for grain, and quick. */
static float
grain (SkRng *rng) {
  guint64 bits = sk_rng_next (rng);
  int sum = (int) (bits & 0xffff) + (int) (bits >> 16 & 0xffff) +
            (int) (bits >> 32 & 0xffff) + (int) (bits >> 48);

  return ((float) sum - 131070.0f) * (1.7320508f / 65536.0f);
}

static guint8
to_byte (float value) {
  return (guint8) (CLAMP (value, 0.0f, 1.0f) * 255.0f + 0.5f);
}

void
sk_shape_draw (guint8 *pixels, int shape, SkRng *rng) {
  Colour canvas[SIDE * SIDE], back;
  float hardness = sk_rng_uniform (rng), sigma;
  int n_behind, n_over;

  g_return_if_fail (shape >= 0 && shape < SK_SHAPES);
  back = paint_background (canvas, rng);
  n_behind = (int) within (rng, difficulty.behind, hardness);
  n_over = (int) within (rng, difficulty.over, hardness);
  sigma = within (rng, difficulty.noise, hardness);
  for (int i = 0; i < n_behind; i++)
    paint_mark (canvas, rng, 0.6f, 3.0f);
  paint_shape (canvas, shape, back, hardness, rng);
  for (int i = 0; i < n_over; i++)
    paint_mark (canvas, rng, 0.4f, 1.5f);
  for (int i = 0; i < SIDE * SIDE; i++) {
    pixels[3 * i] = to_byte (canvas[i].r + sigma * grain (rng));
    pixels[3 * i + 1] = to_byte (canvas[i].g + sigma * grain (rng));
    pixels[3 * i + 2] = to_byte (canvas[i].b + sigma * grain (rng));
  }
}
