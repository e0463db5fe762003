#pragma once

#include "board.h"
#include "data-cache.h"
#include "exchange.h"

/* The lane that answers questions: its own thread, workers, activations and weights, all
 * at normal priority, so an answer never waits for a training step. */
typedef struct _SkInquiryLane SkInquiryLane;

/* The three are not owned and outlive the lane. */
SkInquiryLane *
sk_inquiry_lane_new (SkBoard *board, SkExchange *exchange, SkDataCache *cache);

/* @command: (transfer full): LOAD, CLASSIFY or EVALUATE */
void
sk_inquiry_lane_send (SkInquiryLane *self, SkCommand *command);

/* Asks it to end at the next operation; sk_inquiry_lane_free() waits for that. */
void
sk_inquiry_lane_cancel (SkInquiryLane *self);

void
sk_inquiry_lane_free (SkInquiryLane *self);
