#pragma once

#include <adwaita.h>

#include "snapshot.h"

/* What a block's backward and forward passes amount to, number by number. Each can be
 * explained: in a sentence, and as a formula. */
#define SK_TYPE_BLOCK_NUMBERS (sk_block_numbers_get_type ())
G_DECLARE_FINAL_TYPE (SkBlockNumbers, sk_block_numbers, SK, BLOCK_NUMBERS, AdwBin)

GtkWidget *
sk_block_numbers_new (void);

/* @state: (nullable): not known yet; @plain: the block has no skip */
void
sk_block_numbers_show (SkBlockNumbers *self, const SkBlockState *state, gboolean plain);

/* Whether sentences and formulas stand below the numbers. */
void
sk_block_numbers_set_explained (SkBlockNumbers *self, gboolean explained);
