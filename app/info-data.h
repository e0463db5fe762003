#pragma once

#include "cli.h"
#include "dataset.h"

/* Whether @what names data, as recipes do: "folder:DIR". */
gboolean
sk_info_is_data (const char *what);

/* `skipscope info folder:DIR`: classes, counts, the split, broken files, duplicates. */
SkExit
sk_info_data (const char *spec, gboolean as_json);

/* On standard error, where there are files of the same bytes: how many, and the worst. */
void
sk_report_duplicates (SkDataset *dataset);
