#pragma once

#include <adwaita.h>

#include "snapshot.h"

/* What the engine answered about one picture: the picture, and the five likeliest classes
 * as bars; or why there is no answer. */
GtkWidget *
sk_answer_row_new (const SkAnswer *answer);
