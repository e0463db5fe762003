#pragma once

#include <pthread.h>

#include "command.h"

/* Commands on their way to a lane, in the order they were sent. */
typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t arrived;
  GQueue commands; /* of SkCommand */
  gboolean closed;
} SkCommandQueue;

void
sk_command_queue_init (SkCommandQueue *self);

void
sk_command_queue_clear (SkCommandQueue *self);

/* @command: (transfer full). It takes the place of the last one waiting where it makes that
 * one pointless: a slider being dragged leaves one command a step, not a hundred. */
void
sk_command_queue_push (SkCommandQueue *self, SkCommand *command);

/**
 * sk_command_queue_pop:
 * @wait: sleep until there is one, or the queue is closed
 *
 * Returns: (transfer full) (nullable): NULL where none waits
 */
SkCommand *
sk_command_queue_pop (SkCommandQueue *self, gboolean wait);

/* As sk_command_queue_pop() that waits, for @seconds at most. */
SkCommand *
sk_command_queue_pop_within (SkCommandQueue *self, double seconds);

/* (transfer full) (nullable): the first of that kind, before its turn; never waits */
SkCommand *
sk_command_queue_pop_kind (SkCommandQueue *self, SkCommandKind kind);

/* Wakes who waits; what was pushed before can still be popped. */
void
sk_command_queue_close (SkCommandQueue *self);

gboolean
sk_command_queue_is_closed (SkCommandQueue *self);
