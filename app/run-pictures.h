#pragma once

#include "training.h"

/**
 * sk_run_pictures_save:
 * @data_title: what it learns from, for people
 * @run_dir: gets curves.png, gradients.png and network.png
 */
gboolean
sk_run_pictures_save (SkTraining *training, const char *data_title, const char *run_dir,
                      GError **error);
