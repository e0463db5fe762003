#pragma once

#include "trainer.h"

/**
 * sk_fit_to_time:
 * @recipe: its epochs are at most what they were, its steps are set where not even one
 *   epoch fits
 * @seconds: for training and evaluation together
 * @cancel: checked between operations
 *
 * Trains a few steps of a throwaway network to see how fast this machine is.
 */
gboolean
sk_fit_to_time (SkRecipe *recipe, SkDataset *dataset, SkPool *pool, double seconds,
                const gint *cancel, GError **error);
