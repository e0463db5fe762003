#pragma once

#include "interrupt.h"
#include "pace.h"
#include "progress.h"
#include "race.h"

/* The loop of `skipscope race`. */
typedef struct {
  SkRace *race; /* not owned */
  SkInterrupt *interrupt; /* not owned */
  SkProgress *progress; /* not owned */
  gboolean as_json;

  gint64 begun; /* monotonic microseconds */
  gint64 saved; /* the same: when everything was saved last */
  gint64 first_step; /* where the first network stood then */
  double losses[SK_RACE_MAX]; /* of the last steps, older ones fading; 0: none yet */
  SkPace pace;
  SkEpoch epochs[SK_RACE_MAX]; /* of the round, not printed yet; epoch 0: none */
} SkRacing;

typedef enum {
  SK_RACING_OVER,
  SK_RACING_INTERRUPTED, /* by a signal; saved */
  SK_RACING_FAILED, /* error says why */
} SkRacingEnd;

/**
 * sk_racing_run:
 *
 * Steps until no network runs any more, a signal comes, or something breaks. Prints a line
 * for each network and epoch.
 */
SkRacingEnd
sk_racing_run (SkRacing *self, GError **error);
