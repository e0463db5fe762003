#include "transform.h"

#include <math.h>
#include <string.h>

#include "normalisation.h"
#include "resize.h"

#define CIFAR_PADDING 4 /* pixels */

/* torchvision's RandomResizedCrop */
#define AREA_MIN 0.08f
#define AREA_MAX 1.0f
#define RATIO_MIN (3.0f / 4.0f)
#define RATIO_MAX (4.0f / 3.0f)
#define CROP_TRIES 10

SkTransform
sk_transform_default (int side) {
  gboolean small = side <= 64;
  const SkNormalisation *norm =
      small ? &sk_normalisation_cifar10 : &sk_normalisation_imagenet;
  SkTransform self = { .side = side };

  /* 256 for 224, and in proportion for other sides. */
  self.resize = small ? side : (int) lrint (side * 256.0 / 224.0);
  memcpy (self.mean, norm->mean, sizeof self.mean);
  memcpy (self.std, norm->std, sizeof self.std);
  return self;
}

/* Resizes the short side to @resize, keeping proportions, and takes the centre. The long
 * side is rounded down and the crop's corner to even, as torchvision does. */
static void
crop_centre (const SkImage *image, int side, int resize, SkFilter filter, guint8 *out) {
  SkView view = sk_image_view (image);
  gint64 width = resize, height = resize;

  if (image->width < image->height)
    height = (gint64) resize * image->height / image->width;
  else
    width = (gint64) resize * image->width / image->height;
  sk_view_resize (&view, width, height, filter, lrint ((double) (width - side) / 2.0),
                  lrint ((double) (height - side) / 2.0), side, side, out);
}

static void
flip (guint8 *pixels, int side) {
  for (int y = 0; y < side; y++) {
    guint8 *row = pixels + (gsize) y * (gsize) side * 3;

    for (int left = 0, right = side - 1; left < right; left++, right--)
      for (int c = 0; c < 3; c++) {
        guint8 swap = row[3 * left + c];

        row[3 * left + c] = row[3 * right + c];
        row[3 * right + c] = swap;
      }
  }
}

/* Moves @in by up to CIFAR_PADDING pixels either way; what comes into view is black. */
static void
shift (const guint8 *in, int side, int dx, int dy, guint8 *out) {
  int from = MAX (dx, 0), to = MIN (side + dx, side); /* columns of @in that stay */

  memset (out, 0, (gsize) side * (gsize) side * 3);
  if (to <= from)
    return;
  for (int y = 0; y < side; y++)
    if (y + dy >= 0 && y + dy < side)
      memcpy (out + ((gsize) y * (gsize) side + (gsize) (from - dx)) * 3,
              in + ((gsize) (y + dy) * (gsize) side + (gsize) from) * 3,
              (gsize) (to - from) * 3);
}

static void
augment_cifar (const SkImage *image, int side, SkRng *rng, guint8 *out) {
  int dx = (int) sk_rng_below (rng, 2 * CIFAR_PADDING + 1) - CIFAR_PADDING;
  int dy = (int) sk_rng_below (rng, 2 * CIFAR_PADDING + 1) - CIFAR_PADDING;

  if (image->width == side && image->height == side) {
    shift (image->pixels, side, dx, dy, out);
  } else {
    g_autofree guint8 *centre = g_malloc ((gsize) side * (gsize) side * 3);

    crop_centre (image, side, side, SK_FILTER_BILINEAR, centre);
    shift (centre, side, dx, dy, out);
  }
  if (sk_rng_below (rng, 2))
    flip (out, side);
}

/* The largest centred part whose proportions are allowed. */
static SkView
largest_part (const SkImage *image) {
  float ratio = (float) image->width / (float) image->height;
  int width = image->width, height = image->height;

  if (ratio < RATIO_MIN)
    height = (int) lrintf ((float) width / RATIO_MIN);
  else if (ratio > RATIO_MAX)
    width = (int) lrintf ((float) height * RATIO_MAX);
  width = CLAMP (width, 1, image->width);
  height = CLAMP (height, 1, image->height);
  return sk_image_view_part (image, (image->width - width) / 2,
                             (image->height - height) / 2, width, height);
}

static SkView
random_part (const SkImage *image, SkRng *rng) {
  float area = (float) image->width * (float) image->height;

  for (int i = 0; i < CROP_TRIES; i++) {
    float part = area * (AREA_MIN + (AREA_MAX - AREA_MIN) * sk_rng_uniform (rng));
    float low = logf (RATIO_MIN), high = logf (RATIO_MAX);
    float ratio = expf (low + (high - low) * sk_rng_uniform (rng));
    long width = lrintf (sqrtf (part * ratio)), height = lrintf (sqrtf (part / ratio));
    int x, y;

    if (width < 1 || height < 1 || width > image->width || height > image->height)
      continue;
    x = (int) sk_rng_below (rng, (guint32) (image->width - width + 1));
    y = (int) sk_rng_below (rng, (guint32) (image->height - height + 1));
    return sk_image_view_part (image, x, y, (int) width, (int) height);
  }
  return largest_part (image);
}

static void
augment_random_part (const SkImage *image, int side, SkRng *rng, guint8 *out) {
  SkView part = random_part (image, rng);

  sk_view_resize (&part, side, side, SK_FILTER_BILINEAR, 0, 0, side, side, out);
  if (sk_rng_below (rng, 2))
    flip (out, side);
}

void
sk_transform_pixels (const SkTransform *self, const SkImage *image, SkAugment augment,
                     SkRng *rng, guint8 *out) {
  g_return_if_fail (self->side > 0);
  g_return_if_fail (image->width > 0 && image->height > 0);
  g_return_if_fail (rng != NULL || augment == SK_AUGMENT_NONE);
  switch (augment) {
  case SK_AUGMENT_CIFAR:
    augment_cifar (image, self->side, rng, out);
    break;
  case SK_AUGMENT_RANDOM_RESIZED_CROP:
    augment_random_part (image, self->side, rng, out);
    break;
  case SK_AUGMENT_NONE:
  default:
    crop_centre (image, self->side, MAX (self->resize, self->side), self->filter, out);
  }
}

void
sk_transform_normalise (const SkTransform *self, const guint8 *pixels, float *out) {
  gsize n = (gsize) self->side * (gsize) self->side;
  float table[3][256]; /* there are only 256 answers */

  for (int c = 0; c < 3; c++)
    for (int value = 0; value < 256; value++)
      table[c][value] = ((float) value / 255.0f - self->mean[c]) / self->std[c];
  for (gsize i = 0; i < n; i++)
    for (int c = 0; c < 3; c++)
      out[3 * i + (gsize) c] = table[c][pixels[3 * i + (gsize) c]];
}

void
sk_transform_apply (const SkTransform *self, const SkImage *image, SkAugment augment,
                    SkRng *rng, float *out) {
  g_autofree guint8 *pixels = g_malloc ((gsize) self->side * (gsize) self->side * 3);

  sk_transform_pixels (self, image, augment, rng, pixels);
  sk_transform_normalise (self, pixels, out);
}
