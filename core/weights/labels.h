#pragma once

#include <glib.h>

/**
 * sk_labels_known:
 * @classes: of a network, @side: of its pictures
 *
 * Class names of weights that carry none, where classes and size leave little doubt:
 * ImageNet's thousand, CIFAR-10's ten.
 *
 * Returns: (transfer full) (nullable): NULL-terminated
 */
char **
sk_labels_known (int classes, int side);
