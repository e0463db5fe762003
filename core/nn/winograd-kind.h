#pragma once

#include "winograd-strided.h"
#include "winograd-tiles.h"

/* winograd-forward.c, winograd-backward.c and winograd-filters.c are compiled for tiles of
 * 6×6 inputs, and in winograd-strided.c once more for the 9×9 of stride 2. Constants, not
 * arguments: only then are a tile's vectors kept in registers. */

#ifdef SK_STRIDED
#define SK_TILE(name) sk_strided_##name
#define SK_TILE_IN 9 /* inputs of a tile, and points, each way */
#else
#define SK_TILE(name) sk_winograd_##name
#define SK_TILE_IN 6
#endif
