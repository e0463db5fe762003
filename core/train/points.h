#pragma once

#include "trainer.h"

/* What was measured of a training as points of its curves. */

/* @step: which had pictures, or whose files were all broken: accuracy 0 */
SkTrainPoint
sk_train_point (const SkStep *step, int steps_per_epoch);

SkTestPoint
sk_test_point (const SkEpoch *epoch);
