#pragma once

#include <cairo.h>

#include "palette.h"
#include "snapshot.h"

/* How strong the residual branch of every block is against its skip, forwards: a bar a
 * block over what theory expects of a fresh network, |γ| of its last batch norm, and how
 * many of its outputs are silent. */
typedef struct {
  SkPlan *plan;
  SkBlockState *blocks; /* (plan->n_blocks): zeros until there is something to show */
  gboolean filled;
  double top; /* of the axis; kept between updates, so that bars do not jump */
  int patience; /* updates for which a lower one would have done */
} SkBranch;

/* @plan: reffed */
SkBranch *
sk_branch_new (SkPlan *plan);

void
sk_branch_free (SkBranch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkBranch, sk_branch_free)

/* @blocks: (plan->n_blocks) (nullable) */
void
sk_branch_update (SkBranch *self, const SkBlockState *blocks);

/* Returns: RMS(F)/RMS(P) expected of block @index of a fresh pre-activation network with
 * batch norm: 1/√l, l from 1 (De & Smith 2020) */
double
sk_branch_theory (int index);

/* @hover, @selected: blocks, −1: none */
void
sk_branch_draw (cairo_t *cr, const SkBranch *self, double width, double height,
                const SkPalette *palette, int hover, int selected);

/* Returns: the block under (@x, @y), −1: none */
int
sk_branch_at (const SkBranch *self, double width, double height,
              const SkPalette *palette, double x, double y);

/* Returns: (transfer full): a block's numbers in words */
char *
sk_branch_describe (const SkBranch *self, int index);

/* Returns: (transfer full): the whole in words */
char *
sk_branch_summary (const SkBranch *self);
