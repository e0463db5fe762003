/* Winograd's transforms for stride 2. */

#define SK_STRIDED

#include "winograd-backward.c"
#include "winograd-filters.c"
#include "winograd-forward.c"
