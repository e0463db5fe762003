#pragma once

/* What pictures are normalised with unless something else is known of their network: by
 * channel (RGB), of values 0 … 1. */
typedef struct {
  float mean[3], std[3];
} SkNormalisation;

extern const SkNormalisation sk_normalisation_imagenet;

/* The deviation is a mean over pictures, not that of all pixels: an old slip that many have
 * copied, and that the weights they published want. */
extern const SkNormalisation sk_normalisation_cifar10;
