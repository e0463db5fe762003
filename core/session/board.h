#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "mailbox.h"
#include "session.h"

/* The one true state, written by both lanes a moment at a time, and its way out: every
 * snapshot that leaves is complete, whichever lane had something to say. */
typedef struct {
  pthread_mutex_t mutex; /* of @state, and of posting */
  SkSnapshot *state; /* its lists hold what was not published yet */
  SkMailbox mailbox;
  SkWakeFunc wake;
  gpointer wake_data;

  atomic_int pauses; /* PAUSE commands sent and not yet obeyed */
  atomic_bool stale; /* @pauses rose, and nobody has published it */
} SkBoard;

void
sk_board_init (SkBoard *self, SkWakeFunc wake, gpointer data);

void
sk_board_clear (SkBoard *self);

/* (transfer none): the state, to be changed until sk_board_unlock() */
SkSnapshot *
sk_board_lock (SkBoard *self);

/* @publish: let a copy of the state out, with what was added to its lists. */
void
sk_board_unlock (SkBoard *self, gboolean publish);

/* A PAUSE was sent: lets a snapshot say so at once. Never blocks: where another thread
 * holds the board, that thread publishes it. */
void
sk_board_pause_sent (SkBoard *self);

/* That PAUSE has been obeyed. */
void
sk_board_pause_obeyed (SkBoard *self);
