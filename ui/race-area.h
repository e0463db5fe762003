#pragma once

#include "picture-area.h"
#include "race-view.h"

/* A race, drawn as it runs. The block that is pointed at, or walked to with the arrow
 * keys, is told by the signal "said" (SkRaceArea *, const char *words): NULL where none
 * is. */
#define SK_TYPE_RACE_AREA (sk_race_area_get_type ())
G_DECLARE_FINAL_TYPE (SkRaceArea, sk_race_area, SK, RACE_AREA, SkPictureArea)

/* Returns: whether there was anything new */
gboolean
sk_race_area_take (SkRaceArea *self, const SkSnapshot *snapshot);

/* (transfer none): what is drawn. */
const SkRaceView *
sk_race_area_view (SkRaceArea *self);

/* Which pair of twins is shown block by block. */
void
sk_race_area_set_pair (SkRaceArea *self, int pair);
