#pragma once

#include "class-means.h"
#include "exits.h"

typedef struct {
  SkNetwork *network; /* with BLOCK_MEANS */
  SkDataset *dataset;
  SkSplit split; /* whose pictures are looked at */
  const SkTransform *transform;
  SkProgressFunc progress; /* (nullable) */
  gpointer data; /* of @progress */
  const gint *cancel; /* (nullable): read between batches */
} SkExitStudy;

/**
 * sk_exit_study:
 * @verdicts: SkVerdicts are appended, as by sk_evaluate_pictures()
 * @means: (out) (nullable) (transfer full): what the answers before the last stage were
 *   read off; NULL where the data have no training pictures
 * @error: as sk_evaluate_pictures(); SK_ERROR_MEMORY
 *
 * An evaluation that sees besides what the network would have said after each block: from
 * the first block of the last stage on its own head reads GAP (x), which has as many
 * channels there; before, the nearest class mean (see class-means.h) answers. Nothing is
 * trained. The last step is the network's own accuracy. Works for plain networks too.
 *
 * Costs a forward for each training picture chosen, and classes · ΣC multiply-adds for each
 * picture looked at. Checked: a naive reference in double; PyTorch.
 *
 * Returns: (transfer full): sk_exits_free(); NULL with @error set
 */
SkExits *
sk_exit_study (const SkExitStudy *study, GArray *verdicts, SkClassMeans **means,
               GError **error);
