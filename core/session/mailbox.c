#include "mailbox.h"

void
sk_mailbox_init (SkMailbox *self) {
  pthread_mutex_init (&self->mutex, NULL);
  self->pending = NULL;
  self->woken = FALSE;
}

void
sk_mailbox_clear (SkMailbox *self) {
  g_clear_pointer (&self->pending, sk_snapshot_free);
  pthread_mutex_destroy (&self->mutex);
}

static SkSnapshot *
swap_pending (SkMailbox *self, SkSnapshot *snapshot) {
  SkSnapshot *before;

  pthread_mutex_lock (&self->mutex);
  before = self->pending;
  self->pending = snapshot;
  pthread_mutex_unlock (&self->mutex);
  return before;
}

gboolean
sk_mailbox_post (SkMailbox *self, SkSnapshot *snapshot) {
  /* The merge happens outside of the lock, on a snapshot that is nobody else's meanwhile:
   * a taker finds nothing for that moment, and is woken again below. */
  SkSnapshot *waiting = swap_pending (self, NULL);
  gboolean wake;

  if (waiting)
    sk_snapshot_merge (waiting, snapshot);
  else
    waiting = snapshot;

  pthread_mutex_lock (&self->mutex);
  self->pending = waiting;
  wake = !self->woken;
  self->woken = TRUE;
  pthread_mutex_unlock (&self->mutex);
  return wake;
}

SkSnapshot *
sk_mailbox_take (SkMailbox *self) {
  SkSnapshot *snapshot;

  pthread_mutex_lock (&self->mutex);
  snapshot = self->pending;
  self->pending = NULL;
  self->woken = FALSE;
  pthread_mutex_unlock (&self->mutex);
  return snapshot;
}
