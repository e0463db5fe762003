#pragma once

#include "snapshot.h"

/**
 * sk_past_run_read:
 * @run_dir: a run folder that nobody trains in now
 * @state: filled in, as a run of its own: network, recipe, curves, events, what was
 *   measured last. Left as it is on error
 * @error: where there is no run, or nothing was saved or recorded in it yet
 *
 * What a run left behind, without its data and without a network: FINISHED where all its
 * steps were done, else STOPPED.
 */
gboolean
sk_past_run_read (const char *run_dir, SkSnapshot *state, GError **error);
