#pragma once

#include "dataset.h"
#include "snapshot.h"

/* What a recipe amounts to, before anything is trained. */

/**
 * sk_summary_describe:
 * @summary: (out): cleared, then filled as far as is known
 * @dataset: (nullable): not opened yet; the network's own class count is taken
 * @data_error: (nullable): why it could not be opened
 *
 * @summary->problem says why it cannot be trained, if so, and what to do. Allocates
 * nothing big: quick for any network.
 *
 * Returns: (transfer full) (nullable): the plan for recipe->batch pictures; NULL where the
 *   recipe names no network
 */
SkPlan *
sk_summary_describe (SkSummary *summary, const SkRecipe *recipe, SkDataset *dataset,
                     const GError *data_error);

/* Whether each group of @plan is frozen by @recipe: (n_groups) (transfer full). */
gboolean *
sk_summary_frozen (const SkPlan *plan, const SkRecipe *recipe);
