#pragma once

#include "dataset.h"
#include "exits.h"
#include "report.h"

/* What an evaluation found, printed and written. */

/* Means, and a line per class where they are few; or one JSON object. @exits (nullable): a
 * line for each block besides. */
void
sk_print_report (const SkReport *report, const SkExits *exits, gboolean as_json);

/**
 * sk_write_verdicts:
 *
 * A row per picture, the hardest first: its file or number, its class, what it was taken
 * for, and how sure the network was.
 */
gboolean
sk_write_verdicts (const SkReport *report, const SkDataset *dataset, SkSplit split,
                   const char *path, GError **error);
