#pragma once

#include "cli.h"

/**
 * sk_info_file:
 * @path: a weight file
 * @net: (nullable): which network it is meant for
 * @classes: of that network; 0: as many as the file's
 * @parts: what fits is enough
 *
 * Prints its tensors, and what each becomes in the network.
 */
SkExit
sk_info_file (const char *path, const char *net, int classes, gboolean parts,
              gboolean as_json);
