#include "points.h"

SkTrainPoint
sk_train_point (const SkStep *step, int steps_per_epoch) {
  return (SkTrainPoint){
    .step = step->step,
    .epoch = (double) step->step / steps_per_epoch,
    .loss = (float) step->loss,
    .accuracy = (float) step->n_correct / (float) MAX (step->n, 1),
    .lr = step->lr,
  };
}

SkTestPoint
sk_test_point (const SkEpoch *epoch) {
  return (SkTestPoint){
    .step = epoch->step,
    .epoch = epoch->epoch,
    .train_loss = (float) epoch->train_loss,
    .train_accuracy = (float) epoch->train_accuracy,
    .test_loss = (float) epoch->test_loss,
    .test_accuracy = (float) epoch->test_accuracy,
  };
}
