#pragma once

#include "training.h"

/* The doctor beside a training without a window. */

/* Lets it look at @step, and says on standard error what it finds, each once while it
 * holds. */
void
sk_training_examine (SkTraining *self, const SkStep *step);

/* (transfer full): the newest epoch's line, with what the doctor says by now. */
char *
sk_training_epoch_json (SkTraining *self);
