#pragma once

#include "board.h"
#include "data-cache.h"
#include "exchange.h"

/* The lane that trains: its own thread and workers at low priority. It obeys between
 * steps; STOP and closing also between operations. */
typedef struct _SkTrainingLane SkTrainingLane;

/* The three are not owned and outlive the lane. */
SkTrainingLane *
sk_training_lane_new (SkBoard *board, SkExchange *exchange, SkDataCache *cache);

/* @command: (transfer full): any that is not for the inquiry lane */
void
sk_training_lane_send (SkTrainingLane *self, SkCommand *command);

/* Asks it to end at the next operation; sk_training_lane_free() waits for that. */
void
sk_training_lane_cancel (SkTrainingLane *self);

void
sk_training_lane_free (SkTrainingLane *self);
