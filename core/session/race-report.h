#pragma once

#include "race-state.h"
#include "race.h"

/* From a race to what is shown of it. */

/* (transfer full): as it stands. */
SkRaceState *
sk_race_report (const SkRace *race);

/* (transfer full): networks that are still to be built. @classes: 0: not known yet */
SkRaceState *
sk_race_report_entry (const char *const *nets, int classes);

/* @state: of the same race, brought up to date; @contestant: −1: all */
void
sk_race_report_update (SkRaceState *state, const SkRace *race, int contestant);

/**
 * sk_race_report_history:
 * @points: of SkRacePoint, appended to
 * @epochs: of SkRaceEpoch, appended to
 * @departures: of SkRaceDeparture, appended to
 *
 * All that happened until now, from the race's folders as they were last saved.
 */
void
sk_race_report_history (const SkRace *race, GArray *points, GArray *epochs,
                        GArray *departures);
