#pragma once

#include "cli.h"

/**
 * sk_info_file:
 * @path: a weight file
 * @net: (nullable): which network it is meant for
 *
 * Prints its tensors, and what each becomes in the network.
 */
SkExit
sk_info_file (const char *path, const char *net, gboolean as_json);
