#include "command-queue.h"

#include <time.h>

#define NANOSECONDS G_GINT64_CONSTANT (1000000000)

void
sk_command_queue_init (SkCommandQueue *self) {
  pthread_condattr_t steady;

  pthread_mutex_init (&self->mutex, NULL);
  pthread_condattr_init (&steady);
  pthread_condattr_setclock (&steady, CLOCK_MONOTONIC);
  pthread_cond_init (&self->arrived, &steady);
  pthread_condattr_destroy (&steady);
  g_queue_init (&self->commands);
  self->closed = FALSE;
}

void
sk_command_queue_clear (SkCommandQueue *self) {
  g_queue_clear_full (&self->commands, (GDestroyNotify) sk_command_free);
  pthread_cond_destroy (&self->arrived);
  pthread_mutex_destroy (&self->mutex);
}

static gboolean
replaces (const SkCommand *newer, const SkCommand *older) {
  if (newer->kind != older->kind)
    return FALSE;
  switch (newer->kind) {
  case SK_COMMAND_PLAN:
  case SK_COMMAND_LR:
    return TRUE;
  case SK_COMMAND_LAMBDA:
    return newer->block == older->block && newer->stage == older->stage &&
           newer->flag == older->flag;
  default:
    return FALSE;
  }
}

void
sk_command_queue_push (SkCommandQueue *self, SkCommand *command) {
  SkCommand *replaced = NULL;

  pthread_mutex_lock (&self->mutex);
  if (self->commands.tail && replaces (command, self->commands.tail->data))
    replaced = g_queue_pop_tail (&self->commands);
  g_queue_push_tail (&self->commands, command);
  pthread_cond_signal (&self->arrived);
  pthread_mutex_unlock (&self->mutex);
  sk_command_free (replaced);
}

SkCommand *
sk_command_queue_pop (SkCommandQueue *self, gboolean wait) {
  SkCommand *command;

  pthread_mutex_lock (&self->mutex);
  while (wait && !self->closed && g_queue_is_empty (&self->commands))
    pthread_cond_wait (&self->arrived, &self->mutex);
  command = g_queue_pop_head (&self->commands);
  pthread_mutex_unlock (&self->mutex);
  return command;
}

SkCommand *
sk_command_queue_pop_within (SkCommandQueue *self, double seconds) {
  struct timespec until;
  SkCommand *command;
  gint64 nanoseconds;
  int late = 0;

  clock_gettime (CLOCK_MONOTONIC, &until);
  nanoseconds = until.tv_nsec + (gint64) (seconds * 1e9);
  until.tv_sec += nanoseconds / NANOSECONDS;
  until.tv_nsec = nanoseconds % NANOSECONDS;
  pthread_mutex_lock (&self->mutex);
  while (!late && !self->closed && g_queue_is_empty (&self->commands))
    late = pthread_cond_timedwait (&self->arrived, &self->mutex, &until);
  command = g_queue_pop_head (&self->commands);
  pthread_mutex_unlock (&self->mutex);
  return command;
}

SkCommand *
sk_command_queue_pop_kind (SkCommandQueue *self, SkCommandKind kind) {
  SkCommand *command = NULL;

  pthread_mutex_lock (&self->mutex);
  for (GList *link = self->commands.head; link; link = link->next) {
    SkCommand *waiting = link->data;

    if (waiting->kind == kind) {
      command = waiting;
      g_queue_delete_link (&self->commands, link);
      break;
    }
  }
  pthread_mutex_unlock (&self->mutex);
  return command;
}

void
sk_command_queue_close (SkCommandQueue *self) {
  pthread_mutex_lock (&self->mutex);
  self->closed = TRUE;
  pthread_cond_broadcast (&self->arrived);
  pthread_mutex_unlock (&self->mutex);
}

gboolean
sk_command_queue_is_closed (SkCommandQueue *self) {
  gboolean closed;

  pthread_mutex_lock (&self->mutex);
  closed = self->closed;
  pthread_mutex_unlock (&self->mutex);
  return closed;
}
