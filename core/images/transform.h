#pragma once

#include "dataset.h"
#include "rng.h"

/* From a picture to what the network reads: resize, crop, flip, normalise. Every random
 * choice is drawn from @rng, so it is a function of (seed, epoch, picture). */

typedef enum {
  SK_AUGMENT_NONE, /* resize the short side to @resize, crop the centre */
  SK_AUGMENT_CIFAR, /* pad 4 with black, random crop, flip */
  SK_AUGMENT_RANDOM_RESIZED_CROP, /* area 8–100 %, ratio 3/4–4/3, flip */
} SkAugment;

/* What a resized pixel is a mean of. */
typedef enum {
  SK_FILTER_BILINEAR, /* torchvision's weights */
  SK_FILTER_BICUBIC, /* timm's */
} SkFilter;

typedef struct {
  int side; /* output is side × side */
  int resize; /* short side before the centre crop; 0: same as side */
  SkFilter filter; /* of SK_AUGMENT_NONE */
  float mean[3]; /* RGB, of values 0 … 1 */
  float std[3];
} SkTransform;

/* What a network of this input side gets when nothing else is said (DESIGN §5). */
SkTransform
sk_transform_default (int side);

/**
 * sk_transform_apply:
 * @out: (side,side,3) normalised, overwritten
 * @rng: (nullable) for SK_AUGMENT_NONE
 *
 * sk_transform_pixels(), then sk_transform_normalise().
 */
void
sk_transform_apply (const SkTransform *self, const SkImage *image, SkAugment augment,
                    SkRng *rng, float *out);

/**
 * sk_transform_pixels:
 * @out: (side,side,3) overwritten: what the network will see, before it is normalised
 * @rng: (nullable) for SK_AUGMENT_NONE
 */
void
sk_transform_pixels (const SkTransform *self, const SkImage *image, SkAugment augment,
                     SkRng *rng, guint8 *out);

/* @out (side,side,3) = (pixels / 255 − mean) / std */
void
sk_transform_normalise (const SkTransform *self, const guint8 *pixels, float *out);

/**
 * sk_image_resize:
 *
 * Antialiased, as Pillow's BILINEAR and BICUBIC on 8-bit pixels (within 1 of 255).
 */
void
sk_image_resize (const SkImage *image, int width, int height, SkFilter filter,
                 SkImage *out);
