#pragma once

#include "training.h"

/* Fills in the curves of a run that goes on, from its steps.jsonl and metrics.jsonl. What
 * cannot be read is left out: the curves are for looking at. */
void
sk_run_history_read (SkTraining *training, const char *run_dir);
