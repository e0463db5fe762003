#pragma once

#include "training.h"

/**
 * sk_run_pictures_save:
 * @run_dir: gets curves.png, gradients.png and network.png
 */
gboolean
sk_run_pictures_save (SkTraining *training, const char *run_dir, GError **error);
