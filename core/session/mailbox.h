#pragma once

#include <pthread.h>

#include "snapshot.h"

/* Where a snapshot waits until it is taken. The mutex is held for a pointer swap only, so
 * taking never waits for a merge. (A pthread_mutex_t, because ThreadSanitizer does not see
 * a GMutex.) */
typedef struct {
  pthread_mutex_t mutex;
  SkSnapshot *pending; /* (nullable) */
  gboolean woken; /* a wake is in flight: nothing was taken since */
} SkMailbox;

void
sk_mailbox_init (SkMailbox *self);

void
sk_mailbox_clear (SkMailbox *self);

/**
 * sk_mailbox_post:
 * @snapshot: (transfer full)
 *
 * Merges it into what already waits. One poster at a time, beside any taker.
 *
 * Returns: TRUE where the taker should be woken
 */
gboolean
sk_mailbox_post (SkMailbox *self, SkSnapshot *snapshot);

/* (transfer full) (nullable) */
SkSnapshot *
sk_mailbox_take (SkMailbox *self);
