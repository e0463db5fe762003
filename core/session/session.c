#include "session.h"

#include "fetch-lane.h"
#include "inquiry-lane.h"
#include "training-lane.h"

struct _SkSession {
  SkBoard board;
  SkExchange exchange;
  SkDataCache cache;
  SkTrainingLane *training;
  SkInquiryLane *inquiry;
  SkFetchLane *fetch;
};

SkSession *
sk_session_new (SkWakeFunc wake, gpointer data) {
  SkSession *self = g_new0 (SkSession, 1);

  sk_board_init (&self->board, wake, data);
  sk_exchange_init (&self->exchange);
  sk_data_cache_init (&self->cache);
  self->training = sk_training_lane_new (&self->board, &self->exchange, &self->cache);
  self->inquiry = sk_inquiry_lane_new (&self->board, &self->exchange, &self->cache);
  self->fetch = sk_fetch_lane_new (&self->board);
  return self;
}

void
sk_session_send (SkSession *self, const SkCommand *command) {
  g_return_if_fail (self != NULL);
  g_return_if_fail (command != NULL);

  switch (command->kind) {
  case SK_COMMAND_LOAD:
  case SK_COMMAND_CLASSIFY:
  case SK_COMMAND_EVALUATE:
  case SK_COMMAND_PICTURES:
  case SK_COMMAND_EXPLAIN:
  case SK_COMMAND_OCCLUDE:
  case SK_COMMAND_SURVEY:
  case SK_COMMAND_LESION:
  case SK_COMMAND_CANCEL:
  case SK_COMMAND_INSPECT:
    sk_inquiry_lane_send (self->inquiry, sk_command_copy (command));
    break;
  case SK_COMMAND_OFFERS:
  case SK_COMMAND_FETCH:
  case SK_COMMAND_FETCH_CANCEL:
    sk_fetch_lane_send (self->fetch, command);
    break;
  default:
    sk_training_lane_send (self->training, sk_command_copy (command));
    break;
  }
}

SkSnapshot *
sk_session_take (SkSession *self) {
  g_return_val_if_fail (self != NULL, NULL);
  return sk_mailbox_take (&self->board.mailbox);
}

void
sk_session_close (SkSession *self) {
  if (self == NULL)
    return;
  /* All are asked before one is waited for. */
  sk_training_lane_cancel (self->training);
  sk_inquiry_lane_cancel (self->inquiry);
  sk_fetch_lane_cancel (self->fetch);
  sk_training_lane_free (self->training);
  sk_inquiry_lane_free (self->inquiry);
  sk_fetch_lane_free (self->fetch);
  sk_data_cache_clear (&self->cache);
  sk_exchange_clear (&self->exchange);
  sk_board_clear (&self->board);
  g_free (self);
}
