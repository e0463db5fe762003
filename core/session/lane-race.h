#pragma once

#include "board.h"
#include "lane-clock.h"
#include "lane-run.h"
#include "race.h"

/* A race under way, as the training lane sees it. */
typedef struct {
  SkBoard *board; /* not owned */
  SkDataset *dataset;
  SkPool *pool;
  SkRace *race;
  char *dir;

  SkLaneClock clock; /* its steps are rounds */
  double round_seconds; /* of the round under way */
  int round_images;
} SkLaneRace;

/**
 * sk_lane_race_show_entry:
 * @dataset: (nullable): not opened yet
 *
 * Publishes who is to race and on what, while data are opened and networks are built.
 *
 * Returns: FALSE where it is known already that they cannot
 */
gboolean
sk_lane_race_show_entry (SkBoard *board, const SkRecipe *recipe,
                         const char *const *nets, SkDataset *dataset, GError **error);

/**
 * sk_lane_race_new:
 * @dir: the race's folder
 * @resume: go on from what is in it
 * @cancel: read between operations
 *
 * Builds every network, and publishes the race as begun.
 */
SkLaneRace *
sk_lane_race_new (SkBoard *board, const SkRecipe *recipe, const char *const *nets,
                  SkDataset *dataset, const char *dir, gboolean resume,
                  const gint *cancel, GError **error);

void
sk_lane_race_free (SkLaneRace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkLaneRace, sk_lane_race_free)

/**
 * sk_lane_race_step:
 * @message: (out) (transfer full): why it failed
 *
 * The turn of one network, and the end of its epoch where it was the last.
 *
 * Returns: SK_LANE_STEPPED where that ended a round, else SK_LANE_PREPARED; a network that
 *   diverges does not end the race
 */
SkLaneOutcome
sk_lane_race_step (SkLaneRace *self, char **message);
