#include "board.h"

void
sk_board_init (SkBoard *self, SkWakeFunc wake, gpointer data) {
  pthread_mutex_init (&self->mutex, NULL);
  self->state = sk_snapshot_new ();
  sk_mailbox_init (&self->mailbox);
  self->wake = wake;
  self->wake_data = data;
  atomic_init (&self->pauses, 0);
  atomic_init (&self->stale, FALSE);
}

void
sk_board_clear (SkBoard *self) {
  g_clear_pointer (&self->state, sk_snapshot_free);
  sk_mailbox_clear (&self->mailbox);
  pthread_mutex_destroy (&self->mutex);
}

/* With the mutex held. Returns whether somebody is to be woken. */
static gboolean
post (SkBoard *self) {
  SkSnapshot *out;

  /* Cleared before the count is read: a pause sent after that sets it again. */
  atomic_store (&self->stale, FALSE);
  out = sk_snapshot_copy_state (self->state);
  out->pause_pending |= atomic_load (&self->pauses) > 0;
  sk_snapshot_swap_lists (out, self->state);
  return sk_mailbox_post (&self->mailbox, out);
}

static void
wake (SkBoard *self) {
  if (self->wake)
    self->wake (self->wake_data);
}

/* Publishes what nobody has published yet. Whoever holds the mutex looks again after
 * letting it go, so nothing is left behind where trylock fails. */
static void
publish_stale (SkBoard *self) {
  while (atomic_load (&self->stale)) {
    gboolean waking;

    if (pthread_mutex_trylock (&self->mutex) != 0)
      return;
    waking = post (self);
    pthread_mutex_unlock (&self->mutex);
    if (waking)
      wake (self);
  }
}

SkSnapshot *
sk_board_lock (SkBoard *self) {
  pthread_mutex_lock (&self->mutex);
  return self->state;
}

void
sk_board_unlock (SkBoard *self, gboolean publish) {
  gboolean waking = publish && post (self);

  pthread_mutex_unlock (&self->mutex);
  if (waking)
    wake (self);
  publish_stale (self);
}

void
sk_board_pause_sent (SkBoard *self) {
  atomic_fetch_add (&self->pauses, 1);
  atomic_store (&self->stale, TRUE);
  publish_stale (self);
}

void
sk_board_pause_obeyed (SkBoard *self) {
  atomic_fetch_sub (&self->pauses, 1);
}
