#pragma once

#include "dataset.h"

/**
 * sk_report_skipped:
 * @known: how many had been told
 *
 * Names files that were left out of a data set since then, on standard error.
 *
 * Returns: how many there are now
 */
guint
sk_report_skipped (SkDataset *dataset, guint known);
