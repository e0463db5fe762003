#pragma once

#include <glib.h>

/**
 * sk_history_read:
 * @run_dir: a run folder
 * @train_points: of SkTrainPoint, appended to
 * @test_points: of SkTestPoint, appended to
 * @events: (nullable): of SkEvent, appended to
 *
 * The curves of a run and what was done to it, from its steps.jsonl and metrics.jsonl. What cannot be
 * read is left out: curves are for looking at.
 */
void
sk_history_read (const char *run_dir, int steps_per_epoch, GArray *train_points,
                 GArray *test_points, GPtrArray *events);
