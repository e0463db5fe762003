#pragma once

#include "dataset.h"
#include "evaluate.h"
#include "parallel.h"
#include "survey.h"

/**
 * sk_survey_new:
 *
 * What is known without reading a picture: classes, counts, and what was left out so far.
 *
 * Returns: (transfer full): sk_survey_unref()
 */
SkSurvey *
sk_survey_new (SkDataset *dataset);

/**
 * sk_survey_find_duplicates:
 * @self: just made, and of @dataset
 *
 * Files of the same bytes, within and across the two parts. Only files of the same size are
 * read, and compared by their SHA-256.
 */
void
sk_survey_find_duplicates (SkSurvey *self, SkDataset *dataset, const gint *cancel);

/**
 * sk_survey_read_pictures:
 * @progress: (nullable)
 * @cancel: (nullable)
 *
 * Decodes every file, which finds the broken ones, and keeps a few small pictures of each
 * class. Of a set that lies in one piece only those few are read.
 *
 * Returns: FALSE where it was cancelled
 */
gboolean
sk_survey_read_pictures (SkSurvey *self, SkDataset *dataset, SkPool *pool,
                         SkProgressFunc progress, gpointer data, const gint *cancel);
