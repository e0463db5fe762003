#pragma once

#include <pthread.h>

#include "model.h"

/* Where the training lane leaves copies of its weights for the inquiry lane. Neither waits
 * for the other longer than one copy takes. */
typedef struct {
  pthread_mutex_t mutex; /* held for one copy of the weights at most */
  SkModel *run; /* (nullable): of the run under way, or of the last one */
  gboolean training; /* @run is under way */
  guint ended; /* sk_exchange_tick() when it ended */
  guint clock;
  gint64 copied_at, copy_cost; /* µs */
} SkExchange;

void
sk_exchange_init (SkExchange *self);

void
sk_exchange_clear (SkExchange *self);

/* A number that no earlier call has returned: serials, and which of two things is newer. */
guint
sk_exchange_tick (SkExchange *self);

/* @model: (transfer full): of a run that begins */
void
sk_exchange_offer (SkExchange *self, SkModel *model);

/**
 * sk_exchange_refresh:
 * @parameters: of the run, between two steps
 * @now: copy in any case; else only where the last copy has become old, measured by what
 *   a copy costs, and nobody is reading
 */
void
sk_exchange_refresh (SkExchange *self, const SkParameters *parameters, gint64 step,
                     gboolean now);

/* @lambda: (n_blocks) of the run under way: what its skips are from now on */
void
sk_exchange_set_lambda (SkExchange *self, const float *lambda);

/* The run has ended; its last weights stay.
 * Returns: (transfer full) (nullable): what they are called from now on */
char *
sk_exchange_end_run (SkExchange *self);

/**
 * sk_exchange_fetch:
 * @mine: (inout) (nullable): the reader's own copy, brought up to date or replaced
 * @training: (out)
 * @ended: (out): when the run ended
 *
 * Returns: FALSE with @error set where memory is missing; @mine is NULL where no run was
 *   ever begun
 */
gboolean
sk_exchange_fetch (SkExchange *self, SkModel **mine, gboolean *training, guint *ended,
                   GError **error);
