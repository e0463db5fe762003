#pragma once

#include "evaluate.h"

/* How much of a class's probability is lost where a part of the picture is covered.
 * Source: Zeiler and Fergus 2013, arXiv 1311.2901, section 4.2. */
typedef struct {
  int rows, columns;
  float *lost; /* (rows,columns) probability without cover, less the one with it */
  int patch, stride; /* pixels of what the network reads */
} SkOcclusion;

/**
 * sk_occlusion_fill:
 * @self: (out): sk_occlusion_clear()
 * @network: for inference; as many covered pictures go through it at once as it takes
 * @image: (h,w,3) normalised; covered with the mean, 0
 * @class: whose probability is watched
 * @progress: (nullable)
 * @cancel: (nullable): checked between batches
 *
 * Patches of a quarter of the side, an eighth apart: 7 × 7 places.
 *
 * Returns: FALSE where it was cancelled: @self is cleared then
 */
gboolean
sk_occlusion_fill (SkOcclusion *self, SkNetwork *network, const float *image, int class,
                   SkProgressFunc progress, gpointer data, const gint *cancel);

void
sk_occlusion_clear (SkOcclusion *self);
