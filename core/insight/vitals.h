#pragma once

#include "trainer.h"

/* The few numbers of a step that the doctor looks at. */
typedef struct {
  gint64 step; /* optimiser steps done */
  float loss; /* of the batch */
  float lr;
  float schedule; /* share of the recipe's rate that its schedule gives this step */
  float update; /* median of ‖ΔW‖/‖W‖ over the weights that learn, biases and batch norm
                   left out; 0: nothing learns */
  float weight; /* ‖W‖ of the same weights together */
  int n_learning; /* how many they are */
  const SkBlockState *blocks; /* (plan->n_blocks) (nullable): not looked at this time */
} SkVitals;

/**
 * sk_vitals_measure:
 * @step: the one that @trainer has just done
 * @blocks: whether its blocks are looked at too; they are the trainer's, until its next
 *   step
 *
 * Allocates nothing.
 */
void
sk_vitals_measure (SkVitals *self, SkTrainer *trainer, const SkStep *step,
                   gboolean blocks);
