#pragma once

#include <glib.h>

#include "recipe.h"

/* Numbers as people read them. All (transfer full). */

/* 269722 as "269,722", with a narrow space in place of the comma. */
char *
sk_words_count (gint64 value);

/* 40551808 as "40.6 M". */
char *
sk_words_large (gint64 value);

/* "2 min 05 s left"; NULL: not known */
char *
sk_words_time_left (double seconds);

/* "SGD 0.1 · one cycle · batch 128"; @phase: 0 or 1, as sk_recipe_phase() tells it */
char *
sk_words_recipe (const SkRecipe *recipe, int phase);
