#pragma once

#include "board.h"

/* The lane that downloads: a thread of its own, as a server may take its time, and neither
 * a training nor an answer is to wait for one. One download at a time; others wait. */
typedef struct _SkFetchLane SkFetchLane;

/* @board: outlives the lane */
SkFetchLane *
sk_fetch_lane_new (SkBoard *board);

/* OFFERS, FETCH or FETCH_CANCEL; not kept */
void
sk_fetch_lane_send (SkFetchLane *self, const SkCommand *command);

/* Asks it to end at once; sk_fetch_lane_free() waits for that. */
void
sk_fetch_lane_cancel (SkFetchLane *self);

void
sk_fetch_lane_free (SkFetchLane *self);
