#pragma once

#include "branch.h"
#include "picture-area.h"
#include "snapshot.h"

/* The strength of each branch; the one under the pointer tells its numbers, a click or
 * Enter picks it, arrows move along the depth.
 *
 * Signal "picked" (SkBranchArea *, int block). */
#define SK_TYPE_BRANCH_AREA (sk_branch_area_get_type ())
G_DECLARE_FINAL_TYPE (SkBranchArea, sk_branch_area, SK, BRANCH_AREA, SkPictureArea)

void
sk_branch_area_take (SkBranchArea *self, const SkSnapshot *snapshot);

/* @block: −1: none is marked */
void
sk_branch_area_mark (SkBranchArea *self, int block);

/* (transfer none) (nullable): for saving the picture. */
const SkBranch *
sk_branch_area_branch (SkBranchArea *self);
